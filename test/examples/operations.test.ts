import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { BuildHost, type Outcome } from '../simulators/shell-commands';

const SCRIPT = fs.readFileSync(path.join(__dirname, '..', '..', 'examples', 'operations', 'free-first-deployment.sh'), 'utf8');
const STACK_ID = 'arn:aws:cloudformation:eu-central-1:111111111111:stack/shop/1';
const BALANCER = 'arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/shop/1';

/** State of an account, as the AWS CLI tells it. */
interface State {
  readonly status?: string;
  /** Ids of the events that say that the stack was complete. */
  readonly completed?: string;
  /** Rows of type and physical id. */
  readonly left?: ReadonlyArray<readonly [string, string]>;
  /** Answers of `describe-db-instances`: protection, and the cluster. */
  readonly instance?: readonly [string, string];
  /** Call that fails, and what the CLI says then. */
  readonly failing?: readonly [string, string];
}

const LEFT = [
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', BALANCER],
  ['AWS::RDS::DBInstance', 'shop-db'],
  ['AWS::Logs::LogGroup', '/aws/rds/instance/shop-db/postgresql'],
  ['AWS::RDS::DBSubnetGroup', 'zones'],
  ['AWS::RDS::DBParameterGroup', 'settings'],
  ['AWS::EC2::SecurityGroup', 'sg-database'],
  ['AWS::EC2::SecurityGroup', 'sg-balancer'],
  ['AWS::KMS::Key', 'key-1'],
  ['AWS::S3::Bucket', 'shop-logs'],
  ['AWS::EC2::VPC', 'vpc-1'],
  ['AWS::EC2::Subnet', 'None'],
] as const;

/** Runs the script against an `aws` that answers from a state. */
function run(args: string, { status = 'ROLLBACK_FAILED', completed = '', left = LEFT, instance = ['True', 'None'], failing }: State = {}): Outcome {
  const host = new BuildHost({
    aws: `
      case "$*" in
        ${failing ? `*'${failing[0]}'*) echo '${failing[1]}' >&2; exit 254 ;;` : ''}
        *describe-stacks*StackStatus*) echo '${status}' ;;
        *describe-stacks*StackId*) echo '${STACK_ID}' ;;
        *describe-stack-events*) echo '${completed}' ;;
        *list-stack-resources*) printf '%s\\n' ${left.map((row) => `'${row.join('\t')}'`).join(' ')} ;;
        *describe-db-instances*DeletionProtection*) echo '${instance[0]}' ;;
        *describe-db-instances*DBClusterIdentifier*) echo '${instance[1]}' ;;
        *describe-db-instances*VpcSecurityGroups*) printf 'sg-database\\tsg-other\\n' ;;
        *describe-db-clusters*) echo available ;;
      esac`,
  }).source('free.sh', SCRIPT);
  try {
    return host.run([`bash free.sh ${args}`], {});
  } finally {
    host.remove();
  }
}

/** Calls that change something. */
const changes = ({ calls }: Outcome) => calls.filter((call) => !/ (describe|list)-/.test(call)).map((call) => call.replace(/^aws /, ''));

describe('The script that frees a failed first deployment', () => {
  test('changes nothing unless it is told to, and says what it would do', () => {
    const outcome = run('shop');
    expect([outcome.status, changes(outcome)]).toEqual([0, []]);
    expect(outcome.output).toContain(`load balancer ${BALANCER}: switch deletion protection off`);
    expect(outcome.output).toContain('database shop-db: delete, without a snapshot');
    expect(outcome.output).toContain('Run it with --yes');
  });

  test('unprotects the load balancer, deletes the database with what is retained for it, then the stack', () => {
    expect(changes(run('shop --yes'))).toEqual([
      `elbv2 modify-load-balancer-attributes --load-balancer-arn ${BALANCER} --attributes Key=deletion_protection.enabled,Value=false`,
      'rds modify-db-instance --db-instance-identifier shop-db --no-deletion-protection --apply-immediately',
      'rds delete-db-instance --db-instance-identifier shop-db --skip-final-snapshot --delete-automated-backups',
      'rds wait db-instance-deleted --db-instance-identifier shop-db',
      'rds delete-db-subnet-group --db-subnet-group-name zones',
      'rds delete-db-parameter-group --db-parameter-group-name settings',
      'ec2 delete-security-group --group-id sg-database',
      'logs delete-log-group --log-group-name /aws/rds/instance/shop-db/postgresql',
      `cloudformation delete-stack --stack-name ${STACK_ID}`,
      `cloudformation wait stack-delete-complete --stack-name ${STACK_ID}`,
    ]);
  });

  test('deletes the members of a cluster before the cluster, whose protection is its own', () => {
    const left = [['AWS::RDS::DBCluster', 'shop-cluster'], ['AWS::RDS::DBInstance', 'shop-member']] as const;
    expect(changes(run('shop --yes', { left, instance: ['True', 'shop-cluster'] })).slice(0, 3)).toEqual([
      'rds delete-db-instance --db-instance-identifier shop-member --skip-final-snapshot',
      'rds wait db-instance-deleted --db-instance-identifier shop-member',
      'rds modify-db-cluster --db-cluster-identifier shop-cluster --no-deletion-protection --apply-immediately',
    ]);
  });

  test('goes on where a person has deleted the database already', () => {
    const outcome = run('shop --yes', { failing: ['describe-db-instances', 'An error occurred (DBInstanceNotFound)'] });
    expect(outcome.output).toContain('database shop-db: is gone');
    expect(changes(outcome).some((call) => call.includes('db-instance'))).toBe(false);
    expect(changes(outcome)).toContain(`cloudformation delete-stack --stack-name ${STACK_ID}`);
  });

  test('stops where it may not look at the database', () => {
    const outcome = run('shop --yes', { failing: ['describe-db-instances', 'An error occurred (AccessDenied)'] });
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toContain('AccessDenied');
    expect(changes(outcome).some((call) => call.startsWith('cloudformation'))).toBe(false);
  });

  test('says what stays', () => {
    expect(run('shop').output).toMatch(/stays, delete it by hand when nobody needs it: shop-logs/);
  });

  test.each([
    ['UPDATE_ROLLBACK_FAILED', 'there is no failed first deployment to free'],
    ['CREATE_COMPLETE', 'there is no failed first deployment to free'],
    ['CREATE_FAILED', 'deploy it again with cdk deploy --no-rollback'],
  ])('refuses a stack in %s', (status, says) => {
    const outcome = run('shop --yes', { status });
    expect([outcome.status, changes(outcome)]).toEqual([1, []]);
    expect(outcome.output).toContain(says);
  });

  test('refuses a stack that was complete once, because it may hold data', () => {
    const outcome = run('shop --yes', { status: 'DELETE_FAILED', completed: 'event-1' });
    expect([outcome.status, changes(outcome)]).toEqual([1, []]);
    expect(outcome.output).toContain('shop was deployed before');
  });

  test.each(['', '--yes', 'shop --force', 'shop --yes more'])('refuses the arguments "%s"', (args) => {
    const outcome = run(args);
    expect([outcome.status, outcome.calls]).toEqual([1, []]);
    expect(outcome.output).toContain('usage:');
  });

  test('stops where the stack is unknown', () => {
    const outcome = run('shop --yes', { failing: ['describe-stacks', 'Stack with id shop does not exist'] });
    expect(outcome.status).not.toBe(0);
    expect(changes(outcome)).toEqual([]);
  });

  const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  (shellcheck ? test : test.skip)('passes shellcheck, where it is installed', () => {
    const { stdout, status } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: SCRIPT, encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });
});
