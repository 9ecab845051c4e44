import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AlarmMute, AlarmOverride, AlertChannel, AlertRouting, GoldenSignalAlarms, type GoldenSignalAlarmsProps, type IMonitoredService, ServiceObjective } from '../../src';
import { brokenRules } from '../deploy-rules/deploy-rules';
import { watchedDatabase, watchedService } from '../fixtures/monitored-sources';
import { mailRouting } from '../fixtures/signals';
import { ACCOUNT, refusal, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { MetricStore } from '../simulators/cloudwatch/metric-store';
import { Monitor } from '../simulators/cloudwatch/monitor';
import { alarmsOf, type TemplateJson } from '../simulators/cloudwatch/template-alarms';

const DAY_AND_NIGHT = 60;
const OUTAGE = 30;

/** Services and a database that all of them use. */
function watched(names: string[], props: Partial<GoldenSignalAlarmsProps> = {}, shared = true) {
  const stack = testStack();
  const orders = watchedDatabase(stack, 'Orders', { instanceIdentifiers: ['orders'] });
  const balancer = new Construct(stack, 'Balancer');
  const services: IMonitoredService[] = names.map((name) => watchedService(stack, name, {
    stores: [orders.signals.source],
    loadBalancer: shared ? balancer : new Construct(stack, `${name}Balancer`),
    ...(shared ? {} : { loadBalancerFullName: `app/${name.toLowerCase()}/1` }),
  }));
  const signals = new GoldenSignalAlarms(stack, 'Signals', { services, databases: [orders], alertRouting: mailRouting(stack), dashboard: false, ...props });
  return { stack, signals, services };
}

/** One minute of the metrics of services, and whether the database reports. */
interface Minute { readonly failing: string[]; readonly down?: boolean }

/** Pages and errors, as `service-incident@31`, when something happens from a minute on. */
function told({ stack, services }: ReturnType<typeof watched>, during: Minute): string[] {
  const set = alarmsOf(templateOf(stack).toJSON() as TemplateJson);
  const minutes = OUTAGE + DAY_AND_NIGHT;
  const store = new MetricStore(minutes);
  const read = set.metricAlarms.flatMap(({ queries }) => queries.flatMap(({ metric }) => metric ?? []));
  const spread = ({ statistic }: { readonly statistic: string }) => Number(/^(p|TC)/.test(statistic));
  const metrics = new Map([...read].sort((a, b) => spread(b) - spread(a)).map((metric) => [store.declare(metric, { distributed: spread(metric) === 1 }), metric]));
  metrics.forEach(({ name, dimensions }, metric) => {
    const of = services.find(({ signals }) => Object.values(dimensions).some((value) => value === signals.serviceName || signals.targetGroupFullNames.includes(value)));
    const isBlue = dimensions.TargetGroup === undefined || /-blue/.test(dimensions.TargetGroup);
    for (let minute = 0; minute < minutes; minute++) {
      const bad = minute >= OUTAGE;
      const failing = bad && of !== undefined && during.failing.includes(of.signals.source.node.id);
      const values: { [name: string]: number | undefined } = {
        RequestCount: 100,
        HTTPCode_Target_5XX_Count: failing ? 100 : 0,
        HealthyHostCount: 2,
        UnHealthyHostCount: 0,
        RunningTaskCount: 2,
        DesiredTaskCount: 2,
        DatabaseConnections: bad && during.down ? undefined : 20,
        TargetResponseTime: 0.1,
        CPUUtilization: 30,
        MemoryUtilization: 30,
      };
      const value = isBlue ? values[name] : undefined;
      if (value !== undefined) {
        metric.observe(minute, value);
      }
    }
  });
  const firings = new Monitor(set, store).watch(10, minutes).filter(({ alarm }) => set.compositeAlarms.some(({ name, actions }) => name === alarm && actions.length > 0));
  return firings.map(({ alarm, minute, actions }) => `${set.titles.get(alarm)} ${/critical/i.test(actions.join()) ? 'pages' : 'tells'} after ${minute + 1 - OUTAGE}`);
}

describe('One outage pages once', () => {
  test('where one of two services fails, for that one alone', () => {
    expect(told(watched(['Api', 'Web']), { failing: ['Api'] })).toEqual(['service-incident pages after 5']);
  });

  test('where a database is down that two services use: for the database', () => {
    expect(told(watched(['Api', 'Web']), { failing: ['Api', 'Web'], down: true })).toEqual(['database-incident pages after 4']);
  });

  test('where a database is down that one service uses: for the service at once, and the cause is told', () => {
    expect(told(watched(['Api'], {}, false), { failing: ['Api'], down: true })).toEqual(['service-incident pages after 1', 'database-incident tells after 4']);
  });

  test('not at all where a database is stopped and nobody misses it', () => {
    expect(told(watched(['Api', 'Web']), { failing: [], down: true })).toEqual([]);
  });
});

describe('The incident of a service', () => {
  test('notifies for all of its critical alarms, which have no action', () => {
    const { stack, signals } = watched(['Api'], { objectives: [ServiceObjective.availability(99.9)] }, false);
    const template = templateOf(stack);
    const critical = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => /Critical: /.test(JSON.stringify(Properties.AlarmDescription)) && !/AlertForwarder/.test(JSON.stringify(Properties)));
    expect(critical.length).toBeGreaterThan(4);
    expect(critical.filter(({ Properties }) => Properties.AlarmActions !== undefined)).toEqual([]);
    expect(signals.incidentAlarms).toHaveLength(2);
    expect(unacknowledged(stack)).toEqual([]);
    expect(brokenRules(template.toJSON())).toEqual([]);
    Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).forEach(({ Properties }) => expect(JSON.stringify(Properties.AlarmRule).length).toBeLessThan(10_240));
  });

  test('has its load balancer in it, unless others share it', () => {
    const keys = (shared: boolean) => watched(['Api', 'Web'], {}, shared).signals.incidentAlarms.map(({ node }) => node.path.split('/').at(-3));
    expect(keys(false)).toEqual(['Api', 'Web', 'Orders']);
    expect(keys(true)).toEqual(['Api', 'Web', 'Orders', 'Balancer']);
  });

  test('tells the end of what is no incident only where a channel closes what it opened', () => {
    const stack = testStack();
    const key = Secret.fromSecretCompleteArn(stack, 'Key', `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:pager-AbCdEf`);
    const mail = AlertChannel.email('ops@example.com');
    const alertRouting = new AlertRouting(stack, 'Alerts', { onCritical: [AlertChannel.pagerDuty(key)], onError: [AlertChannel.pagerDuty(key)], onWarning: [mail] });
    new GoldenSignalAlarms(stack, 'Signals', { services: [watchedService(stack, 'Api')], alertRouting, dashboard: false });
    const template = templateOf(stack);
    const ends = (severity: string) => Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([id]) => id.startsWith('Signals') && id.includes(`${severity}Alarm`)).map(([, { Properties }]) => Properties.OKActions !== undefined);
    expect([new Set(ends('error')), new Set(ends('warning'))]).toEqual([new Set([true]), new Set([false])]);
  });
});

describe('A mute', () => {
  const mute = (reason: string, duration = Duration.hours(2)) => AlarmMute.of({ reason, duration, schedule: ScheduleExpression.cron({ minute: '0', hour: '2', weekDay: 'SUN' }) });

  test('holds the messages of every alarm back that has any', () => {
    const template = templateOf(watched(['Api'], { mutes: [mute('The archive is rebuilt each Sunday')] }).stack);
    const [rule, ...others] = Object.values(template.findResources('AWS::CloudWatch::AlarmMuteRule'));
    expect([others, rule.Properties.Rule.Schedule]).toEqual([[], { Duration: 'PT2H', Expression: 'cron(0 2 * * SUN)' }]);
    expect(rule.Properties.MuteTargets.AlarmNames.length).toBeGreaterThan(20);
  });

  test.each([['without a reason', mute('no'), /mutes\[0\]\.reason/], ['of nothing', mute('The archive is rebuilt each Sunday', Duration.seconds(5)), /mutes\[0\]\.duration/]])('%s is refused', (_, refused, message) => {
    expect(refusal(() => watched(['Api'], { mutes: [refused] }))).toMatch(message);
  });
});

describe('A limit on the slowest hundredth', () => {
  test('warns of each service, and of one service by its own limit', () => {
    const { stack } = watched(['Api', 'Web'], { p99Limit: Duration.millis(1500), overrides: [AlarmOverride.of('Web/service-latency-p99', { warningThreshold: 4 })] });
    const limits = Object.entries(templateOf(stack).findResources('AWS::CloudWatch::Alarm')).filter(([id]) => id.includes('latencyp99')).map(([, { Properties }]) => Properties.Threshold);
    expect(limits.sort()).toEqual([1.5, 4]);
  });

  test('is refused where it is nothing', () => {
    expect(refusal(() => watched(['Api'], { p99Limit: Duration.seconds(0) }))).toMatch(/p99Limit is 0 seconds/);
  });
});
