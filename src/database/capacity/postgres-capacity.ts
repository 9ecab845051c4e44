import {
  AuroraPostgresEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { CapacityContext, CapacitySettings, KindSettings } from './capacity-settings';
import {
  AURORA_POSTGRES_VERSIONS,
  type ChosenVersion,
  type EngineVersions,
  POSTGRES_VERSIONS,
  versionSettings,
} from './engine-versions';
import { type InstanceCapacityProps, instanceSettings } from './instance-capacity';
import { POSTGRES_CONNECTIONS, serverlessPostgresCeiling } from './max-connections';
import { type ServerlessCapacityProps, serverlessSettings } from './serverless-capacity';

/** Properties of {@link PostgresCapacity.instance}. All of them are optional. */
export interface PostgresInstanceProps extends InstanceCapacityProps {
  /**
   * Engine version, PostgreSQL 15 to 18.
   * A new major version is an upgrade in place that stops the database for minutes and can't be undone.
   * Take a snapshot before it (docs/database.md).
   * RDS chooses the minor version of a major one, and installs later ones in the maintenance window.
   * With a minor version, RDS installs none, security fixes included: change it yourself.
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
   * Engine version, PostgreSQL 15 to 18.
   * A new major version is an upgrade in place that stops the database for minutes and can't be undone.
   * Aurora chooses the minor version of a major one, and installs later ones in the maintenance window.
   * With a minor version, Aurora installs none, security fixes included: change it yourself.
   * @default AuroraPostgresEngineVersion.of('15', '15') - requirement E-03
   */
  readonly version?: AuroraPostgresEngineVersion;
}

const DEFAULT_VERSION = PostgresEngineVersion.VER_15;
const DEFAULT_AURORA_VERSION = AuroraPostgresEngineVersion.of('15', '15');

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
    const version = props.version ?? DEFAULT_VERSION;
    const engine = DatabaseInstanceEngine.postgres({ version });
    const versionGiven = props.version !== undefined;
    const replicaVersion = props.replicaVersion?.postgresFullVersion;
    const facts = { engine, replicaVersion, connections: POSTGRES_CONNECTIONS, insightsOnSmall: true, versionGiven };
    const chosen = { major: version.postgresMajorVersion, full: version.postgresFullVersion };
    return new PostgresCapacity(POSTGRES_VERSIONS, chosen, (scope, { profile }) => ({
      engine,
      instance: instanceSettings(scope, facts, props, profile),
    }));
  }

  /** Aurora Serverless v2 cluster, which scales by itself. */
  public static serverless(props: PostgresServerlessProps = {}): PostgresCapacity {
    const version = props.version ?? DEFAULT_AURORA_VERSION;
    const engine = DatabaseClusterEngine.auroraPostgres({ version });
    const chosen = { major: version.auroraPostgresMajorVersion, full: version.auroraPostgresFullVersion };
    const facts = { engine, version: chosen.full, maxConnections: serverlessPostgresCeiling };
    return new PostgresCapacity(AURORA_POSTGRES_VERSIONS, chosen, (scope, { profile }) => ({
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
