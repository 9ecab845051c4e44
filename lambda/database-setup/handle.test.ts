import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './answer';
import { SetupError } from './failure';
import { handle, type HandlerContext } from './handle';
import type { SetupProperties } from './properties';
import type { Request } from './request';
import type { Run } from './run';

const EVENT = {
  RequestType: 'Create',
  ResponseURL: 'https://bucket.example/answer',
  StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/Shop/0a1b2c3d',
  RequestId: 'one-request',
  LogicalResourceId: 'DatabaseSetup',
  ResourceProperties: { ServiceToken: 'arn:function', engine: 'postgres', host: 'database', port: '5432' },
};
const lambda = { getRemainingTimeInMillis: () => 120_000 };

/** Handles an event with the given setup, and returns what was answered and logged. */
async function handled(event: unknown, setUp: HandlerContext['setUp'], context = lambda) {
  const answers: Array<{ request: Request; outcome: Outcome }> = [];
  const lines: string[] = [];
  await handle(event, context, {
    setUp,
    answer: async (request, outcome) => void answers.push({ request, outcome }),
    log: (line) => lines.push(line),
  });
  return { answers, lines, outcome: answers[0]?.outcome };
}

describe('The handler of the setup', () => {
  test.each(['Create', 'Update'])(
    'sets up at %s, with lists where CloudFormation leaves empty ones out',
    async (type) => {
      const given: SetupProperties[] = [];
      const { outcome } = await handled(
        { ...EVENT, RequestType: type },
        async (properties) => void given.push(properties),
      );
      expect(outcome).toEqual({ status: 'SUCCESS' });
      expect(given).toEqual([
        expect.objectContaining({ host: 'database', databases: [], schemas: [], extensions: [], users: [] }),
      ]);
    },
  );

  test('changes nothing at a deletion', async () => {
    const setUp = jest.fn();
    expect((await handled({ ...EVENT, RequestType: 'Delete' }, setUp)).outcome).toEqual({ status: 'SUCCESS' });
    expect(setUp).not.toHaveBeenCalled();
  });

  test.each([[{ wake: true }], [undefined], ['text'], [{ RequestType: 'Other' }]])(
    'ignores the event %j',
    async (event) => {
      const setUp = jest.fn();
      expect(await handled(event, setUp)).toEqual({ answers: [], lines: [], outcome: undefined });
      expect(setUp).not.toHaveBeenCalled();
    },
  );

  test('answers what failed, as the server said it', async () => {
    const error = Object.assign(new Error('role "x" does not exist'), {
      code: '42704',
      detail: 'A detail',
      hint: 'A hint',
    });
    const { outcome } = await handled(EVENT, async () => Promise.reject(error));
    expect(outcome).toEqual({
      status: 'FAILED',
      reason: 'role "x" does not exist (42704). Detail: A detail. Hint: A hint',
    });
  });

  test('keeps passwords out of reason and log', async () => {
    const setUp = async (_: SetupProperties, run: Run) => {
      run.conceal('pass.word$1');
      run.conceal('');
      run.log('signs in with pass.word$1');
      throw new SetupError('refused: pass.word$1 and pass.word$1');
    };
    const { outcome, lines } = await handled(EVENT, setUp);
    expect(outcome?.reason).toBe('refused: *** and ***');
    expect(lines).toEqual(['signs in with ***', 'Create: FAILED: refused: *** and ***']);
  });

  test('answers before its time is over, with the last step, and ends what runs', async () => {
    let aborted = false;
    const setUp = async (_: SetupProperties, run: Run) => {
      run.signal.addEventListener('abort', () => (aborted = true));
      run.begin('Wait for ever');
      await sleep(60_000, undefined, { ref: false });
    };
    const { outcome } = await handled(EVENT, setUp, { getRemainingTimeInMillis: () => 25_500 });
    expect(outcome).toEqual({
      status: 'FAILED',
      reason: 'the setup has not ended within 1 s. Its last step: Wait for ever',
    });
    expect(aborted).toBe(true);
  });
});
