import {
  AuroraMysqlEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { CapacityContext, CapacitySettings, KindSettings } from './capacity-settings';
import {
  AURORA_MYSQL_VERSIONS,
  type ChosenVersion,
  type EngineVersions,
  MYSQL_VERSIONS,
  versionSettings,
} from './engine-versions';
import { type InstanceCapacityProps, instanceSettings } from './instance-capacity';
import { MYSQL_CONNECTIONS, serverlessMysqlCeiling } from './max-connections';
import { type ServerlessCapacityProps, serverlessSettings } from './serverless-capacity';

/** Properties of {@link MysqlCapacity.instance}. All of them are optional. */
export interface MysqlInstanceProps extends InstanceCapacityProps {
  /**
   * Engine version, MySQL 8.4. A new major version is an upgrade in place that can't be undone.
   * RDS chooses the minor version of a major one, and installs later ones in the maintenance window.
   * With a minor version, RDS installs none, security fixes included: change it yourself.
   * @default MysqlEngineVersion.of('8.4', '8.4') - standard support of 8.0 has ended
   */
  readonly version?: MysqlEngineVersion;
  /**
   * Minor version of the read replicas, not before that of `version`, and of the same major version.
   * A new minor version takes two deployments: the first sets `replicaVersion`. The second sets `version`, and
   * removes `replicaVersion`. RDS refuses to upgrade a source before its replicas.
   * @default - the version of the source
   */
  readonly replicaVersion?: MysqlEngineVersion;
}

/** Properties of {@link MysqlCapacity.serverless}. All of them are optional. */
export interface MysqlServerlessProps extends ServerlessCapacityProps {
  /**
   * Engine version: Aurora MySQL 3, which is MySQL 8.0, or 8.4.
   * Aurora chooses the minor version of a major one, and installs later ones in the maintenance window.
   * With a minor version, Aurora installs none, security fixes included: change it yourself.
   * @default AuroraMysqlEngineVersion.of('8.0', '8.0') - Aurora MySQL 3, requirement C-08
   */
  readonly version?: AuroraMysqlEngineVersion;
}

const DEFAULT_VERSION = MysqlEngineVersion.of('8.4', '8.4');
const DEFAULT_AURORA_VERSION = AuroraMysqlEngineVersion.of('8.0', '8.0');
/** First releases of Aurora MySQL 3 that scale to 256 capacity units, and that can pause. */
const SCALES_TO_256_FROM = 6;
const PAUSES_FROM = 8;

/**
 * Capacity of a {@link HardenedMysql}: an RDS instance or an Aurora Serverless v2 cluster.
 *
 * A change from one to the other replaces the database: restore its data from a snapshot.
 *
 * @example
 * new HardenedMysql(this, 'Database', {
 *   network,
 *   capacity: MysqlCapacity.instance({ storageGiB: 200, readReplicas: 1 }),
 * });
 */
export class MysqlCapacity {
  /** RDS instance of a fixed size, with a standby in production. */
  public static instance(props: MysqlInstanceProps = {}): MysqlCapacity {
    const version = props.version ?? DEFAULT_VERSION;
    const engine = DatabaseInstanceEngine.mysql({ version });
    const versionGiven = props.version !== undefined;
    const replicaVersion = props.replicaVersion?.mysqlFullVersion;
    const facts = { engine, replicaVersion, connections: MYSQL_CONNECTIONS, insightsOnSmall: false, versionGiven };
    const chosen = { major: version.mysqlMajorVersion, full: version.mysqlFullVersion };
    return new MysqlCapacity(MYSQL_VERSIONS, chosen, (scope, { profile }) => ({
      engine,
      instance: instanceSettings(scope, facts, props, profile),
    }));
  }

  /** Aurora Serverless v2 cluster, which scales by itself. */
  public static serverless(props: MysqlServerlessProps = {}): MysqlCapacity {
    const version = props.version ?? DEFAULT_AURORA_VERSION;
    const engine = DatabaseClusterEngine.auroraMysql({ version });
    const chosen = { major: version.auroraMysqlMajorVersion, full: version.auroraMysqlFullVersion };
    // Releases of 8.4 and those that Aurora chooses have the limits of the newest.
    const release = chosen.major === '8.0' ? (AURORA_MYSQL_VERSIONS.minorOf(chosen.full) ?? Infinity) : Infinity;
    const facts = {
      engine,
      version: chosen.full,
      maxAcu: release < SCALES_TO_256_FROM ? 128 : undefined,
      pausesFrom: release < PAUSES_FROM ? 'Aurora MySQL 3.08' : undefined,
      maxConnections: serverlessMysqlCeiling,
    };
    return new MysqlCapacity(AURORA_MYSQL_VERSIONS, chosen, (scope, { profile }) => ({
      engine,
      serverless: serverlessSettings(scope, facts, props, profile),
    }));
  }

  private constructor(
    private readonly versions: EngineVersions,
    private readonly version: ChosenVersion,
    private readonly settings: (scope: IConstruct, context: CapacityContext) => KindSettings,
  ) {}

  /** Checks the capacity and fills in its defaults. @internal */
  public _bind(scope: IConstruct, context: CapacityContext): CapacitySettings {
    return { ...versionSettings(scope, this.versions, this.version), ...this.settings(scope, context) };
  }
}
