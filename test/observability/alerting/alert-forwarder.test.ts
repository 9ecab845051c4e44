import { routingWithForwarder } from '../../fixtures/monitored-sources';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { MetricStore } from '../../simulators/cloudwatch/metric-store';
import { Monitor } from '../../simulators/cloudwatch/monitor';
import { alarmsOf, type TemplateJson } from '../../simulators/cloudwatch/template-alarms';

const MINUTES = 60;
const FAILED_AT = 20;
/** Minutes that data may be late. */
const LATE = Array.from({ length: 11 }, (_, minutes) => minutes);

/** Minutes at whose end the alarm of a forwarder begins to fire, if the data arrive so many minutes late. */
function firings(late: number, observe: (queue: (minute: number) => void, lost: (minute: number) => void) => void): number[] {
  const stack = testStack();
  routingWithForwarder(stack);
  const alarms = alarmsOf(templateOf(stack).toJSON() as TemplateJson);
  expect(alarms.metricAlarms).toHaveLength(1);
  const store = new MetricStore(MINUTES);
  const [kept, lost] = ['ApproximateNumberOfMessagesVisible', 'DeadLetterErrors'].map((name) => {
    const { metric } = alarms.metricAlarms[0].queries.find((query) => query.metric?.name === name)!;
    return store.declare(metric!);
  });
  observe((minute) => kept.observe(minute, 1), (minute) => lost.happened(minute, 1));
  return new Monitor(alarms, store, { late }).watch(0, MINUTES).map(({ minute }) => minute);
}

describe('the alarm on a forwarder that fails', () => {
  test.each(LATE)('fires on a message that waits, if counts arrive %d minutes late', (late) => {
    const waiting = Array.from({ length: MINUTES - FAILED_AT }, (_, minute) => FAILED_AT + minute);
    expect(firings(late, (queue) => waiting.forEach(queue))).toEqual([FAILED_AT + late]);
  });

  test.each(LATE)('fires on one that could not even be kept, if counts arrive %d minutes late', (late) => {
    expect(firings(late, (_, lost) => lost(FAILED_AT))).toEqual([FAILED_AT + late]);
  });

  test('still sees what SQS counts up to 15 minutes late, as it does with a queue that was empty for long', () => {
    const stack = testStack();
    routingWithForwarder(stack);
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { EvaluationPeriods: 15, DatapointsToAlarm: 1, Threshold: 1, TreatMissingData: 'notBreaching' });
  });

  test('is calm while nothing fails', () => {
    expect(LATE.flatMap((late) => firings(late, () => undefined))).toEqual([]);
  });
});
