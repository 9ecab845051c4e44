import type { RemovalPolicy } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { type IInstanceEngine, type IOptionGroup, OptionGroup } from 'aws-cdk-lib/aws-rds';
import { HostedRotation } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../compliance/acknowledge';
import { DatabaseFamily } from '../contracts';
import { MYSQL_PORT } from '../contracts/database-ports';
import { stackPath } from '../text/stack-path';
import { textFor } from '../text/text-for';
import { checkKind } from '../validation/kinds';
import { instanceCeiling, memoryGiB, MYSQL_CONNECTIONS, serverlessMysqlCeiling } from './capacity/max-connections';
import { MysqlCapacity } from './capacity/mysql-capacity';
import { mysqlUsersSql } from './credentials/bootstrap-sql';
import type { EngineConfig } from './engine-config';
import { AdoptedDatabase } from './existing/adopted-database';
import type { AdoptedDatabaseProps, IAdoptedDatabase } from './existing/adopted-database-props';
import { HardenedDatabase } from './hardened-database';
import type { IHardenedDatabase } from './hardened-database-interface';
import type { HardenedDatabaseProps } from './hardened-database-props';
import { AUDIT_OPTION, mysqlRules } from './parameters/mysql-parameters';

/** Properties of a {@link HardenedMysql}. `network` is required. */
export interface HardenedMysqlProps extends HardenedDatabaseProps {
  /**
   * RDS instance or Aurora Serverless v2 cluster. A change from one to the other replaces the database.
   * Source: requirement C-08.
   * @default MysqlCapacity.serverless() - Aurora MySQL 3, 2 to 8 capacity units in production, 0.5 to 8 elsewhere
   */
  readonly capacity?: MysqlCapacity;
}

const LOGS = ['audit', 'error', 'general', 'slowquery'];

/** Everything that is special to MySQL. */
const MYSQL: Omit<EngineConfig, 'capacity'> = {
  setupEngine: 'mysql',
  family: DatabaseFamily.MYSQL,
  defaultPort: MYSQL_PORT,
  instanceLogs: LOGS,
  clusterLogs: LOGS,
  rotationFunctions: {
    single: (options) => HostedRotation.mysqlSingleUser(options),
    multi: (options) => HostedRotation.mysqlMultiUser(options),
  },
  sslMode: 'VERIFY_IDENTITY',
  parameterRules: ({ majorVersion, serverless }, queryText, given) =>
    mysqlRules(majorVersion, serverless !== undefined, queryText, given),
  portFlaggedOnClusters: true,
  optionGroup: auditOptions,
};

/**
 * MySQL database that is encrypted, audited, monitored and backed up, and requires TLS.
 *
 * It is an Aurora Serverless v2 cluster or an RDS instance.
 * docs/database.md lists every resource and default.
 *
 * Throws a PropError for what RDS would refuse at deployment.
 * Throws a PropError for parameters that break a guarantee without a waiver.
 *
 * @example
 * const mysql = new HardenedMysql(this, 'Database', { network });
 * new ProductionWebService(this, 'Api', { network, image, certificate, backingServices: [mysql] });
 */
export class HardenedMysql extends HardenedDatabase implements IHardenedDatabase {
  /**
   * Existing database as a backing service with signals. It creates no resources, and changes none of the server.
   *
   * Throws a PropError where the sign-in of the application is incomplete.
   */
  public static fromExisting(scope: Construct, id: string, props: AdoptedDatabaseProps): IAdoptedDatabase {
    const { family, defaultPort, sslMode } = MYSQL;
    const rules = { connections: MYSQL_CONNECTIONS, serverlessConnections: serverlessMysqlCeiling };
    return new AdoptedDatabase(scope, id, { family, defaultPort, sslMode, ...rules }, props);
  }

  /** Default `max_connections` of an instance class: 0.88 of its nominal memory / 12582880. */
  public static maxConnectionsOf(scope: Construct, instanceType: InstanceType): number {
    return instanceCeiling(MYSQL_CONNECTIONS, memoryGiB(scope, instanceType));
  }

  public constructor(scope: Construct, id: string, props: HardenedMysqlProps) {
    super(scope, id, props);
    this.acknowledgeBacktrack();
    this.acknowledgeMajorVersion();
  }

  /**
   * Statements that create the users, for `setup: false`.
   *
   * Run them once as the master user, before the first service starts.
   * Replace each password, for example `:application_password`.
   */
  public get bootstrapSql(): string {
    return mysqlUsersSql(this.databaseName, this._bootstrapUsers);
  }

  /** @internal */
  protected _engine({ capacity = MysqlCapacity.serverless() }: HardenedMysqlProps): EngineConfig {
    checkKind(this, 'capacity', capacity, MysqlCapacity);
    return { ...MYSQL, capacity };
  }

  private acknowledgeMajorVersion(): void {
    const { fullVersion, majorVersion } = this.instance?.engine?.engineVersion ?? {};
    if (this.instance && fullVersion === majorVersion) {
      acknowledge(
        this.instance,
        'CloudFormation-Validate::E9006',
        'RDS takes a major version, and chooses the minor one. The table of the rule has minor versions only.',
      );
    }
  }

  private acknowledgeBacktrack(): void {
    if (this.cluster) {
      acknowledge(
        this.cluster,
        'AwsSolutions-RDS14',
        'Any point in time of the retention can be restored to a new cluster. ' +
          'Winding back in place would lose what was written since, and is not known to work on Serverless v2.',
      );
    }
  }
}

/** Option group that audits an instance, where Aurora has parameters. */
function auditOptions(scope: Construct, engine: IInstanceEngine, removalPolicy: RemovalPolicy): IOptionGroup {
  const group = new OptionGroup(scope, 'OptionGroup', {
    engine,
    description: textFor('database group', `Audit of ${stackPath(scope)}`),
    configurations: [AUDIT_OPTION],
  });
  group.applyRemovalPolicy(removalPolicy);
  return group;
}
