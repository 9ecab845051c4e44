import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmOverride, DisabledAlarm, EnvironmentProfile, GoldenSignalAlarms, type GoldenSignalAlarmsProps, ProductionWebService, Rollout, Route, Runbooks, ServiceImage, ServiceObjective, ServiceScaling, Severity } from '../../src';
import { brokenRules } from '../deploy-rules/deploy-rules';
import { watchedDatabase } from '../fixtures/monitored-sources';
import { alarmsNamed, mailRouting } from '../fixtures/signals';
import { refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { type ServiceFixture, serviceFixture } from '../fixtures/web-service';

interface Watched extends ServiceFixture { readonly signals: GoldenSignalAlarms }

/** A service, and its alarms in the same stack. */
function watched(props: Partial<GoldenSignalAlarmsProps> = {}, service: Parameters<typeof serviceFixture>[0] = {}): Watched {
  const fixture = serviceFixture(service);
  return { ...fixture, signals: new GoldenSignalAlarms(fixture.stack, 'Signals', { services: [fixture.web], alertRouting: mailRouting(fixture.stack), ...props }) };
}

/** What a template says of an alarm in the words of the documents' tables. */
function row(template: Template, id: string): string {
  const [{ properties }, ...others] = alarmsNamed(template, id);
  expect(others).toEqual([]);
  const period = properties.Period ?? Math.max(...properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Period: number } }) => MetricStat?.Period ?? []));
  const limit = properties.Threshold ?? /ANOMALY_DETECTION_BAND\(m0, (.*)\)/.exec(properties.Metrics[0].Expression)![1];
  return `${properties.ComparisonOperator} ${limit}, ${properties.DatapointsToAlarm} of ${properties.EvaluationPeriods} times ${period / 60} min`;
}

/** Topics that an alarm notifies by itself. What is critical notifies by the incident of its source. */
function topicsOf(template: Template, id: string): string[] {
  const [{ properties }] = alarmsNamed(template, id);
  return (properties.AlarmActions ?? []).map(({ Ref }: { Ref: string }) => Ref.replace(/^AlertsTopics(\w+?)[0-9A-F]{8}$/, '$1'));
}

describe('The alarms of a service', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(watched().stack);
  });

  test.each([
    ['response times above 2 s [A-17, A-21, A-37, D-08]', 'service-latency-p90-warning', 'GreaterThanThreshold 2, 1 of 1 times 5 min'],
    ['response times of one in twenty above 2 s', 'service-latency-p95-warning', 'GreaterThanThreshold 2, 2 of 3 times 5 min'],
    ['more than 10 errors [A-21]', 'service-errors-many-critical', 'GreaterThanThreshold 10, 1 of 6 times 5 min'],
    ['more than 1 % of errors [A-13, B-12]', 'service-error-rate-error', 'GreaterThanOrEqualToThreshold 5, 1 of 2 times 5 min'],
    ['many client errors', 'service-client-errors-warning', 'GreaterThanOrEqualToThreshold 20, 2 of 3 times 5 min'],
    ['more than 5 errors on average [D-08]', 'service-errors-sustained-critical', 'GreaterThanThreshold 5, 1 of 1 times 10 min'],
    ['errors of the load balancer itself [A-21]', 'load-balancer-errors-critical', 'GreaterThanThreshold 10, 1 of 6 times 5 min'],
    ['fewer than one healthy task [A-21, B-12, D-08]', 'service-healthy-tasks-critical', 'LessThanThreshold 1, 3 of 7 times 1 min'],
    ['no task at all [A-21]', 'service-tasks-missing-critical', 'LessThanThreshold 1, 5 of 10 times 1 min'],
    ['failing health checks [C-14, E-09]', 'service-unhealthy-tasks-error', 'GreaterThanThreshold 0, 3 of 7 times 1 min'],
    ['fewer tasks than desired', 'service-tasks-lacking-warning', 'GreaterThanThreshold 0, 15 of 19 times 1 min'],
    ['CPU 15 % above what scaling aims at [A-17, B-12, C-14]', 'service-cpu-warning', 'GreaterThanThreshold 85, 15 of 19 times 1 min'],
    ['all of the CPU [E-09]', 'service-cpu-error', 'GreaterThanThreshold 95, 15 of 19 times 1 min'],
    ['memory 15 % above what scaling aims at [A-17, B-12, C-14, E-09]', 'service-memory-warning', 'GreaterThanThreshold 95, 15 of 19 times 1 min'],
    ['as many tasks as scaling may give [A-17]', 'service-tasks-at-maximum-warning', 'GreaterThanOrEqualToThreshold 8, 3 of 3 times 5 min'],
    ['less traffic than usual [A-17]', 'service-traffic-drop-warning', 'LessThanLowerThreshold 4, 3 of 3 times 5 min'],
    ['more traffic than usual [A-17]', 'service-traffic-surge-warning', 'GreaterThanUpperThreshold 4, 3 of 3 times 5 min'],
    ['errors in the log [C-14, E-09]', 'service-log-errors-warning', 'GreaterThanThreshold 10, 1 of 1 times 5 min'],
  ])('%s', (_, id, expected) => {
    expect(row(template, id)).toBe(expected);
    // each severity has its topic. Mail closes nothing, so that the end is not told.
    const severity = id.split('-').pop()!;
    expect(topicsOf(template, id)).toEqual(severity === 'critical' ? [] : [severity]);
    expect(alarmsNamed(template, id)[0].properties.OKActions).toBeUndefined();
    expect(alarmsNamed(template, id)[0].properties.TreatMissingData).toBe('notBreaching');
  });

  test('are these and no others, because p50 and p99 have no documented threshold [A-17]', () => {
    const own = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).filter((id) => id.startsWith('Signals'));
    expect(own).toHaveLength(21);
    expect(own.filter((id) => /latencyp(50|99)/.test(id))).toEqual([]);
  });

  test('describe what happened, the first step, the runbook and the time to answer [A-23]', () => {
    expect(alarmsNamed(template, 'service-errors-many-critical')[0].properties.AlarmDescription).toBe(
      'Test/Web answers many requests with an error: above 10 errors beyond the budget in 1 of 6 periods of 5 minutes. If a release was made within the last hour, roll back to the one before; else group the errors in the log. '
      + 'Runbook: https://github.com/org/prod-constructs/blob/main/docs/runbooks/service-errors-many.md Critical: answered within 5 minutes, escalated after 15.');
    expect(alarmsNamed(template, 'service-error-rate-error')[0].properties.AlarmDescription).toContain('at or above 5 errors beyond 1 % in 1 of 2 periods of 5 minutes');
    expect(alarmsNamed(template, 'load-balancer-errors-critical')[0].properties.AlarmDescription).toMatch(/^Test\/Web\/LoadBalancer answers requests with errors of the load balancer/);
  });

  test('roll a deployment back where they are critical and don\'t refer to the service itself [A-13]', () => {
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    const joined: string[] = service.Properties.DeploymentConfiguration.Alarms.AlarmNames.slice(11);
    expect(joined).toEqual(['healthytasks'].map((key) => expect.stringMatching(new RegExp(`^test-signals-web-service${key}critical-[0-9a-f]{8}$`))));
    const named = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([, { Properties }]) => Properties.AlarmName !== undefined);
    expect(named.map(([, { Properties }]) => Properties.AlarmName).filter((name) => name.includes('signals')).sort()).toEqual([...joined].sort());
    // They have to exist when ECS first asks for them.
    named.forEach(([id]) => expect(service.DependsOn).toContain(id));
    expect(JSON.stringify(named.map(([, { Properties }]) => Properties.Metrics))).not.toContain('ServiceName');
  });

  test('count each error in the log once, in JSON by its level, in plain text by its word [C-14, E-09, A-15]', () => {
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties);
    expect(new Set(filters.map(({ MetricTransformations: [{ MetricName }] }) => MetricName)).size).toBe(1);
    const [json, text] = filters.map(({ FilterPattern }) => FilterPattern as string);
    ['error', 'ERROR', 'fatal'].forEach((level) => expect(json).toContain(`($.level = "${level}")`));
    const pattern = new RegExp(text.slice(1, -1));
    expect(['ERROR no connection', '2026-11-20 12:00:00 FATAL gone', 'ERROR {"a":1}'].map((line) => pattern.test(line))).toEqual([true, true, true]);
    expect(['{"level":"ERROR","message":"no"}', 'all is well', 'no errors'].map((line) => pattern.test(line))).toEqual([false, false, false]);
    // CloudWatch Logs has no groups, and none of these characters.
    expect(text).not.toMatch(/[()!"'\\<>&]/);
  });

  test('create no metric filters where there is no alarm', () => {
    const filters = (props: Partial<GoldenSignalAlarmsProps>) => Object.keys(templateOf(watched(props).stack).findResources('AWS::Logs::MetricFilter')).length;
    expect(filters({})).toBe(2);
    expect(filters({ disabledAlarms: [DisabledAlarm.of('service-log-errors', { reason: 'The vendor logs every retry as an error' })] })).toBe(0);
    expect(filters({ allAlarms: false })).toBe(0);
    expect(filters({ overrides: [AlarmOverride.of('service-log-errors', { errorThreshold: 20 })] })).toBe(2);
  });

  test('read at most ten metrics each, with descriptions of at most 1024 characters', () => {
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).forEach(({ Properties }) => {
      expect((Properties.Metrics ?? []).filter((query: { MetricStat?: unknown }) => query.MetricStat).length).toBeLessThanOrEqual(10);
      expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
    });
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('evaluate more minutes than have to breach where they fill gaps, because the newest minutes arrive late', () => {
    const filling = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties)
      .filter(({ Metrics = [], EvaluationPeriods }) => EvaluationPeriods > 1 && JSON.stringify(Metrics).includes('FILL(') && JSON.stringify(Metrics).includes('"Period":60'));
    expect(filling.length).toBeGreaterThan(4);
    filling.forEach(({ DatapointsToAlarm, EvaluationPeriods }) => expect(DatapointsToAlarm).toBeLessThan(EvaluationPeriods));
  });

  test('leave no finding of the four rule packs unacknowledged', () => {
    expect(unacknowledged(watched({ objectives: [ServiceObjective.availability(99.9)], disabledAlarms: [DisabledAlarm.of('service-cpu', { reason: 'This service computes, and that is its job' })] }).stack)).toEqual([]);
  });

  test('are found by key and source', () => {
    const { signals, web, stack } = watched();
    expect(signals.alarmFor('service-errors-many', web)).toBeInstanceOf(Object);
    expect(signals.alarmFor('service-cpu', web, Severity.ERROR)).not.toBe(signals.alarmFor('service-cpu', web, Severity.WARNING));
    expect(signals.alarms).toHaveLength(20);
    expect(signals.alarms).toContain<Alarm>(signals.alarmFor('load-balancer-errors', web.loadBalancer));
    expect(refusal(() => signals.alarmFor('service-cpu', web))).toMatch(/GoldenSignalAlarms 'Test\/Signals': severity is not given, expected one of Severity.WARNING, Severity.ERROR, .* Pass Severity.WARNING or Severity.ERROR/);
    expect(refusal(() => signals.alarmFor('service-latency-p50', web))).toMatch(/key is "service-latency-p50", expected one of service-latency-p90, service-latency-p95, service-traffic-drop, .* Use the key of an alarm that exists here/);
    expect(refusal(() => signals.alarmFor('service-cpu', stack))).toMatch(/source is "Test", expected a service, database or cache of this construct\. Pass one of them/);
  });

  test('come with a dashboard and saved queries unless dashboard is false [A-16, A-37, D-09]', () => {
    const { stack, signals } = watched();
    const ofSignals = templateOf(stack);
    expect(signals.dashboard).toBeDefined();
    ofSignals.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    expect(Object.keys(ofSignals.findResources('AWS::Logs::QueryDefinition')).length).toBeGreaterThan(3);
    const without = watched({ dashboard: false });
    expect(without.signals.dashboard).toBeUndefined();
    templateOf(without.stack).resourceCountIs('AWS::Logs::QueryDefinition', 0);
    expect(watched({ profile: EnvironmentProfile.development() }).signals.dashboard).toBeUndefined();
  });

  test('come with deployment events unless deploymentEvents is false [C-16]', () => {
    const rules = (deploymentEvents?: boolean) => Object.keys(templateOf(watched({ deploymentEvents, dashboard: false }).stack).findResources('AWS::Events::Rule')).length;
    expect([rules(), rules(false)]).toEqual([9, 2]);
  });

  test('include burn-rate alarms for each objective and service [D-12]', () => {
    const { stack, signals } = watched({ objectives: [ServiceObjective.availability(99.9), ServiceObjective.latency(99, Duration.millis(500))] });
    expect(signals.burnRateAlarms).toHaveLength(2);
    // And the incident of the service.
    templateOf(stack).resourceCountIs('AWS::CloudWatch::CompositeAlarm', 5);
  });
});

describe('The set of alarms', () => {
  test('has no alarm on the maximum of tasks where a service doesn\'t scale', () => {
    const { stack } = watched({}, { scaling: ServiceScaling.targetTracking({ minTasks: 3, maxTasks: 3 }) });
    expect(alarmsNamed(templateOf(stack), 'service-tasks-at-maximum-warning')).toEqual([]);
  });

  test('waits for tasks that start slowly before it reports them as unhealthy', () => {
    const { stack, web } = serviceFixture({ startupTime: Duration.minutes(10) });
    new GoldenSignalAlarms(stack, 'Signals', { services: [web], alertRouting: mailRouting(stack) });
    expect(row(templateOf(stack), 'service-unhealthy-tasks-error')).toBe('GreaterThanThreshold 0, 12 of 16 times 1 min');
  });

  test('is the small one in development, and the full one with allAlarms [E-09]', () => {
    const inDevelopment = (allAlarms?: boolean) => watched({ profile: EnvironmentProfile.development(), allAlarms }).signals.alarms.map(({ node }) => node.scope!.node.id);
    expect(inDevelopment()).toEqual([
      'service-errors-many-critical', 'service-healthy-tasks-critical', 'service-tasks-missing-critical', 'service-unhealthy-tasks-error', 'load-balancer-certificate-warning', 'load-balancer-certificate-error',
      'load-balancer-errors-critical',
    ]);
    expect(inDevelopment(true)).toHaveLength(20);
    expect(watched({ profile: EnvironmentProfile.staging() }).signals.alarms).toHaveLength(20);
    expect(watched({ allAlarms: false }).signals.alarms).toHaveLength(7);
  });

  test('has one alarm for a load balancer that services share, and the others for each service', () => {
    const { stack, images, network, web: { loadBalancer } } = serviceFixture();
    const [api, shop] = ['api', 'shop'].map((name) => new ProductionWebService(stack, name, {
      network, loadBalancer, image: ServiceImage.fromRepository(images, { tag: '1' }), route: Route.path(`/${name}/*`),
    }));
    const signals = new GoldenSignalAlarms(stack, 'Signals', { services: [api, shop], alertRouting: mailRouting(stack) });
    const template = templateOf(stack);
    expect(alarmsNamed(template, 'load-balancer-errors-critical')).toHaveLength(1);
    expect(alarmsNamed(template, 'service-errors-many-critical')).toHaveLength(2);
    expect(signals.alarmFor('service-errors-many', api)).not.toBe(signals.alarmFor('service-errors-many', shop));
    const joined = Object.values(template.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties.DeploymentConfiguration.Alarms.AlarmNames.filter((name: string) => name.includes('signals')));
    expect(joined.filter(([name]) => name?.includes('signals-api')).flat().join()).not.toContain('signals-shop');
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('rolls back a service that CodeDeploy deploys, too [A-13]', () => {
    const { stack } = watched({}, { rollout: Rollout.codeDeploy() });
    const [group] = Object.values(templateOf(stack).findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(group.Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: string }) => Name).filter((name: string) => name.includes('signals'))).toHaveLength(1);
  });

  test('rolls nothing back with rollBackOnCritical: false, and then no alarm has a name [A-13]', () => {
    const template = templateOf(watched({ rollBackOnCritical: false }).stack);
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(service.Properties.DeploymentConfiguration.Alarms.AlarmNames).toHaveLength(11);
    expect(alarmsNamed(template, 'service-healthy-tasks-critical')[0].properties.AlarmName).toBeUndefined();
  });
});

describe('Overrides and disabled alarms', () => {
  test('change thresholds and windows, of all sources or of one', () => {
    const { stack, web, network, images } = serviceFixture();
    const other = new ProductionWebService(stack, 'Other', { network, loadBalancer: web.loadBalancer, route: Route.path('/other/*'), image: ServiceImage.fromRepository(images, { tag: '1' }) });
    new GoldenSignalAlarms(stack, 'Signals', {
      services: [web, other],
      alertRouting: mailRouting(stack),
      runbooks: Runbooks.at('https://wiki.example.com/ops/'),
      overrides: [
        AlarmOverride.of('service-cpu', { warningThreshold: 85, errorThreshold: 95 }),
        AlarmOverride.of('Other/service-cpu', { errorThreshold: 99, period: Duration.minutes(1), evaluationPeriods: 15, datapointsToAlarm: 10 }),
        AlarmOverride.of('service-latency-p99', { errorThreshold: 5 }),
        AlarmOverride.of('service-errors-sustained', { period: Duration.minutes(20) }),
        AlarmOverride.of('Test/Web/service-traffic-drop', { warningThreshold: 5 }),
      ],
      disabledAlarms: [DisabledAlarm.of('Other/service-memory', { reason: 'It fills its memory with a cache on purpose' })],
    });
    const template = templateOf(stack);
    const of = (id: string, source: string) => alarmsNamed(template, id).find((alarm) => alarm.id.startsWith(`Signals${source}`))?.properties;
    expect(of('service-cpu-warning', 'Web')).toMatchObject({ Threshold: 85, EvaluationPeriods: 19 });
    expect(of('service-cpu-error', 'Web')).toMatchObject({ Threshold: 95 });
    expect(of('service-cpu-warning', 'Other')).toMatchObject({ Threshold: 85, EvaluationPeriods: 15, DatapointsToAlarm: 10 });
    expect(of('service-cpu-error', 'Other')).toMatchObject({ Threshold: 99 });
    expect(JSON.stringify(of('service-cpu-error', 'Other'))).toContain('"Period":60');
    expect(of('service-latency-p99-error', 'Other')).toMatchObject({ Threshold: 5, AlarmDescription: expect.stringContaining('Runbook: https://wiki.example.com/ops/service-latency-p99.md Error') });
    expect(of('service-memory-warning', 'Web')).toBeDefined();
    expect(of('service-memory-warning', 'Other')).toBeUndefined();
    expect(of('service-errors-sustained-critical', 'Web')!.Metrics[0].Expression).toMatch(/\/20$/);
    expect(of('service-traffic-drop-warning', 'Web')!.Metrics[0].Expression).toBe('ANOMALY_DETECTION_BAND(m0, 5)');
    expect(of('service-traffic-drop-warning', 'Other')!.Metrics[0].Expression).toBe('ANOMALY_DETECTION_BAND(m0, 4)');
  });

  test('evaluate four minutes more than have to breach where gaps are filled, unless datapointsToAlarm is set', () => {
    const { stack } = watched({
      overrides: [
        AlarmOverride.of('service-tasks-lacking', { evaluationPeriods: 10 }),
        AlarmOverride.of('service-healthy-tasks', { evaluationPeriods: 8, datapointsToAlarm: 4 }),
        AlarmOverride.of('service-unhealthy-tasks', { evaluationPeriods: 4, period: Duration.minutes(5) }),
        AlarmOverride.of('service-errors-many', { evaluationPeriods: 6, period: Duration.minutes(1) }),
        AlarmOverride.of('service-cpu', { evaluationPeriods: 3, period: Duration.minutes(1) }),
      ],
    });
    const template = templateOf(stack);
    expect(row(template, 'service-tasks-lacking-warning')).toMatch(/ 6 of 10 times 1 min$/);
    expect(row(template, 'service-healthy-tasks-critical')).toMatch(/ 4 of 8 times 1 min$/);
    expect(row(template, 'service-unhealthy-tasks-error')).toMatch(/ 4 of 4 times 5 min$/);
    expect(row(template, 'service-errors-many-critical')).toMatch(/ 2 of 6 times 1 min$/);
    expect(row(template, 'service-cpu-warning')).toMatch(/ 3 of 3 times 1 min$/);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('combine the window of all sources and the threshold of one', () => {
    const { signals } = watched({ overrides: [AlarmOverride.of('service-latency-p99', { evaluationPeriods: 3 }), AlarmOverride.of('Web/service-latency-p99', { errorThreshold: 5 })] });
    expect(signals.alarms).toHaveLength(21);
  });

  test('disable alarms with a reason, which synthesis shows', () => {
    const { signals } = watched({ disabledAlarms: [DisabledAlarm.of('service-cpu', { reason: 'This service computes, and that is its job' })] });
    expect(signals.alarms).toHaveLength(18);
    expect(signals.node.metadata.map(({ data }) => data)).toContain('No alarm service-cpu: This service computes, and that is its job');
  });

  test('roll deployments back by a critical threshold of the caller, unless the alarm refers to the service itself [A-13]', () => {
    const { stack } = watched({ overrides: [AlarmOverride.of('service-latency-p90', { criticalThreshold: 10 }), AlarmOverride.of('service-memory', { criticalThreshold: 95 })] });
    const [service] = Object.values(templateOf(stack).findResources('AWS::ECS::Service'));
    const names: string[] = service.Properties.DeploymentConfiguration.Alarms.AlarmNames;
    expect(names.filter((name) => name.includes('latencyp90critical'))).toHaveLength(1);
    expect(names.filter((name) => name.includes('memory'))).toEqual([]);
  });

  test.each<[string, Partial<GoldenSignalAlarmsProps>, RegExp]>([
    ['a key that nothing has', { overrides: [AlarmOverride.of('service-cpus', { warningThreshold: 1 })] },
      /^GoldenSignalAlarms 'Test\/Signals': overrides is "service-cpus", expected load-balancer-certificate, load-balancer-errors, service-client-errors, service-cpu, .*service-unhealthy-tasks, or one of them for a single source \('Web\/service-latency-p50'\)\. Use the key of an alarm that exists here\./],
    ['a key of another source, and names those that have it', { disabledAlarms: [DisabledAlarm.of('Wbe/service-cpu', { reason: 'There is a shop, is there not?' })] }, /disabledAlarms is "Wbe\/service-cpu", expected service-cpu of Test\/Web\. [A-Z]/],
    ['a window of what has no limit', { overrides: [AlarmOverride.of('service-latency-p50', { period: Duration.minutes(10), evaluationPeriods: 2 })] },
      /overrides\['service-latency-p50'\] sets period, evaluationPeriods but no threshold, .*Add warningThreshold, errorThreshold or criticalThreshold, in s\.$/],
    ['more than all, in percent', { overrides: [AlarmOverride.of('service-cpu', { errorThreshold: 150 })] }, /errorThreshold is 150, expected a number of % from 0 to below 100\. Give a threshold that the metric can cross/],
    ['above all, in percent', { overrides: [AlarmOverride.of('service-cpu', { criticalThreshold: 100 })] }, /criticalThreshold is 100, expected a number of % from 0 to below 100/],
    ['fewer than none', { overrides: [AlarmOverride.of('service-errors-many', { criticalThreshold: -1 })] }, /criticalThreshold is -1, expected a number of errors beyond the budget not below 0/],
    ['fewer than no healthy task', { overrides: [AlarmOverride.of('service-healthy-tasks', { criticalThreshold: 0 })] }, /criticalThreshold is 0, expected a number of healthy tasks above 0/],
    ['each of the minutes whose gaps are filled', { overrides: [AlarmOverride.of('service-tasks-lacking', { evaluationPeriods: 10, datapointsToAlarm: 10 })] },
      /overrides\['service-tasks-lacking'\]\.datapointsToAlarm is 10, expected 1 to 6 of the 10 evaluated periods; up to 4 minutes arrive late and count as good\./],
    ['each of the documented minutes whose gaps are filled', { overrides: [AlarmOverride.of('service-healthy-tasks', { datapointsToAlarm: 5 })] }, /datapointsToAlarm is 5, expected 1 to 3 of the 7 evaluated periods/],
    ['a single minute whose gap is filled', { overrides: [AlarmOverride.of('service-error-rate', { period: Duration.minutes(1) })] }, /overrides\['service-error-rate'\]\.evaluationPeriods must be set with this period: the documented 2 is not 5 to 1440 periods of 60 s .*; up to 4 minutes arrive late/],
    ['a band minute by minute, in each of them', { overrides: [AlarmOverride.of('service-traffic-surge', { period: Duration.minutes(1), evaluationPeriods: 6, datapointsToAlarm: 3 })] }, /service-traffic-surge'\]\.datapointsToAlarm is 3, expected 1 to 2 of the 6 evaluated periods/],
    ['a key of a database where none is watched', { overrides: [AlarmOverride.of('database-cpu', { warningThreshold: 1 })] }, /overrides is "database-cpu"/],
    ['a warning above the error', { overrides: [AlarmOverride.of('service-cpu', { warningThreshold: 97 })] }, /overrides\['service-cpu'\]\.warningThreshold is 97, expected at most 95 %, the error threshold\. Set warningThreshold and errorThreshold together/],
    ['an error below the documented warning, and shows the value that the caller wrote', { overrides: [AlarmOverride.of('service-cpu', { errorThreshold: 60 })] }, /overrides\['service-cpu'\]\.errorThreshold is 60, expected at least 85 %, the warning threshold\./],
    ['a warning above the critical limit, with nothing between', { overrides: [AlarmOverride.of('service-errors-many', { warningThreshold: 11 })] }, /warningThreshold is 11, expected at most 10 errors beyond the budget, the critical threshold/],
    ['a warning below the critical limit where less is worse', { overrides: [AlarmOverride.of('service-healthy-tasks', { warningThreshold: 0.5 })] }, /warningThreshold is 0.5, expected at least 1 healthy tasks, the critical threshold/],
    ['a limit that is no number', { overrides: [AlarmOverride.of('service-cpu', { warningThreshold: NaN })] }, /warningThreshold is "NaN", expected a number of %/],
    ['a band without a width', { overrides: [AlarmOverride.of('service-traffic-drop', { warningThreshold: 0 })] }, /warningThreshold is 0, expected a number of standard deviations above 0/],
    ['less than usual minute by minute', { overrides: [AlarmOverride.of('service-traffic-drop', { period: Duration.minutes(1), evaluationPeriods: 15 })] }, /service-traffic-drop'\]\.period is "60 s", expected 4 minutes or more, because minutes that arrive late count as without requests/],
    ['a period of seconds', { overrides: [AlarmOverride.of('service-cpu', { period: Duration.seconds(30) })] }, /overrides\['service-cpu'\]\.period is "30 s", expected whole minutes up to 7 days/],
    ['a period of minutes and a half', { overrides: [AlarmOverride.of('service-cpu', { period: Duration.seconds(90) })] }, /period is "90 s"/],
    ['more than a day of short periods', { overrides: [AlarmOverride.of('service-cpu', { evaluationPeriods: 1441 })] }, /overrides\['service-cpu'\]\.evaluationPeriods is 1441, expected 1 to 1440 periods of 60 s in one day/],
    ['more than a week of long periods', { overrides: [AlarmOverride.of('service-cpu', { period: Duration.hours(1), evaluationPeriods: 169 })] }, /evaluationPeriods is 169, expected 1 to 168 periods of 3600 s in 7 days/],
    ['more bad periods than are looked at', { overrides: [AlarmOverride.of('service-cpu', { datapointsToAlarm: 20 })] }, /overrides\['service-cpu'\]\.datapointsToAlarm is 20, expected 1 to 19 of the 19 evaluated periods/],
    ['to change what is left out', { overrides: [AlarmOverride.of('service-cpu', { warningThreshold: 60 })], disabledAlarms: [DisabledAlarm.of('service-cpu', { reason: 'Nobody looks at it anyway' })] }, /overrides\['service-cpu'\] changes an alarm that disabledAlarms\['service-cpu'\] disables\. Remove one of the two/],
    ['an override of nothing', { overrides: [AlarmOverride.of('service-cpu')] }, /overrides\['service-cpu'\] changes nothing\. Set a threshold or a window, or remove it\./],
    ['a key that is overridden twice', { overrides: [AlarmOverride.of('service-cpu', { warningThreshold: 60 }), AlarmOverride.of('service-cpu', { errorThreshold: 90 })] }, /overrides\['service-cpu'\] is listed twice\. Merge the two into one/],
    ['a key that is disabled twice', { disabledAlarms: ['Nobody looks at it', 'This service computes'].map((reason) => DisabledAlarm.of('service-cpu', { reason })) }, /disabledAlarms\['service-cpu'\] is listed twice/],
    ['a key named like a member of Object.prototype', { overrides: [AlarmOverride.of('constructor', { warningThreshold: 60 })] }, /overrides is "constructor", expected load-balancer-certificate, load-balancer-errors/],
    ['to leave out without a reason', { disabledAlarms: [DisabledAlarm.of('service-cpu', { reason: 'no' })] }, /disabledAlarms\['service-cpu'\]\.reason is "no"/],
    ['pages where nobody finds them', { runbooks: Runbooks.at('wiki') }, /runbooks is "wiki"/],
    ['pages whose address fills the description', { runbooks: Runbooks.at(`https://wiki.example.com/${'a'.repeat(900)}`) }, /runbooks is .*expected an address that fits into the 1024 characters/],
    ['objectives that no service promises', { services: [], databases: [watchedDatabase(testStack(), 'Orders')], objectives: [ServiceObjective.availability(99.9)] },
      /GoldenSignalAlarms 'Test\/Signals': objectives need services: .*Name the services in services/],
    ['nothing to watch', { services: [] }, /services is \[\], expected at least one service, database or cache/],
  ])('refuse %s', (_, props, message) => {
    expect(refusal(() => watched(props))).toMatch(message);
  });

  test('refuse a source that is listed twice', () => {
    const { stack, web } = serviceFixture();
    expect(refusal(() => new GoldenSignalAlarms(stack, 'Signals', { services: [web, web], alertRouting: mailRouting(stack) }))).toMatch(/is "Test\/Web", expected each source once/);
  });

  test('override all sources where the alarm of one is disabled, not the other way round', () => {
    const reason = { reason: 'It is allowed to be slow, nobody waits' };
    expect(watched({ overrides: [AlarmOverride.of('service-cpu', { warningThreshold: 60 })], disabledAlarms: [DisabledAlarm.of('Web/service-cpu', reason)] }).signals.alarms).toHaveLength(18);
    expect(refusal(() => watched({ overrides: [AlarmOverride.of('Web/service-cpu', { warningThreshold: 60 })], disabledAlarms: [DisabledAlarm.of('service-cpu', reason)] }))).toMatch(/overrides\['Web\/service-cpu'\] changes an alarm that disabledAlarms\['service-cpu'\] disables/);
  });
});
