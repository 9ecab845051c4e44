import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommandTask, CommandTasks } from './command';
import { type Answer, decide, type Deployment } from './decision';
import { beforeShift, DEPLOYMENT, GREEN } from './payloads';
import type { RolloutPlan, SmokeCommand, SmokeRequest } from './plan';
import { smoke } from './smoke';

const SECOND = 1000;
const UNDER_WAY: Deployment = { first: false, goesBack: false, requestedTasks: 2, createdAt: new Date(0) };

/** What the application of the new version does with a request. */
type Behaviour = (request: http.IncomingMessage, response: http.ServerResponse) => void;
const answers = (status: number): Behaviour => (_, response) => { response.writeHead(status).end('{}'); };
const hangs: Behaviour = () => undefined;
const dribbles: Behaviour = (_, response) => { response.writeHead(200).write('{'); };

const TASK = 'arn:aws:ecs:eu-central-1:111111111111:task/shop/0123456789abcdef';

/** A task of the new version, a clock, and ECS. */
class World {
  public now = 0;
  public deployment: Deployment | Error = UNDER_WAY;
  public addresses = ['127.0.0.1'];
  public readonly asked: http.IncomingMessage[] = [];
  /** What ECS was told of the command's task. */
  public readonly told: string[] = [];
  /** The command's task; an error where ECS doesn't tell, undefined before it was started. */
  public task: CommandTask | Error | undefined;
  public startsTasks: Error | true = true;
  public stopsTasks: Error | true = true;
  private behaviour: Behaviour = answers(200);
  private readonly server = http.createServer((request, response) => { this.asked.push(request); this.behaviour(request, response); });
  public details: { watch?: object } = {};

  /** ECS starts one task, and answers a repeated start with it. */
  private readonly tasks: CommandTasks = {
    start: async (_, { command }, url) => {
      this.told.push(`start ${command.join(' ')} ${url}`);
      if (this.startsTasks instanceof Error) { throw this.startsTasks; }
      this.task ??= { ended: false, createdAt: new Date(this.now) };
      return TASK;
    },
    look: async (_, task) => {
      expect(task).toBe(TASK);
      if (!this.task || this.task instanceof Error) { throw this.task ?? new Error('MISSING'); }
      return this.task;
    },
    stop: async (_, task, reason) => {
      this.told.push(`stop ${task} ${reason}`);
      if (this.stopsTasks instanceof Error) { throw this.stopsTasks; }
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

  public plan(given: Partial<RolloutPlan> = {}): RolloutPlan {
    return { port: this.port, stepSeconds: 0, verifySeconds: 0, attempts: 3, requests: [], ...given };
  }

  /** One call, with what the answers before it left behind: ECS merges details, as JSON, and keeps them through the deployment. */
  public async call(plan: RolloutPlan, ...given: [event?: unknown]): Promise<Answer> {
    const event = given.length > 0 ? given[0] : beforeShift(0);
    const answer = await decide(typeof event === 'object' && event !== null ? { hookDetails: this.details, ...event } : event, {
      plan,
      smoke,
      now: () => this.now,
      deployments: {
        describe: async () => { if (this.deployment instanceof Error) { throw this.deployment; } return this.deployment; },
        addresses: async () => this.addresses,
      },
      tasks: this.tasks,
    });
    const left = JSON.parse(JSON.stringify(answer.hookDetails ?? {})) as { watch?: object };
    this.details = { watch: { ...this.details.watch, ...left.watch } };
    return answer;
  }

  public ends(exitCode?: number, reason?: string): void {
    this.task = { ...this.task as CommandTask, ended: true, exitCode, reason };
  }

  /** Calls as ECS does, until the hook has decided: the statuses, and how long it took. */
  public async untilDecided(plan: RolloutPlan, event: unknown = beforeShift(0)): Promise<{ status: string; seconds: number; calls: number }> {
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
    ['info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level as 'info').mockImplementation(() => undefined));
  });

  afterEach(() => {
    world.stop();
    jest.restoreAllMocks();
  });

  describe('at the steps', () => {
    test.each([[10, 60], [20, 60], [30, 0], [40, 0], [50, 60], [60, 0], [70, 60], [80, 0], [90, 0]])('B-07: at %i %% of 10, 20, 50, 70, 100 it holds for %i s', async (weight, seconds) => {
      expect(await world.untilDecided(world.plan(STEPS), beforeShift(weight))).toMatchObject({ status: 'SUCCEEDED', seconds });
    });

    test('B-07: a whole rollout holds four minutes in all, and calls back no later than every 30 s', async () => {
      for (let weight = 0; weight < 100; weight += 10) {
        await world.untilDecided(world.plan(STEPS), beforeShift(weight));
      }
      expect(world.now).toBe(4 * 60 * SECOND);
      expect(await world.call(world.plan(STEPS), beforeShift(10))).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
    });

    test('C-18: 10, 50, 100 holds five minutes at 10 % and at 50 %, and nowhere between', async () => {
      const plan = world.plan({ steps: [10, 50], stepSeconds: 300 });
      for (let weight = 0; weight < 100; weight += 10) {
        await world.untilDecided(plan, beforeShift(weight));
      }
      expect(world.now).toBe(10 * 60 * SECOND);
    });

    test('a step in tenths is met by the weight that ECS rounds it to', async () => {
      expect(await world.untilDecided(world.plan({ steps: [12.5], stepSeconds: 60 }), beforeShift(12))).toMatchObject({ seconds: 60 });
    });

    test('a step does not inherit the time of the step before, though the details do', async () => {
      const plan = world.plan(STEPS);
      const { hookDetails } = await world.call(plan, beforeShift(10));
      world.now = 3600 * SECOND;
      expect(await world.call(plan, { ...beforeShift(20), hookDetails })).toMatchObject({ hookStatus: 'IN_PROGRESS' });
    });

    test('B-12: smoke tests run at each step, and a failing one takes the deployment back at once there', async () => {
      const plan = world.plan({ ...STEPS, requests: [health], attempts: 1 });
      expect(await world.call(plan, beforeShift(50))).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      world.behaves(answers(500));
      expect(await world.call(plan, beforeShift(50))).toEqual({ hookStatus: 'FAILED' });
    });

    test('B-12: a round that fails once does not lengthen a step', async () => {
      const plan = world.plan({ ...STEPS, requests: [health] });
      await world.call(plan, beforeShift(10));
      world.now += 30 * SECOND;
      await world.behaves(answers(500)).call(plan, beforeShift(10));
      world.now += 30 * SECOND;
      expect(await world.behaves(answers(200)).call(plan, beforeShift(10))).toEqual({ hookStatus: 'SUCCEEDED' });
    });

    test('B-12: where ECS keeps the time itself, they run once before each of its steps', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 120 });
      expect(await world.untilDecided(plan, beforeShift(30))).toEqual({ status: 'SUCCEEDED', seconds: 0, calls: 1 });
      expect(world.asked).toHaveLength(1);
    });
  });

  describe('before the first traffic', () => {
    test('A-11: green must pass for as long as it is told, round after round', async () => {
      expect(await world.untilDecided(world.plan({ requests: [health], verifySeconds: 120 }))).toEqual({ status: 'SUCCEEDED', seconds: 120, calls: 5 });
      expect(world.asked).toHaveLength(5);
    });

    test('A-11: a round that fails begins the series anew', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 60 });
      await world.call(plan);
      world.now += 30 * SECOND;
      await world.behaves(answers(503)).call(plan);
      world.now += 30 * SECOND;
      world.behaves(answers(200));
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'SUCCEEDED', seconds: 60 });
    });

    test('every task of the new version is asked, and one that fails is enough', async () => {
      world.addresses = ['127.0.0.1', '127.0.0.2'];
      const { status } = await world.untilDecided(world.plan({ requests: [health] }));
      expect(status).toBe('FAILED');
    });

    test('with nothing to ask it passes at once', async () => {
      expect(await world.untilDecided(world.plan(STEPS))).toEqual({ status: 'SUCCEEDED', seconds: 0, calls: 1 });
    });
  });

  describe('takes the deployment back after as many rounds as it is told', () => {
    test.each<[string, Behaviour]>([
      ['fails', answers(500)],
      ['is not found', answers(404)],
      ['redirects', answers(301)],
      ['never answers', hangs],
      ['begins to answer and never ends', dribbles],
      ['breaks the connection', (request) => { request.socket.destroy(); }],
    ])('when the smoke test %s', async (_, behaviour) => {
      world.behaves(behaviour);
      expect(await world.untilDecided(world.plan({ requests: [{ ...health, timeoutMs: 50 }] }))).toEqual({ status: 'FAILED', seconds: 60, calls: 3 });
    });

    test('when nobody listens', async () => {
      const plan = world.plan({ requests: [health], attempts: 1 });
      world.stop();
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
    });

    test('when the new version has no running task', async () => {
      world.addresses = [];
      expect(await world.untilDecided(world.plan({ requests: [health] }))).toMatchObject({ status: 'FAILED', calls: 3 });
    });

    test('when ECS can not be asked', async () => {
      world.deployment = new Error('Rate exceeded');
      expect(await world.untilDecided(world.plan(STEPS), beforeShift(10))).toMatchObject({ status: 'FAILED', calls: 3 });
    });

    test('and counts only rounds in a row', async () => {
      const plan = world.plan({ requests: [health], verifySeconds: 3600 });
      for (const status of [500, 500, 200, 500, 500]) {
        expect(await world.behaves(answers(status)).call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      }
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
    });

    test('and not when it passes again in between, or is slow within its time', async () => {
      const plan = world.plan({ requests: [{ ...health, timeoutMs: 2000 }] });
      await world.behaves(answers(500)).call(plan);
      await world.call(plan);
      world.behaves((_, response) => { setTimeout(() => response.writeHead(200).end(), 100); });
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
    });
  });

  describe('never holds', () => {
    test.each<[string, Partial<Deployment>]>([
      ['the first deployment, which replaces nobody', { first: true }],
      ['a deployment that goes back', { goesBack: true }],
      ['a deployment of no tasks, before the first release', { requestedTasks: 0 }],
    ])('%s', async (_, deployment) => {
      world.deployment = { ...UNDER_WAY, ...deployment };
      world.behaves(answers(500));
      expect(await world.call(world.plan({ ...STEPS, requests: [health] }), beforeShift(10))).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.asked).toHaveLength(0);
    });

    test('the first deployment, though its payload may have no weights', async () => {
      world.deployment = { ...UNDER_WAY, first: true };
      const event = beforeShift(0);
      event.executionDetails.productionTrafficWeights = {};
      expect(await world.call(world.plan(STEPS), event)).toEqual({ hookStatus: 'SUCCEEDED' });
    });

    test.each(['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT'])('the way back, in which ECS calls at %s', async (lifecycleStage) => {
      expect(await world.call(world.plan(STEPS), { ...beforeShift(10), lifecycleStage })).toEqual({ hookStatus: 'SUCCEEDED' });
    });
  });

  test('a repeated call answers the same and changes nothing', async () => {
    const plan = world.plan({ ...STEPS, requests: [health], verifySeconds: 60 });
    const { hookDetails } = await world.call(plan);
    world.now += 10 * SECOND;
    const [first, second] = [await world.call(plan, { ...beforeShift(0), hookDetails }), await world.call(plan, { ...beforeShift(0), hookDetails })];
    expect(first).toEqual(second);
    expect(await world.untilDecided(plan)).toMatchObject({ status: 'SUCCEEDED', seconds: 50 });
  });

  test.each<[string, unknown]>([
    ['details of somebody else', { approved: true }],
    ['a watch that is none', { watch: { weight: 'ten', since: null } }],
    ['a watch without numbers', { watch: { weight: 10, since: 'yesterday', failures: 0 } }],
    ['details that are no object', 'watch'],
  ])('%s begin the hold anew and never end it early', async (_, hookDetails) => {
    world.now = 3600 * SECOND;
    expect(await world.call(world.plan(STEPS), beforeShift(10, hookDetails))).toMatchObject({ hookStatus: 'IN_PROGRESS' });
  });

  describe('takes the deployment back when the payload is not of the documented form:', () => {
    const changed = (change: (event: ReturnType<typeof beforeShift>) => void): unknown => {
      const event = beforeShift(10);
      change(event);
      return event;
    };
    test.each<[string, unknown]>([
      ['nothing', undefined],
      ['null', null],
      ['a text', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
      ['a list', []],
      ['no stage', changed((event) => { event.lifecycleStage = ''; })],
      ['no deployment', changed((event) => { event.resourceArn = undefined!; })],
      ['no details', changed((event) => { event.executionDetails = undefined!; })],
      ['no target', changed((event) => { event.executionDetails.targetServiceRevisionArn = undefined!; })],
      ['no weights', changed((event) => { event.executionDetails.productionTrafficWeights = undefined!; })],
      ['weights without the new version', changed((event) => { event.executionDetails.productionTrafficWeights = {}; })],
      ['a weight that is no number', changed((event) => { event.executionDetails.productionTrafficWeights[GREEN] = 'ten' as unknown as number; })],
      ['a weight above 100', changed((event) => { event.executionDetails.productionTrafficWeights[GREEN] = 110; })],
    ])('%s', async (_, event) => {
      expect(await world.call(world.plan(STEPS), event)).toEqual({ hookStatus: 'FAILED' });
    });
  });

  describe('with a command', () => {
    const SUITE: SmokeCommand = { container: 'web', command: ['npm', 'test'], environment: {}, timeoutSeconds: 600 };
    const started = () => `start npm test http://127.0.0.1:${world.port}`;
    const stopped = (reason: string) => `stop ${TASK} ${reason}`;
    let plan: RolloutPlan;

    beforeEach(() => {
      plan = world.plan({ command: SUITE });
    });

    /** The command runs, and the hook knows it. */
    const running = async (given: RolloutPlan = plan) => {
      expect(await world.call(given)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 5, hookDetails: { watch: { run: { deployment: DEPLOYMENT, task: TASK } } } });
      world.now += 5 * SECOND;
    };

    test('A-11: starts it once, waits for its end, and passes with 0', async () => {
      await running();
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
      world.now += 30 * SECOND;
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      world.ends(0);
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.told).toEqual([started()]);
      expect(world.asked).toEqual([]);
    });

    test('A-11: waits with it until the requests have passed for as long as they must, and repeats them no more', async () => {
      const both = world.plan({ command: SUITE, requests: [health], verifySeconds: 60 });
      for (const _ of [0, 30]) {
        expect(await world.call(both)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
        expect(world.told).toEqual([]);
        world.now += 30 * SECOND;
      }
      await running(both);
      expect(world.asked).toHaveLength(3);
      await world.behaves(answers(500)).call(both);
      world.ends(0);
      expect(await world.call(both)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.asked).toHaveLength(3);
    });

    test('A-11: does not start it where the requests fail', async () => {
      world.behaves(answers(500));
      expect(await world.untilDecided(world.plan({ command: SUITE, requests: [health] }))).toMatchObject({ status: 'FAILED' });
      expect(world.told).toEqual([]);
    });

    test.each<[string, number | undefined, string | undefined, string]>([
      ['ends with another code', 3, 'Essential container in task exited', 'the command ended with 3'],
      ['never ran', undefined, 'CannotPullContainerError', 'the command did not run: CannotPullContainerError'],
      ['never ran and ECS does not say why', undefined, undefined, 'the command did not run: ECS gives no reason'],
    ])('A-11: takes the deployment back at once when it %s', async (_, exitCode, reason, message) => {
      await running();
      world.ends(exitCode, reason);
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
      expect(console.error).toHaveBeenCalledWith(expect.stringContaining(message));
      expect(world.told).toEqual([started()]);
    });

    test('takes the deployment back when it can not be started, after as many tries in a row as it is told', async () => {
      world.startsTasks = new Error('Capacity is unavailable at this time');
      const both = world.plan({ command: SUITE, requests: [health] });
      expect(await world.untilDecided(both)).toEqual({ status: 'FAILED', seconds: 60, calls: 3 });
      expect(world.told).toEqual([started(), started(), started()]);
      expect(world.asked).toHaveLength(1);
    });

    test('starts it at the next try when ECS could not at first', async () => {
      world.startsTasks = new Error('Rate exceeded');
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS', hookDetails: { watch: { failures: 1, run: { task: null } } } });
      world.startsTasks = true;
      await running();
    });

    test('stops it after its time, and takes the deployment back', async () => {
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 600 });
      expect(world.told).toEqual([started(), stopped('the command has not ended within 600 s')]);
    });

    test('takes the deployment back though the task can not be stopped', async () => {
      world.stopsTasks = new Error('Rate exceeded');
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 600 });
    });

    test('bears with an ECS that does not answer, for as many rounds in a row as it is told, then stops it', async () => {
      await running();
      const runs = world.task;
      for (const task of [new Error('Rate exceeded'), new Error('Rate exceeded'), runs, new Error('a'), new Error('b')]) {
        world.task = task;
        expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      }
      world.task = new Error('c');
      expect(await world.call(plan)).toEqual({ hookStatus: 'FAILED' });
      expect(world.told).toEqual([started(), stopped('The deployment that it verifies goes back')]);
    });

    test('finds the same task and its remaining time when the details are lost', async () => {
      await running();
      world.now = 500 * SECOND;
      world.details = {};
      await running();
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', seconds: 95 });
    });

    test.each<[string, (watch: any) => object]>([
      ['another deployment', (watch) => ({ ...watch, run: { ...watch.run, deployment: `${DEPLOYMENT}9` } })],
      ['somebody else', (watch) => ({ ...watch, run: { task: TASK } })],
      ['nobody', (watch) => ({ ...watch, run: 'passed' })],
    ])('a run in the details that is of %s counts as nothing: the command is started', async (_, changed) => {
      await running();
      world.ends(0);
      world.details = { watch: changed(world.details.watch) };
      expect(await world.call(plan)).toMatchObject({ hookStatus: 'IN_PROGRESS' });
      expect(world.told).toEqual([started(), started()]);
    });

    test('a repeated call after the end answers the same', async () => {
      await running();
      world.ends(0);
      expect([await world.call(plan), await world.call(plan)]).toEqual([{ hookStatus: 'SUCCEEDED' }, { hookStatus: 'SUCCEEDED' }]);
    });

    test('asks the same task though ECS lists them in another order, and none but waits where none runs', async () => {
      world.addresses = ['127.0.0.2', '127.0.0.1'];
      await world.call(plan);
      expect(world.told).toEqual([started()]);
      world.details = {};
      world.addresses = [];
      expect(await world.untilDecided(plan)).toMatchObject({ status: 'FAILED', calls: 3 });
      expect(world.told).toEqual([started()]);
    });

    test.each<[string, Partial<RolloutPlan>]>([['held steps', STEPS], ['steps of ECS\'s own', {}]])('B-12: does not repeat it at %s', async (_, steps) => {
      const stepped = world.plan({ ...steps, command: SUITE });
      await running(stepped);
      world.ends(0);
      await world.untilDecided(stepped);
      await world.untilDecided(stepped, beforeShift(10));
      expect(world.told).toEqual([started()]);
    });

    test.each<[string, Partial<Deployment>]>([['the first deployment', { first: true }], ['a deployment that goes back', { goesBack: true }], ['one of no tasks', { requestedTasks: 0 }]])('does not start it for %s', async (_, deployment) => {
      world.deployment = { ...UNDER_WAY, ...deployment };
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.told).toEqual([]);
    });

    test.each<[string, Error | true]>([['stops it', true], ['is not held by a task that can not be stopped', new Error('Rate exceeded')]])('a deployment that goes back meanwhile %s', async (_, stops) => {
      await running();
      world.stopsTasks = stops;
      world.deployment = { ...UNDER_WAY, goesBack: true };
      expect(await world.call(plan)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.told).toEqual([started(), stopped('The deployment that it verifies goes back')]);
    });

    test('a plan that lost its command meanwhile goes on without it', async () => {
      await running();
      expect(await world.call(world.plan({ requests: [health] }))).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(world.asked).toHaveLength(1);
    });
  });

  test('asks with a User-Agent, the scheme that users have, and the Host that it is told', async () => {
    await world.call(world.plan({ requests: [health, { ...health, path: '/shop?full=1', host: 'www.example.com' }] }));
    expect(world.asked.map(({ url }) => url)).toEqual(['/health', '/shop?full=1']);
    expect(world.asked.map(({ headers }) => headers.host)).toEqual([`127.0.0.1:${world.port}`, 'www.example.com']);
    world.asked.forEach(({ headers, method }) => expect([method, headers['user-agent'], headers['x-forwarded-proto']]).toEqual(['GET', 'rollout-smoke-test/1', 'https']));
  });
});
