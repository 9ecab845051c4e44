import type { MetricStore, RecordedMetric } from '../../simulators/cloudwatch/metric-store';
import type { Conditions } from './conditions';
import type { Random } from './random';
import { DAY, HOUR } from './time';

/** A database instance as the template names it. */
export interface DatabaseNames {
  readonly instance: string;
  /** Of Aurora, whose members report to it. */
  readonly cluster?: string;
  readonly maxConnections: number;
  readonly memoryBytes: number;
}

const GIB = 1024 ** 3;
const FREE_STORAGE = 60;
const STORED_A_DAY = 0.1;
const OTHER_CONNECTIONS = 6;
const CONNECTIONS_PER_TASK = 8;
/** The nightly job: when, and for how many minutes. */
const JOB = { hour: 2, minutes: 20 };

/** What a database instance reports, every minute; its credits every five. */
export class Database {
  private readonly metrics: { readonly [name: string]: RecordedMetric };

  public constructor(store: MetricStore, private readonly names: DatabaseNames) {
    const declared = [
      'CPUUtilization', 'DatabaseConnections', 'FreeStorageSpace', 'FreeableMemory', 'DiskQueueDepth', 'DBLoad', 'DBLoadRelativeToNumVCPUs', 'MaximumUsedTransactionIDs',
      'ACUUtilization', 'AuroraReplicaLagMaximum', 'Deadlocks', 'CPUCreditBalance', 'EBSIOBalance%', 'EBSByteBalance%', 'OldestReplicationSlotLag', 'ReadIOPS', 'WriteIOPS', 'ReadLatency', 'WriteLatency',
    ];
    const dimensions: { [name: string]: string } = names.cluster === undefined ? { DBInstanceIdentifier: names.instance } : { DBClusterIdentifier: names.cluster };
    this.metrics = Object.fromEntries(declared.map((name) => [name, store.declare({ namespace: 'AWS/RDS', name, dimensions })]));
  }

  public run(minute: number, { tasks, requests, conditions }: { tasks: number; requests: number; conditions: Conditions }, random: Random): void {
    const intoJob = minute % DAY - JOB.hour * HOUR;
    const job = intoJob >= 0 && intoJob < JOB.minutes ? 1 : 0;
    const { maxConnections, memoryBytes } = this.names;
    const connections = OTHER_CONNECTIONS + CONNECTIONS_PER_TASK * tasks + (conditions.connections ?? 0) + Math.round(random.next() * 3);
    const load = 0.1 + requests / 1000 + 0.8 * job;
    const values: { [name: string]: number } = {
      CPUUtilization: 10 + requests / 25 + 40 * job + 2 * random.normal(),
      DatabaseConnections: Math.min(maxConnections, Math.round(connections)),
      FreeStorageSpace: Math.max(0, FREE_STORAGE - STORED_A_DAY * minute / DAY - (conditions.stored ?? 0)) * GIB,
      FreeableMemory: memoryBytes * (0.35 + 0.01 * random.normal()),
      DiskQueueDepth: 0.2 + 8 * job * random.next(),
      DBLoad: load,
      DBLoadRelativeToNumVCPUs: load / 2,
      MaximumUsedTransactionIDs: 150e6 + 50e6 * (minute % (3 * DAY)) / (3 * DAY),
      ReadIOPS: 20 + requests / 4 + 800 * job,
      WriteIOPS: 10 + requests / 8,
      ACUUtilization: 20 + requests / 25,
      AuroraReplicaLagMaximum: 20,
      Deadlocks: 0,
      ReadLatency: 0.0008,
      WriteLatency: 0.0012,
      OldestReplicationSlotLag: (conditions.slotLag ?? 0) * GIB,
    };
    if (conditions.databaseDown || conditions.databaseSleeps) {
      return;
    }
    Object.entries(values).forEach(([name, value]) => this.metrics[name].observe(minute, value));
    if (minute % 5 === 0) {
      this.metrics.CPUCreditBalance.observe(minute, 450 + 20 * random.normal());
      this.metrics['EBSIOBalance%'].observe(minute, Math.max(0, 99 - 10 * job - (conditions.burst ?? 0)));
      this.metrics['EBSByteBalance%'].observe(minute, 99);
    }
  }
}

/** What the nodes of a cache report, every minute. */
export class Cache {
  private readonly nodes: Array<{ readonly [name: string]: RecordedMetric }>;

  /** @param nodes identifiers as the template names them, the primary first */
  public constructor(store: MetricStore, nodes: readonly string[]) {
    const declared = ['EngineCPUUtilization', 'CPUUtilization', 'DatabaseMemoryUsagePercentage', 'Evictions', 'ReplicationLag', 'CurrConnections', 'CacheHits', 'CacheMisses'];
    this.nodes = nodes.map((CacheClusterId) =>
      Object.fromEntries(declared.map((name) => [name, store.declare({ namespace: 'AWS/ElastiCache', name, dimensions: { CacheClusterId } })])));
  }

  public run(minute: number, { tasks, requests, conditions }: { tasks: number; requests: number; conditions: Conditions }, random: Random): void {
    this.nodes.forEach((metrics, index) => {
      const values: { [name: string]: number } = {
        EngineCPUUtilization: 2 + requests / 100 + random.next(),
        CPUUtilization: Math.min(100, 3 + requests / 80 + random.next() + (conditions.cacheCpu ?? 0)),
        DatabaseMemoryUsagePercentage: 40 + random.normal(),
        Evictions: 0,
        CurrConnections: 4 + 2 * tasks,
        CacheHits: 9 * requests,
        CacheMisses: requests,
      };
      Object.entries(values).forEach(([name, value]) => metrics[name].observe(minute, value));
      if (index > 0) {
        metrics.ReplicationLag.observe(minute, random.next() / 10);
      }
    });
  }
}
