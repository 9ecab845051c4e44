import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommandTask, CommandTasks } from './command';
import { type Answer, decide, type Deployment } from './decision';
import { beforeShift, DEPLOYMENT, GREEN } from './payloads';
import type { HookPlan, SmokeCommand, SmokeRequest } from './plan';
import { smoke } from './smoke';

const SECOND = 1000;
const UNDER_WAY: Deployment = { first: false, rollingBack: false, requestedTasks: 2, createdAt: new Date(0) };

/** Response of the new version to a request. */
type Behaviour = (request: http.IncomingMessage, response: http.ServerResponse) => void;
const answers =
  (status: number): Behaviour =>
    (_, response) => {
      response.writeHead(status).end('{}');
    };
const hangs: Behaviour = () => undefined;
const dribbles: Behaviour = (_, response) => {
  response.writeHead(200).write('{');
};

const TASK = 'arn:aws:ecs:eu-central-1:111111111111:task/shop/0123456789abcdef';

/** Fake of a task of the new version, a clock and ECS. */
class World {
  public now = 0;
  public deployment: Deployment | Error = UNDER_WAY;
  public addresses = ['127.0.0.1'];
  public readonly asked: http.IncomingMessage[] = [];
  /** Calls of ECS that change the task of the command. */
  public readonly changes: string[] = [];
  /** Task of the command; an error if the call fails, undefined before the start. */
  public task: CommandTask | Error | undefined;
  public startsTasks: Error | true = true;
  public stopsTasks: Error | true = true;
  private behaviour: Behaviour = answers(200);
  private readonly server = http.createServer((request, response) => {
    this.asked.push(request);
    this.behaviour(request, response);
  });
  public details: { watch?: object } = {};

  /** ECS starts one task, and returns it for a repeated start. */
  private readonly tasks: CommandTasks = {
    start: async (_, { command }, url) => {
      this.changes.push(`start ${command.join(' ')} ${url}`);
      if (this.startsTasks instanceof Error) {
        throw this.startsTasks;
      }
      this.task ??= { ended: false, createdAt: new Date(this.now) };
      return TASK;
    },
    describe: async (_, task) => {
      expect(task).toBe(TASK);
      if (!this.task || this.task instanceof Error) {
        throw this.task ?? new Error('MISSING');
      }
      return this.task;
    },
    stop: async (_, task, reason) => {
      this.changes.push(`stop ${task} ${reason}`);
      if (this.stopsTasks instanceof Error) {
        throw this.stopsTasks;
      }
    },
  };

  public async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public behaves(behaviour: Behaviour): this {
    this.behaviour = behaviour;
    return this;
  }

  public plan(given: Partial<HookPlan> = {}): HookPlan {
    return { port: this.port, stepSeconds: 0, verifySeconds: 0, attempts: 3, requests: [], ...given };
  }

  /** One call with the details of earlier answers, which ECS merges as JSON and keeps through the deployment. */
  public async call(plan: HookPlan, ...given: [event?: unknown]): Promise<Answer> {
    const event = given.length > 0 ? given[0] : beforeShift(0);
    const answer = await decide(
      typeof event === 'object' && event !== null ? { hookDetails: this.details, ...event } : event,
      {
        plan,
        smoke,
        now: () => this.now,
        deployments: {
          describe: async () => {
            if (this.deployment instanceof Error) {
              throw this.deployment;
            }
            return this.deployment;
          },
          addresses: async () => this.addresses,
        },
        tasks: this.tasks,
      },
    );
    const left = JSON.parse(JSON.stringify(answer.hookDetails ?? {})) as { watch?: object };
    this.details = { watch: { ...this.details.watch, ...left.watch } };
    return answer;
  }

  public ends(exitCode?: number, reason?: string): void {
    this.task = { ...(this.task as CommandTask), ended: true, exitCode, reason };
  }

  /** Calls as ECS does until the hook has decided. */
  public async untilDecided(
    plan: HookPlan,
    event: unknown = beforeShift(0),
  ): Promise<{ status: string; seconds: number; calls: number }> {
    const begin = this.now;
    for (let calls = 1; calls < 1000; calls++) {
      const { hookStatus, callBackDelay } = await this.call(plan, event);
      if (hookStatus !== 'IN_PROGRESS') {
        return { status: hookStatus, seconds: (this.now - begin) / SECOND, calls };
      }
      this.now += callBackDelay! * SECOND;
    }
    throw new Error('the hook never decides');
  }
}

const health: SmokeRequest = { path: '/health', status: 200, timeoutMs: 200 };
/** Requirement B-07. */
const STEPS = { steps: [10, 20, 50, 70], stepSeconds: 60 };

describe('The rollout hook', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.start();
    ['info', 'warn', 'error'].forEach((level) =>
      jest.spyOn(console, level as 'info').mockImplementation(() => undefined),
    );
  });

  afterEach(() => {
    world.stop();
    jest.restoreAllMocks();
  });

  describe('at a step', () => {
    test.each([
      [10, 60],
      [20, 60],
      [30, 0],
      [40, 0],
      [50, 60],
      [60, 0],
      [70, 60],
      [80, 0],
      [90, 0],
    ])('of %i %% in 10, 20, 50, 70, 100 holds for %i s (B-07)', async (weight, seconds) => {
      expect(await world.untilDecided(world.plan(STEPS), beforeShift(weight))).toMatchObject({
        status: 'SUCCEEDED',
        seconds,
      });
    });

    test('holds a whole rollout for four minutes, and is called again at least every 30 s (B-07)', async () => {
      for (let weight = 0; weight < 100; weight += 10) {
        await world.untilDecided(world.plan(STEPS), beforeShift(weight));
      }
      expect(world.now).toBe(4 * 60 * SECOND);
      expect(await world.call(world.plan(STEPS), beforeShift(10))).toMatchObject({
        hookStatus: 'IN_PROGRESS',
        callBackDelay: 30,
      });
    });

    test('holds 10, 50, 100 for five minutes at 10 % and 50 %, and nowhere between (C-18)', async () => {
      const plan = world.plan({ steps: [10, 50], stepSeconds: 300 });
      for (let weight = 0; weight < 100; weight += 10) {
        await world.untilDecided(plan, beforeShift(weight));
      }
      expect(world.now).toBe(10 * 60 * SECOND);
    });

    test('in tenths of a percent accepts the weight that ECS rounds it to', async () => {
      expect(await world.untilDecided(world.plan({ steps: [12.5], stepSeconds: 60 }), beforeShift(12))).toMatchObject({
        seconds: 60,
      });
    });

    test("doesn't count the time of the step before, although the details have it", async () => {
      const plan = world.plan(STEPS);
      const { hookDetails } = await world.call(plan, beforeShift(10));
      world.now = 3600 * SECOND;
      expect(await world.call(plan, { ...beforeShift(20), hookDetails })).toMatchObject({ hookStatus: 'IN_PROGRESS' });
    });

    test('runs the smoke tests, and a failure there rolls the deployment back at once (B-12)', async () => {
      const plan = world.plan({ ...STEPS, requests: [health], attempts: 1 });
      expect(await world.call(plan, beforeShift(50))).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      world.behaves(answers(500));
      expect(await world.call(plan, beforeShift(50))).toEqual({ hookStatus: 'FAILED' });
    });

    test("isn't lengthened by a round that fails once (B-12)", async () => {
      const plan = world.plan({ ...STEPS, requests: [health] });
      await world.call(plan, beforeShift(10));
      world.now += 30 * SECOND;
      await world.behaves(answers(500)).call(plan, beforeShift(10));
      world.now += 30 * SECOND;
      expect(await world.behaves(answers(200)).call(plan, beforeShift(10))).toEqual({ hookStatus: 'SUCCEEDED' });
    });

    test('runs the smoke tests once before each step that ECS times itself (B-12)', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 120 });
      expect(await world.untilDecided(plan, beforeShift(30))).toEqual({ status: 'SUCCEEDED', seconds: 0, calls: 1 });
      expect(world.asked).toHaveLength(1);
    });
  });

  describe('before the first traffic', () => {
    test('requires that green passes each round for the configured time (A-11)', async () => {
      expect(await world.untilDecided(world.plan({ requests: [health], verifySeconds: 120 }))).toEqual({
        status: 'SUCCEEDED',
        seconds: 120,
        calls: 5,
      });
      expect(world.asked).toHaveLength(5);
    });

    test('restarts the series after a failed round (A-11)', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 60 });
      await world.call(plan);
      world.now += 30 * SECOND;
      await world.behaves(answers(503)).call(plan);
      world.now += 30 * SECOND;
      world.behaves(answers(200));
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'SUCCEEDED', seconds: 60 });
    });

    test('sends requests to every task of the new version, and fails with any of them', async () => {
      world.addresses = ['127.0.0.1', '127.0.0.2'];
      const { status } = await world.untilDecided(world.plan({ requests: [health] }));
      expect(status).toBe('FAILED');
    });

    test('passes at once without requests and command', async () => {
      expect(await world.untilDecided(world.plan(STEPS))).toEqual({ status: 'SUCCEEDED', seconds: 0, calls: 1 });
    });
  });

  describe('rolls the deployment back after the configured number of rounds', () => {
    test.each<[string, Behaviour]>([
      ['fails', answers(500)],
      ['is not found', answers(404)],
      ['redirects', answers(301)],
      ['never answers', hangs],
      ['begins to answer and never ends', dribbles],
      [
        'breaks the connection',
        (request) => {
          request.socket.destroy();
        },
      ],
    ])('when the smoke test %s', async (_, behaviour) => {
      world.behaves(behaviour);
      expect(await world.untilDecided(world.plan({ requests: [{ ...health, timeoutMs: 50 }] }))).toEqual({
        status: 'FAILED',
        seconds: 60,
        calls: 3,
      });
    });

    test('when no process listens', async () => {
      const plan = world.plan({ requests: [health], attempts: 1 });
      world.stop();
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
    });

    test('when the new version has no running task', async () => {
      world.addresses = [];
      expect(await world.untilDecided(world.plan({ requests: [health] }))).toMatchObject({
        status: 'FAILED',
        calls: 3,
      });
    });

    test('when calls to ECS fail', async () => {
      world.deployment = new Error('Rate exceeded');
      expect(await world.untilDecided(world.plan(STEPS), beforeShift(10))).toMatchObject({
        status: 'FAILED',
        calls: 3,
      });
    });

    test('counting consecutive rounds only', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 3600 });
      for (const status of [500, 500, 200, 500, 500]) {
        expect(await world.behaves(answers(status)).call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      }
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
    });

    test('unless a round passes in between, or is slow within its timeout', async () => {
      const plan = world.plan({ requests: [{ ...health, timeoutMs: 2000 }] });
      await world.behaves(answers(500)).call(plan);
      await world.call(plan);
      world.behaves((_, response) => {
        setTimeout(() => response.writeHead(200).end(), 100);
      });
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
    });
  });

  describe("doesn't delay", () => {
    test.each<[string, Partial<Deployment>]>([
      ['the first deployment, which replaces no version', { first: true }],
      ['a rollback', { rollingBack: true }],
      ['a deployment without tasks, before the first release', { requestedTasks: 0 }],
    ])('%s', async (_, deployment) => {
      world.deployment = { ...UNDER_WAY, ...deployment };
      world.behaves(answers(500));
      expect(await world.call(world.plan({ ...STEPS, requests: [health] }), beforeShift(10))).toEqual({
        hookStatus: 'SUCCEEDED',
      });
      expect(world.asked).toHaveLength(0);
    });

    test('the first deployment, whose payload may lack weights', async () => {
      world.deployment = { ...UNDER_WAY, first: true };
      const event = beforeShift(0);
      event.executionDetails.productionTrafficWeights = {};
      expect(await world.call(world.plan(STEPS), event)).toEqual({ hookStatus: 'SUCCEEDED' });
    });

    test.each(['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT'])(
      'a rollback, which ECS calls at %s',
      async (lifecycleStage) => {
        expect(await world.call(world.plan(STEPS), { ...beforeShift(10), lifecycleStage })).toEqual({
          hookStatus: 'SUCCEEDED',
        });
      },
    );
  });

  test('returns the same for a repeated call and changes nothing', async () => {
    const plan = world.plan({ ...STEPS, requests: [health], verifySeconds: 60 });
    const { hookDetails } = await world.call(plan);
    world.now += 10 * SECOND;
    const [first, second] = [
      await world.call(plan, { ...beforeShift(0), hookDetails }),
      await world.call(plan, { ...beforeShift(0), hookDetails }),
    ];
    expect(first).toEqual(second);
    expect(await world.untilDecided(plan)).toMatchObject({ status: 'SUCCEEDED', seconds: 50 });
  });

  test.each<[string, unknown]>([
    ['details of another hook', { approved: true }],
    ['invalid state', { watch: { weight: 'ten', since: null } }],
    ['state without numbers', { watch: { weight: 10, since: 'yesterday', failures: 0 } }],
    ['details that are a text', 'watch'],
  ])('restarts the hold, and never ends it early, for %s', async (_, hookDetails) => {
    world.now = 3600 * SECOND;
    expect(await world.call(world.plan(STEPS), beforeShift(10, hookDetails))).toMatchObject({
      hookStatus: 'IN_PROGRESS',
    });
  });

  describe('rolls the deployment back for a payload with', () => {
    const changed = (change: (event: ReturnType<typeof beforeShift>) => void): unknown => {
      const event = beforeShift(10);
      change(event);
      return event;
    };
    test.each<[string, unknown]>([
      ['no content', undefined],
      ['null', null],
      ['a text', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
      ['a list', []],
      [
        'an empty stage',
        changed((event) => {
          event.lifecycleStage = '';
        }),
      ],
      [
        'no deployment',
        changed((event) => {
          event.resourceArn = undefined!;
        }),
      ],
      [
        'no details',
        changed((event) => {
          event.executionDetails = undefined!;
        }),
      ],
      [
        'no target',
        changed((event) => {
          event.executionDetails.targetServiceRevisionArn = undefined!;
        }),
      ],
      [
        'no weights',
        changed((event) => {
          event.executionDetails.productionTrafficWeights = undefined!;
        }),
      ],
      [
        'weights without the new version',
        changed((event) => {
          event.executionDetails.productionTrafficWeights = {};
        }),
      ],
      [
        'a weight that is no number',
        changed((event) => {
          event.executionDetails.productionTrafficWeights[GREEN] = 'ten' as unknown as number;
        }),
      ],
      [
        'a weight above 100',
        changed((event) => {
          event.executionDetails.productionTrafficWeights[GREEN] = 110;
        }),
      ],
    ])('%s', async (_, event) => {
      expect(await world.call(world.plan(STEPS), event)).toEqual({ hookStatus: 'FAILED' });
    });
  });

  describe('with a command', () => {
    const SUITE: SmokeCommand = { container: 'web', command: ['npm', 'test'], environment: {}, timeoutSeconds: 600 };
    const started = () => `start npm test http://127.0.0.1:${world.port}`;
    const stopped = (reason: string) => `stop ${TASK} ${reason}`;
    let plan: HookPlan;

    beforeEach(() => {
      plan = world.plan({ command: SUITE });
    });

    /** Starts the command. */
    const running = async (given: HookPlan = plan) => {
      expect(await world.call(given)).toMatchObject({
        hookStatus: 'IN_PROGRESS',
        callBackDelay: 5,
        hookDetails: { watch: { run: { deployment: DEPLOYMENT, task: TASK } } },
      });
      world.now += 5 * SECOND;
    };

    test('starts it once, waits for its end, and passes with exit code 0 (A-11)', async () => {
      await running();
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
      world.now += 30 * SECOND;
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      world.ends(0);
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.changes).toEqual([started()]);
      expect(world.asked).toEqual([]);
    });

    test('starts it once the requests have passed for the configured time, and stops them (A-11)', async () => {
      const both = world.plan({ command: SUITE, requests: [health], verifySeconds: 60 });
      for (const _ of [0, 30]) {
        expect(await world.call(both)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
        expect(world.changes).toEqual([]);
        world.now += 30 * SECOND;
      }
      await running(both);
      expect(world.asked).toHaveLength(3);
      await world.behaves(answers(500)).call(both);
      world.ends(0);
      expect(await world.call(both)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.asked).toHaveLength(3);
    });

    test("doesn't start it if the requests fail (A-11)", async () => {
      world.behaves(answers(500));
      expect(await world.untilDecided(world.plan({ command: SUITE, requests: [health] }))).toMatchObject({
        status: 'FAILED',
      });
      expect(world.changes).toEqual([]);
    });

    test.each<[string, number | undefined, string | undefined, string]>([
      ['ends with another exit code', 3, 'Essential container in task exited', 'the command ended with 3'],
      ['never ran', undefined, 'CannotPullContainerError', 'the command did not run: CannotPullContainerError'],
      ['never ran and ECS gives no reason', undefined, undefined, 'the command did not run: ECS gives no reason'],
    ])('rolls the deployment back at once when it %s (A-11)', async (_, exitCode, reason, message) => {
      await running();
      world.ends(exitCode, reason);
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
      expect(console.error).toHaveBeenCalledWith(expect.stringContaining(message));
      expect(world.changes).toEqual([started()]);
    });

    test("rolls the deployment back when it can't be started after the configured number of attempts", async () => {
      world.startsTasks = new Error('Capacity is unavailable at this time');
      const both = world.plan({ command: SUITE, requests: [health] });
      expect(await world.untilDecided(both)).toEqual({ status: 'FAILED', seconds: 60, calls: 3 });
      expect(world.changes).toEqual([started(), started(), started()]);
      expect(world.asked).toHaveLength(1);
    });

    test('starts it at the next attempt after a failure of ECS', async () => {
      world.startsTasks = new Error('Rate exceeded');
      expect(await world.call(plan)).toMatchObject({
        hookStatus: 'IN_PROGRESS',
        hookDetails: { watch: { failures: 1, run: { task: null } } },
      });
      world.startsTasks = true;
      await running();
    });

    test('stops it after its timeout, and rolls the deployment back', async () => {
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 600 });
      expect(world.changes).toEqual([started(), stopped('the command has not ended within 600 s')]);
    });

    test("rolls the deployment back even if the task can't be stopped", async () => {
      world.stopsTasks = new Error('Rate exceeded');
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 600 });
    });

    test('tolerates failures of ECS for the configured number of rounds, then stops it', async () => {
      await running();
      const runs = world.task;
      for (const task of [
        new Error('Rate exceeded'),
        new Error('Rate exceeded'),
        runs,
        new Error('a'),
        new Error('b'),
      ]) {
        world.task = task;
        expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      }
      world.task = new Error('c');
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
      expect(world.changes).toEqual([started(), stopped('The deployment that it verifies rolls back')]);
    });

    test('finds the same task and its remaining time after the details are lost', async () => {
      await running();
      world.now = 500 * SECOND;
      world.details = {};
      await running();
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 95 });
    });

    test.each<[string, (watch: any) => object]>([
      ['another deployment', (watch) => ({ ...watch, run: { ...watch.run, deployment: `${DEPLOYMENT}9` } })],
      ['another hook', (watch) => ({ ...watch, run: { task: TASK } })],
      ['no deployment', (watch) => ({ ...watch, run: 'passed' })],
    ])('starts it although the details have a run of %s', async (_, changed) => {
      await running();
      world.ends(0);
      world.details = { watch: changed(world.details.watch) };
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      expect(world.changes).toEqual([started(), started()]);
    });

    test('returns the same for a repeated call after the end', async () => {
      await running();
      world.ends(0);
      expect([await world.call(plan), await world.call(plan)]).toEqual([
        { hookStatus: 'SUCCEEDED' },
        { hookStatus: 'SUCCEEDED' },
      ]);
    });

    test('targets the same task in any order of the list, and waits while none runs', async () => {
      world.addresses = ['127.0.0.2', '127.0.0.1'];
      await world.call(plan);
      expect(world.changes).toEqual([started()]);
      world.details = {};
      world.addresses = [];
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', calls: 3 });
      expect(world.changes).toEqual([started()]);
    });

    test.each<[string, Partial<HookPlan>]>([
      ['held steps', STEPS],
      ['steps of ECS', {}],
    ])("doesn't repeat it at %s (B-12)", async (_, steps) => {
      const stepped = world.plan({ ...steps, command: SUITE });
      await running(stepped);
      world.ends(0);
      await world.untilDecided(stepped);
      await world.untilDecided(stepped, beforeShift(10));
      expect(world.changes).toEqual([started()]);
    });

    test.each<[string, Partial<Deployment>]>([
      ['the first deployment', { first: true }],
      ['a rollback', { rollingBack: true }],
      ['a deployment without tasks', { requestedTasks: 0 }],
    ])("doesn't start it for %s", async (_, deployment) => {
      world.deployment = { ...UNDER_WAY, ...deployment };
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.changes).toEqual([]);
    });

    test.each<[string, Error | true]>([
      ['stops it', true],
      ["isn't delayed by a task that can't be stopped", new Error('Rate exceeded')],
    ])('a rollback that begins meanwhile %s', async (_, stops) => {
      await running();
      world.stopsTasks = stops;
      world.deployment = { ...UNDER_WAY, rollingBack: true };
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.changes).toEqual([started(), stopped('The deployment that it verifies rolls back')]);
    });

    test('continues without it after the plan has lost it', async () => {
      await running();
      expect(await world.call(world.plan({ requests: [health] }))).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.asked).toHaveLength(1);
    });
  });

  test('sends a User-Agent, the scheme of users and the configured Host', async () => {
    await world.call(world.plan({ requests: [health, { ...health, path: '/shop?full=1', host: 'www.example.com' }] }));
    expect(world.asked.map(({ url }) => url)).toEqual(['/health', '/shop?full=1']);
    expect(world.asked.map(({ headers }) => headers.host)).toEqual([`127.0.0.1:${world.port}`, 'www.example.com']);
    world.asked.forEach(({ headers, method }) =>
      expect([method, headers['user-agent'], headers['x-forwarded-proto']]).toEqual([
        'GET',
        'rollout-smoke-test/1',
        'https',
      ]),
    );
  });
});
