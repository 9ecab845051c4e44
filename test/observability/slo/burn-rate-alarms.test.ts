import { Duration, Lazy, type Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { CfnCompositeAlarm, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlertRouting, BurnRateAlarms, type IMonitoredService, ObjectiveExclusion, Runbooks, ServiceObjective, type ServiceSignals, Severity } from '../../../src';
import { mailRouting } from '../../fixtures/signals';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { type Observation, valueOf, windowAlarm } from '../../simulators/alarm-window';

const RUNBOOKS = Runbooks.at('https://runbooks.example.com');

function service(stack: Stack, signals: Partial<ServiceSignals> = {}): IMonitoredService {
  return {
    signals: {
      source: stack, clusterName: 'cluster', serviceName: 'web', loadBalancerFullName: 'app/shop/1', targetGroupFullNames: ['targetgroup/blue/1', 'targetgroup/green/2'], logGroups: [], ...signals,
    },
    rollBackOn: () => false,
  };
}

function alarms(objective: ServiceObjective, signals: Partial<ServiceSignals> = {}): { stack: Stack; alarms: BurnRateAlarms; template: Template } {
  const stack = testStack();
  const made = new BurnRateAlarms(stack, 'Objective', { objective, service: service(stack, signals), alertRouting: mailRouting(stack), runbooks: RUNBOOKS });
  return { stack, alarms: made, template: templateOf(stack) };
}

/** Requests of the blue group, of the green one, and errors that the load balancer made. */
interface Traffic { readonly blue?: [answered: number, failed: number]; readonly green?: [answered: number, failed: number]; readonly made?: number }

function traffic({ blue, green, made }: Traffic): Observation {
  return ({ name, group }) => {
    const counts = group?.includes('blue') ? blue : green;
    return name === 'HTTPCode_ELB_5XX_Count' ? made : counts?.[name === 'RequestCount' ? 0 : 1];
  };
}

function burning(template: Template, id: string, observed: Traffic): boolean {
  const alarm = windowAlarm(template, id);
  return valueOf(alarm, traffic(observed)) > alarm.Threshold;
}

const AVAILABLE = ServiceObjective.availability(99.9);

describe('An availability objective [D-12]', () => {
  const { template } = alarms(AVAILABLE);

  test.each([
    ['FastLong', 3600, 14.4, 1], ['FastShort', 300, 14.4, 3], ['SlowLong', 21_600, 6, 1], ['SlowShort', 1800, 6, 1], ['LastingLong', 259_200, 1, 1], ['LastingShort', 21_600, 1, 1],
  ])('the window of %s has periods of %i s, and the factor is %d, in one of %i', (id, seconds, factor, of) => {
    const alarm = windowAlarm(template, id);
    expect(alarm.Threshold).toBe(factor);
    expect([...new Set(alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []))]).toEqual([seconds]);
    expect(alarm).toMatchObject({ EvaluationPeriods: of, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanThreshold' });
  });

  test('no window exceeds CloudWatch\'s limit of 7 days, or a day below an hour', () => {
    const seconds = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.EvaluationPeriods * Properties.Metrics.find(({ MetricStat }: any) => MetricStat).MetricStat.Period);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(7 * 86_400);
    expect(seconds.filter((length) => length < 3600).every((length) => length <= 86_400)).toBe(true);
  });

  test('a total outage burns the budget by the load balancer\'s own errors', () => {
    expect(valueOf(windowAlarm(template, 'FastLong'), traffic({ made: 100 }))).toBeCloseTo(1000);
    expect(['FastLong', 'FastShort', 'SlowLong', 'LastingLong'].every((id) => burning(template, id, { made: 100 }))).toBe(true);
  });

  test('no traffic burns nothing', () => {
    expect(['FastLong', 'FastShort', 'SlowLong', 'SlowShort', 'LastingLong', 'LastingShort'].map((id) => valueOf(windowAlarm(template, id), traffic({})))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('errors of both target groups count, whichever serves', () => {
    expect(valueOf(windowAlarm(template, 'FastLong'), traffic({ blue: [9000, 0], green: [1000, 200] }))).toBeCloseTo(20);
    expect(valueOf(windowAlarm(template, 'FastLong'), traffic({ green: [10_000, 200] }))).toBeCloseTo(20);
  });

  test('a canary of 10 % of which a tenth fails pages, because the budget burns ten times too fast', () => {
    const canary: Traffic = { blue: [90_000, 0], green: [10_000, 1000] };
    expect(burning(template, 'FastLong', canary)).toBe(false);
    expect(burning(template, 'SlowLong', canary)).toBe(true);
  });

  test('an objective that is just met does not alarm', () => {
    expect(['FastLong', 'SlowLong', 'LastingLong'].some((id) => burning(template, id, { blue: [100_000, 100] }))).toBe(false);
  });

  test('at 3 requests a night one failure pages nobody, nor do three', () => {
    expect(['FastLong', 'SlowLong', 'LastingLong'].some((id) => burning(template, id, { blue: [3, 1] }))).toBe(false);
    expect(['FastLong', 'SlowLong', 'LastingLong'].some((id) => burning(template, id, { made: 3 }))).toBe(false);
  });

  test('with a guard of 1 the same failure pages', () => {
    const { template: awake } = alarms(ServiceObjective.availability(99.9, { minFailures: 1 }));
    expect(burning(awake, 'FastLong', { blue: [3, 1] })).toBe(true);
  });

  test('the tenth failure of a quiet service alarms, the ninth does not', () => {
    expect([9, 10].map((failed) => burning(template, 'FastLong', { blue: [60, failed] }))).toEqual([false, true]);
  });

  test('no alarm reads more metrics than CloudWatch supports', () => {
    const four = alarms(AVAILABLE, { targetGroupFullNames: ['a', 'b', 'c', 'd'].map((name) => `targetgroup/${name}/1`) });
    const metrics = Object.values(four.template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.Metrics.filter(({ MetricStat }: any) => MetricStat).length);
    expect(Math.max(...metrics)).toBe(10);
  });
});

describe('A latency objective', () => {
  const { template } = alarms(ServiceObjective.latency(99, Duration.millis(500)));
  const times = (groups: { [group: string]: [all: number, inTime: number] }): Observation => ({ statistic, group }) => {
    const counts = Object.entries(groups).find(([name]) => group!.includes(name))?.[1];
    return statistic === 'SampleCount' ? counts?.[0] : counts?.[1];
  };

  test('counts requests within the threshold, inclusive, in each target group', () => {
    const statistics = windowAlarm(template, 'FastLong').Metrics.flatMap(({ MetricStat }) => MetricStat ? [`${MetricStat.Metric.MetricName} ${MetricStat.Stat}`] : []);
    expect([...new Set(statistics)]).toEqual(['TargetResponseTime SampleCount', 'TargetResponseTime TC(:0.5)']);
    expect(statistics).toHaveLength(4);
  });

  test('slow requests of both groups burn its budget', () => {
    expect(valueOf(windowAlarm(template, 'FastLong'), times({ blue: [1000, 900], green: [1000, 900] }))).toBeCloseTo(10);
  });

  test('a group where none is in time has no such data point, and all of it is slow', () => {
    expect(valueOf(windowAlarm(template, 'FastLong'), ({ statistic }) => (statistic === 'SampleCount' ? 500 : undefined))).toBeCloseTo(100);
  });

  test('no traffic burns nothing', () => {
    expect(valueOf(windowAlarm(template, 'FastLong'), () => undefined)).toBe(0);
  });
});

describe('Notifications', () => {
  test('only the composite alarms have actions: the page by both windows of either burn rate, the ticket by those of the slowest [A-22, D-12]', () => {
    const { template } = alarms(AVAILABLE);
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).forEach(({ Properties }) => expect(Properties.AlarmActions).toBeUndefined());
    const rules = Object.fromEntries(Object.entries(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(([id, { Properties }]) => [
      id.slice(0, -8), (Properties.AlarmRule['Fn::Join'][1] as Array<string | { 'Fn::GetAtt': [string] }>).map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt'][0].slice(9, -8))).join(''),
    ]));
    expect(rules).toEqual({
      ObjectivePage: '((ALARM("FastLong") AND ALARM("FastShort")) OR (ALARM("SlowLong") AND ALARM("SlowShort")))',
      ObjectiveTicket: '((ALARM("LastingLong") AND ALARM("LastingShort")))',
    });
  });

  test('a page goes to the critical topic with its end, a ticket to that of warnings, where mail closes nothing', () => {
    const { stack, alarms: { page, ticket }, template } = alarms(AVAILABLE);
    const routing = stack.node.findChild('Alerts') as AlertRouting;
    [[page, Severity.CRITICAL], [ticket, Severity.WARNING]].forEach(([alarm, severity]) => {
      const topic = stack.resolve(routing.topicFor(severity as Severity).topicArn) as unknown;
      const { Properties } = template.findResources('AWS::CloudWatch::CompositeAlarm')[stack.getLogicalId((alarm as CompositeAlarm).node.defaultChild as CfnCompositeAlarm)];
      expect([Properties.AlarmActions, Properties.OKActions]).toEqual([[topic], severity === Severity.CRITICAL ? [topic] : undefined]);
    });
  });

  test('the description has the objective, the first step and the runbook [A-23]', () => {
    const { template } = alarms(AVAILABLE);
    const [page, ticket] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(({ Properties }) => Properties.AlarmDescription as string);
    expect(page).toContain('99.9 % of requests in 30 days without an error');
    expect(page).toContain('roll the release back');
    expect(page).toContain('https://runbooks.example.com/objective-burn-page.md');
    expect(ticket).toContain('https://runbooks.example.com/objective-burn-ticket.md');
  });

  test('an objective that can\'t be missed 14.4 times too fast has no alarm of that burn rate', () => {
    const { template } = alarms(ServiceObjective.availability(93));
    const ids = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map((id) => id.slice(9, -8));
    expect(ids.sort()).toEqual(['LastingLong', 'LastingShort', 'SlowLong', 'SlowShort']);
    expect(burning(template, 'SlowLong', { made: 100 })).toBe(true);
  });

  test('nothing is left to acknowledge', () => {
    const { stack } = alarms(AVAILABLE.recorded());
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('The record in Application Signals', () => {
  test('exists only for recorded objectives', () => {
    alarms(AVAILABLE).template.resourceCountIs('AWS::ApplicationSignals::ServiceLevelObjective', 0);
  });

  test('divides the same counts over 30 days, with burn rates over the windows of the alarms', () => {
    const { template } = alarms(AVAILABLE.recorded({ warnAt: 30 }));
    const [{ Properties }] = Object.values(template.findResources('AWS::ApplicationSignals::ServiceLevelObjective'));
    expect(Properties.Goal).toEqual({ AttainmentGoal: 99.9, WarningThreshold: 30, Interval: { RollingInterval: { Duration: 30, DurationUnit: 'DAY' } } });
    expect(Properties.BurnRateConfigurations.map(({ LookBackWindowMinutes }: any) => LookBackWindowMinutes)).toEqual([5, 60, 30, 360, 4320]);
    const { TotalRequestCountMetric: total, MonitoredRequestCountMetric: { BadCountMetric: bad } } = Properties.RequestBasedSli.RequestBasedSliMetric;
    expect(total[0]).toEqual({ Id: 'all', Expression: 'FILL(answered0,0)+FILL(answered1,0)+FILL(made,0)', ReturnData: true });
    expect(bad[0]).toEqual({ Id: 'failed', Expression: 'FILL(errors0,0)+FILL(errors1,0)+FILL(made,0)', ReturnData: true });
    expect(bad.slice(1).map(({ MetricStat }: any) => [MetricStat.Metric.MetricName, MetricStat.Stat, MetricStat.Period])).toEqual([
      ['HTTPCode_ELB_5XX_Count', 'Sum', 60], ['HTTPCode_Target_5XX_Count', 'Sum', 60], ['HTTPCode_Target_5XX_Count', 'Sum', 60],
    ]);
  });

  test('excludes maintenance windows with a reason', () => {
    const { template } = alarms(AVAILABLE.recorded({ exclusions: [ObjectiveExclusion.of({ reason: 'The weekly maintenance of the shop', duration: Duration.hours(1), recurrence: 'cron(0 2 ? * SUN *)' })] }));
    template.hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      ExclusionWindows: [{ Reason: 'The weekly maintenance of the shop', Window: { Duration: 60, DurationUnit: 'MINUTE' }, RecurrenceRule: { Expression: 'cron(0 2 ? * SUN *)' } }],
    });
  });

  test('has a unique name in characters that Application Signals accepts', () => {
    const stack = testStack();
    const routing = mailRouting(stack);
    ['Availability', 'Latency'].forEach((id) => new BurnRateAlarms(stack, id, { objective: AVAILABLE.recorded(), service: service(stack), alertRouting: routing, runbooks: RUNBOOKS }));
    const names = Object.values(templateOf(stack).findResources('AWS::ApplicationSignals::ServiceLevelObjective')).map(({ Properties }) => Properties.Name as string);
    expect(new Set(names).size).toBe(2);
    names.forEach((name) => expect(name).toMatch(/^[0-9A-Za-z][-._0-9A-Za-z ]{0,126}[0-9A-Za-z]$/));
  });
});

describe('A PropError', () => {
  const refused = (objective: ServiceObjective, signals: Partial<ServiceSignals> = {}) => refusal(() => alarms(objective, signals));

  test.each([100, 120, 89.9, 0, NaN])('refuses an objective of %d %%', (percent) => {
    expect(refused(ServiceObjective.availability(percent))).toMatch(/^BurnRateAlarms 'Test\/Objective': objective\.percent is .*, expected 90 to below 100, because 100 leaves no error budget\. Use 99\.9/);
  });

  test.each([90, 99.99])('does not refuse an objective of %d %%', (percent) => {
    expect(() => alarms(ServiceObjective.availability(percent))).not.toThrow();
  });

  test.each([0, 2.5, -1])('refuses minFailures of %d', (minFailures) => {
    expect(refused(ServiceObjective.availability(99.9, { minFailures }))).toContain('objective.minFailures is');
  });

  test('refuses a threshold of 0 and one of a day', () => {
    expect(refused(ServiceObjective.latency(99, Duration.millis(0)))).toContain('objective.threshold is "0 ms"');
    expect(refused(ServiceObjective.latency(99, Duration.days(1)))).toContain('expected above 0, up to 1 hour');
  });

  test('refuses a record that warns at 0, or excludes without a reason or by the second', () => {
    const excluded = (reason: string, duration: Duration) => ObjectiveExclusion.of({ reason, duration });
    expect(refused(AVAILABLE.recorded({ warnAt: 0 }))).toContain('objective.warnAt is 0');
    expect(refused(AVAILABLE.recorded({ exclusions: [excluded('why', Duration.hours(1))] }))).toContain('objective.exclusions[0].reason');
    expect(refused(AVAILABLE.recorded({ exclusions: [excluded('The weekly maintenance', Duration.seconds(90))] }))).toContain('objective.exclusions[0].duration is 1.5');
    expect(refused(AVAILABLE.recorded({ exclusions: Array(11).fill(excluded('The weekly maintenance', Duration.hours(1))) }))).toContain('at most 10');
  });

  test('refuses more target groups than an alarm can read', () => {
    expect(refused(AVAILABLE, { targetGroupFullNames: Array.from({ length: 5 }, (_, index) => `targetgroup/${index}/1`) })).toContain('at most 4 target groups');
  });

  test('does not refuse a token, with which CloudWatch computes', () => {
    const { template } = alarms(ServiceObjective.availability(Lazy.number({ produce: () => 99.5 })));
    expect(valueOf(windowAlarm(template, 'FastLong'), traffic({ blue: [1000, 10] }))).toBeCloseTo(2);
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', { AlarmDescription: Match.stringLikeRegexp(' 99.5 % of requests ') });
  });
});
