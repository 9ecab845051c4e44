import { chart, part } from '../../../src/delivery/asl/asl';
import { choice, present } from '../../../src/delivery/asl/conditions';
import { type PollOptions, PollingIntervals } from '../../../src/delivery/asl/polling';

const TASK = { Type: 'Task', Resource: 'x' };
const DONE = ['Done', { Type: 'Succeed' }] as const;
const LATE = ['Late', { Type: 'Fail' }] as const;

function poll(options: Partial<PollOptions> = {}, services = 1) {
  return PollingIntervals.share(services, (intervals) =>
    intervals.poll({ name: 'Poll', timeoutSeconds: 600, intervalSeconds: 60, onTimeout: 'Late', ...options }, (again) =>
      part(['Ask', TASK], ['Has it ended?', choice([present('$.end')], 'Done', again)])));
}

describe('A poll', () => {
  test('is entered where its counter is reset, whether it waits first or not', () => {
    [true, false].forEach((waitFirst) => {
      const { written } = poll({ waitFirst });
      expect(written.entry).toBe('Poll: begin polling');
      expect(chart(written, DONE, LATE).States['Poll: begin polling']).toEqual({
        Type: 'Pass', Parameters: { polls: 0 }, ResultPath: '$.poll', Next: waitFirst ? 'Poll: wait' : 'Ask',
      });
    });
  });

  test('asks, counts, and waits before it asks again, until its time is up', () => {
    const { States } = chart(poll().written, DONE, LATE);
    expect(States['Has it ended?']).toMatchObject({ Default: 'Poll: count polls' });
    expect(States['Poll: is the time up?']).toEqual({
      Type: 'Choice', Choices: [{ Variable: '$.poll.polls', NumericGreaterThanEquals: 10, Next: 'Late' }], Default: 'Poll: wait',
    });
    expect(States['Poll: wait']).toEqual({ Type: 'Wait', Seconds: 60, Next: 'Ask' });
  });

  test('has the interval that it asks for while the events suffice, and a longer one otherwise', () => {
    expect(poll().maxInterval).toBe(60);
    expect(poll({ timeoutSeconds: 24 * 3600, times: 8 }, 8).maxInterval).toBeGreaterThan(60);
  });

  test('begins with its own interval and slows down by steps, until its time is up', () => {
    const { written } = poll({ timeoutSeconds: 24 * 3600, times: 8 }, 8);
    const { States } = chart(written, DONE, LATE);
    const [total, ...slower] = (States['Poll: is the time up?'].Choices as any[]).map(({ NumericGreaterThanEquals, Next }) => ({ from: NumericGreaterThanEquals, Next }));
    const steps = [{ from: 0, Next: 'Poll: wait' }, ...slower.reverse()];
    const seconds = steps.map(({ Next }) => Number(States[Next].Seconds));
    expect(seconds[0]).toBe(60);
    expect([...seconds].sort((one, other) => one - other)).toEqual(seconds);
    const waited = steps.reduce((sum, { from }, step) => sum + ((steps[step + 1]?.from ?? total.from) - from) * seconds[step], 0);
    expect(waited).toBeGreaterThanOrEqual(24 * 3600);
    expect(waited).toBeLessThan(25 * 3600);
  });

  test('of a day and a quick one share the events so that neither looks less than once an hour', () => {
    const { maxInterval } = PollingIntervals.share(1, (intervals) => ['One', 'Two', 'Three'].map((name) =>
      intervals.poll({ name, timeoutSeconds: 24 * 3600, intervalSeconds: 1, times: name === 'One' ? 30 : 1, onTimeout: 'Late' }, (again) =>
        part([`${name} ask`, TASK], [`${name} has ended?`, choice([present('$.end')], 'Done', again)]))));
    expect(maxInterval).toBeLessThanOrEqual(3600);
  });
});
