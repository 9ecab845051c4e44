import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { HostedRotation } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { DatabaseFamily } from '../contracts';
import { POSTGRES_PORT } from '../contracts/database-ports';
import { checkKind } from '../validation/kinds';
import { instanceCeiling, memoryGiB, POSTGRES_CONNECTIONS } from './capacity/max-connections';
import { PostgresCapacity } from './capacity/postgres-capacity';
import { postgresUsersSql } from './credentials/bootstrap-sql';
import type { EngineConfig } from './engine-config';
import { HardenedDatabase } from './hardened-database';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { withExtensions } from './parameters/postgres-extensions';
import { postgresRules } from './parameters/postgres-parameters';

/** Properties of a {@link HardenedPostgres}. `network` is required. */
export interface HardenedPostgresProps extends HardenedDatabaseProps {
  /**
   * RDS instance or Aurora Serverless v2 cluster. A change from one to the other replaces the database.
   * Source: requirement A-03.
   * @default PostgresCapacity.instance() - PostgreSQL 15 on db.t4g.medium, Multi-AZ, 100 GiB gp3
   */
  readonly capacity?: PostgresCapacity;
  /**
   * Names of schemas beside `public`, in each database of the server. They belong to the owner.
   * The setup creates them, and never drops one.
   * @default - `public` alone
   */
  readonly schemas?: string[];
  /**
   * Names of extensions, for example `pgcrypto`, `vector` or `postgis`.
   *
   * The server has `pgaudit` and `pg_stat_statements` in any case.
   * The setup creates them in each database, and `pg_cron` in `databaseName` alone. It never drops one.
   * Those that PostgreSQL must load at start are added to `shared_preload_libraries`, which takes a reboot.
   * @default - none
   */
  readonly extensions?: string[];
}

/** Everything that is special to PostgreSQL. */
const POSTGRES: Omit<EngineConfig, 'capacity'> = {
  setupEngine: 'postgres',
  family: DatabaseFamily.POSTGRES,
  defaultPort: POSTGRES_PORT,
  instanceLogs: ['postgresql', 'upgrade'],
  clusterLogs: ['postgresql'],
  rotationFunctions: {
    single: (options) => HostedRotation.postgreSqlSingleUser(options),
    multi: (options) => HostedRotation.postgreSqlMultiUser(options),
  },
  sslMode: 'verify-full',
  parameterRules: ({ majorVersion }, queryLogging) => postgresRules(majorVersion, queryLogging),
  portFlaggedOnClusters: false,
};

/**
 * PostgreSQL database that is encrypted, audited, monitored and backed up, and requires TLS.
 *
 * It is an RDS instance or an Aurora Serverless v2 cluster.
 * docs/database.md lists every resource and default.
 *
 * Throws a PropError for what RDS would refuse at deployment.
 * Throws a PropError for parameters that break a guarantee without a waiver.
 *
 * @example
 * const postgres = new HardenedPostgres(this, 'Database', { network });
 * new ProductionWebService(this, 'Api', { network, image, certificate, backingServices: [postgres] });
 */
export class HardenedPostgres extends HardenedDatabase implements IHardenedDatabase {
  /** Default `max_connections` of an instance class: 0.88 of its nominal memory / 9531392, at most 5000. */
  public static maxConnectionsOf(scope: Construct, instanceType: InstanceType): number {
    return instanceCeiling(POSTGRES_CONNECTIONS, memoryGiB(scope, instanceType));
  }

  private readonly extensions: string[];

  public constructor(scope: Construct, id: string, props: HardenedPostgresProps) {
    super(scope, id, props);
    this.extensions = props.extensions ?? [];
  }

  /**
   * Statements that create the users, for `setup: false`.
   *
   * Run them once as the master user, before the first service starts.
   * The statements take each password from psql's variable of the user, for example `application_password`.
   */
  public get bootstrapSql(): string {
    return postgresUsersSql(this.databaseName, this.extensions, this._bootstrapUsers);
  }

  /** @internal */
  protected _engine(props: HardenedPostgresProps): EngineConfig {
    const { capacity = PostgresCapacity.instance(), schemas, extensions } = props;
    checkKind(this, 'capacity', capacity, PostgresCapacity);
    return {
      ...POSTGRES,
      capacity,
      schemas,
      extensions,
      parameterRules: (...context) => withExtensions(POSTGRES.parameterRules(...context), props),
    };
  }
}
