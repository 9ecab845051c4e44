import { Duration, Lazy } from 'aws-cdk-lib';
import { Alarm, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DistinctCount, type DistinctCountProps, LogMetric, type LogMetricProps } from '../../../src';
import { refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';

const CREATED = FilterPattern.stringValue('$.event', '=', 'item.created');

/** A stack with an imported log group, so that nothing of the log group itself is found. */
function fixture() {
  const stack = testStack();
  return { stack, logGroup: LogGroup.fromLogGroupName(stack, 'Log', '/ecs/production/api') };
}

function filterOf(props: Partial<LogMetricProps>) {
  const { stack, logGroup } = fixture();
  new LogMetric(stack, 'ItemsCreated', { logGroup, pattern: CREATED, ...props });
  const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::Logs::MetricFilter'));
  return Properties;
}

describe('A LogMetric [A-18]', () => {
  test('counts events in the stack\'s namespace, and minutes without one are zero', () => {
    expect(filterOf({})).toEqual({
      LogGroupName: '/ecs/production/api',
      FilterPattern: '{ $.event = "item.created" }',
      MetricTransformations: [{ MetricNamespace: 'Test', MetricName: 'ItemsCreated', MetricValue: '1', DefaultValue: 0 }],
    });
  });

  test('has a metric with an hour\'s sum, which options change', () => {
    const { stack, logGroup } = fixture();
    const created = new LogMetric(stack, 'ItemsCreated', { logGroup, pattern: CREATED });
    expect(created.metric()).toMatchObject({ namespace: 'Test', metricName: 'ItemsCreated', statistic: 'Sum', period: Duration.hours(1), label: 'ItemsCreated' });
    expect(created.metric({ period: Duration.minutes(5), label: 'Items' })).toMatchObject({ statistic: 'Sum', period: Duration.minutes(5), label: 'Items' });
  });

  test('averages a measured field without a default value', () => {
    const { stack, logGroup } = fixture();
    const pattern = FilterPattern.all(FilterPattern.stringValue('$.event', '=', 'import.done'), FilterPattern.exists('$.duration'));
    const took = new LogMetric(stack, 'Import', { logGroup, pattern, value: '$.duration', unit: Unit.MILLISECONDS });
    expect(took.metric().statistic).toBe('Average');
    const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::Logs::MetricFilter'));
    expect(Properties.MetricTransformations).toEqual([{ MetricNamespace: 'Test', MetricName: 'Import', MetricValue: '$.duration', Unit: 'Milliseconds' }]);
  });

  test('has no default value with dimensions, because CloudWatch Logs refuses it', () => {
    const [transformation] = filterOf({ dimensions: { Tenant: '$.tenant' } }).MetricTransformations;
    expect(transformation).toEqual({ MetricNamespace: 'Test', MetricName: 'ItemsCreated', MetricValue: '1', Dimensions: [{ Key: 'Tenant', Value: '$.tenant' }] });
  });

  test('accepts dimensions that are named like members of Object.prototype', () => {
    const [transformation] = filterOf({ dimensions: { toString: '$.text', constructor: '$.class' } }).MetricTransformations;
    expect(transformation.Dimensions).toEqual([{ Key: 'constructor', Value: '$.class' }, { Key: 'toString', Value: '$.text' }]);
  });

  test('has a unique name in ASCII', () => {
    const { stack, logGroup } = fixture();
    const names = ['Shop', 'Büro'].map((id) => new LogMetric(new Construct(stack, id), 'ItemsCreated', { logGroup, pattern: CREATED }).metricName);
    expect(names).toEqual(['Shop/ItemsCreated', 'B-ro/ItemsCreated']);
  });

  test('works in an alarm', () => {
    const { stack, logGroup } = fixture();
    const duplicates = new LogMetric(stack, 'Duplicates', { logGroup, pattern: FilterPattern.stringValue('$.event', '=', 'item.duplicate') });
    new Alarm(stack, 'Many', { metric: duplicates.metric(), threshold: 10, evaluationPeriods: 1 });
    const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(Properties.Metrics).toMatchObject([{ MetricStat: { Metric: { Namespace: 'Test', MetricName: 'Duplicates' }, Period: 3600, Stat: 'Sum' } }]);
  });

  test('reads a log group of another stack', () => {
    const app = testApp();
    const logs = new LogGroup(testStack({ app, id: 'Logs' }), 'Log');
    const stack = testStack({ app });
    new LogMetric(stack, 'ItemsCreated', { logGroup: logs, pattern: CREATED });
    templateOf(stack).resourceCountIs('AWS::Logs::MetricFilter', 1);
  });

  test.each<[string, Partial<LogMetricProps>, RegExp]>([
    ['four dimensions', { dimensions: { A: '$.a', B: '$.b', C: '$.c', D: '$.d' } }, /dimensions is \["A","B","C","D"\], expected up to 3/],
    ['a default value beside dimensions', { dimensions: { A: '$.a' }, defaultValue: 0 }, /defaultValue is not supported with dimensions\. Remove it, and use FILL/],
    ['dimensions with a pattern on terms', { pattern: FilterPattern.anyTerm('ERROR'), dimensions: { A: '$.a' } }, /dimensions need a pattern for JSON or for columns/],
    ['a constant as a dimension', { dimensions: { Stage: 'production' } }, /dimensions\.Stage is "production", expected a field of the event/],
    ['a dimension without a name', { dimensions: { ':x': '$.a' } }, /dimensions is ":x"/],
    ['a value that the pattern does not name', { value: '$.duration' }, /value is "\$\.duration", expected a field that the pattern names\. [A-Z].*exists\('\$\.duration'\)/],
    ['a value of which the pattern only names a longer one', { pattern: FilterPattern.exists('$.durationTotal'), value: '$.duration' }, /value is "\$\.duration"/],
    ['a value without a dollar', { value: 'duration' }, /value is "duration", expected a number, or a field/],
    ['a namespace of AWS', { metricNamespace: 'AWS/Logs' }, /metricNamespace is "AWS\/Logs"/],
    ['a name with a colon', { metricName: 'a:b' }, /metricName is "a:b"/],
    ['an empty name', { metricName: '' }, /metricName is ""/],
    ['a pattern that is too long', { pattern: FilterPattern.literal('x'.repeat(1025)) }, /pattern is .*1025 characters.*up to 1024/],
  ])('%s is refused', (_what, props, message) => {
    expect(refusal(() => filterOf(props))).toMatch(message);
  });

  test('accepts columns without a dollar, numbers with a sign, and tokens', () => {
    expect(filterOf({ pattern: FilterPattern.spaceDelimited('time', 'size'), value: '$size' }).MetricTransformations[0].MetricValue).toBe('$size');
    expect(filterOf({ value: '-1.5' }).MetricTransformations[0].MetricValue).toBe('-1.5');
    expect(filterOf({ metricNamespace: Lazy.string({ produce: () => 'Later' }) }).MetricTransformations[0].MetricNamespace).toBe('Later');
  });
});

describe('A DistinctCount [A-18]', () => {
  function ruleOf(props: Partial<DistinctCountProps>) {
    const { stack, logGroup } = fixture();
    const users = new DistinctCount(stack, 'ActiveUsers', { logGroups: [logGroup], ...props });
    const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::CloudWatch::InsightRule'));
    return { users, stack, name: Properties.RuleName as string, body: JSON.parse(Properties.RuleBody), state: Properties.RuleState };
  }

  test('has an enabled rule that counts the users of events', () => {
    const { body, state } = ruleOf({});
    expect(state).toBe('ENABLED');
    expect(body).toEqual({
      Schema: { Name: 'CloudWatchLogRule', Version: 1 },
      LogGroupNames: ['/ecs/production/api'],
      LogFormat: 'JSON',
      Contribution: { Keys: ['$.user'], Filters: [{ Match: '$.user', IsPresent: true }] },
      AggregateOn: 'Count',
    });
  });

  test('has a metric of the rule with a period of an hour', () => {
    const { users, name } = ruleOf({});
    expect(users.metric()).toMatchObject({ expression: `INSIGHT_RULE_METRIC("${name}", "UniqueContributors")`, period: Duration.hours(1), label: 'ActiveUsers' });
  });

  test('supports conditions', () => {
    const { body } = ruleOf({ field: '$.session.id', where: { '$.event': ['login'] } });
    expect(body.Contribution).toEqual({ Keys: ['$.session.id'], Filters: [{ Match: '$.session.id', IsPresent: true }, { Match: '$.event', In: ['login'] }] });
  });

  test.each<[string, Partial<DistinctCountProps>, RegExp]>([
    ['no log group', { logGroups: [] }, /logGroups is 0, expected 1 to 20/],
    ['a field without its path', { field: 'user' }, /field is "user", expected a path .*Write '\$\.user'/],
    ['a condition on something else', { where: { level: ['info'] } }, /where is "level"/],
    ['a condition without values', { where: { '$.level': [] } }, /where\['\$\.level'\] is \[\], expected 1 to 10 values/],
    ['four conditions', { where: { '$.a': ['1'], '$.b': ['1'], '$.c': ['1'], '$.d': ['1'] } }, /where is .*up to 3 fields/],
  ])('%s is refused', (_what, props, message) => {
    expect(refusal(() => ruleOf(props))).toMatch(message);
  });

  test('leaves no finding, as a LogMetric does', () => {
    const { stack, logGroup } = fixture();
    new LogMetric(stack, 'ItemsCreated', { logGroup, pattern: CREATED });
    new DistinctCount(stack, 'ActiveUsers', { logGroups: [logGroup] });
    expect(unacknowledged(stack)).toEqual([]);
  });
});
