import { Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDBCluster, CfnDBInstance, type IDatabaseCluster, type IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { DatabaseFamily, type DatabaseSignals, type IMonitoredDatabase } from '../../contracts';
import {
  instanceCeiling,
  MARIADB_CONNECTIONS,
  memoryGiB,
  MYSQL_CONNECTIONS,
  POSTGRES_CONNECTIONS,
  processors,
  serverlessMysqlCeiling,
  serverlessPostgresCeiling,
} from '../../database/capacity/max-connections';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { asStored } from './stored-identifier';

/** What has to be told of a database that this library didn't make. Nothing, where the app made it by an L2. */
export interface MonitoredDatabaseProps {
  /**
   * The family of its engine.
   * @default - that of the L2's engine; an imported one may not know it, a read replica's L2 doesn't
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
   * Its class, with or without the `db.` that the console shows.
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
   * The smallest class among its members, where any is provisioned, with or without the `db.` that the console shows.
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
    const type = bareClass(props.instanceType) ?? classOf(instance);
    if (type === undefined) {
      throw unknownClass(instance);
    }
    const memory = memoryGiB(instance, type, 'instanceType');
    const instances = [instance, ...(props.readReplicas ?? [])];
    const rule =
      instance.engine?.engineType === 'mariadb'
        ? MARIADB_CONNECTIONS
        : family === DatabaseFamily.POSTGRES
          ? POSTGRES_CONNECTIONS
          : MYSQL_CONNECTIONS;
    return new MonitoredDatabase({
      ...told(instance, props, instanceCeiling(rule, memory)),
      family,
      instanceIdentifiers: instances.map(({ instanceIdentifier }) => asStored(instanceIdentifier)),
      performanceInsights: instances.some(countsSessions),
      memoryBytes: memory * GIB,
      vcpus: processors(type),
      burstable: type.isBurstable(),
    });
  }

  /**
   * An Aurora cluster, of instances, serverless or both: limits are those of its smallest member. Of both, memory, processor credits and load of the provisioned
   * members are not judged. Nor is the load where the members of an imported one are not known.
   */
  public static fromCluster(cluster: IDatabaseCluster, props: MonitoredClusterProps = {}): MonitoredDatabase {
    const family = familyOf(cluster, props.family, cluster.engine?.engineType);
    const types = props.instanceType
      ? [bareClass(props.instanceType)!]
      : members(cluster).flatMap((member) => classOf(member) ?? []);
    const provisioned = types
      .filter((type) => type.toString() !== SERVERLESS)
      .map((type) => ({ type, memory: memoryGiB(cluster, type, 'instanceType') }));
    const units = capacityUnits(cluster, props, types);
    if (provisioned.length === 0 && units === undefined) {
      throw unknownClass(cluster);
    }
    const ceilings = provisioned.map(({ memory }) =>
      family === DatabaseFamily.POSTGRES
        ? instanceCeiling(POSTGRES_CONNECTIONS, memory)
        : serverlessMysqlCeiling(0, memory / 2),
    );
    const serverlessCeiling = family === DatabaseFamily.POSTGRES ? serverlessPostgresCeiling : serverlessMysqlCeiling;
    const [smallest] = provisioned.sort((one, other) => one.memory - other.memory);
    return new MonitoredDatabase({
      ...told(cluster, props, Math.min(...ceilings, ...(units ? [serverlessCeiling(units.minAcu, units.maxAcu)] : []))),
      family,
      clusterIdentifier: asStored(cluster.clusterIdentifier),
      instanceIdentifiers: knownInstances(cluster).map(asStored),
      performanceInsights: clusterCountsSessions(cluster),
      maxAcu: units?.maxAcu,
      ...(units
        ? {}
        : {
          memoryBytes: smallest.memory * GIB,
          vcpus: processors(smallest.type),
          burstable: smallest.type.isBurstable(),
        }),
    });
  }

  private constructor(public readonly signals: DatabaseSignals) {}
}

function told(source: IConstruct, props: MonitoredDatabaseProps, ceiling: number) {
  checkWholeNumber(source, 'connectionCeiling', props.connectionCeiling, {
    min: 1,
    max: 262_143,
    unit: 'connections',
    fix: 'give what SHOW max_connections says, or leave it out',
  });
  return {
    source,
    connectionCeiling: props.connectionCeiling ?? ceiling,
    logGroups: props.logGroups ?? [],
    events: props.events,
  };
}

function familyOf(source: IConstruct, given: DatabaseFamily | undefined, engine: string | undefined): DatabaseFamily {
  const family = given ?? (engine === undefined ? undefined : FAMILIES[engine]);
  if (family === undefined) {
    throw new PropError(source, {
      prop: 'family',
      value: engine,
      expected: 'PostgreSQL, MySQL and MariaDB, on RDS and Aurora',
      fix:
        engine === undefined
          ? 'give family: DatabaseFamily.POSTGRES or DatabaseFamily.MYSQL; neither what is imported nor a read replica need know its engine'
          : 'give the family, or watch another engine with alarms of your own',
    });
  }
  return family;
}

/** As InstanceType names it: the console shows `db.` before it. */
function bareClass(type: InstanceType | undefined): InstanceType | undefined {
  return type && new InstanceType(type.toString().replace(/^db\./, ''));
}

/** The template's own; none for an imported instance. */
function resourceOf(instance: IConstruct): CfnDBInstance | undefined {
  const resource = instance instanceof CfnDBInstance ? instance : instance.node.defaultChild;
  return resource instanceof CfnDBInstance ? resource : undefined;
}

/** The class that the template names; none for an imported instance, or where only the deployment knows it. */
function classOf(instance: IConstruct): InstanceType | undefined {
  const name = Stack.of(instance).resolve(resourceOf(instance)?.dbInstanceClass) as unknown;
  return typeof name === 'string' ? bareClass(new InstanceType(name)) : undefined;
}

function members(cluster: IConstruct): CfnDBInstance[] {
  return cluster.node.findAll().filter((child) => child instanceof CfnDBInstance);
}

/** An imported cluster throws where it wasn't told them. */
function knownInstances(cluster: IDatabaseCluster): string[] {
  try {
    return cluster.instanceIdentifiers;
  } catch {
    return [];
  }
}

/** Off is what RDS makes of nothing said; what is imported, or known at deployment alone, may have them on. */
function isOff(scope: IConstruct, insights: unknown): boolean {
  return [undefined, false].includes(Stack.of(scope).resolve(insights) as boolean | undefined);
}

function countsSessions(instance: IConstruct): boolean {
  const resource = resourceOf(instance);
  return resource === undefined || !isOff(instance, resource.enablePerformanceInsights);
}

function clusterCountsSessions(cluster: IConstruct): boolean {
  const resource = cluster.node.defaultChild;
  return (
    !(resource instanceof CfnDBCluster) ||
    !isOff(cluster, resource.performanceInsightsEnabled) ||
    members(cluster).some(countsSessions)
  );
}

/** Bounds of the serverless members; nothing where there is none. An imported cluster may shrink to half a unit for all that is known. */
function capacityUnits(
  cluster: IConstruct,
  { maxAcu }: MonitoredClusterProps,
  types: InstanceType[],
): { minAcu: number; maxAcu: number } | undefined {
  checkAcu(cluster, maxAcu);
  if (maxAcu !== undefined) {
    return { minAcu: 0.5, maxAcu };
  }
  const resource = cluster.node.defaultChild;
  if (!(resource instanceof CfnDBCluster) || !types.some((type) => type.toString() === SERVERLESS)) {
    return undefined;
  }
  const { minCapacity, maxCapacity } = Stack.of(cluster).resolve(
    resource.serverlessV2ScalingConfiguration,
  ) as CfnDBCluster.ServerlessV2ScalingConfigurationProperty;
  return { minAcu: minCapacity!, maxAcu: maxCapacity! };
}

function checkAcu(cluster: IConstruct, maxAcu: number | undefined): void {
  checkWholeNumber(cluster, 'maxAcu', maxAcu === undefined ? undefined : maxAcu * 2, {
    min: 2,
    max: 512,
    unit: 'half capacity units',
    fix: 'give 1 to 256 in steps of 0.5',
  });
}

function unknownClass(source: IConstruct): PropError {
  return new PropError(source, {
    prop: 'instanceType',
    value: undefined,
    expected: 'the class of what was imported, or is known at deployment alone',
    fix: 'name the class, for example InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE); of a serverless cluster give maxAcu',
  });
}
