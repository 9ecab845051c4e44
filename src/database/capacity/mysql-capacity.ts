import {
  AuroraMysqlEngineVersion,
  DatabaseClusterEngine,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import type { InstanceCapacityProps, InstancePlan } from './instance-capacity';
import type { ServerlessCapacityProps, ServerlessPlan } from './serverless-capacity';

/** What {@link MysqlCapacity.instance} may be told. Nothing is needed. */
export interface MysqlInstanceProps extends InstanceCapacityProps {
  /**
   * Version of the engine, MySQL 8.0 or 8.4. A new major version is an upgrade in place; it can't go back.
   * @default MysqlEngineVersion.VER_8_4_10 - 8.0 is past its standard support
   */
  readonly version?: MysqlEngineVersion;
}

/** What {@link MysqlCapacity.serverless} may be told. Nothing is needed. */
export interface MysqlServerlessProps extends ServerlessCapacityProps {
  /**
   * Version of the engine, Aurora MySQL 3, which is compatible with MySQL 8.0.
   * @default AuroraMysqlEngineVersion.VER_3_12_0 - requirement C-08
   */
  readonly version?: AuroraMysqlEngineVersion;
}

/** First release of Aurora MySQL 3 that can pause. */
const PAUSES_FROM = 8;

/** What a {@link HardenedMysql} runs on. */
export class MysqlCapacity {
  /** An RDS instance of a fixed size, with a standby in production. */
  public static instance(props: MysqlInstanceProps = {}): MysqlCapacity {
    const version = props.version ?? MysqlEngineVersion.VER_8_4_10;
    return new MysqlCapacity(
      version.mysqlMajorVersion,
      { engine: DatabaseInstanceEngine.mysql({ version }), props },
      undefined,
    );
  }

  /** An Aurora cluster that grows and shrinks by itself. */
  public static serverless(props: MysqlServerlessProps = {}): MysqlCapacity {
    const version = props.version ?? AuroraMysqlEngineVersion.VER_3_12_0;
    const release = Number(/mysql_aurora\.3\.(\d+)/.exec(version.auroraMysqlFullVersion)?.[1] ?? 0);
    return new MysqlCapacity(version.auroraMysqlMajorVersion, undefined, {
      engine: DatabaseClusterEngine.auroraMysql({ version }),
      version: version.auroraMysqlFullVersion,
      canPause: release >= PAUSES_FROM,
      pausesFrom: 'Aurora MySQL 3.08',
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
