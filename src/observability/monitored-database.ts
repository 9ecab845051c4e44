import { Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDBCluster, CfnDBInstance, type IDatabaseCluster, type IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { DatabaseFamily, type DatabaseSignals, type IMonitoredDatabase } from '../binding';
import {
  instanceCeiling, MARIADB_CONNECTIONS, memoryGiB, MYSQL_CONNECTIONS, POSTGRES_CONNECTIONS, processors, serverlessMysqlCeiling, serverlessPostgresCeiling,
} from '../database/connection-ceiling';
import { checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';

/** What has to be told of a database that this library didn't make. Nothing, where the app made it by an L2. */
export interface MonitoredDatabaseProps {
  /**
   * The family of its engine.
   * @default - that of the L2's engine; an imported one may not know it
   */
  readonly family?: DatabaseFamily;
  /**
   * The most connections that one instance takes, 1 or more: what `max_connections` says.
   * @default - the engine's default formula, by class or capacity units
   */
  readonly connectionCeiling?: number;
  /**
   * Where its logs go, for what only they tell (requirement E-09). The groups must exist when the alarms are deployed: RDS makes its own with the first line alone.
   * @default - none: no alarm on refused connections, nor on the deadlocks of an instance
   */
  readonly logGroups?: ILogGroup[];
  /**
   * The topic to which RDS sends what happens to it.
   * @default - none
   */
  readonly events?: ITopic;
}

/** What has to be told of an instance. */
export interface MonitoredInstanceProps extends MonitoredDatabaseProps {
  /**
   * Its class.
   * @default - that of the L2; an imported one doesn't know it
   */
  readonly instanceType?: InstanceType;
  /**
   * Its read replicas.
   * @default - none
   */
  readonly readReplicas?: IDatabaseInstance[];
}

/** What has to be told of a cluster. */
export interface MonitoredClusterProps extends MonitoredDatabaseProps {
  /**
   * The smallest class among its members, where any is provisioned.
   * @default - that of the L2's members; an imported one doesn't know it
   */
  readonly instanceType?: InstanceType;
  /**
   * Most capacity units of an imported serverless cluster, 1 to 256 in steps of 0.5.
   * @default - those of the L2; an imported one doesn't know them
   */
  readonly maxAcu?: number;
}

const FAMILIES: { [engine: string]: DatabaseFamily } = {
  'postgres': DatabaseFamily.POSTGRES,
  'aurora-postgresql': DatabaseFamily.POSTGRES,
  'mysql': DatabaseFamily.MYSQL,
  'mariadb': DatabaseFamily.MYSQL,
  'aurora-mysql': DatabaseFamily.MYSQL,
  'aurora': DatabaseFamily.MYSQL,
};
const GIB = 1024 ** 3;
const SERVERLESS = 'serverless';

/** A database of another making, for the same alarms and dashboards. Throws a PropError for what can't be known and wasn't told. */
export class MonitoredDatabase implements IMonitoredDatabase {
  /** An RDS instance and its replicas. */
  public static fromInstance(instance: IDatabaseInstance, props: MonitoredInstanceProps = {}): MonitoredDatabase {
    const family = familyOf(instance, props.family, instance.engine?.engineType);
    const type = props.instanceType ?? classOf(instance);
    if (type === undefined) {
      throw unknownClass(instance);
    }
    const memory = memoryGiB(instance, type, 'instanceType');
    const replicas = (props.readReplicas ?? []).map(({ instanceIdentifier }) => instanceIdentifier);
    const rule = instance.engine?.engineType === 'mariadb' ? MARIADB_CONNECTIONS : family === DatabaseFamily.POSTGRES ? POSTGRES_CONNECTIONS : MYSQL_CONNECTIONS;
    return new MonitoredDatabase({
      ...told(instance, props, instanceCeiling(rule, memory)),
      family,
      instanceIdentifiers: [instance.instanceIdentifier, ...replicas],
      memoryBytes: memory * GIB,
      vcpus: processors(type),
      burstable: type.isBurstable(),
    });
  }

  /** An Aurora cluster, of instances, serverless or both: limits are those of its smallest member. */
  public static fromCluster(cluster: IDatabaseCluster, props: MonitoredClusterProps = {}): MonitoredDatabase {
    const family = familyOf(cluster, props.family, cluster.engine?.engineType);
    const types = props.instanceType ? [props.instanceType] : memberClasses(cluster);
    const provisioned = types.filter((type) => type.toString() !== SERVERLESS).map((type) => ({ type, memory: memoryGiB(cluster, type, 'instanceType') }));
    const units = capacityUnits(cluster, props, types);
    if (provisioned.length === 0 && units === undefined) {
      throw unknownClass(cluster);
    }
    const ceilings = provisioned.map(({ memory }) => (family === DatabaseFamily.POSTGRES ? instanceCeiling(POSTGRES_CONNECTIONS, memory) : serverlessMysqlCeiling(0, memory / 2)));
    const serverlessCeiling = family === DatabaseFamily.POSTGRES ? serverlessPostgresCeiling : serverlessMysqlCeiling;
    const [smallest] = provisioned.sort((one, other) => one.memory - other.memory);
    return new MonitoredDatabase({
      ...told(cluster, props, Math.min(...ceilings, ...units ? [serverlessCeiling(units.minAcu, units.maxAcu)] : [])),
      family,
      clusterIdentifier: cluster.clusterIdentifier,
      instanceIdentifiers: cluster.instanceIdentifiers,
      maxAcu: units?.maxAcu,
      ...units ? {} : { memoryBytes: smallest.memory * GIB, vcpus: processors(smallest.type), burstable: smallest.type.isBurstable() },
    });
  }

  private constructor(public readonly signals: DatabaseSignals) {}
}

function told(source: IConstruct, props: MonitoredDatabaseProps, ceiling: number) {
  checkWholeNumber(source, 'connectionCeiling', props.connectionCeiling, { min: 1, max: 262_143, unit: 'connections', wayOut: 'give what SHOW max_connections says, or leave it out' });
  return { source, connectionCeiling: props.connectionCeiling ?? ceiling, logGroups: props.logGroups ?? [], events: props.events };
}

function familyOf(source: IConstruct, given: DatabaseFamily | undefined, engine: string | undefined): DatabaseFamily {
  const family = given ?? (engine === undefined ? undefined : FAMILIES[engine]);
  if (family === undefined) {
    throw new PropError(source, { prop: 'family', value: engine, allowed: 'PostgreSQL, MySQL and MariaDB, on RDS and Aurora', wayOut: 'give the family, or watch another engine with alarms of your own' });
  }
  return family;
}

/** The class that the template names; none for an imported instance, or where only the deployment knows it. */
function classOf(instance: IConstruct): InstanceType | undefined {
  const resource = instance instanceof CfnDBInstance ? instance : instance.node.defaultChild;
  const name = resource instanceof CfnDBInstance ? Stack.of(instance).resolve(resource.dbInstanceClass) as unknown : undefined;
  return typeof name === 'string' ? new InstanceType(name.replace(/^db\./, '')) : undefined;
}

function memberClasses(cluster: IConstruct): InstanceType[] {
  return cluster.node.findAll().filter((child) => child instanceof CfnDBInstance).flatMap((member) => classOf(member) ?? []);
}

/** Bounds of the serverless members; nothing where there is none. An imported cluster may shrink to half a unit for all that is known. */
function capacityUnits(cluster: IConstruct, { maxAcu }: MonitoredClusterProps, types: InstanceType[]): { minAcu: number; maxAcu: number } | undefined {
  checkAcu(cluster, maxAcu);
  if (maxAcu !== undefined) {
    return { minAcu: 0.5, maxAcu };
  }
  const resource = cluster.node.defaultChild;
  if (!(resource instanceof CfnDBCluster) || !types.some((type) => type.toString() === SERVERLESS)) {
    return undefined;
  }
  const { minCapacity, maxCapacity } = Stack.of(cluster).resolve(resource.serverlessV2ScalingConfiguration) as CfnDBCluster.ServerlessV2ScalingConfigurationProperty;
  return { minAcu: minCapacity!, maxAcu: maxCapacity! };
}

function checkAcu(cluster: IConstruct, maxAcu: number | undefined): void {
  checkWholeNumber(cluster, 'maxAcu', maxAcu === undefined ? undefined : maxAcu * 2, { min: 2, max: 512, unit: 'half capacity units', wayOut: 'give 1 to 256 in steps of 0.5' });
}

function unknownClass(source: IConstruct): PropError {
  return new PropError(source, {
    prop: 'instanceType', value: undefined, allowed: 'the class of what was imported, or is known at deployment alone', wayOut: 'name the class, for example InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE); of a serverless cluster give maxAcu',
  });
}
