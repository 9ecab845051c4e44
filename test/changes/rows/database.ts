import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AuroraMysqlEngineVersion, AuroraPostgresEngineVersion, MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type AdoptedDatabaseProps, BackupPolicy, type BackupPolicyProps, CapacitySchedule, CredentialRotation, type CredentialRotationProps, DatabaseAccess,
  type DatabaseConnectionOptions, DatabaseEvents, type DatabaseEventsProps, type DatabaseUserOptions,
  EnvironmentProfile, type HardenedDatabaseProps, HardenedMysql, type HardenedMysqlProps, HardenedPostgres, type HardenedPostgresProps,
  type InstanceCapacityProps, type ManagedSecretProps, MysqlCapacity, type MysqlInstanceProps, type MysqlServerlessProps, type OfficeHoursProps,
  type PointInTimeRestoreProps, PostgresCapacity, type PostgresInstanceProps, type PostgresServerlessProps, QueryText, RecoveryRegion,
  type RecoveryRegionProps, RestoreSource, SecureVpc, type ServerlessCapacityProps, type SnapshotRestoreProps, type VaultLock,
} from '../../../src';
import { ENV } from '../../fixtures/test-stack';
import { changesAround } from '../general';
import type { Changes, Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';
import { databaseCalls } from './database-calls';
import { WEB } from './service';

const INSTANCE: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, an instance',
  make: (site, id, props) => new HardenedPostgres(site.scope, id, { network: site.network, ...props }),
};
const CLUSTER: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, serverless',
  make: (site, id, props) => new HardenedPostgres(site.scope, id, { network: site.network, capacity: PostgresCapacity.serverless(), ...props }),
};
const MYSQL: Subject<HardenedMysqlProps> = {
  name: 'HardenedMysql, serverless',
  make: (site, id, props) => new HardenedMysql(site.scope, id, { network: site.network, ...props }),
};
const MYSQL_INSTANCE: Subject<HardenedMysqlProps> = {
  name: 'HardenedMysql, an instance',
  make: (site, id, props) => new HardenedMysql(site.scope, id, { network: site.network, capacity: MysqlCapacity.instance(), ...props }),
};
const USER: Subject<DatabaseUserOptions & { readonly access: DatabaseAccess }> = {
  name: 'HardenedPostgres, a user of it',
  make: (site, id, { access = DatabaseAccess.READ_ONLY, ...options }) =>
    void new HardenedPostgres(site.scope, id, { network: site.network }).addUser('reporting', access, options),
};
const CONNECTION: Subject<DatabaseConnectionOptions> = {
  name: 'HardenedPostgres, a service that signs in as a user of it',
  make: (site, id, options) => {
    const database = new HardenedPostgres(site.scope, `${id}Database`, { network: site.network, additionalDatabases: ['archive'] });
    const user = database.addUser('reporting', DatabaseAccess.READ_ONLY);
    WEB.make(site, id, { backingServices: [database.withUser(user, options)] });
  },
};
/** A database whose identifier comes and goes with the restore. */
const RESTORED: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, an instance whose identifier comes and goes with restoreFrom',
  make: (site, id, props) => INSTANCE.make(site, id, { ...props, identifier: props.restoreFrom && 'shop-restored' }),
};
const RESTORED_CLUSTER: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, serverless, whose identifier comes and goes with restoreFrom',
  make: (site, id, props) => CLUSTER.make(site, id, { ...props, identifier: props.restoreFrom && 'shop-restored' }),
};
const EVENTS: Subject<DatabaseEventsProps> = {
  name: 'DatabaseEvents',
  make: (site, id, props) => {
    const events = new DatabaseEvents(site.scope, id, props);
    new HardenedPostgres(site.stack, `${id}Database`, { network: site.network, events });
  },
};
const RECOVERY: Subject<RecoveryRegionProps> = {
  name: 'RecoveryRegion',
  make: (site, id, props) => {
    const recoveryRegion = new RecoveryRegion(site.stacks, id, { region: 'eu-west-1', account: ENV.account, stackName: `${id}${site.surroundings.suffix ?? ''}`, ...props });
    new HardenedPostgres(site.scope, `${id}Database`, { network: site.network, backup: BackupPolicy.daily({ recoveryRegion }) });
  },
};

const ADOPTED: Subject<AdoptedDatabaseProps> = {
  name: 'HardenedPostgres.fromExisting',
  make: (site, id, props) => {
    const database = HardenedPostgres.fromExisting(site.scope, id, {
      identifier: 'shop',
      endpoint: 'shop.abc.eu-central-1.rds.amazonaws.com',
      databaseName: 'shop',
      securityGroup: SecurityGroup.fromSecurityGroupId(site.scope, `${id}Group`, 'sg-0123456789abcdef0'),
      secret: Secret.fromSecretCompleteArn(site.scope, `${id}Secret`, 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop-AbCdEf'),
      ...props,
    });
    WEB.make(site, `${id}Web`, { backingServices: [database] });
  },
};

const ONCE = 'RDS restores into a new server alone: follow [the restore](recovery.md#restore-into-a-new-database), and leave `restoreFrom` and `identifier` in place.';
const RESTART = 'Any change of a parameter restarts PostgreSQL at once, replicas and readers included: choose a quiet hour, and change several together.';
const REPLICAS_FIRST = 'Two deployments: `replicaVersion` first, then `version` without `replicaVersion`. Each restarts the servers that it upgrades.';
const RESTORE = 'A server keeps it for life, and a new one is empty: [restore](database.md#restore-data) a snapshot under another construct id, '
  + 'stop writes, move the clients, then remove the former one.';
const PORT = 'Clients of the former port are cut: deploy the database and all services by one command (`cdk deploy --all`), at a quiet hour.';
const UPGRADE = 'Follow [the upgrade](database.md#upgrade-to-a-major-version): a snapshot first, a trial on a restored copy, replicas before the primary. '
  + 'No version goes back. Deploy it alone: if anything else fails after it, the rollback fails as well, and `aws cloudformation continue-update-rollback '
  + '--resources-to-skip` of the server ends it.';
const CREDENTIALS = 'The setup refuses it, because it would lock out running tasks. [A second user](database-users.md#switch-the-way-to-sign-in) moves the services one by one.';
const FORMER_USER = 'The setup creates another user, and gives another owner the tables. The former user stays, so tasks that run keep their way in.';
const LOCK = 'Without `immutableAfter` whoever may change the vault can lift it. With it, nobody can from the lock\'s date on: not the team, not AWS. '
  + 'Try it with short retentions first.';
const STORAGE = 'Storage never shrinks: leave it, or restore into a smaller server. Raise it alone: if anything else of the deployment fails, the rollback fails as well '
  + '([storage](database.md#storage)).';
const MAJOR_AFTER_MINOR = 'RDS refuses a major version alone where its default minor version is before the one that runs. Change it with the next major version.';
const REASON = 'reason that the team gives, long enough';

/** Changes that every database has. */
function shared(parameter: string): Changes<HardenedDatabaseProps> {
  return {
    network: [undefined, (site: Site) => new SecureVpc(site.stack, 'Other'), { procedure: RESTORE }],
    advancedInsights: [undefined, true],
    backup: [undefined, () => BackupPolicy.daily({ retention: Duration.days(14) })],
    caBundlePath: [undefined, '/app/rds.pem', { note: 'Clients of the database get it with their next change.' }],
    credentials: [undefined, () => CredentialRotation.iamAuthentication(), { procedure: CREDENTIALS }],
    additionalDatabases: { several: [[undefined, ['archive']], [['archive'], ['archive', 'reports']]] },
    databaseName: [undefined, 'shop', { procedure: RESTORE }],
    events: [undefined, (site: Site) => site.part('Events', (scope, id) => new DatabaseEvents(scope, id))],
    identifier: [undefined, 'shop', { procedure: RESTORE }],
    logRetention: [undefined, () => RetentionDays.ONE_MONTH],
    maintenanceWindow: [undefined, 'mon:05:30-mon:06:30'],
    monitoringInterval: [undefined, Duration.seconds(30)],
    ownerName: [undefined, 'boss', { procedure: FORMER_USER }],
    parameters: [undefined, { [parameter]: '65536' }, { procedure: RESTART }],
    parameterWaiver: [undefined, { reason: REASON }, { note: 'It has an effect with `parameters` that break a guarantee.' }],
    port: [undefined, 6379, { procedure: RESTORE }],
    profile: [undefined, () => EnvironmentProfile.staging()],
    queryText: [QueryText.NEVER, QueryText.IN_ERRORS, { procedure: RESTART }],
    setup: [undefined, false, { note: 'Users stay in the server.' }],
    removalPolicy: [undefined, () => RemovalPolicy.SNAPSHOT, { note: 'It has an effect when the database is removed.' }],
    userName: [undefined, 'shop', { procedure: FORMER_USER }],
  };
}

const INSTANCE_CAPACITY: Changes<InstanceCapacityProps> = {
  instanceType: [undefined, () => new InstanceType('m7g.large')],
  iops: [12_000, 16_000, { with: { storageGiB: 400 } }],
  maxStorageGiB: [undefined, 400],
  multiAz: [true, false],
  readReplicas: { several: [[0, 1], [1, 2], [2, 1, { note: 'The replica is deleted with its logs. It holds nothing of its own.' }]] },
  storageGiB: [undefined, 200, { procedure: STORAGE }],
  storageThroughputMiB: [500, 1000, { with: { storageGiB: 400, iops: 16_000 } }],
};
const SERVERLESS_CAPACITY: Changes<ServerlessCapacityProps> = {
  autoPauseAfter: [Duration.minutes(10), Duration.minutes(20), { with: { minAcu: 0 } }],
  maxAcu: [undefined, 32],
  minAcu: [undefined, 2],
  readers: { several: [[1, 2], [0, 1]] },
  schedule: [undefined, () => CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_BERLIN })],
};

export const DATABASE_ROWS: readonly Row[] = [
  ...changesOf<HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'HardenedPostgresProps',
    changes: {
      ...shared('work_mem'),
      capacity: [undefined, () => PostgresCapacity.serverless(), { procedure: RESTORE }],
      schemas: [undefined, ['billing']],
      extensions: { several: [[undefined, ['pgcrypto']], [undefined, ['pg_cron'], { procedure: 'The server restarts, because it loads the library at start: choose a quiet hour.' }]] },
    },
  }),
  ...changesOf<InstanceCapacityProps, HardenedPostgresProps>({
    subject: INSTANCE, struct: 'InstanceCapacityProps', at: 'PostgresCapacity.instance', within: (props) => ({ capacity: PostgresCapacity.instance(props) }), changes: INSTANCE_CAPACITY,
  }),
  ...changesOf<PostgresInstanceProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'PostgresInstanceProps',
    at: 'PostgresCapacity.instance',
    within: (props) => ({ capacity: PostgresCapacity.instance(props) }),
    changes: {
      version: {
        several: [
          [() => PostgresEngineVersion.VER_16, () => PostgresEngineVersion.VER_17, { procedure: UPGRADE }],
          [() => PostgresEngineVersion.VER_16_11, () => PostgresEngineVersion.VER_16_12, { procedure: UPGRADE }],
          [
            () => PostgresEngineVersion.VER_16_12, () => PostgresEngineVersion.VER_16_13,
            { procedure: REPLICAS_FIRST, with: { readReplicas: 1 } },
          ],
          [() => PostgresEngineVersion.VER_16_12, () => PostgresEngineVersion.VER_16, { note: MAJOR_AFTER_MINOR }],
        ],
      },
      replicaVersion: [
        undefined, () => PostgresEngineVersion.VER_16_13,
        { procedure: REPLICAS_FIRST, with: { readReplicas: 1, version: PostgresEngineVersion.VER_16_12 } },
      ],
    },
  }),
  ...choicesOf<CredentialRotation, HardenedPostgresProps>({
    subject: INSTANCE,
    class: 'CredentialRotation',
    prop: 'credentials',
    each: true,
    within: (credentials) => ({ credentials }),
    remarks: {
      'alternatingUsers → iamAuthentication': { procedure: CREDENTIALS },
      'iamAuthentication → managedSecret': { note: 'The clients change: tasks sign in as another user.' },
      '*': { procedure: 'Clients read another secret: deploy database and services together, at a quiet hour.' },
    },
    values: {
      alternatingUsers: () => CredentialRotation.alternatingUsers(),
      iamAuthentication: () => CredentialRotation.iamAuthentication(),
      managedSecret: () => CredentialRotation.managedSecret({ waiver: { reason: REASON } }),
    },
  }),
  ...changesOf<CredentialRotationProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'CredentialRotationProps',
    at: 'CredentialRotation.alternatingUsers',
    within: (props) => ({ credentials: CredentialRotation.alternatingUsers(props) }),
    changes: { automaticallyAfter: [undefined, Duration.days(60)] },
  }),
  ...changesOf<ManagedSecretProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'ManagedSecretProps',
    at: 'CredentialRotation.managedSecret',
    required: { waiver: { reason: REASON } },
    within: (props) => ({ credentials: CredentialRotation.managedSecret(props) }),
    changes: { automaticallyAfter: [undefined, Duration.days(60)], waiver: [{ reason: REASON }, { reason: `${REASON} and longer` }, { note: 'A reason is for readers.' }] },
  }),
  ...changesOf<BackupPolicyProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'BackupPolicyProps',
    at: 'BackupPolicy.daily',
    within: (props) => ({ backup: BackupPolicy.daily(props) }),
    changes: {
      window: [undefined, '01:00-02:00'],
      retention: [undefined, Duration.days(14)],
      snapshotRetention: [undefined, Duration.days(60)],
      recoveryRegion: [undefined, (site: Site) => recoveryOf(site)],
      replicateAutomatedBackups: [undefined, true, { with: (site) => ({ recoveryRegion: recoveryOf(site) }) }],
      replicationRetention: [undefined, Duration.days(14), { with: (site) => ({ recoveryRegion: recoveryOf(site), replicateAutomatedBackups: true }) }],
      copyRetention: [undefined, Duration.days(60), { with: (site) => ({ recoveryRegion: recoveryOf(site) }) }],
      vaultLock: [undefined, { minRetention: Duration.days(7) }, { note: LOCK }],
    },
  }),
  ...changesOf<VaultLock, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'VaultLock',
    at: 'BackupPolicy.daily.vaultLock',
    required: { minRetention: Duration.days(7) },
    within: (vaultLock) => ({ backup: BackupPolicy.daily({ vaultLock }) }),
    changes: { minRetention: [Duration.days(7), Duration.days(14), { note: LOCK }], immutableAfter: [undefined, Duration.days(7), { procedure: LOCK }] },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'HardenedPostgresProps',
    changes: {
      restoreFrom: {
        several: [
          [undefined, (site: Site) => snapshotOf(site, 'monday'), { with: { identifier: 'shop-restored' }, procedure: ONCE }],
          [(site: Site) => snapshotOf(site, 'monday'), (site: Site) => snapshotOf(site, 'tuesday'), { with: { identifier: 'shop-restored' }, procedure: ONCE }],
        ],
      },
    },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: RESTORED, struct: 'HardenedPostgresProps', changes: { restoreFrom: [undefined, (site: Site) => snapshotOf(site, 'monday'), { procedure: ONCE }] },
  }),
  ...changesOf<SnapshotRestoreProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'SnapshotRestoreProps',
    at: 'RestoreSource.snapshot',
    required: (site) => ({ storageEncryptionKey: keyOf(site, 'Former') }),
    within: (props) => ({ identifier: 'shop-restored', restoreFrom: RestoreSource.snapshot(`${SNAPSHOTS}:snapshot:monday`, props) }),
    changes: {
      storageEncryptionKey: [(site) => keyOf(site, 'Former'), (site) => keyOf(site, 'Other'), { note: 'The server keeps the key that the data came with. Name the right one, so that backups can use it.' }],
      masterUserName: [undefined, 'postgres', { procedure: 'The name comes with the data: set it at the restore, and leave it.' }],
    },
  }),
  ...changesOf<PointInTimeRestoreProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'PointInTimeRestoreProps',
    at: 'RestoreSource.pointInTime',
    required: (site) => ({ source: 'db-ABCDEF', storageEncryptionKey: keyOf(site, 'Former') }),
    within: (props) => ({ identifier: 'shop-restored', restoreFrom: RestoreSource.pointInTime(props) }),
    changes: {
      source: ['db-ABCDEF', 'db-GHIJKL', { procedure: ONCE }],
      time: [undefined, '2026-11-20T10:00:00Z', { procedure: ONCE }],
    },
  }),
  ...databaseCalls(INSTANCE),
  ...changesAround(INSTANCE),
  ...changesOf<DatabaseUserOptions & { readonly access: DatabaseAccess }>({
    subject: USER,
    struct: 'DatabaseUserOptions',
    changes: { iamAuthentication: [undefined, true, { procedure: CREDENTIALS }] },
  }),
  ...parametersOf<DatabaseAccess, DatabaseUserOptions & { readonly access: DatabaseAccess }>({
    subject: USER,
    prop: 'addUser',
    within: (access) => ({ access }),
    changes: { 'HardenedDatabase.addUser': [() => DatabaseAccess.READ_ONLY, () => DatabaseAccess.READ_WRITE] },
  }),
  ...changesOf<DatabaseConnectionOptions>({
    subject: CONNECTION,
    struct: 'DatabaseConnectionOptions',
    changes: {
      databaseName: [undefined, 'archive'],
      poolSize: { several: [[undefined, 10], [10, 20]] },
      variables: [undefined, { host: 'REPORTS_HOST' }],
    },
  }),
  ...changesOf<HardenedPostgresProps>({ subject: CLUSTER, struct: 'HardenedPostgresProps', changes: { ...shared('work_mem'), port: [undefined, 6379, { procedure: PORT }] } }),
  ...changesOf<ServerlessCapacityProps, HardenedPostgresProps>({
    subject: CLUSTER, struct: 'ServerlessCapacityProps', at: 'PostgresCapacity.serverless', within: (props) => ({ capacity: PostgresCapacity.serverless(props) }), changes: SERVERLESS_CAPACITY,
  }),
  ...changesOf<PostgresServerlessProps, HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'PostgresServerlessProps',
    at: 'PostgresCapacity.serverless',
    within: (props) => ({ capacity: PostgresCapacity.serverless(props) }),
    changes: {
      version: {
        several: [
          [() => AuroraPostgresEngineVersion.VER_15_17, () => AuroraPostgresEngineVersion.VER_16_13, { procedure: UPGRADE }],
        ],
      },
    },
  }),
  ...changesOf<OfficeHoursProps, HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'OfficeHoursProps',
    at: 'CapacitySchedule.officeHours',
    required: () => ({ timeZone: TimeZone.EUROPE_BERLIN }),
    within: (props) => ({ capacity: PostgresCapacity.serverless({ readers: 2, schedule: CapacitySchedule.officeHours(props) }) }),
    changes: {
      timeZone: [() => TimeZone.EUROPE_BERLIN, () => TimeZone.AMERICA_NEW_YORK],
      fromHour: [undefined, 6],
      toHour: [undefined, 20],
      nightMaxAcu: [undefined, 4],
      nightReaders: [undefined, 1],
      weekendsOff: [undefined, false],
    },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'HardenedPostgresProps',
    changes: {
      restoreFrom: {
        several: [
          [undefined, () => clusterSnapshot('monday'), { with: { identifier: 'shop-restored' }, procedure: ONCE }],
          [() => clusterSnapshot('monday'), () => clusterSnapshot('tuesday'), { with: { identifier: 'shop-restored' }, procedure: ONCE }],
        ],
      },
    },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: RESTORED_CLUSTER, struct: 'HardenedPostgresProps', changes: { restoreFrom: [undefined, () => clusterSnapshot('monday'), { procedure: ONCE }] },
  }),
  ...choicesOf<RestoreSource, HardenedPostgresProps>({
    subject: CLUSTER,
    class: 'RestoreSource',
    prop: 'restoreFrom',
    within: (restoreFrom) => ({ identifier: 'shop-restored', restoreFrom }),
    remarks: { '*': { procedure: ONCE } },
    values: { snapshot: () => clusterSnapshot('monday'), pointInTime: () => RestoreSource.pointInTime({ source: 'shop' }) },
  }),
  ...changesAround(CLUSTER),
  ...changesOf<HardenedMysqlProps>({
    subject: MYSQL,
    struct: 'HardenedMysqlProps',
    changes: { ...shared('max_allowed_packet'), port: [undefined, 6379, { procedure: PORT }], capacity: [undefined, () => MysqlCapacity.instance(), { procedure: RESTORE }] },
  }),
  ...changesOf<MysqlServerlessProps, HardenedMysqlProps>({
    subject: MYSQL,
    struct: 'MysqlServerlessProps',
    at: 'MysqlCapacity.serverless',
    within: (props) => ({ capacity: MysqlCapacity.serverless(props) }),
    changes: { ...SERVERLESS_CAPACITY, version: [() => AuroraMysqlEngineVersion.VER_3_11_1, () => AuroraMysqlEngineVersion.VER_3_12_0, { procedure: UPGRADE }] },
  }),
  ...changesAround(MYSQL),
  ...changesOf<HardenedMysqlProps>({ subject: MYSQL_INSTANCE, struct: 'HardenedMysqlProps', changes: shared('max_allowed_packet') }),
  ...changesOf<MysqlInstanceProps, HardenedMysqlProps>({
    subject: MYSQL_INSTANCE,
    struct: 'MysqlInstanceProps',
    at: 'MysqlCapacity.instance',
    within: (props) => ({ capacity: MysqlCapacity.instance(props) }),
    changes: {
      ...INSTANCE_CAPACITY,
      version: [() => MysqlEngineVersion.VER_8_4_9, () => MysqlEngineVersion.VER_8_4_10, { procedure: UPGRADE }],
      replicaVersion: [
        undefined, () => MysqlEngineVersion.VER_8_4_10,
        { procedure: REPLICAS_FIRST, with: { readReplicas: 1, version: MysqlEngineVersion.VER_8_4_9 } },
      ],
    },
  }),
  ...changesAround(MYSQL_INSTANCE),
  ...changesOf<DatabaseEventsProps>({
    subject: EVENTS,
    struct: 'DatabaseEventsProps',
    changes: {
      key: { exempt: 'another key encrypts what is published from then on' },
      profile: [undefined, () => EnvironmentProfile.development(), { note: 'It has an effect when the topic is removed.' }],
      sources: { exempt: 'it lists servers of other tools, which subscribe by their own names' },
    },
  }),
  ...changesAround(EVENTS),
  ...changesOf<RecoveryRegionProps>({
    subject: RECOVERY,
    struct: 'RecoveryRegionProps',
    changes: {
      region: [undefined, 'eu-west-3', { note: 'Copies stay in the former region until they expire. Keep its stack until then.' }],
      account: { exempt: 'copies in another account are another stack; the former ones stay until they expire' },
      network: [undefined, (site: Site) => networkThere(site)],
      vaultLock: [undefined, { minRetention: Duration.days(7) }, { note: LOCK }],
      stackName: { exempt: 'another stack name is another stack: deploy it beside the former one, which keeps its copies' },
      profile: [undefined, () => EnvironmentProfile.development(), { note: 'It has an effect when the stack is removed.' }],
    },
  }),
  ...changesAround(RECOVERY),
  ...changesOf<AdoptedDatabaseProps>({
    subject: ADOPTED,
    struct: 'AdoptedDatabaseProps',
    changes: {
      identifier: { exempt: 'it names the server in alarms; another server is another endpoint' },
      endpoint: [undefined, 'other.abc.eu-central-1.rds.amazonaws.com'],
      readEndpoint: [undefined, 'shop-replica1.abc.eu-central-1.rds.amazonaws.com'],
      port: [undefined, 6432],
      databaseName: [undefined, 'sales'],
      securityGroup: { exempt: 'another group is another server: rules to it come before those to the former one go' },
      secret: { exempt: 'tasks read another secret with their next start, as with another endpoint' },
      secretKey: { exempt: 'a role may use another key' },
      replaceTasksEvery: { exempt: 'a schedule comes, goes or gets another interval' },
      userName: { exempt: 'tasks sign in as another user with their next start' },
      resourceId: { exempt: 'a role may sign in to another server' },
      cluster: { exempt: 'it names the server in alarms' },
      instanceIdentifiers: { exempt: 'it names members in alarms' },
      instanceType: { exempt: 'it is a threshold of alarms' },
      maxAcu: { exempt: 'it is a threshold of alarms' },
      maxConnections: { exempt: 'it is a threshold of alarms' },
      performanceInsights: { exempt: 'it decides on alarms' },
      logGroups: { exempt: 'it decides on alarms' },
      events: { exempt: 'it decides on alarms' },
      caBundlePath: [undefined, '/app/rds.pem'],
    },
  }),
];

/** Network in the recovery region. */
function networkThere(site: Site): SecureVpc {
  const stack = site.otherStack('There', { env: { ...ENV, region: 'eu-west-1' } });
  return site.part('NetworkThere', () => new SecureVpc(stack, 'Network'));
}

function recoveryOf(site: Site): RecoveryRegion {
  return site.part('Recovery', (_, id) => new RecoveryRegion(site.stacks, id, { region: 'eu-west-1', account: ENV.account }));
}

const SNAPSHOTS = `arn:aws:rds:${ENV.region}:${ENV.account}`;

/** Snapshot of an instance, by its name. */
function snapshotOf(site: Site, name: string): RestoreSource {
  return RestoreSource.snapshot(`${SNAPSHOTS}:snapshot:${name}`, { storageEncryptionKey: keyOf(site, 'Former') });
}

function clusterSnapshot(name: string): RestoreSource {
  return RestoreSource.snapshot(`${SNAPSHOTS}:cluster-snapshot:${name}`);
}

function keyOf(site: Site, name: string): IKey {
  return site.part(`${name}Key`, (scope, id) => Key.fromKeyArn(scope, id, `arn:aws:kms:${ENV.region}:${ENV.account}:key/${name}`));
}
