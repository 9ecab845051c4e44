import { Migration, ReleaseTask } from '../../../src';
import type { DeliveryAccount } from '../../simulators/delivery-account';
import { DeployedRelease } from '../../simulators/deployed-release';

jest.setTimeout(120_000);

/** Stage with two migrations and two tasks afterwards. */
const stage = new DeployedRelease(({ api, web }) => ({
  migrations: ['one', 'two'].map((name) => Migration.command(api, ['migrate', name], { verify: ['verify', name] })),
  afterRelease: [ReleaseTask.migration(Migration.command(api, ['contract'])), ReleaseTask.command(web, ['warm'], { environment: { DEPTH: '2' } })],
}));
afterAll(() => stage.close());

interface Run { readonly command: string; readonly tag: string; readonly serving: string[]; readonly released: string[] }

/** Runs programs and notes what serves meanwhile. One of them may fail. */
function programs(world: DeliveryAccount, failing = ''): Run[] {
  const runs: Run[] = [];
  world.ecs.program = async ({ definition, command }) => {
    const { serving, released } = world;
    runs.push({ command: command.join(' '), tag: definition.Image.split(':').pop()!, serving, released });
    return runs[runs.length - 1].command === failing ? 1 : 0;
  };
  return runs;
}

const told = (world: DeliveryAccount) => world.sns.published.map(({ subject }) => subject.replace('Release to production ', ''));
const left = (world: DeliveryAccount) => world.ecs.revisions.filter(({ family, active, by }) => /-migration/.test(family) && active && /release-role/.test(by));

test('Migrations run one after another before the deployments, tasks after the new version serves and is recorded [A-08]', async () => {
  const world = stage.account().runs('v1').push('v2');
  const runs = programs(world);
  const { status } = await stage.release(world, stage.images(world, 'v2'));
  expect(status).toBe('SUCCEEDED');
  const [before, after] = [{ tag: 'v2', serving: ['v1', 'v1'], released: ['v1', 'v1'] }, { tag: 'v2', serving: ['v2', 'v2'], released: ['v2', 'v2'] }];
  expect(runs).toEqual([
    { command: 'migrate one', ...before }, { command: 'verify one', ...before }, { command: 'migrate two', ...before }, { command: 'verify two', ...before },
    { command: 'contract', ...after }, { command: 'warm', ...after },
  ]);
  const families = world.ecs.tasks.map(({ input }) => input.TaskDefinition.replace(/^arn:task-definition\/\w+?Definition[0-9A-F]{8}|:\d+$/g, ''));
  expect(families).toEqual(['-migration', '-migration', '-migration-2', '-migration-2', '-migration-3', '']);
  expect(world.ecs.tasks[5].input.Overrides.ContainerOverrides[0].Environment).toEqual([{ Name: 'DEPTH', Value: '2' }]);
  expect(left(world)).toEqual([]);
  expect(told(world)).toEqual(['begins', 'succeeded']);
});

test('A second migration that fails keeps the previous version, and no task runs after it [A-08]', async () => {
  const world = stage.account().runs('v1').push('v2');
  const runs = programs(world, 'migrate two');
  const { status, error } = await stage.release(world, stage.images(world, 'v2'));
  expect([status, error?.message]).toEqual(['FAILED', expect.stringMatching(/^Migration 2 ended with 1/)]);
  expect(runs.map(({ command }) => command)).toEqual(['migrate one', 'verify one', 'migrate two']);
  expect([world.serving, world.released, left(world)]).toEqual([['v1', 'v1'], ['v1', 'v1'], []]);
  expect(told(world)).toEqual(['begins', 'failed, the previous version serves']);
});

test('A task that fails after the release is reported, and rolls nothing back', async () => {
  const world = stage.account().runs('v1').push('v2');
  const runs = programs(world, 'contract');
  const { status, error } = await stage.release(world, stage.images(world, 'v2'));
  expect([status, error?.name, error?.message]).toEqual(['FAILED', 'Release.Task', expect.stringMatching(/^After release ended with 1/)]);
  expect(runs.map(({ command }) => command).slice(4)).toEqual(['contract']);
  expect([world.serving, world.released, left(world)]).toEqual([['v2', 'v2'], ['v2', 'v2'], []]);
  expect(told(world)).toEqual(['begins', 'serves, a task after it failed']);
  expect(world.sns.published[1].message).toMatch(/A task after it failed, and nothing is rolled back\. Release\.Task: After release ended with 1/);
  expect(world.calls.filter(({ api }) => api === 'cloudwatch:putMetricData')).toHaveLength(1);
  // The next release begins, and a rollback finds the versions before.
  expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('FAILED');
  programs(world);
  expect((await stage.rollBack(world)).status).toBe('SUCCEEDED');
});

test('A release that is stopped while a task runs after it stops the task and is rolled back', async () => {
  const world = stage.account().runs('v1').push('v2');
  world.ecs.program = undefined;
  let described = 0;
  world.before = (api) => {
    const afterwards = world.ecs.tasks.length === 5 && api === 'ecs:describeTasks';
    described += afterwards ? 1 : 0;
    return afterwards && described === 2 ? stage.stop() : undefined;
  };
  const { status } = await stage.release(world, stage.images(world, 'v2'));
  expect(status).toBe('ABORTED');
  expect(world.ecs.tasks[4].stopped).toBe(true);
  expect([world.serving, world.released]).toEqual([['v1', 'v1'], ['v1', 'v1']]);
  expect(told(world)).toEqual(['begins', 'Traffic of production is back at the previous version', 'failed, the previous version serves']);
});

test('A rollback runs neither migrations nor tasks after it [A-14]', async () => {
  const world = stage.account().runs('v1').runs('v2');
  const runs = programs(world);
  expect((await stage.release(world, stage.images(world, 'v1'), { rollback: true })).status).toBe('SUCCEEDED');
  expect([runs, world.serving]).toEqual([[], ['v1', 'v1']]);
});

test('A release without tasks afterwards has no state for them', () => {
  const other = new DeployedRelease();
  const names = Object.keys(other.definition('Release').States);
  other.close();
  expect(names.filter((name) => /task after/i.test(name))).toEqual([]);
});
