import type { Properties } from '../template';
import { type Case, changed, removed, resource, STACK, template } from './case';

const instance = (properties: Properties = {}) =>
  resource('AWS::RDS::DBInstance', {
    Engine: 'postgres',
    EngineVersion: '16.4',
    DBInstanceClass: 'db.t4g.medium',
    AllocatedStorage: '100',
    ...properties,
  });
const parameters = (Parameters: Properties, more: Properties = {}) =>
  resource('AWS::RDS::DBParameterGroup', { Family: 'postgres16', Description: 'Parameters', Parameters, ...more });
const MYSQL = { Family: 'mysql8.4' };
const USER = { Server: instance({ DBParameterGroupName: { Ref: 'Subject' } }) };

/** Removal of a stack whose server is retained. */
function afterRetainedServer(rule: string, shows: string, DeletionPolicy: string): Case {
  const group = { DBSubnetGroupDescription: 'Zones', SubnetIds: [{ Ref: 'Subnet' }] };
  const resources = {
    Subnet: resource('AWS::EC2::Subnet', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' }),
    Group: resource('AWS::RDS::DBSubnetGroup', group, { DeletionPolicy }),
    Server: { ...instance({ DBSubnetGroupName: { Ref: 'Group' } }), DeletionPolicy: 'Retain' },
  };
  const play: Case['play'] = (account) => {
    account.deploy(STACK, template(resources));
    return account.remove(STACK);
  };
  return { rule, verdict: 'refused by AWS', shows, play };
}

/** Documented behaviour of Amazon RDS. */
export const DATABASE_CASES: readonly Case[] = [
  changed(
    'no-engine-downgrade',
    'refused by AWS',
    'an engine cannot go back',
    instance(),
    instance({ EngineVersion: '16.3' }),
  ),
  changed(
    'replicas-before-their-primary',
    'refused by AWS',
    'a MySQL primary follows its replicas',
    instance({ Engine: 'mysql', EngineVersion: '8.0.40' }),
    instance({ Engine: 'mysql', EngineVersion: '8.4.3' }),
    { Replica: instance({ Engine: 'mysql', EngineVersion: '8.0.40', SourceDBInstanceIdentifier: { Ref: 'Subject' } }) },
  ),
  changed(
    'replicas-before-their-primary',
    'refused by AWS',
    'a PostgreSQL primary follows its replicas to another minor version',
    instance({ EngineVersion: '16.9' }),
    instance({ EngineVersion: '16.10' }),
    {
      Replica: instance({
        EngineVersion: '16.9',
        SourceDBInstanceIdentifier: { 'Fn::Sub': 'arn:aws:rds:eu-central-1:111111111111:db:${Subject}' },
      }),
    },
  ),
  changed(
    'storage-does-not-shrink',
    'refused by AWS',
    'storage cannot be taken away',
    instance(),
    instance({ AllocatedStorage: '50' }),
  ),
  removed(
    'protected-database',
    'in place',
    'a cleanup leaves a protected server',
    instance({ DeletionProtection: true }),
  ),
  afterRetainedServer('group-of-a-server', 'a subnet group stays as long as a server is in it', 'Delete'),
  afterRetainedServer('place-of-a-server', 'a subnet stays as long as a server is in it', 'Retain'),
  changed(
    'no-engine-downgrade',
    'refused by AWS',
    'Aurora MySQL cannot go back, either',
    resource('AWS::RDS::DBCluster', { Engine: 'aurora-mysql', EngineVersion: '8.0.mysql_aurora.3.12.0' }),
    resource('AWS::RDS::DBCluster', { Engine: 'aurora-mysql', EngineVersion: '8.0.mysql_aurora.3.11.1' }),
  ),
  changed(
    'kept-by-a-conditional-property',
    'in place',
    'a longer backup retention keeps the server',
    instance({ BackupRetentionPeriod: 7 }),
    instance({ BackupRetentionPeriod: 14 }),
  ),
  changed(
    'replaced-by-another-engine',
    'data at risk',
    'another engine is another server',
    instance(),
    instance({ Engine: 'mysql' }),
  ),
  changed(
    'replaced-by-another-zone',
    'data at risk',
    'a server of another zone is another server',
    instance({ AvailabilityZone: 'eu-central-1a' }),
    instance({ AvailabilityZone: 'eu-central-1b' }),
  ),
  changed(
    'replaced-by-a-restore',
    'data at risk',
    'a snapshot is restored to another server',
    instance(),
    instance({ DBSnapshotIdentifier: 'before-the-fault' }),
  ),
  changed(
    'static-parameters',
    'interruption',
    'a group with a static parameter reboots its servers',
    parameters({ shared_preload_libraries: 'pg_stat_statements' }),
    parameters({ shared_preload_libraries: 'pg_stat_statements', log_lock_waits: '1' }),
    USER,
  ),
  changed(
    'dynamic-parameters',
    'in place',
    'a group of dynamic parameters applies at once',
    parameters({ log_lock_waits: '0' }),
    parameters({ log_lock_waits: '1' }),
    USER,
  ),
  changed(
    'lower-limits',
    'some affected',
    'a session that sends larger packets than the lower limit is refused',
    parameters({}, MYSQL),
    parameters({ max_allowed_packet: '1048576' }, MYSQL),
    USER,
  ),
  changed(
    'dynamic-parameters',
    'in place',
    'a higher limit refuses nobody',
    parameters({ wait_timeout: '600' }, MYSQL),
    parameters({ wait_timeout: '900' }, MYSQL),
    USER,
  ),
  changed(
    'parameter-group-replaced',
    'in place',
    'a group of another family stands beside the former one',
    parameters({}),
    parameters({}, { Family: 'postgres17' }),
  ),
  changed(
    'database-restarts',
    'interruption',
    'another class restarts the server',
    instance(),
    instance({ DBInstanceClass: 'db.m7g.large' }),
  ),
  changed(
    'master-password-moves',
    'interruption',
    'the password of the master user is generated anew',
    instance(),
    instance({ ManageMasterUserPassword: true }),
  ),
  changed(
    'database-settings',
    'in place',
    'a longer retention of insights goes unnoticed',
    instance(),
    instance({ PerformanceInsightsRetentionPeriod: 93 }),
  ),
];
