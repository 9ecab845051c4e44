import { Token } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IInstanceEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import { type ConnectionRule, instanceCeiling, memoryGiB } from './max-connections';
import { checkedReplicaVersion } from './replica-version';

/** Instance class, storage and read replicas of an RDS instance. All of it is optional. */
export interface InstanceCapacityProps {
  /**
   * Instance class. A change restarts the instance, and with a standby connections break for 60 to 120 seconds.
   * Source: requirement A-03.
   * @default - by environment: `t4g.medium` in production, `t4g.small` in staging, `t4g.micro` in development
   */
  readonly instanceType?: InstanceType;
  /**
   * Adds a standby in another Availability Zone. The network needs two zones.
   * Source: requirements, D-03.
   * @default - by environment: true in production and staging
   */
  readonly multiAz?: boolean;
  /**
   * Allocated gp3 storage in GiB, 20 to 65536. RDS can enlarge it and never shrinks it.
   * @default 100 - requirement A-03
   */
  readonly storageGiB?: number;
  /**
   * Limit of storage autoscaling in GiB, at least a tenth above `storageGiB`.
   * @default - twice `storageGiB`, at most 65536: a full disk stops the database
   */
  readonly maxStorageGiB?: number;
  /**
   * Provisioned IOPS, 12000 to 64000. RDS refuses them below 400 GiB, where 3000 are included.
   * @default - as gp3 includes: 3000 below 400 GiB (requirement A-03), 12000 from there on
   */
  readonly iops?: number;
  /**
   * Provisioned storage throughput in MiB/s, 500 to 4000, at most a quarter of `iops`.
   * RDS refuses it below 400 GiB, where 125 MiB/s are included.
   * @default - as gp3 includes: 125 below 400 GiB, 500 from there on
   */
  readonly storageThroughputMiB?: number;
  /**
   * Number of read replicas, 0 to 15. Each has its own endpoint. Source: requirement D-03.
   * @default 0
   */
  readonly readReplicas?: number;
}

/** Facts of an engine that the settings of its instances depend on. */
interface InstanceEngine {
  /** Engine with its version. */
  readonly engine: IInstanceEngine;
  /**
   * Version of the replicas, as the caller wrote it.
   * @default - that of the source
   */
  readonly replicaVersion?: string;
  /** Formula of the engine's default `max_connections`. */
  readonly connections: ConnectionRule;
  /** True if RDS supports Performance Insights on `micro` and `small` with this engine. */
  readonly insightsOnSmall: boolean;
  /** True if the caller chose the version. */
  readonly versionGiven: boolean;
}

/** Settings of an RDS instance, checked, with every default filled in. */
export interface InstanceSettings {
  /** Engine with its version. */
  readonly engine: IInstanceEngine;
  /**
   * True if RDS may upgrade to another major version, which the caller chose.
   * A default that changes with this library is refused by RDS instead.
   */
  readonly allowMajorVersionUpgrade: boolean;
  /** Instance class, also of the replicas. */
  readonly instanceType: InstanceType;
  /** Nominal memory of the class. */
  readonly memoryGiB: number;
  /** True if there is a standby in another Availability Zone. */
  readonly multiAz: boolean;
  /** Allocated gp3 storage. */
  readonly storageGiB: number;
  /** Limit of storage autoscaling. */
  readonly maxStorageGiB: number;
  /**
   * Provisioned IOPS.
   * @default - as gp3 includes
   */
  readonly iops?: number;
  /**
   * Provisioned throughput in MiB/s.
   * @default - as gp3 includes
   */
  readonly storageThroughputMiB?: number;
  /** Number of read replicas. */
  readonly readReplicas: number;
  /**
   * Minor version of the replicas.
   * @default - RDS chooses it: the version of the source is a major one
   */
  readonly replicaVersion?: string;
  /** Default `max_connections` of the class. */
  readonly maxConnections: number;
  /** True if RDS supports Performance Insights on this class. */
  readonly performanceInsights: boolean;
}

/**
 * Limits of gp3 for MySQL and PostgreSQL, from the RDS user guide (Amazon RDS DB instance storage).
 * The ratio is that of EBS and is not verified for RDS.
 */
const GP3 = {
  smallest: 20,
  largest: 65_536,
  provisionableFrom: 400,
  iops: [12_000, 64_000],
  throughput: [500, 4000],
  throughputPerIops: 0.25,
};
const DEFAULT_STORAGE_GIB = 100;

/** Fills in the defaults of an instance. Refuses what RDS would refuse, which CDK does not check. */
export function instanceSettings(
  scope: IConstruct,
  facts: InstanceEngine,
  props: InstanceCapacityProps,
  profile: EnvironmentProfile,
): InstanceSettings {
  const { engine, connections, insightsOnSmall, versionGiven } = facts;
  const instanceType = props.instanceType ?? new InstanceType(profile.databaseSize);
  const memory = memoryGiB(scope, instanceType);
  const storageGiB = props.storageGiB ?? DEFAULT_STORAGE_GIB;
  checkNumbers(scope, props, storageGiB);
  checkRules(scope, provisionedRules(props, storageGiB));
  const replicaVersion = checkedReplicaVersion(scope, facts, props.readReplicas);
  return {
    engine,
    allowMajorVersionUpgrade: versionGiven,
    instanceType,
    memoryGiB: memory,
    multiAz: props.multiAz ?? profile.multiAz,
    storageGiB,
    maxStorageGiB: props.maxStorageGiB ?? Math.min(2 * storageGiB, GP3.largest),
    iops: props.iops,
    storageThroughputMiB: props.storageThroughputMiB,
    readReplicas: props.readReplicas ?? 0,
    replicaVersion,
    maxConnections: instanceCeiling(connections, memory),
    performanceInsights: insightsOnSmall || !/\.(micro|small)$/.test(instanceType.toString()),
  };
}

function checkNumbers(scope: IConstruct, props: InstanceCapacityProps, storage: number): void {
  checkWholeNumber(scope, 'capacity.readReplicas', props.readReplicas, {
    min: 0,
    max: 15,
    unit: 'replicas',
    fix: 'lower readReplicas',
  });
  checkWholeNumber(scope, 'capacity.storageGiB', storage, {
    min: GP3.smallest,
    max: GP3.largest,
    unit: 'GiB',
    fix: 'choose a size of gp3',
  });
  checkWholeNumber(scope, 'capacity.maxStorageGiB', props.maxStorageGiB, {
    min: storage + Math.ceil(storage / 10),
    max: GP3.largest,
    unit: 'GiB, a tenth above storageGiB',
    fix: 'raise maxStorageGiB, or remove it',
  });
}

function provisionedRules(props: InstanceCapacityProps, storage: number): Rule[] {
  const { iops, storageThroughputMiB: throughput } = props;
  const mostThroughput = GP3.throughputPerIops * (iops ?? GP3.iops[0]);
  return [
    belowProvisionableRule('capacity.iops', iops, storage),
    rangeRule('capacity.iops', iops, GP3.iops, 'IOPS'),
    belowProvisionableRule('capacity.storageThroughputMiB', throughput, storage),
    rangeRule('capacity.storageThroughputMiB', throughput, GP3.throughput, 'MiB a second'),
    {
      condition: throughput !== undefined && throughput > mostThroughput,
      prop: 'capacity.storageThroughputMiB',
      value: throughput,
      expected: `at most ${mostThroughput}, a quarter of the IOPS`,
      fix: 'raise iops, or lower storageThroughputMiB',
    },
  ];
}

function belowProvisionableRule(prop: string, value: number | undefined, storage: number): Rule {
  return {
    condition: value !== undefined && !Token.isUnresolved(storage) && storage < GP3.provisionableFrom,
    prop,
    value,
    expected: `none below ${GP3.provisionableFrom} GiB of storage, and storageGiB is ${storage}`,
    fix: `remove it, or set storageGiB to ${GP3.provisionableFrom}, which includes 12000 IOPS and 500 MiB/s`,
  };
}

function rangeRule(prop: string, value: number | undefined, [min, max]: number[], unit: string): Rule {
  const known = value !== undefined && !Token.isUnresolved(value);
  return {
    condition: known && (!Number.isInteger(value) || value < min || value > max),
    prop,
    value,
    expected: `a whole number from ${min} to ${max} ${unit}`,
    fix: 'remove it to get what gp3 includes',
  };
}
