#!/usr/bin/env bash
# Frees what the first deployment of a stack has left behind after its rollback, and deletes the stack, so that it can
# be deployed again. AWS deletes no load balancer and no database under deletion protection. Without --yes this script
# only says what it would do. It changes what the stack itself lists, and nothing else. Where a run ends early, run it
# again.
#
# A database leaves a final snapshot. AWS takes none of a database that never was available: --without-snapshot leaves
# it out.
#
# usage: free-first-deployment.sh STACK [--yes] [--without-snapshot]
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

usage() {
  fail 'usage: free-first-deployment.sh STACK [--yes] [--without-snapshot]'
}

stack='' apply='' snapshot=yes
for argument in "$@"; do
  case $argument in
    --yes) apply=--yes ;;
    --without-snapshot) snapshot='' ;;
    -*) usage ;;
    *)
      if [[ -n $stack ]]; then usage; fi
      stack=$argument
      ;;
  esac
done
if [[ -z $stack ]]; then usage; fi

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
IFS=: read -r _ _ _ region account _ <<<"$id"
echo "account $account, region $region, stack $stack: $status"
case $status in
  ROLLBACK_FAILED | DELETE_FAILED) ;;
  CREATE_FAILED) fail "$stack is in $status: deploy it again with cdk deploy --no-rollback, nothing has to be freed." ;;
  *) fail "$stack is in $status: there is no failed first deployment to free." ;;
esac

# Only a stack that was never complete holds nothing of value. A stack may get complete by an import, too, and
# CloudFormation forgets events after 90 days.
own="PhysicalResourceId=='$id' && ResourceStatus"
undone="starts_with(ResourceStatus, 'ROLLBACK_') || starts_with(ResourceStatus, 'DELETE_')"
events() {
  query "StackEvents[?$own && $1].EventId" cloudformation describe-stack-events --stack-name "$id"
}
completed=$(events "ends_with(ResourceStatus, '_COMPLETE') && !($undone)")
if [[ -n ${completed//[[:space:]]/} ]]; then
  fail "$stack was deployed before: this was not its first deployment. Nothing is changed."
fi
began=$(events "ResourceStatus=='CREATE_IN_PROGRESS'")
if [[ -z ${began//[[:space:]]/} ]]; then
  fail "$stack has no event of its first deployment: nobody can tell if it was complete once. Nothing is changed."
fi

left=$(query "StackResourceSummaries[?ResourceStatus!='DELETE_COMPLETE'].\
[ResourceType,PhysicalResourceId,LogicalResourceId]" cloudformation list-stack-resources --stack-name "$id")

# each TYPE COMMAND: runs a command with the physical and the logical id of each resource of a type.
each() {
  local type name logical
  while IFS=$'\t' read -r type name logical; do
    if [[ $type == "$1" && -n $name && $name != None ]]; then "$2" "$name" "$logical" </dev/null; fi
  done <<<"$left"
}

# in_template EXPRESSION: what the stack's template says.
in_template() {
  query "TemplateBody.Resources.$1" cloudformation get-template --stack-name "$id"
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

# final_snapshot NAME: sets the options of a deletion that leaves a snapshot, and what to say of it.
final_snapshot() {
  if [[ -z $snapshot || -z $1 ]]; then
    options=(--skip-final-snapshot) says='without a snapshot'
  else
    options=(--final-db-snapshot-identifier "$1")
    says="with the final snapshot $1, which needs the key of the database as long as it is kept"
  fi
}

# The rollback would have deleted the database. The deletion of a stack retains it, its name would stay taken, and its
# security group would keep the VPC.
instance() {
  local row state protected cluster source options says
  if is_gone database "$1" rds describe-db-instances --db-instance-identifier "$1"; then return; fi
  row=$(query "DBInstances[0].\
[DBInstanceStatus,DeletionProtection,DBClusterIdentifier,ReadReplicaSourceDBInstanceIdentifier]" \
    rds describe-db-instances --db-instance-identifier "$1")
  read -r state protected cluster source <<<"$row"
  if [[ $state != deleting ]]; then
    if [[ $protected == True && $cluster == None ]]; then
      step "database $1: switch deletion protection off" aws rds modify-db-instance --db-instance-identifier "$1" \
        --no-deletion-protection --apply-immediately
    fi
    # The data of a member are those of its cluster, and AWS takes no final snapshot of a replica.
    if [[ $cluster == None && $source == None ]]; then final_snapshot "$1-$now"; else final_snapshot ''; fi
    if [[ $cluster == None ]]; then options+=(--delete-automated-backups); fi
    step "database $1: delete, $says" aws rds delete-db-instance --db-instance-identifier "$1" "${options[@]}"
  fi
  step "database $1: wait until it is deleted" aws rds wait db-instance-deleted --db-instance-identifier "$1"
}

cluster() {
  local state options says
  if is_gone 'database cluster' "$1" rds describe-db-clusters --db-cluster-identifier "$1"; then return; fi
  state=$(query 'DBClusters[0].Status' rds describe-db-clusters --db-cluster-identifier "$1")
  if [[ $state != deleting ]]; then
    step "database cluster $1: switch deletion protection off" aws rds modify-db-cluster --db-cluster-identifier "$1" \
      --no-deletion-protection --apply-immediately
    final_snapshot "$1-$now"
    step "database cluster $1: delete, $says" aws rds delete-db-cluster --db-cluster-identifier "$1" "${options[@]}"
  fi
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

# The deletion of the stack retains the group of a database, which then keeps the VPC. It deletes all others.
security_group() {
  local policy
  policy=$(in_template "$2.DeletionPolicy")
  if [[ $policy == Retain* ]]; then step "security group $1 of a database: delete" delete_security_group "$1"; fi
}

# A network interface goes some minutes after its database, and a rule that names the group goes with the stack.
delete_security_group() {
  local said tries=20
  while ! said=$(aws ec2 delete-security-group --group-id "$1" 2>&1); do
    if [[ $said == *NotFound* ]]; then return; fi
    if [[ $said != *DependencyViolation* ]]; then fail "$said"; fi
    tries=$((tries - 1))
    if [[ $tries -eq 0 ]]; then
      echo "security group $1 is still in use" >&2
      return
    fi
    sleep 15
  done
}

# The names of vaults are fixed, and AWS deletes only an empty one.
vault() {
  local points
  points=$(query "BackupVaultList[?BackupVaultName=='$1'].NumberOfRecoveryPoints" backup list-backup-vaults)
  case ${points//[[:space:]]/} in
    '') echo "backup vault $1: is gone" ;;
    0) step "backup vault $1, which is empty: delete" may_be_gone backup delete-backup-vault --backup-vault-name "$1" ;;
    *) in_the_way "backup vault $1, with ${points//[[:space:]]/} recovery points" ;;
  esac
}

in_the_way() {
  echo "stays, and its name stays taken: $1"
  taken=yes
}

# Retained by the deletion of the stack, and in the way of the next one by its name.
log_group() {
  step "log group $1: delete" may_be_gone logs delete-log-group --log-group-name "$1"
}

# Retained by the deletion of the stack, too. It is in the way where the template gives it its name.
stays() {
  local named
  named=$(in_template "$2.Properties | contains(values(@ || \`{}\`), '$1')")
  if [[ $named == True ]]; then
    in_the_way "$1"
  else
    echo "stays, delete it by hand when nobody needs it: $1"
  fi
}

wait_for_deletion() {
  aws cloudformation wait stack-delete-complete --stack-name "$id" ||
    fail "$stack is not deleted. Look at its events, then run this script again."
}

now=$(date -u +%Y%m%d%H%M%S)
taken=''

each AWS::ElasticLoadBalancingV2::LoadBalancer load_balancer
each AWS::RDS::DBInstance instance
each AWS::RDS::DBCluster cluster
each AWS::RDS::DBSubnetGroup subnet_group
each AWS::RDS::DBParameterGroup parameter_group
each AWS::RDS::DBClusterParameterGroup cluster_parameter_group
each AWS::EC2::SecurityGroup security_group
each AWS::Logs::LogGroup log_group
each AWS::Backup::BackupVault vault
each AWS::ECR::Repository stays
each AWS::S3::Bucket stays
each AWS::SecretsManager::Secret stays
each AWS::KMS::Key stays

step "stack $stack: delete" aws cloudformation delete-stack --stack-name "$id"
step "stack $stack: wait until it is deleted" wait_for_deletion

if [[ $apply != --yes ]]; then
  echo 'Nothing is changed. Run it with --yes to do these steps.'
elif [[ -n $taken ]]; then
  echo 'Free the names that stay taken, or choose others in the program. Then run cdk deploy --no-rollback.'
else
  echo 'Now run cdk deploy --no-rollback.'
fi
