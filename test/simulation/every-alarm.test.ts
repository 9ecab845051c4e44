import { Rollout, ServiceScaling } from '../../src';
import { everythingWatched } from '../fixtures/monitored-sources';
import { templateOf, testStack } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';
import { MetricStore } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import { type AlarmSet, alarmsOf, type TemplateJson } from '../simulators/cloudwatch/template-alarms';

const GIB = 1024 ** 3;
/** An anomaly band knows nothing before. */
const BEGINS = 14 * 24 * 60;
/** A lack of credits is told after two hours, a burnt budget of days once an hour. */
const LASTS = 3 * 60;
/** Before it begins, so that each alarm has found its state. */
const RUN_UP = 20;

/** A minute's value of a metric; none, and there is no data point. */
interface Told { readonly usual?: number; readonly busy?: number; readonly overrun?: number; readonly idle?: number }

/** What each metric tells when all is well, when more is asked than usual, when everything is too much, and when nothing comes or goes any more. */
const TOLD: { readonly [metric: string]: Told } = {
  'AWS/CertificateManager DaysToExpiry': { usual: 300, overrun: 1 },
  'AWS/ApplicationELB RequestCount': { usual: 1000, busy: 50_000, overrun: 50_000 },
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count': { overrun: 25_000 },
  'AWS/ApplicationELB HTTPCode_Target_4XX_Count': { overrun: 25_000 },
  'AWS/ApplicationELB TargetConnectionErrorCount': { overrun: 5000 },
  'AWS/ApplicationELB HTTPCode_ELB_5XX_Count': { overrun: 25_000 },
  'AWS/ApplicationELB TargetResponseTime': { usual: 0.1, overrun: 30 },
  'AWS/ApplicationELB HealthyHostCount': { usual: 2, overrun: 0, idle: 2 },
  'AWS/ApplicationELB UnHealthyHostCount': { usual: 0, overrun: 4, idle: 0 },
  'AWS/ECS CPUUtilization': { usual: 40, overrun: 100, idle: 1 },
  'AWS/ECS MemoryUtilization': { usual: 40, overrun: 100, idle: 40 },
  'ECS/ContainerInsights RunningTaskCount': { usual: 2, overrun: 0, idle: 2 },
  'ECS/ContainerInsights DesiredTaskCount': { usual: 2, overrun: 100, idle: 2 },
  'AWS/RDS DatabaseConnections': { usual: 20, overrun: 1e6 },
  'AWS/RDS CPUUtilization': { usual: 30, overrun: 100, idle: 1 },
  'AWS/RDS DBLoadRelativeToNumVCPUs': { usual: 0.2, overrun: 9 },
  'AWS/RDS CPUCreditBalance': { usual: 400, overrun: 0 },
  'AWS/RDS FreeableMemory': { usual: 2 * GIB, overrun: 0 },
  'AWS/RDS FreeStorageSpace': { usual: 100 * GIB, overrun: 0 },
  'AWS/RDS EBSIOBalance%': { usual: 99, overrun: 0 },
  'AWS/RDS EBSByteBalance%': { usual: 99, overrun: 0 },
  'AWS/RDS OldestReplicationSlotLag': { usual: 0, overrun: 99 * GIB },
  'AWS/RDS DiskQueueDepth': { usual: 1, overrun: 1000 },
  'AWS/RDS ReplicaLag': { usual: 0, overrun: 9000 },
  'AWS/RDS AuroraReplicaLagMaximum': { usual: 20, overrun: 9e6 },
  'AWS/RDS AuroraReplicaLag': { usual: 20, overrun: 9e6 },
  'AWS/RDS MaximumUsedTransactionIDs': { usual: 2e8, overrun: 2e9 },
  'AWS/RDS LoginFailures': { usual: 0, overrun: 9 },
  'AWS/RDS Deadlocks': { usual: 0, overrun: 9 },
  'AWS/RDS ACUUtilization': { usual: 30, overrun: 100 },
  'AWS/ElastiCache CPUUtilization': { usual: 20, overrun: 100 },
  'AWS/ElastiCache EngineCPUUtilization': { usual: 20, overrun: 100 },
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': { usual: 20, overrun: 100 },
  'AWS/ElastiCache Evictions': { usual: 0, overrun: 9000 },
  'AWS/ElastiCache ReplicationLag': { usual: 0, overrun: 900 },
  'AWS/ElastiCache CurrConnections': { usual: 100, overrun: 65_000 },
  'AWS/SQS ApproximateNumberOfMessagesVisible': { usual: 0, overrun: 1 },
  'AWS/Lambda DeadLetterErrors': { overrun: 1 },
};
/** What filters count in logs. */
const LINES: Told = { usual: 0, overrun: 100 };

/** The ways in which it goes on after all was well. */
/** The last one is a database that tells nothing, while services fail. */
const TURNS = ['busy', 'overrun', 'idle', 'silent database'] as const;

function valueIn(turn: typeof TURNS[number], values: Told, namespace: string): number | undefined {
  switch (turn) {
    case 'busy': return values.busy ?? values.usual;
    case 'silent database': return namespace === 'AWS/RDS' ? values.idle : values.overrun;
    default: return values[turn];
  }
}

/** All that the alarms of a set read, told minute by minute. */
function told(set: AlarmSet, turn: typeof TURNS[number]): MetricStore {
  const store = new MetricStore(BEGINS + LASTS);
  const read = set.metricAlarms.flatMap(({ queries }) => queries.flatMap(({ metric }) => metric ?? []));
  // Of percentiles and shares the values have to be kept, whichever alarm asks first.
  const spread = ({ statistic }: { readonly statistic: string }) => Number(/^(p|TC|PR)/.test(statistic));
  const distributed = [...read].sort((a, b) => spread(b) - spread(a));
  new Set(distributed.map((metric) => store.declare(metric, { distributed: spread(metric) === 1 }))).forEach((metric) => {
    const [namespace, name] = metric.label.split(' ');
    const values = namespace.startsWith('AWS/') || namespace.startsWith('ECS/') ? TOLD[`${namespace} ${name}`] : LINES;
    if (values === undefined) {
      throw new Error(`say in this test what ${namespace} ${name} tells`);
    }
    for (let minute = 0; minute < BEGINS + LASTS; minute++) {
      const value = minute < BEGINS ? values.usual : valueIn(turn, values, namespace);
      if (value !== undefined) {
        // Of slow requests some have to be more than are allowed.
        metric.observeMany(minute, value, metric.distribution ? 20 : 1);
      }
    }
  });
  return store;
}

const everything = () => {
  const stack = testStack();
  everythingWatched(stack);
  return templateOf(stack);
};
const service = () => templateOf(serviceFixture({ rollout: Rollout.linear(), scaling: ServiceScaling.stepScaling({ requestsPerMinute: 1000 }) }).stack);

describe.each([['services, databases, caches, objectives and forwarders', everything], ['a service and its scaling', service]])('Each alarm of %s', (_, template) => {
  let set: AlarmSet;
  let stores: MetricStore[];

  beforeAll(() => {
    set = alarmsOf(template().toJSON() as TemplateJson);
    stores = TURNS.map((turn) => told(set, turn));
  });

  test.each([0, 3])('fires when what it watches stays beyond its limit, with data %d minutes late', (late) => {
    const fired = stores.flatMap((store) => new Monitor(set, store, { late, from: BEGINS - RUN_UP }).watch(BEGINS - RUN_UP, BEGINS + LASTS));
    expect(fired.filter(({ minute }) => minute < BEGINS)).toEqual([]);
    const all = [...set.metricAlarms, ...set.compositeAlarms].map(({ name }) => name);
    expect(all.filter((name) => !fired.some(({ alarm }) => alarm === name))).toEqual([]);
  });
});
