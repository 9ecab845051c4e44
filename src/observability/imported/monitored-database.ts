import { Token } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
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
import { GIB } from '../metrics/database-metrics';
import {
  clusterMayHaveInsights,
  instanceTypeOf,
  mayHaveInsights,
  memberIdentifiers,
  membersOf,
  SERVERLESS,
  serverlessCapacityOf,
  withoutPrefix,
} from './database-resources';
import { asStored } from './stored-identifier';

/** Properties of a {@link MonitoredDatabase}. A database of an L2 construct requires none. */
export interface MonitoredDatabaseProps {
  /**
   * Family of the engine. Imported databases may need it, and read replicas do.
   * @default - the family of the L2 construct's engine
   */
  readonly family?: DatabaseFamily;
  /**
   * Value of `max_connections` on one instance, 1 or more.
   * @default - the engine's default formula, by instance class or capacity units
   */
  readonly maxConnections?: number;
  /**
   * Log groups of the database, for refused connections and deadlocks. Source: requirement E-09.
   *
   * They must exist when the alarms are deployed. RDS creates its own with the first log line only.
   * @default - none; no alarm on refused connections, nor on deadlocks of an instance
   */
  readonly logGroups?: ILogGroup[];
  /**
   * SNS topic of the database's RDS events.
   * @default - none
   */
  readonly events?: ITopic;
}

/** Properties of a {@link MonitoredDatabase} for an instance; none is required for an L2 construct. */
export interface MonitoredInstanceProps extends MonitoredDatabaseProps {
  /**
   * Instance class, with or without the `db.` that the console shows. Imported instances need it.
   * @default - the class of the L2 construct
   */
  readonly instanceType?: InstanceType;
  /**
   * Read replicas of the instance.
   * @default - none
   */
  readonly readReplicas?: IDatabaseInstance[];
}

/** Properties of a {@link MonitoredDatabase} for a cluster; none is required for an L2 construct. */
export interface MonitoredClusterProps extends MonitoredDatabaseProps {
  /**
   * Smallest instance class among provisioned members, with or without the `db.` that the console shows.
   * Imported clusters with provisioned members need it.
   * @default - the class of the L2 construct's members
   */
  readonly instanceType?: InstanceType;
  /**
   * Maximum capacity units of an imported serverless cluster, 1 to 256 in steps of 0.5.
   * @default - the maximum of the L2 construct
   */
  readonly maxAcu?: number;
}

const FAMILIES = new Map([
  ['postgres', DatabaseFamily.POSTGRES],
  ['aurora-postgresql', DatabaseFamily.POSTGRES],
  ['mysql', DatabaseFamily.MYSQL],
  ['mariadb', DatabaseFamily.MYSQL],
  ['aurora-mysql', DatabaseFamily.MYSQL],
  ['aurora', DatabaseFamily.MYSQL],
]);

/**
 * Existing RDS or Aurora database, for the alarms and dashboards of this library.
 *
 * Throws a PropError where a required value is neither in the template nor in the props.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   databases: [MonitoredDatabase.fromInstance(instance)],
 *   alertRouting,
 * });
 */
export class MonitoredDatabase implements IMonitoredDatabase {
  /**
   * RDS instance and its read replicas.
   *
   * @param instance an L2 construct, or an imported instance
   * @param props values that the construct doesn't have
   */
  public static fromInstance(instance: IDatabaseInstance, props: MonitoredInstanceProps = {}): MonitoredDatabase {
    const family = familyOf(instance, props.family, instance.engine?.engineType);
    const type = withoutPrefix(props.instanceType) ?? instanceTypeOf(instance);
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
      ...givenSignals(instance, props, instanceCeiling(rule, memory)),
      family,
      instanceIdentifiers: instances.map(({ instanceIdentifier }) => asStored(instanceIdentifier)),
      performanceInsights: instances.some(mayHaveInsights),
      memoryBytes: memory * GIB,
      vcpus: processors(type),
      burstable: type.isBurstable(),
    });
  }

  /**
   * Aurora cluster with provisioned members, serverless members or both.
   *
   * Thresholds are those of the smallest member. A cluster with both kinds has no alarms on memory, CPU credits and
   * load. An imported cluster without instance identifiers has none on load.
   *
   * @param cluster an L2 construct, or an imported cluster
   * @param props values that the construct doesn't have
   */
  public static fromCluster(cluster: IDatabaseCluster, props: MonitoredClusterProps = {}): MonitoredDatabase {
    const family = familyOf(cluster, props.family, cluster.engine?.engineType);
    const types = props.instanceType
      ? [withoutPrefix(props.instanceType)!]
      : membersOf(cluster).flatMap((member) => instanceTypeOf(member) ?? []);
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
    const serverlessCeilings = units ? [serverlessCeiling(units.minAcu, units.maxAcu)] : [];
    const [smallest] = provisioned.sort((one, other) => one.memory - other.memory);
    return new MonitoredDatabase({
      ...givenSignals(cluster, props, Math.min(...ceilings, ...serverlessCeilings)),
      family,
      clusterIdentifier: asStored(cluster.clusterIdentifier),
      instanceIdentifiers: memberIdentifiers(cluster).map(asStored),
      performanceInsights: clusterMayHaveInsights(cluster),
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

function givenSignals(source: IConstruct, props: MonitoredDatabaseProps, ceiling: number) {
  checkWholeNumber(source, 'maxConnections', props.maxConnections, {
    min: 1,
    max: 262_143,
    unit: 'connections',
    fix: 'give the value of SHOW max_connections, or remove maxConnections',
  });
  return {
    source,
    maxConnections: props.maxConnections ?? ceiling,
    logGroups: props.logGroups ?? [],
    events: props.events,
  };
}

function familyOf(source: IConstruct, given: DatabaseFamily | undefined, engine: string | undefined): DatabaseFamily {
  const family = given ?? FAMILIES.get(engine ?? '');
  if (family === undefined) {
    throw new PropError(source, {
      prop: 'family',
      value: engine,
      expected: 'PostgreSQL, MySQL and MariaDB, on RDS and Aurora',
      fix:
        engine === undefined
          ? 'give DatabaseFamily.POSTGRES or DatabaseFamily.MYSQL, which imported databases and read replicas need'
          : 'give the family, or create custom alarms for another engine',
    });
  }
  return family;
}

/** Capacity of the serverless members, if there are any. An imported cluster may scale down to half a unit. */
function capacityUnits(
  cluster: IConstruct,
  { maxAcu }: MonitoredClusterProps,
  types: InstanceType[],
): { minAcu: number; maxAcu: number } | undefined {
  checkAcu(cluster, maxAcu);
  if (maxAcu !== undefined) {
    return { minAcu: 0.5, maxAcu };
  }
  const hasServerless = types.some((type) => type.toString() === SERVERLESS);
  return hasServerless ? serverlessCapacityOf(cluster) : undefined;
}

function checkAcu(cluster: IConstruct, maxAcu: number | undefined): void {
  const isKnown = maxAcu !== undefined && !Token.isUnresolved(maxAcu);
  if (isKnown && (!Number.isInteger(maxAcu * 2) || maxAcu < 1 || maxAcu > 256)) {
    throw new PropError(cluster, {
      prop: 'maxAcu',
      value: maxAcu,
      expected: '1 to 256 capacity units in steps of 0.5',
      fix: 'give the maximum capacity of the cluster, as RDS shows it',
    });
  }
}

function unknownClass(source: IConstruct): PropError {
  return new PropError(source, {
    prop: 'instanceType',
    value: undefined,
    expected: 'the instance class where it is not in the template',
    fix: 'give InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE) for example, or maxAcu of a serverless cluster',
  });
}
