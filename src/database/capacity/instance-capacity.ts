import { Token } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IInstanceEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Size of an RDS instance, its storage and its replicas. Nothing is needed. */
export interface InstanceCapacityProps {
  /**
   * Class of the instance. A change restarts it: with a standby the connections break for 60 to 120 seconds.
   * @default - by environment: `t4g.medium` in production (requirement A-03), `t4g.small` in staging, `t4g.micro` in development
   */
  readonly instanceType?: InstanceType;
  /**
   * Whether a standby in another zone takes over (requirements, D-03). The network needs two zones.
   * @default - by environment: true in production and staging
   */
  readonly multiAz?: boolean;
  /**
   * Size of the gp3 storage in GiB, 20 to 65536. RDS can make it larger, never smaller.
   * @default 100 - requirement A-03
   */
  readonly storageGiB?: number;
  /**
   * Up to how many GiB RDS may enlarge the storage by itself when it runs full, at least a tenth above `storageGiB`.
   * @default - twice `storageGiB`, at most 65536: a full disk stops the database
   */
  readonly maxStorageGiB?: number;
  /**
   * Provisioned operations a second, 12000 to 64000. RDS refuses them below 400 GiB, where 3000 are included.
   * @default - what gp3 includes: 3000 below 400 GiB (requirement A-03), 12000 from there on
   */
  readonly iops?: number;
  /**
   * Provisioned throughput in MiB a second, 500 to 4000, at most a quarter of `iops`. RDS refuses it below 400 GiB, where 125 are included.
   * @default - what gp3 includes: 125 below 400 GiB, 500 from there on
   */
  readonly storageThroughputMiB?: number;
  /**
   * Read replicas with an endpoint each, 0 to 15 (requirement D-03).
   * @default 0
   */
  readonly readReplicas?: number;
}

/** An instance as its capacity asks for it, the engine included. */
export interface InstancePlan {
  /** With its version, as the capacity was told. */
  readonly engine: IInstanceEngine;
  /** As the caller wrote them, defaults not yet filled in. */
  readonly props: InstanceCapacityProps;
}

/** As the RDS user guide has them for MySQL and PostgreSQL (Amazon RDS DB instance storage, gp3); the ratio is that of EBS, not checked for RDS. */
const GP3 = {
  smallest: 20,
  largest: 65_536,
  provisionableFrom: 400,
  iops: [12_000, 64_000],
  throughput: [500, 4000],
  throughputPerIops: 0.25,
};
export const DEFAULT_STORAGE_GIB = 100;

/** The size up to which storage grows when nothing else is said. */
export function defaultMaxStorage(storageGiB: number): number {
  return Math.min(2 * storageGiB, GP3.largest);
}

/** Refuses what RDS would refuse of an instance: CDK's own validation sees none of it. */
export function checkInstanceCapacity(scope: IConstruct, props: InstanceCapacityProps): void {
  const storage = props.storageGiB ?? DEFAULT_STORAGE_GIB;
  checkWholeNumber(scope, 'capacity.readReplicas', props.readReplicas, {
    min: 0,
    max: 15,
    unit: 'replicas',
    fix: 'RDS takes at most 15 replicas of one instance',
  });
  checkWholeNumber(scope, 'capacity.storageGiB', storage, {
    min: GP3.smallest,
    max: GP3.largest,
    unit: 'GiB',
    fix: 'that is what gp3 comes in',
  });
  const growth = {
    min: storage + Math.ceil(storage / 10),
    max: GP3.largest,
    unit: 'GiB, a tenth above storageGiB',
    fix: 'leave more room to grow, or leave it out',
  };
  checkWholeNumber(scope, 'capacity.maxStorageGiB', props.maxStorageGiB, growth);
  checkProvisioned(scope, 'iops', props.iops, storage, GP3.iops);
  checkProvisioned(scope, 'storageThroughputMiB', props.storageThroughputMiB, storage, GP3.throughput);
  checkRatio(scope, props);
}

function checkProvisioned(
  scope: IConstruct,
  prop: string,
  value: number | undefined,
  storage: number,
  [min, max]: number[],
): void {
  if (value !== undefined && !Token.isUnresolved(storage) && storage < GP3.provisionableFrom) {
    throw new PropError(scope, {
      prop: `capacity.${prop}`,
      value,
      expected: `none below ${GP3.provisionableFrom} GiB of storage, and storageGiB is ${storage}`,
      fix: `leave it out, or take ${GP3.provisionableFrom} GiB, which include 12000 IOPS and 500 MiB/s`,
    });
  }
  checkWholeNumber(scope, `capacity.${prop}`, value, {
    min,
    max,
    unit: prop === 'iops' ? 'IOPS' : 'MiB a second',
    fix: 'leave it out for what gp3 includes',
  });
}

function checkRatio(scope: IConstruct, { iops, storageThroughputMiB: throughput }: InstanceCapacityProps): void {
  const most = GP3.throughputPerIops * (iops ?? GP3.iops[0]);
  if (throughput !== undefined && throughput > most) {
    throw new PropError(scope, {
      prop: 'capacity.storageThroughputMiB',
      value: throughput,
      expected: `at most ${most}, a quarter of the IOPS`,
      fix: 'take more iops or less throughput',
    });
  }
}
