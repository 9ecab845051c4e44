import {
  AuroraPostgresEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { type CapacityContext, type CapacitySettings, checkMajorVersion } from './capacity-settings';
import { type InstanceCapacityProps, instanceSettings } from './instance-capacity';
import { POSTGRES_CONNECTIONS, serverlessPostgresCeiling } from './max-connections';
import { type ServerlessCapacityProps, serverlessSettings } from './serverless-capacity';

/** Properties of {@link PostgresCapacity.instance}. All of them are optional. */
export interface PostgresInstanceProps extends InstanceCapacityProps {
  /**
   * Engine version, PostgreSQL 15 to 18.
   * A new major version is an upgrade in place that stops the database for minutes and can't be undone.
   * Take a snapshot before it (docs/database.md). RDS chooses the minor version.
   * @default PostgresEngineVersion.VER_15 - requirement A-03
   */
  readonly version?: PostgresEngineVersion;
  /**
   * Minor version of the read replicas, not before that of `version`, and of the same major version.
   * A new minor version takes two deployments: the first sets `replicaVersion`. The second sets `version`, and
   * removes `replicaVersion`. RDS refuses to upgrade a source before its replicas.
   * @default - the version of the source
   */
  readonly replicaVersion?: PostgresEngineVersion;
}

/** Properties of {@link PostgresCapacity.serverless}. All of them are optional. */
export interface PostgresServerlessProps extends ServerlessCapacityProps {
  /**
   * Engine version, PostgreSQL 15 to 17.
   * @default AuroraPostgresEngineVersion.VER_15_17 - requirement E-03
   */
  readonly version?: AuroraPostgresEngineVersion;
}

const MAJOR_VERSIONS = ['15', '16', '17', '18'];
/** First minor version of each major version that can pause. */
const PAUSES_FROM = new Map([
  ['14', 12],
  ['15', 7],
  ['16', 3],
]);

/**
 * Capacity of a {@link HardenedPostgres}: an RDS instance or an Aurora Serverless v2 cluster.
 *
 * A change from one to the other replaces the database: restore its data from a snapshot.
 *
 * @example
 * new HardenedPostgres(this, 'Database', {
 *   network,
 *   capacity: PostgresCapacity.serverless({ minAcu: 0.5, maxAcu: 4 }),
 * });
 */
export class PostgresCapacity {
  /** RDS instance of a fixed size, with a standby in production. */
  public static instance(props: PostgresInstanceProps = {}): PostgresCapacity {
    const version = props.version ?? PostgresEngineVersion.VER_15;
    const engine = DatabaseInstanceEngine.postgres({ version });
    const replicaVersion = props.replicaVersion?.postgresFullVersion;
    const facts = { engine, replicaVersion, connections: POSTGRES_CONNECTIONS, insightsOnSmall: true };
    return new PostgresCapacity(version.postgresMajorVersion, (scope, { profile }) => ({
      engine,
      instance: instanceSettings(scope, facts, props, profile),
    }));
  }

  /** Aurora Serverless v2 cluster, which scales by itself. */
  public static serverless(props: PostgresServerlessProps = {}): PostgresCapacity {
    const version = props.version ?? AuroraPostgresEngineVersion.VER_15_17;
    const major = version.auroraPostgresMajorVersion;
    const minor = Number(version.auroraPostgresFullVersion.split('.')[1]);
    const engine = DatabaseClusterEngine.auroraPostgres({ version });
    const facts = {
      engine,
      version: version.auroraPostgresFullVersion,
      canPause: Number(major) > 16 || minor >= (PAUSES_FROM.get(major) ?? Infinity),
      pausesFrom: 'PostgreSQL 15.7, 16.3 or 17',
      maxConnections: serverlessPostgresCeiling,
    };
    return new PostgresCapacity(major, (scope, { profile }) => ({
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
    checkMajorVersion(scope, 'PostgreSQL', majorVersion, MAJOR_VERSIONS);
    return { majorVersion, ...this.settings(scope, context) };
  }
}
