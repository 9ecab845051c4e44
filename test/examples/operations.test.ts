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
  /** Ids of the events that say that its first deployment began. */
  readonly began?: string;
  /** Rows of type, physical id and logical id. */
  readonly left?: ReadonlyArray<readonly [string, string, string?]>;
  /** Answers of `describe-db-instances`: status, protection, cluster, and source of a replica. */
  readonly instance?: readonly [string, string, string, string];
  readonly clusterStatus?: string;
  /** Number of recovery points in the backup vault, nothing without a vault. */
  readonly points?: string;
  /** Logical ids of resources whose name is in the template. */
  readonly named?: readonly string[];
  /** Calls of `delete-security-group` that are refused before one succeeds. */
  readonly inUse?: number;
  /** Call that fails, and what the CLI says then. */
  readonly failing?: readonly [string, string];
}

const LEFT = [
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', BALANCER],
  ['AWS::RDS::DBInstance', 'shop-db'],
  ['AWS::Logs::LogGroup', '/aws/rds/instance/shop-db/postgresql'],
  ['AWS::RDS::DBSubnetGroup', 'zones'],
  ['AWS::RDS::DBParameterGroup', 'settings'],
  ['AWS::EC2::SecurityGroup', 'sg-database', 'DatabaseSecurityGroup'],
  ['AWS::EC2::SecurityGroup', 'sg-balancer', 'BalancerSecurityGroup'],
  ['AWS::Backup::BackupVault', 'shop-vault'],
  ['AWS::ECR::Repository', 'shop-images', 'Images'],
  ['AWS::KMS::Key', 'key-1', 'Key'],
  ['AWS::S3::Bucket', 'shop-logs', 'Logs'],
  ['AWS::EC2::VPC', 'vpc-1'],
  ['AWS::EC2::Subnet', 'None'],
] as const;
const AVAILABLE = ['available', 'True', 'None', 'None'] as const;

/** Runs the script against an `aws` that answers from a state. */
function run(args: string, state: State = {}): Outcome {
  const { status = 'ROLLBACK_FAILED', completed = '', began = 'event-0', left = LEFT, instance = AVAILABLE } = state;
  const { clusterStatus = 'available', points = '0', named = [], inUse = 0, failing } = state;
  const host = new BuildHost({
    aws: `
      case "$*" in
        ${failing ? `*'${failing[0]}'*) echo '${failing[1]}' >&2; exit 254 ;;` : ''}
        *describe-stacks*StackStatus*) echo '${status}' ;;
        *describe-stacks*StackId*) echo '${STACK_ID}' ;;
        *describe-stack-events*CREATE_IN_PROGRESS*) echo '${began}' ;;
        *describe-stack-events*) echo '${completed}' ;;
        *list-stack-resources*) printf '%s\\n' ${left.map((row) => `'${row.join('\t')}'`).join(' ')} ;;
        *get-template*.DatabaseSecurityGroup.DeletionPolicy*) echo RetainExceptOnCreate ;;
        *get-template*.DeletionPolicy*) echo None ;;
        ${named.map((id) => `*get-template*.${id}.Properties*) echo True ;;`).join('\n')}
        *get-template*.Properties*) echo False ;;
        *describe-db-instances*DBInstanceStatus*) echo '${instance.join('\t')}' ;;
        *describe-db-clusters*Status*) echo '${clusterStatus}' ;;
        *list-backup-vaults*) echo '${points}' ;;
        *delete-security-group*)
          if [[ $(grep -c delete-security-group "$STATE/calls") -le ${inUse} ]]; then
            echo 'An error occurred (DependencyViolation)' >&2
            exit 254
          fi ;;
      esac`,
    sleep: '',
  }).source('free.sh', SCRIPT);
  try {
    return host.run([`bash free.sh ${args}`], {});
  } finally {
    host.remove();
  }
}

/** Calls that change something. */
const changes = ({ calls }: Outcome) => calls
  .filter((call) => call.startsWith('aws ') && !/ (describe|list|get)-/.test(call))
  .map((call) => call.replace(/^aws /, '').replace(/-\d{14}/, '-TIME'));

describe('The script that frees a failed first deployment', () => {
  test('changes nothing unless it is told to, and says what it would do', () => {
    const outcome = run('shop');
    expect([outcome.status, changes(outcome)]).toEqual([0, []]);
    expect(outcome.output).toContain(`load balancer ${BALANCER}: switch deletion protection off`);
    expect(outcome.output).toMatch(/database shop-db: delete, with the final snapshot shop-db-\d{14}/);
    expect(outcome.output).toContain('Run it with --yes');
  });

  test('unprotects the load balancer, deletes the database with what is retained for it, then the stack', () => {
    expect(changes(run('shop --yes'))).toEqual([
      `elbv2 modify-load-balancer-attributes --load-balancer-arn ${BALANCER} --attributes Key=deletion_protection.enabled,Value=false`,
      'rds modify-db-instance --db-instance-identifier shop-db --no-deletion-protection --apply-immediately',
      'rds delete-db-instance --db-instance-identifier shop-db --final-db-snapshot-identifier shop-db-TIME --delete-automated-backups',
      'rds wait db-instance-deleted --db-instance-identifier shop-db',
      'rds delete-db-subnet-group --db-subnet-group-name zones',
      'rds delete-db-parameter-group --db-parameter-group-name settings',
      'ec2 delete-security-group --group-id sg-database',
      'logs delete-log-group --log-group-name /aws/rds/instance/shop-db/postgresql',
      'backup delete-backup-vault --backup-vault-name shop-vault',
      `cloudformation delete-stack --stack-name ${STACK_ID}`,
      `cloudformation wait stack-delete-complete --stack-name ${STACK_ID}`,
    ]);
  });

  test('says in which account and region it acts before it acts', () => {
    expect(run('shop --yes').output).toMatch(/^account 111111111111, region eu-central-1, stack shop: ROLLBACK_FAILED\n/);
  });

  test('deletes a database without a snapshot only by a flag of its own', () => {
    expect(changes(run('shop --yes --without-snapshot'))).toContain(
      'rds delete-db-instance --db-instance-identifier shop-db --skip-final-snapshot --delete-automated-backups',
    );
  });

  test('deletes a replica without a snapshot, because AWS takes none of it', () => {
    expect(changes(run('shop --yes', { instance: ['available', 'False', 'None', 'shop-primary'] }))).toContain(
      'rds delete-db-instance --db-instance-identifier shop-db --skip-final-snapshot --delete-automated-backups',
    );
  });

  test('deletes the members of a cluster before the cluster, whose protection and snapshot are its own', () => {
    const left = [['AWS::RDS::DBCluster', 'shop-cluster'], ['AWS::RDS::DBInstance', 'shop-member']] as const;
    const instance = ['available', 'True', 'shop-cluster', 'None'] as const;
    expect(changes(run('shop --yes', { left, instance })).slice(0, 4)).toEqual([
      'rds delete-db-instance --db-instance-identifier shop-member --skip-final-snapshot',
      'rds wait db-instance-deleted --db-instance-identifier shop-member',
      'rds modify-db-cluster --db-cluster-identifier shop-cluster --no-deletion-protection --apply-immediately',
      'rds delete-db-cluster --db-cluster-identifier shop-cluster --final-db-snapshot-identifier shop-cluster-TIME',
    ]);
  });

  test('waits for a database that is being deleted, and deletes it no second time', () => {
    const left = [['AWS::RDS::DBCluster', 'shop-cluster'], ['AWS::RDS::DBInstance', 'shop-member']] as const;
    const instance = ['deleting', 'False', 'shop-cluster', 'None'] as const;
    expect(changes(run('shop --yes', { left, instance, clusterStatus: 'deleting' })).slice(0, 2)).toEqual([
      'rds wait db-instance-deleted --db-instance-identifier shop-member',
      'rds wait db-cluster-deleted --db-cluster-identifier shop-cluster',
    ]);
  });

  test('repeats the deletion of a security group while a network interface uses it', () => {
    const outcome = run('shop --yes', { inUse: 3 });
    expect(changes(outcome).filter((call) => call.includes('delete-security-group'))).toHaveLength(4);
    expect(outcome.status).toBe(0);
  });

  test('deletes the stack, whose rules may name a security group that stays in use, and says so', () => {
    const outcome = run('shop --yes', { inUse: 99 });
    expect(outcome.output).toContain('security group sg-database is still in use');
    expect(changes(outcome)).toContain(`cloudformation delete-stack --stack-name ${STACK_ID}`);
  });

  test('asks for another run where the stack is not deleted', () => {
    const outcome = run('shop --yes', { failing: ['stack-delete-complete', 'Waiter StackDeleteComplete failed'] });
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toContain('run this script again');
  });

  test('names a backup vault with recovery points, whose name the next deployment needs', () => {
    const outcome = run('shop --yes', { points: '2' });
    expect(outcome.output).toContain('stays, and its name stays taken: backup vault shop-vault, with 2 recovery points');
    expect(outcome.output).toContain('Free the names that stay taken');
    expect(changes(outcome).some((call) => call.startsWith('backup'))).toBe(false);
  });

  test('goes on where the backup vault is gone', () => {
    expect(run('shop --yes', { points: '' }).output).toContain('backup vault shop-vault: is gone');
  });

  test('names a repository whose name the template gives', () => {
    expect(run('shop', { named: ['Images'] }).output).toContain('stays, and its name stays taken: shop-images');
    expect(run('shop').output).toContain('stays, delete it by hand when nobody needs it: shop-images');
  });

  test('goes on where a person has deleted the database already', () => {
    const outcome = run('shop --yes', { failing: ['describe-db-instances', 'An error occurred (DBInstanceNotFound)'] });
    expect(outcome.output).toContain('database shop-db: is gone');
    expect(changes(outcome).some((call) => call.includes('db-instance'))).toBe(false);
    expect(changes(outcome)).toContain('ec2 delete-security-group --group-id sg-database');
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

  test('counts a stack as complete after any operation but the undoing of one', () => {
    const asked = run('shop').calls.filter((call) => call.includes('describe-stack-events')).join();
    expect(asked).toContain("ends_with(ResourceStatus, '_COMPLETE')");
    expect(asked).toContain("!(starts_with(ResourceStatus, 'ROLLBACK_') || starts_with(ResourceStatus, 'DELETE_'))");
  });

  test('refuses a stack whose first events CloudFormation no longer has', () => {
    const outcome = run('shop --yes', { status: 'DELETE_FAILED', began: '' });
    expect([outcome.status, changes(outcome)]).toEqual([1, []]);
    expect(outcome.output).toContain('nobody can tell');
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
