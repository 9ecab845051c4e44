import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { HostedRotation } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { DatabaseFamily } from '../contracts';
import { PropError } from '../validation/prop-error';
import {
  instanceCeiling,
  memoryGiB,
  POSTGRES_CONNECTIONS,
  serverlessPostgresCeiling,
} from './capacity/max-connections';
import { PostgresCapacity } from './capacity/postgres-capacity';
import { applicationUserSql } from './credentials/bootstrap-sql';
import type { DatabaseSetup } from './engine-config';
import { HardenedDatabase } from './hardened-database';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { postgresRules } from './parameters/postgres-parameters';

/** What a {@link HardenedPostgres} may be told. The network is all that is needed. */
export interface HardenedPostgresProps extends HardenedDatabaseProps {
  /**
   * What the database runs on. From one kind to the other there is no way but a new database and a restore.
   * @default PostgresCapacity.instance() - PostgreSQL 15 on db.t4g.medium, Multi-AZ, 100 GiB gp3 (requirement A-03)
   */
  readonly capacity?: PostgresCapacity;
}

const MAJOR_VERSIONS = ['15', '16', '17', '18'];

/**
 * A PostgreSQL that is encrypted, audited, monitored, backed up, and signs nobody in without TLS: an RDS instance or an Aurora Serverless v2
 * cluster behind one face. docs/database.md lists what is created and every default.
 *
 * Throws a PropError for what RDS would refuse when deployed, and for what would break a promise without a reason.
 */
export class HardenedPostgres extends HardenedDatabase implements IHardenedDatabase {
  /** The most connections that an instance class takes: 0.88 of its nominal memory / 9531392, at most 5000. */
  public static connectionCeilingOf(scope: Construct, instanceType: InstanceType): number {
    return instanceCeiling(POSTGRES_CONNECTIONS, memoryGiB(scope, instanceType));
  }

  /**
   * Statements that create the application's user, run once by the master user in the database, before the first service starts. Where the user has a
   * password, the statements take it as psql's variable `application_password`.
   */
  public readonly bootstrapSql: string;

  public constructor(scope: Construct, id: string, props: HardenedPostgresProps) {
    super(scope, id, props);
    this.bootstrapSql = applicationUserSql(this.userName, this.databaseName, this.secret !== undefined);
  }

  /** @internal */
  protected _setup(props: HardenedPostgresProps): DatabaseSetup {
    const capacity = props.capacity ?? PostgresCapacity.instance();
    return {
      capacity: { instance: capacity._instance, serverless: capacity._serverless },
      family: DatabaseFamily.POSTGRES,
      defaultPort: 5432,
      instanceLogs: ['postgresql', 'upgrade'],
      clusterLogs: ['postgresql'],
      rotationFunctions: {
        single: (options) => HostedRotation.postgreSqlSingleUser(options),
        multi: (options) => HostedRotation.postgreSqlMultiUser(options),
      },
      connections: POSTGRES_CONNECTIONS,
      serverlessCeiling: serverlessPostgresCeiling,
      insightsOnSmall: true,
      portFlaggedOnClusters: false,
      sslMode: 'verify-full',
      parameterRules: (queryLogging) => postgresRules(capacity._majorVersion, queryLogging),
      check: (database) => {
        if (!MAJOR_VERSIONS.includes(capacity._majorVersion)) {
          throw new PropError(database, {
            prop: 'capacity.version',
            value: capacity._majorVersion,
            expected: `PostgreSQL ${MAJOR_VERSIONS.join(', ')}`,
            fix: 'take a version whose parameters are tested here',
          });
        }
      },
    };
  }
}
