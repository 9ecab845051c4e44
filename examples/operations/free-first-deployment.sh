#!/usr/bin/env bash
# Frees what the first deployment of a stack has left behind after its rollback, and deletes the stack, so that it can be
# deployed again. AWS deletes no load balancer and no database under deletion protection. Without --yes this script only
# says what it would do. It changes what the stack itself lists, and nothing else.
#
# usage: free-first-deployment.sh STACK [--yes]
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

stack=${1:-}
apply=${2:-}
if [[ -z $stack || $stack == -* || $# -gt 2 || ($apply != '' && $apply != --yes) ]]; then
  fail 'usage: free-first-deployment.sh STACK [--yes]'
fi

# Says a step, and does it with --yes.
step() {
  echo "$1"
  shift
  if [[ $apply == --yes ]]; then "$@" >/dev/null; fi
}

# query QUERY COMMAND...: answer of the AWS CLI as text, nothing for what is absent.
query() {
  local expression=$1 answer
  shift
  answer=$(aws "$@" --query "$expression" --output text) || return
  if [[ $answer != None ]]; then echo "$answer"; fi
}

id=$(query 'Stacks[0].StackId' cloudformation describe-stacks --stack-name "$stack")
status=$(query 'Stacks[0].StackStatus' cloudformation describe-stacks --stack-name "$id")
case $status in
  ROLLBACK_FAILED | DELETE_FAILED) ;;
  CREATE_FAILED) fail "$stack is in $status: deploy it again with cdk deploy --no-rollback, nothing has to be freed." ;;
  *) fail "$stack is in $status: there is no failed first deployment to free." ;;
esac

# Only a stack that was never complete holds nothing of value.
ended="PhysicalResourceId=='$id' && (ResourceStatus=='CREATE_COMPLETE' || ResourceStatus=='UPDATE_COMPLETE')"
completed=$(query "StackEvents[?$ended].EventId" cloudformation describe-stack-events --stack-name "$id")
if [[ -n ${completed//[[:space:]]/} ]]; then
  fail "$stack was deployed before: this was not its first deployment. Nothing is changed."
fi

left=$(query "StackResourceSummaries[?ResourceStatus!='DELETE_COMPLETE'].[ResourceType,PhysicalResourceId]" \
  cloudformation list-stack-resources --stack-name "$id")

# Security groups of databases, as RDS tells them.
security_groups=

# each TYPE COMMAND: runs a command with the physical id of each resource of a type.
each() {
  local type name
  while IFS=$'\t' read -r type name; do
    if [[ $type == "$1" && -n $name && $name != None ]]; then "$2" "$name" </dev/null; fi
  done <<<"$left"
}

# is_gone NOUN NAME COMMAND...: tells if AWS does not find a resource any more. Another error ends the script.
is_gone() {
  local noun=$1 name=$2 said
  shift 2
  if said=$(aws "$@" 2>&1 >/dev/null); then return 1; fi
  if [[ $said != *NotFound* ]]; then fail "$said"; fi
  echo "$noun $name: is gone"
}

# may_be_gone COMMAND...: a command that AWS may refuse because the resource is gone.
may_be_gone() {
  local said
  if ! said=$(aws "$@" 2>&1) && [[ $said != *NotFound* ]]; then fail "$said"; fi
}

load_balancer() {
  if is_gone 'load balancer' "$1" elbv2 describe-load-balancers --load-balancer-arns "$1"; then return; fi
  step "load balancer $1: switch deletion protection off" aws elbv2 modify-load-balancer-attributes \
    --load-balancer-arn "$1" --attributes Key=deletion_protection.enabled,Value=false
}

# The rollback would have deleted the database. The deletion of a stack retains it, its name would stay taken, and its
# security groups would keep the VPC.
instance() {
  local cluster protected groups backups=(--delete-automated-backups)
  if is_gone database "$1" rds describe-db-instances --db-instance-identifier "$1"; then return; fi
  protected=$(query 'DBInstances[0].DeletionProtection' rds describe-db-instances --db-instance-identifier "$1")
  cluster=$(query 'DBInstances[0].DBClusterIdentifier' rds describe-db-instances --db-instance-identifier "$1")
  if [[ $protected == True && -z $cluster ]]; then
    step "database $1: switch deletion protection off" aws rds modify-db-instance --db-instance-identifier "$1" \
      --no-deletion-protection --apply-immediately
  fi
  groups=$(query 'DBInstances[0].VpcSecurityGroups[].VpcSecurityGroupId' rds describe-db-instances --db-instance-identifier "$1")
  security_groups="$security_groups $groups"
  # The backups of a member are those of its cluster.
  if [[ -n $cluster ]]; then backups=(); fi
  step "database $1: delete, without a snapshot" aws rds delete-db-instance --db-instance-identifier "$1" \
    --skip-final-snapshot ${backups[@]+"${backups[@]}"}
  step "database $1: wait until it is deleted" aws rds wait db-instance-deleted --db-instance-identifier "$1"
}

cluster() {
  if is_gone 'database cluster' "$1" rds describe-db-clusters --db-cluster-identifier "$1"; then return; fi
  step "database cluster $1: switch deletion protection off" aws rds modify-db-cluster --db-cluster-identifier "$1" \
    --no-deletion-protection --apply-immediately
  step "database cluster $1: delete, without a snapshot" aws rds delete-db-cluster --db-cluster-identifier "$1" \
    --skip-final-snapshot
  step "database cluster $1: wait until it is deleted" aws rds wait db-cluster-deleted --db-cluster-identifier "$1"
}

subnet_group() {
  step "subnet group $1: delete" may_be_gone rds delete-db-subnet-group --db-subnet-group-name "$1"
}

parameter_group() {
  step "parameter group $1: delete" may_be_gone rds delete-db-parameter-group --db-parameter-group-name "$1"
}

cluster_parameter_group() {
  step "parameter group $1: delete" may_be_gone rds delete-db-cluster-parameter-group --db-cluster-parameter-group-name "$1"
}

security_group() {
  if [[ " ${security_groups//[[:space:]]/ } " == *" $1 "* ]]; then
    step "security group $1 of a database: delete" may_be_gone ec2 delete-security-group --group-id "$1"
  fi
}

# Retained by the deletion of the stack, and in the way of the next one by its name.
log_group() {
  step "log group $1: delete" may_be_gone logs delete-log-group --log-group-name "$1"
}

# Retained by the deletion of the stack, too, under a name that nothing else needs.
stays() {
  echo "stays, delete it by hand when nobody needs it: $1"
}

each AWS::ElasticLoadBalancingV2::LoadBalancer load_balancer
each AWS::RDS::DBInstance instance
each AWS::RDS::DBCluster cluster
each AWS::RDS::DBSubnetGroup subnet_group
each AWS::RDS::DBParameterGroup parameter_group
each AWS::RDS::DBClusterParameterGroup cluster_parameter_group
each AWS::EC2::SecurityGroup security_group
each AWS::Logs::LogGroup log_group
each AWS::S3::Bucket stays
each AWS::SecretsManager::Secret stays
each AWS::KMS::Key stays

step "stack $stack: delete" aws cloudformation delete-stack --stack-name "$id"
step "stack $stack: wait until it is deleted" aws cloudformation wait stack-delete-complete --stack-name "$id"

if [[ $apply == --yes ]]; then
  echo 'Now run cdk deploy --no-rollback.'
else
  echo 'Nothing is changed. Run it with --yes to do these steps.'
fi
