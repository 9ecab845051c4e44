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
});
