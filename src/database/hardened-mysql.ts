import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { type IInstanceEngine, type IOptionGroup, OptionGroup } from 'aws-cdk-lib/aws-rds';
import { HostedRotation } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../compliance/acknowledge';
import { DatabaseFamily } from '../contracts';
import { PropError } from '../validation/prop-error';
import { instanceCeiling, memoryGiB, MYSQL_CONNECTIONS, serverlessMysqlCeiling } from './capacity/max-connections';
import { MysqlCapacity } from './capacity/mysql-capacity';
import { mysqlApplicationUserSql } from './credentials/bootstrap-sql';
import type { DatabaseSetup } from './engine-config';
import { HardenedDatabase } from './hardened-database';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { AUDIT_OPTION, mysqlRules } from './parameters/mysql-parameters';

/** What a {@link HardenedMysql} may be told. The network is all that is needed. */
export interface HardenedMysqlProps extends HardenedDatabaseProps {
  /**
   * What the database runs on. From one kind to the other there is no way but a new database and a restore.
   * @default MysqlCapacity.serverless() - Aurora MySQL 3, 0.5 to 8 capacity units (requirement C-08)
   */
  readonly capacity?: MysqlCapacity;
}

const MAJOR_VERSIONS = ['8.0', '8.4'];

/**
 * A MySQL that is encrypted, audited, monitored, backed up, and signs nobody in without TLS: an Aurora Serverless v2 cluster or an RDS instance
 * behind one face. docs/database.md lists what is created and every default.
 *
 * Throws a PropError for what RDS would refuse when deployed, and for what would break a promise without a reason.
 */
export class HardenedMysql extends HardenedDatabase implements IHardenedDatabase {
  /** The most connections that an instance class takes: 0.88 of its nominal memory / 12582880. */
  public static connectionCeilingOf(scope: Construct, instanceType: InstanceType): number {
    return instanceCeiling(MYSQL_CONNECTIONS, memoryGiB(scope, instanceType));
  }

  /**
   * Statements that create the application's user, run once by the master user, before the first service starts. Where the user has a password, it is
   * put in the place of `:application_password`.
   */
  public readonly bootstrapSql: string;

  public constructor(scope: Construct, id: string, props: HardenedMysqlProps) {
    super(scope, id, props);
    if (this.cluster) {
      acknowledge(
        this.cluster,
        'AwsSolutions-RDS14',
        'Any point in time of the retention can be restored beside the cluster. Winding back in place would lose what was written since, and is not known to work on Serverless v2.',
      );
    }
    this.bootstrapSql = mysqlApplicationUserSql(this.userName, this.databaseName, this.secret !== undefined);
  }

  /** @internal */
  protected _setup(props: HardenedMysqlProps): DatabaseSetup {
    const capacity = props.capacity ?? MysqlCapacity.serverless();
    const logs = ['audit', 'error', 'general', 'slowquery'];
    return {
      capacity: { instance: capacity._instance, serverless: capacity._serverless },
      family: DatabaseFamily.MYSQL,
      defaultPort: 3306,
      instanceLogs: logs,
      clusterLogs: logs,
      rotationFunctions: {
        single: (options) => HostedRotation.mysqlSingleUser(options),
        multi: (options) => HostedRotation.mysqlMultiUser(options),
      },
      connections: MYSQL_CONNECTIONS,
      serverlessCeiling: serverlessMysqlCeiling,
      insightsOnSmall: false,
      portFlaggedOnClusters: true,
      sslMode: 'VERIFY_IDENTITY',
      parameterRules: (queryLogging) =>
        mysqlRules(capacity._majorVersion, capacity._serverless !== undefined, queryLogging),
      optionGroup: auditOptions,
      check: (database) => {
        if (!MAJOR_VERSIONS.includes(capacity._majorVersion)) {
          throw new PropError(database, {
            prop: 'capacity.version',
            value: capacity._majorVersion,
            expected: `MySQL ${MAJOR_VERSIONS.join(', ')}`,
            fix: 'take a version in support',
          });
        }
      },
    };
  }
}

/** An instance audits by an option, where Aurora has parameters. */
function auditOptions(scope: Construct, engine: IInstanceEngine): IOptionGroup {
  return new OptionGroup(scope, 'OptionGroup', {
    engine,
    description: `Audit of ${scope.node.path}`,
    configurations: [AUDIT_OPTION],
  });
}
