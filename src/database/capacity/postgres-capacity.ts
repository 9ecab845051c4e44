import {
  AuroraPostgresEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { InstanceCapacityProps, InstancePlan } from './instance-capacity';
import type { ServerlessCapacityProps, ServerlessPlan } from './serverless-capacity';

/** What {@link PostgresCapacity.instance} may be told. Nothing is needed. */
export interface PostgresInstanceProps extends InstanceCapacityProps {
  /**
   * Version of the engine, PostgreSQL 15 to 18. A new major version is an upgrade in place that stops the database for minutes;
   * snapshot before it (docs/database.md). It can't go back.
   * @default PostgresEngineVersion.VER_15 - requirement A-03; the minor version is RDS's choice
   */
  readonly version?: PostgresEngineVersion;
}

/** What {@link PostgresCapacity.serverless} may be told. Nothing is needed. */
export interface PostgresServerlessProps extends ServerlessCapacityProps {
  /**
   * Version of the engine, PostgreSQL 15 to 17.
   * @default AuroraPostgresEngineVersion.VER_15_17 - requirement E-03
   */
  readonly version?: AuroraPostgresEngineVersion;
}

/** First minor version of each major one that can pause. */
const PAUSES_FROM: { [major: string]: number } = { 14: 12, 15: 7, 16: 3 };

/** What a {@link HardenedPostgres} runs on. */
export class PostgresCapacity {
  /** An RDS instance of a fixed size, with a standby in production. */
  public static instance(props: PostgresInstanceProps = {}): PostgresCapacity {
    const version = props.version ?? PostgresEngineVersion.VER_15;
    return new PostgresCapacity(
      version.postgresMajorVersion,
      { engine: DatabaseInstanceEngine.postgres({ version }), props },
      undefined,
    );
  }

  /** An Aurora cluster that grows and shrinks by itself. */
  public static serverless(props: PostgresServerlessProps = {}): PostgresCapacity {
    const version = props.version ?? AuroraPostgresEngineVersion.VER_15_17;
    const major = version.auroraPostgresMajorVersion;
    const minor = Number(version.auroraPostgresFullVersion.split('.')[1]);
    return new PostgresCapacity(major, undefined, {
      engine: DatabaseClusterEngine.auroraPostgres({ version }),
      version: version.auroraPostgresFullVersion,
      canPause: Number(major) > 16 || minor >= (PAUSES_FROM[major] ?? Infinity),
      pausesFrom: 'PostgreSQL 15.7, 16.3 or 17',
      props,
    });
  }

  private constructor(
    /** @internal */
    public readonly _majorVersion: string,
    /** @internal */
    public readonly _instance: InstancePlan | undefined,
    /** @internal */
    public readonly _serverless: ServerlessPlan | undefined,
  ) {}
}
