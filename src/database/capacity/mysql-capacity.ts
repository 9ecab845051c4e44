import {
  AuroraMysqlEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { type CapacityContext, type CapacitySettings, checkMajorVersion } from './capacity-settings';
import { type InstanceCapacityProps, instanceSettings } from './instance-capacity';
import { MYSQL_CONNECTIONS, serverlessMysqlCeiling } from './max-connections';
import { type ServerlessCapacityProps, serverlessSettings } from './serverless-capacity';

/** Properties of {@link MysqlCapacity.instance}. All of them are optional. */
export interface MysqlInstanceProps extends InstanceCapacityProps {
  /**
   * Engine version, MySQL 8.0 or 8.4. A new major version is an upgrade in place that can't be undone.
   * @default MysqlEngineVersion.VER_8_4_10 - 8.0 is past its standard support
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
   * Engine version, Aurora MySQL 3, which is compatible with MySQL 8.0.
   * @default AuroraMysqlEngineVersion.VER_3_12_0 - requirement C-08
   */
  readonly version?: AuroraMysqlEngineVersion;
}

const MAJOR_VERSIONS = ['8.0', '8.4'];
/** First release of Aurora MySQL 3 that can pause. */
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
    const version = props.version ?? MysqlEngineVersion.VER_8_4_10;
    const engine = DatabaseInstanceEngine.mysql({ version });
    const replicaVersion = props.replicaVersion?.mysqlFullVersion;
    const facts = { engine, replicaVersion, connections: MYSQL_CONNECTIONS, insightsOnSmall: false };
    return new MysqlCapacity(version.mysqlMajorVersion, (scope, { profile }) => ({
      engine,
      instance: instanceSettings(scope, facts, props, profile),
    }));
  }

  /** Aurora Serverless v2 cluster, which scales by itself. */
  public static serverless(props: MysqlServerlessProps = {}): MysqlCapacity {
    const version = props.version ?? AuroraMysqlEngineVersion.VER_3_12_0;
    const release = Number(/mysql_aurora\.3\.(\d+)/.exec(version.auroraMysqlFullVersion)?.[1] ?? 0);
    const engine = DatabaseClusterEngine.auroraMysql({ version });
    const facts = {
      engine,
      version: version.auroraMysqlFullVersion,
      canPause: release >= PAUSES_FROM,
      pausesFrom: 'Aurora MySQL 3.08',
      maxConnections: serverlessMysqlCeiling,
    };
    return new MysqlCapacity(version.auroraMysqlMajorVersion, (scope, { profile }) => ({
      engine,
      serverless: serverlessSettings(scope, facts, props, profile),
    }));
  }

  private constructor(
    private readonly majorVersion: string,
    private readonly settings: (scope: IConstruct, context: CapacityContext) => Omit<CapacitySettings, 'majorVersion'>,
  ) {}

  /** Checks the capacity and fills in its defaults. @internal */
  public _bind(scope: IConstruct, context: CapacityContext): CapacitySettings {
    const { majorVersion } = this;
    checkMajorVersion(scope, 'MySQL', majorVersion, MAJOR_VERSIONS);
    return { majorVersion, ...this.settings(scope, context) };
  }
}
