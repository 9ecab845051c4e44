import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { dependencyRemovalPolicy, serverRemovalPolicy, snapshotRemovalPolicy } from '../environment/removal-policies';
import { checkNetwork } from '../network/check-network';
import { uniqueName } from '../text/stack-path';
import { checkList, checkMember } from '../validation/checks';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { BackupPolicy, type BackupSettings } from './backup/backup-policy';
import type { CapacitySettings } from './capacity/capacity-settings';
import { CredentialRotation, type CredentialSettings } from './credentials/credential-rotation';
import { DEFAULT_USERS } from './credentials/user-names';
import type { EngineConfig } from './engine-config';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { checkedParameters, type Parameters } from './parameters/parameter-rules';
import { withLibraries } from './parameters/postgres-extensions';
import { defaultQueryText, QueryText } from './parameters/query-text';
import { checkPauses, checkServerHas } from './parameters/server-parameters';
import type { RestoreSettings } from './restore/restore-settings';
import { RestoreSource } from './restore/restore-source';
import { checkSetup } from './setup/validate-setup';
import { checkDatabase } from './validate-database';

/** Settings of a database, checked, with every default filled in. */
export interface DatabaseSettings {
  /** Environment profile of the database. */
  readonly profile: EnvironmentProfile;
  /** Removal policy of the server. */
  readonly removalPolicy: RemovalPolicy;
  /** Removal policy of what the server can't exist without. */
  readonly dependencyRemovalPolicy: RemovalPolicy;
  /** Removal policy of what snapshots need. */
  readonly snapshotRemovalPolicy: RemovalPolicy;
  /** Physical name of the server. Replicas append their number. */
  readonly identifier: string;
  /** Physical names of the read replicas. */
  readonly replicaIdentifiers: string[];
  /**
   * Origin of the data of the server.
   * @default - a new, empty database
   */
  readonly restore?: RestoreSettings;
  /** Name of the database inside the server. */
  readonly databaseName: string;
  /** Application user. */
  readonly userName: string;
  /** Owner of schemas and tables. */
  readonly ownerName: string;
  /** True if the library's function creates users and databases in the server. */
  readonly setup: boolean;
  /** Databases beside `databaseName`. */
  readonly additionalDatabases: string[];
  /** TCP port. */
  readonly port: number;
  /** Instance or cluster with its limits. */
  readonly capacity: CapacitySettings;
  /** Sign-in of applications and rotation. */
  readonly credentials: CredentialSettings;
  /** Backup window, snapshots and copies. */
  readonly backup: BackupSettings;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC. */
  readonly maintenanceWindow: string;
  /** Parameters of the server. */
  readonly parameters: Parameters;
  /** Default `max_connections` of the capacity, or the value that the caller sets. */
  readonly maxConnections: number;
  /** Interval of enhanced monitoring. */
  readonly monitoringInterval: Duration;
  /** True if Database Insights runs in its advanced mode. */
  readonly advancedInsights: boolean;
  /** Log types to export, as RDS names them. */
  readonly logExports: string[];
  /** Retention of the log groups. */
  readonly logRetention: RetentionDays;
  /** Path of RDS's certificate bundle in the client's image. */
  readonly caBundlePath: string;
}

/** Fills in the defaults, binds the strategies and refuses what AWS would refuse. */
export function databaseSettings(
  scope: IConstruct,
  props: HardenedDatabaseProps,
  engine: EngineConfig,
): DatabaseSettings {
  checkAllInReach(scope, props);
  checkKinds(scope, props, {
    backup: BackupPolicy,
    credentials: CredentialRotation,
    profile: EnvironmentProfile,
    restoreFrom: RestoreSource,
  });
  checkMember(scope, 'queryText', props.queryText, QueryText);
  checkNetwork(scope, props.network);
  checkList(scope, 'additionalDatabases', props.additionalDatabases);
  checkList(scope, 'schemas', engine.schemas);
  checkList(scope, 'extensions', engine.extensions);
  const profile = props.profile ?? EnvironmentProfile.of(scope);
  const removalPolicy = serverRemovalPolicy(props.removalPolicy, profile);
  const identifier = props.identifier ?? defaultIdentifier(scope);
  const capacity = engine.capacity._bind(scope, { profile });
  checkServerHas(scope, { family: engine.family, aurora: capacity.serverless !== undefined }, props.parameters);
  checkPauses(scope, capacity.serverless?.autoPauseAfter !== undefined, props.parameters);
  const readReplicas = capacity.instance?.readReplicas ?? 0;
  const rotation = props.credentials ?? CredentialRotation.alternatingUsers();
  const { extensions = [] } = engine;
  const backup = (props.backup ?? BackupPolicy.daily())._bind(scope, {
    profile,
    removalPolicy,
    cluster: capacity.serverless !== undefined,
  });
  const settings: DatabaseSettings = {
    profile,
    removalPolicy,
    dependencyRemovalPolicy: dependencyRemovalPolicy(removalPolicy),
    snapshotRemovalPolicy: snapshotRemovalPolicy(removalPolicy, backup.snapshotRetention !== undefined),
    identifier,
    replicaIdentifiers: Array.from({ length: readReplicas }, (_, index) => `${identifier}-replica${index + 1}`),
    restore: restoreSettings(scope, props, capacity.serverless !== undefined),
    databaseName: props.databaseName ?? 'application',
    userName: props.userName ?? DEFAULT_USERS.Application,
    ownerName: props.ownerName ?? DEFAULT_USERS.Owner,
    setup: props.setup ?? true,
    additionalDatabases: props.additionalDatabases ?? [],
    port: props.port ?? engine.defaultPort,
    capacity,
    credentials: rotation._bind(scope, { readReplicas }),
    backup,
    maintenanceWindow: props.maintenanceWindow ?? 'sun:05:30-sun:06:30',
    parameters: withLibraries(
      checkedParameters(
        scope,
        engine.parameterRules(capacity, props.queryText ?? defaultQueryText(profile), props.parameters),
        props.parameters,
        props.parameterWaiver,
      ),
      extensions,
    ),
    maxConnections: Number(props.parameters?.max_connections) || defaultConnections(capacity),
    monitoringInterval: props.monitoringInterval ?? Duration.seconds(60),
    advancedInsights: props.advancedInsights ?? false,
    logExports: capacity.serverless ? engine.clusterLogs : engine.instanceLogs,
    logRetention: props.logRetention ?? RetentionDays.ONE_WEEK,
    caBundlePath: props.caBundlePath ?? '/etc/ssl/certs/rds-global-bundle.pem',
  };
  checkDatabase(scope, props, { ...settings, engine: engine.setupEngine });
  checkSetup(scope, {
    ...settings,
    engine: engine.setupEngine,
    schemas: engine.schemas ?? [],
    extensions,
    ownerGiven: props.ownerName !== undefined,
    owned: settings.credentials.signIn !== 'master-user',
    aurora: capacity.serverless !== undefined,
    cronDatabase: settings.parameters['cron.database_name'],
  });
  return settings;
}

function restoreSettings(
  scope: IConstruct,
  { restoreFrom, identifier }: HardenedDatabaseProps,
  cluster: boolean,
): RestoreSettings | undefined {
  const { region, account } = Stack.of(scope);
  return restoreFrom?._bind(scope, {
    cluster,
    identifier,
    defaultIdentifier: defaultIdentifier(scope),
    region,
    account,
  });
}

/**
 * Lower-case identifier with a hash at its end.
 * Two stacks never share the log groups that contain it.
 */
function defaultIdentifier(scope: IConstruct): string {
  const name = uniqueName(scope, { maxLength: 49, separator: '-' }).toLowerCase().replace(/-+/g, '-');
  return /^[a-z]/.test(name) ? name : `d${name}`;
}

function defaultConnections({ instance, serverless }: CapacitySettings): number {
  return (instance ?? serverless)!.maxConnections;
}
