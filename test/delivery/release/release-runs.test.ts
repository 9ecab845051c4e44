import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerImage, DeploymentStrategy, FargateService, FargateTaskDefinition, TaskDefinitionRevision } from 'aws-cdk-lib/aws-ecs';
import { alertIn, isShownInChat } from '../../../lambda/alert-forwarder/alert';
import { MaintenanceWindow, Migration, Release, ReleasedService, SecureVpc } from '../../../src';
import { FORWARDER_HOME } from '../../fixtures/forwarder-home';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { DeliveryAccount } from '../../simulators/delivery-account';
import { definitions, ownFamilies } from '../../simulators/deployed-definition';
import { DeployedRelease } from '../../simulators/deployed-release';
import { AwsError, StateMachines } from '../../simulators/state-machines';

let stage: DeployedRelease;
jest.setTimeout(60_000);
beforeAll(() => { stage = new DeployedRelease(); });
afterAll(() => stage.close());

const containers = (world: DeliveryAccount, service = 0) => world.ecs.revision(world.ecs.services[world.facts[service].service].serving).definition.ContainerDefinitions;
const NOTHING = () => undefined;
/** What a parameter of the release holds, as a stage of other services left it. */
const change = (world: DeliveryAccount, parameter: 'record' | 'last', edit: (value: any) => void) => {
  const name = Object.keys(world.ssm.parameters).find((one) => one.endsWith(`/${parameter}`))!;
  const value = JSON.parse(world.ssm.value(name));
  edit(value);
  world.ssm.parameters[name].push(JSON.stringify(value));
};
const inputs = (world: DeliveryAccount, api: string) => world.calls.filter((call) => call.api === api).map(({ input }) => input);

describe('The interpreter of the tests', () => {
  let machines: StateMachines;
  beforeAll(() => { machines = new StateMachines(); });
  afterAll(() => machines.close());
  const evaluate = (states: object, startAt: string, input: object = {}, answer: () => unknown = () => ({})) => machines.run('canary', { StartAt: startAt, States: states }, input, answer);

  test('evaluates intrinsic functions, also inside one another', async () => {
    const { output } = await evaluate({
      A: {
        Type: 'Pass',
        Parameters: {
          'format.$': "States.Format('\\{{}\\} of {}', $.a[0].n, $$.Execution.Name)",
          'merged.$': 'States.JsonMerge($.b, $.a[1], false)',
          'contains.$': 'States.ArrayContains($.a[*].n, 2)',
          'last.$': 'States.ArrayGetItem($.a, States.MathAdd(States.ArrayLength($.a), -1))',
          'part.$': "States.ArrayGetItem(States.StringSplit('a/b/c', '/'), 2)",
          'text.$': 'States.JsonToString($.a)',
          'parsed.$': "States.StringToJson('[1]')",
          'hash.$': "States.Hash('x', 'SHA-256')",
          'quoted.$': 'States.JsonToString($.said)',
          'kept.$': "States.Format('{}', $.said.by)",
          'flat.$': '$.lists[*][*]',
          'one.$': '$.a[?(@.n == 2)]',
          'some.$': '$.tags[?(@.ours == true)].tag',
          'short.$': "States.Hash('x', 'MD5')",
          'named.$': "States.StringToJson(States.Format('\\{\"{}\":\"{}\"\\}', $.name, 'v1'))",
        },
        End: true,
      },
    }, 'A', { a: [{ n: 1 }, { n: 2, m: 3 }], b: { n: 1, o: 4 }, lists: [[1], [2, 3]], tags: [{ ours: true, tag: 'a' }, { ours: false, tag: 'b' }], name: 'shop/api', said: { by: 'a "\\b"' } });
    expect(output).toEqual({
      format: '{1} of canary',
      merged: { n: 2, m: 3, o: 4 },
      contains: true,
      last: { n: 2, m: 3 },
      part: 'c',
      text: '[{"n":1},{"n":2,"m":3}]',
      parsed: [1],
      hash: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      quoted: '{"by":"a \\"\\\\b\\""}',
      kept: 'a "\\b"',
      flat: [1, 2, 3],
      one: [{ n: 2, m: 3 }],
      some: ['a'],
      short: '9dd4e461268c8034f5c8564e155c67a6',
      named: { 'shop/api': 'v1' },
    });
  });

  test('evaluates choices by paths, presence and patterns, also combined', async () => {
    const choose = async (rule: object, input: object) => (await evaluate({
      A: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' }, Yes: { Type: 'Pass', Result: 'yes', End: true }, No: { Type: 'Pass', Result: 'no', End: true },
    }, 'A', input)).output === 'yes';
    expect(await choose({ Variable: "$.images['a/b']", IsPresent: true }, { images: { 'a/b': 'v1' } })).toBe(true);
    expect(await choose({ Not: { Variable: '$.list[0]', IsPresent: true } }, { list: [] })).toBe(true);
    expect(await choose({ Variable: '$.a', StringEqualsPath: '$.b' }, { a: 'x', b: 'y' })).toBe(false);
    expect(await choose({ Variable: '$.by', StringMatches: '*:assumed-role/release/*' }, { by: 'arn:aws:sts::1:assumed-role/release/x' })).toBe(true);
    expect(await choose({ Variable: '$.by', StringMatches: '*_IN_PROGRESS' }, { by: 'UPDATE_COMPLETE' })).toBe(false);
    expect(await choose({ And: [{ Variable: '$.n', IsPresent: true }, { Variable: '$.n', IsString: true }] }, { n: null })).toBe(false);
    expect(await choose({ Or: [{ Variable: '$.n', NumericGreaterThan: 1 }, { Variable: '$.n', NumericEquals: 0 }] }, { n: 0 })).toBe(true);
    expect(await choose({ Variable: '$.n', NumericGreaterThanPath: '$.m' }, { n: 3, m: 2 })).toBe(true);
  });

  test('tells the moment at which a state is entered, on a clock that waits move on', async () => {
    const at = { Type: 'Pass', Parameters: { 'at.$': '$$.State.EnteredTime' } };
    const { output } = await evaluate({ A: { ...at, ResultPath: '$.a', Next: 'B' }, B: { Type: 'Wait', Seconds: 90, Next: 'C' }, C: { ...at, ResultPath: '$.c', End: true } }, 'A');
    expect(Date.parse(output.c.at) - Date.parse(output.a.at)).toBe(90_000);
  });

  test('retries and catches failures with a path to their cause, from inside maps and parallels', async () => {
    let asked = 0;
    const fail = { Type: 'Fail', Error: 'Bad', CausePath: '$.why' };
    const { output } = await evaluate({
      P: {
        Type: 'Parallel',
        Branches: [{
          StartAt: 'M',
          States: {
            M: {
              Type: 'Map',
              ItemsPath: '$.items',
              MaxConcurrency: 1,
              ItemProcessor: {
                ProcessorConfig: { Mode: 'INLINE' },
                StartAt: 'T',
                States: {
                  T: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:ecs:x', Parameters: {}, ResultPath: null, Retry: [{ ErrorEquals: ['Final'], MaxAttempts: 0 }, { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 3 }], Next: 'C' },
                  C: { Type: 'Choice', Choices: [{ Variable: '$.why', StringEquals: 'second', Next: 'F' }], Default: 'D' },
                  F: fail,
                  D: { Type: 'Pass', End: true },
                },
              },
              End: true,
            },
          },
        }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Z' }],
        Next: 'Z',
      },
      Z: { Type: 'Pass', End: true },
    }, 'P', { items: [{ why: 'first' }, { why: 'second' }] }, () => {
      asked += 1;
      if (asked < 3) {
        throw Object.assign(new Error('Rate exceeded'), { name: 'Ecs.EcsException' });
      }
      return {};
    });
    expect(output.failure).toEqual({ Error: 'Bad', Cause: 'second' });
    expect(asked).toBe(4);
  });
});

describe('The first release', () => {
  test('starts the tasks of empty services, raises their minimum, and writes the parameter [A-10]', async () => {
    const world = stage.account().push('v1');
    expect((await stage.release(world, stage.images(world, 'v1'))).status).toBe('SUCCEEDED');
    expect(world.serving).toEqual(['v1', 'v1']);
    expect(world.released).toEqual(['v1', 'v1']);
    expect(Object.values(world.ecs.services).map(({ tasks, minCapacity }) => [tasks, minCapacity])).toEqual([[2, 2], [2, 2]]);
  });

  test('leaves the services empty when it fails, and none of its revisions the latest', async () => {
    const world = stage.account().push('v1');
    world.faults.v1 = 'fails on green';
    expect((await stage.release(world, stage.images(world, 'v1'))).status).toBe('FAILED');
    expect(world.serving).toEqual(['nothing', 'nothing']);
    expect(world.released).toEqual(['none', 'none']);
    expect(world.latestTags).toEqual(['none', 'none']);
  });

  test('is refused without an image, because there is none to release', async () => {
    const world = stage.account();
    expect((await stage.release(world, {})).error?.message).toMatch(/has never been released/);
    expect(world.sns.subjects).toEqual(['Release to production begins', 'Release to production refused, nothing was changed']);
  });
});

describe('A release', () => {
  test('succeeds when it can not be counted', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.before = (api) => { if (api === 'cloudwatch:putMetricData') { throw new AwsError('CloudWatch.InternalServiceException', 'no'); } };
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
  });

  test('notifies chats and mail with the quotes of its reason [C-16]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.before = (api) => { if (api === 'ecs:updateService') { throw new AwsError('Ecs.EcsException', 'no "service" \\ {here}\n'); } };
    await stage.release(world, stage.images(world, 'v2'));
    const { message, forChannels } = world.sns.published[world.sns.published.length - 1];
    expect(message).toContain('no "service" \\ {here}\n');
    expect(alertIn({ messageId: '1', topicArn: 'deployments', message: forChannels }, FORWARDER_HOME).text).toBe(message);
  });

  test('changes the image and nothing else of the latest revision, and keeps its tags', async () => {
    const world = stage.account().runs('v1').push('v2');
    const before = world.ecs.latest(world.facts[0]);
    await stage.release(world, stage.images(world, 'v2'));
    const after = world.ecs.revision(world.ecs.services[world.facts[0].service].serving);
    const [router, application] = before.definition.ContainerDefinitions;
    expect(after.definition).toEqual({ ...before.definition, EnableFaultInjection: false, ContainerDefinitions: [router, { ...application, Image: application.Image.replace(':v1', ':v2') }] });
    expect(after.tags).toEqual(before.tags);
  });

  test.each([
    ['without a role of its own, and with more storage', { TaskRoleArn: undefined, EphemeralStorage: { SizeInGiB: 50 } }],
    ['with injected faults', { EnableFaultInjection: true }],
    ['for Graviton', { RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' } }],
  ])('copies a task definition %s', async (_, further) => {
    const world = stage.account().runs('v1').push('v2');
    const { definition } = world.cloudFormation.register(world.facts[0], 'v1', further);
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    const { ContainerDefinitions: _containers, ...rest } = definition;
    expect(world.ecs.revision(world.ecs.services[world.facts[0].service].serving).definition).toMatchObject(JSON.parse(JSON.stringify(rest)));
  });

  test.each([
    ['leaves the tags of CloudFormation behind', [{ Key: 'aws:cloudformation:stack-name', Value: 'Application' }, { Key: 'team', Value: 'shop' }], [{ Key: 'team', Value: 'shop' }]],
    ['leaves all tags behind where there are no others', [{ Key: 'aws:cloudformation:stack-name', Value: 'Application' }], []],
    ['needs no tags', [], []],
  ])('%s', async (_, before, after) => {
    const world = stage.account().runs('v1').push('v2');
    const { tags } = world.ecs.latest(world.facts[0]);
    tags.splice(0, tags.length, ...before);
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    expect(world.ecs.latest(world.facts[0]).tags).toEqual(after);
  });

  test('refuses a task definition that it can not copy', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.cloudFormation.register(world.facts[0], 'v1', { PidMode: 'task' });
    expect((await stage.release(world, stage.images(world, 'v2'))).error?.name).toBe('Release.TaskDefinition');
    expect(world.serving).toEqual(['v1', 'v1']);
  });

  test('gives traces their version [D-07]', async () => {
    const world = stage.account(true).runs('v1').push('v2').push('v3');
    await stage.release(world, stage.images(world, 'v2'));
    await stage.release(world, stage.images(world, 'v3'));
    expect(containers(world)[1]).toMatchObject({
      Environment: [{ Name: 'DD_ENV', Value: 'production' }, { Name: 'PORT', Value: '3000' }, { Name: 'DD_VERSION', Value: 'v3' }],
      DockerLabels: { 'com.datadoghq.tags.service': 'web', 'com.datadoghq.tags.version': 'v3' },
    });
    expect(containers(world)[0].Environment).toEqual([]);
  });

  test('tags the image for good, with the number of the release [A-12, C-12]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    const [{ repository }] = world.facts;
    expect(world.ecr.images[repository]['live-production-3']).toBe(world.ecr.images[repository].v2);
    expect(world.released).toEqual(['v2', 'v2']);
  });

  test('uses a unique tag where the number is taken, and none where the image has it already', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.facts.forEach(({ repository }, index) => { world.ecr.images[repository]['live-production-3'] = index === 0 ? 'another image' : world.ecr.images[repository].v2; });
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    const tags = world.facts.map(({ repository }) => Object.entries(world.ecr.images[repository]).filter(([tag, image]) => tag.startsWith('live-') && image === world.ecr.images[repository].v2).map(([tag]) => tag));
    expect(tags).toEqual([[expect.stringMatching(/^live-production-3-[0-9a-f-]{36}$/)], ['live-production-3']]);
  });

  test('takes a snapshot that expires after 30 days, before anything is registered [A-06]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    expect(world.backup.backups[0].input).toMatchObject({ Lifecycle: { DeleteAfterDays: 30 }, IdempotencyToken: expect.any(String) });
    const order = world.calls.map(({ api }) => api);
    expect(order.indexOf('backup:describeBackupJob')).toBeLessThan(order.indexOf('ecs:registerTaskDefinition'));
  });

  test.each([
    ['backup', 'Backup job could not start because it is either inside or too close to the automated backup window configured in RDS instance.'],
    ['maintenance', 'Backup job could not start because it is either inside or too close to the weekly maintenance window configured in RDS instance.'],
  ])('waits for the end of the %s window of the database, and takes the snapshot then [A-06]', async (_, message) => {
    const world = stage.account().runs('v1').push('v2');
    world.backup.refusals = Array.from({ length: 8 }, () => message);
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    const jobs = world.backup.backups.filter(({ input }) => input.IdempotencyToken && input.ResourceArn);
    expect(jobs).toHaveLength(9);
    expect(new Set(jobs.map(({ input }) => input.IdempotencyToken)).size).toBe(9);
    expect(world.serving).toEqual(['v2', 'v2']);
  });

  test('waits for a window of the database for three hours, and is refused with the words of AWS Backup [A-06]', async () => {
    const world = stage.account().runs('v1').push('v2');
    const message = 'Backup job could not start because it is either inside or too close to the automated backup window configured in RDS instance.';
    world.backup.refusals = Array.from({ length: 99 }, () => message);
    const ended = await stage.release(world, stage.images(world, 'v2'));
    expect(ended.error).toMatchObject({ name: 'Release.Snapshot', message: expect.stringContaining('too close to the automated backup window') });
    expect(world.backup.backups).toHaveLength(13);
    expect(world.serving).toEqual(['v1', 'v1']);
  });

  test('migrates with the new image before any service is updated, and verifies it [A-08]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    expect(world.ecs.tasks.map(({ image, input }) => [image, input.Overrides.ContainerOverrides[0].Command])).toEqual([['v2', ['npm', 'run', 'migrate']], ['v2', ['npm', 'run', 'verify']]]);
    expect(world.ecs.tasks[0].input.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    const order = world.calls.map(({ api }) => api);
    expect(order.lastIndexOf('ecs:describeTasks')).toBeLessThan(order.indexOf('ecs:updateService'));
  });

  test('deploys services in the declared order, one after another', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    expect(inputs(world, 'ecs:updateService').map(({ Service }) => Service)).toEqual(world.facts.map(({ service }) => service));
    const [second, first] = world.ecs.deployments;
    expect(second.createdAt > first.createdAt).toBe(true);
    expect(first.minutes).toBeGreaterThanOrEqual(6);
  });

  test('leaves a service at its own image whose repository is not named', async () => {
    const world = stage.account().runs('v1').push('v2');
    const [{ service }] = world.facts;
    const { revision } = world.ecs.services[service];
    await stage.release(world, { [world.facts[1].repository]: 'v2' });
    expect(world.serving).toEqual(['v1', 'v2']);
    expect(world.released).toEqual(['v1', 'v2']);
    expect([world.ecs.services[service].revision, world.ecs.latest(world.facts[0]).arn]).toEqual([revision, revision]);
    expect(inputs(world, 'ecs:updateService').map((input) => input.Service)).toEqual([world.facts[1].service]);
  });

  test('deploys a service without tasks that its schedule has scaled to zero, and does not wake it [C-19]', async () => {
    const world = stage.account().runs('v1').push('v2');
    Object.values(world.ecs.services).forEach((service) => { service.tasks = 0; });
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    expect(Object.values(world.ecs.services).map(({ serving, tasks }) => [world.ecs.tagOf(serving), tasks])).toEqual([['v2', 0], ['v2', 0]]);
  });

  test('rolls a service without tasks back when another one fails [C-19]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.ecs.services[world.facts[0].service].tasks = 0;
    let updates = 0;
    world.before = (api) => { updates += api === 'ecs:updateService' ? 1 : 0; if (updates === 2) { world.faults.v2 = 'fails on green'; } };
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('FAILED');
    expect(world.sns.subjects[world.sns.subjects.length - 1]).toBe('Release to production failed, the previous version serves');
    expect(Object.values(world.ecs.services).map(({ serving, tasks }) => [world.ecs.tagOf(serving), tasks])).toEqual([['v1', 0], ['v1', 2]]);
  });

  test('proceeds undisturbed when a second one begins, which is refused', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    const [first, second] = await Promise.all([stage.release(world, stage.images(world, 'v2')), stage.release(world, stage.images(world, 'v3'))]);
    expect([first.status, second.status]).toEqual(['SUCCEEDED', 'FAILED']);
    expect(second.error?.name).toBe('Release.OtherRelease');
    expect(world.serving).toEqual(['v2', 'v2']);
  });

  test('is refused until a stopped one is rolled back', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    world.before = (api) => (api === 'ecs:runTask' ? stage.stop() : undefined);
    await stage.execute(world, 'stopped', { images: stage.images(world, 'v2') });
    world.before = NOTHING;
    expect((await stage.execute(world, 'too early', { images: stage.images(world, 'v3') })).error?.name).toBe('Release.RollbackPending');
    await stage.execute(world, 'clean-up', { cleanUpAfter: 'stopped' });
    expect(world.latestTags).toEqual(['v1', 'v1']);
    expect((await stage.release(world, stage.images(world, 'v3'))).status).toBe('SUCCEEDED');
    expect([world.serving, world.latestTags]).toEqual([['v3', 'v3'], ['v3', 'v3']]);
  });

  test('follows its own deployment, whatever was deployed before it', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.facts.forEach(({ service }) => { world.ecs.deploy(service, world.ecs.services[service].revision); });
    Array.from({ length: 8 }).forEach(() => world.ecs.passMinute());
    world.faults.v2 = 'fails on green';
    const { status, error } = await stage.release(world, stage.images(world, 'v2'));
    expect([status, error?.message]).toEqual(['FAILED', expect.stringContaining('ROLLBACK_SUCCESSFUL')]);
  });

  test('keeps serving when a later stack update is rolled back [ADR-2]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    const revision = world.cloudFormation.register(world.facts[0], 'v2');
    revision.active = false;
    expect(world.serving).toEqual(['v2', 'v2']);
    world.cloudFormation.update(world.facts[0]);
    Array.from({ length: 8 }).forEach(() => world.ecs.passMinute());
    expect(world.serving).toEqual(['v2', 'v2']);
  });
});

describe('A release of a service from outside the library', () => {
  const machines = new StateMachines();
  afterAll(() => machines.close());
  const stack = testStack();
  const { vpc } = new SecureVpc(stack, 'Network');
  const repository = new Repository(stack, 'Repository');
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('app', { image: ContainerImage.fromEcrRepository(repository, 'none') });
  const service = ReleasedService.fromFargate(new FargateService(stack, 'Service', {
    cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition, taskDefinitionRevision: TaskDefinitionRevision.LATEST, deploymentStrategy: DeploymentStrategy.BLUE_GREEN, circuitBreaker: { rollback: true }, minHealthyPercent: 100,
  }), { repository, releasedImageParameterName: '/shop/released', minTasks: 2 });
  const migrationTask = new FargateTaskDefinition(stack, 'Migration');
  migrationTask.addContainer('migrate', { image: ContainerImage.fromRegistry('shop') });
  const release = new Release(stack, 'Release', {
    stageName: 'production', services: [service], migrations: [Migration.command(service, ['migrate'], { taskDefinition: migrationTask })],
  });
  const [definition] = Object.values(definitions(templateOf(stack)));
  const empty = () => new DeliveryAccount(definition.States.Services.Result, [release.recordParameterName, release.lastReleaseParameterName])
    .declare(ownFamilies(definition)).push('v2');
  const account = () => empty().runs('v1').push('v2');
  const run = (world: DeliveryAccount, execution: string) => machines.run(execution, definition, { images: { [world.facts[0].repository]: 'v2' } }, world.answers());

  test('migrates it, deploys it and records it [E-15]', async () => {
    const world = account();
    expect((await run(world, 'foreign')).status).toBe('SUCCEEDED');
    expect([world.serving, world.released, world.ecs.tasks.map(({ image }) => image)]).toEqual([['v2'], ['v2'], ['v2']]);
  });

  test('rolls it back when it fails [E-15]', async () => {
    const world = account();
    world.faults.v2 = 'fails on green';
    expect((await run(world, 'foreign, failing')).status).toBe('FAILED');
    expect([world.serving, world.released]).toEqual([['v1'], ['v1']]);
  });

  test.each([
    ['starts its first tasks', undefined, 'SUCCEEDED', ['v2'], 2],
    ['empties it again after a first release that fails', 'fails on green', 'FAILED', ['nothing'], 0],
  ] as const)('%s, though it does not scale [E-15]', async (name, fault, status, serving, tasks) => {
    const world = empty();
    world.autoScaling.scales = false;
    if (fault) {
      world.faults.v2 = fault;
    }
    expect((await run(world, `foreign, ${name}`)).status).toBe(status);
    expect([world.serving, Object.values(world.ecs.services).map((one) => one.tasks)]).toEqual([serving, [tasks]]);
  });
});

describe('A release with a window for its migrations', () => {
  let windowed: DeployedRelease;
  beforeAll(() => {
    const window = MaintenanceWindow.calendar('arn:aws:ssm:eu-central-1:111111111111:document/shop');
    windowed = new DeployedRelease(({ api }) => ({ migrations: [Migration.command(api, ['npm', 'run', 'migrate'], { window })] }));
  });
  afterAll(() => windowed.close());
  const world = () => {
    const account = windowed.account().runs('v1').push('v2');
    account.before = (api) => { if (api === 'backup:startBackupJob') { account.ssm.calendar = 'CLOSED'; } };
    return account;
  };

  test('is refused before its first change when the window closes while the snapshot is taken [A-08]', async () => {
    const account = world();
    const { error } = await windowed.release(account, windowed.images(account, 'v2'));
    expect(error).toMatchObject({ name: 'Release.Window', message: expect.stringContaining('has closed before the migration') });
    expect([account.serving, account.ecs.tasks]).toEqual([['v1', 'v1'], []]);
  });

  test('waits for no window as a hotfix [A-08]', async () => {
    const account = world();
    account.ssm.calendar = 'CLOSED';
    expect((await windowed.release(account, windowed.images(account, 'v2'), { despite: 'the cart fails' })).status).toBe('SUCCEEDED');
    expect([account.serving, account.ecs.tasks.length]).toEqual([['v2', 'v2'], 1]);
  });
});

describe('The dry run of a migration', () => {
  test('runs with the new image in a dedicated family, and outputs where it has printed [A-08]', async () => {
    const world = stage.account().runs('v1').push('v2');
    const { status, output } = await stage.run(world, 'Plan', { images: stage.images(world, 'v2') });
    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual({
      plans: [{
        log: {
          group: expect.any(String),
          stream: 'web/web/task1',
          url: expect.stringMatching(/^https:\/\/eu-central-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-central-1#logsV2:log-groups\/log-group\/[^/]+\/log-events\/web\$252Fweb\$252Ftask1$/),
        },
      }],
    });
    // A log may be larger than the output of a state, or have no stream yet.
    expect(world.calls.filter(({ api }) => api.startsWith('cloudwatchlogs:'))).toEqual([]);
    expect(world.ecs.tasks[0]).toMatchObject({ image: 'v2', input: { Overrides: { ContainerOverrides: [{ Command: ['npm', 'run', 'plan'] }] } } });
    expect(world.latestTags).toEqual(['v1', 'v1']);
    expect(world.ecs.revisions.filter(({ family, active }) => family.endsWith('-plan') && active).map(({ number }) => number)).toEqual([1]);
  });

  test('leaves no revision behind when it fails [A-08]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.faults.v2 = 'migration fails';
    const { error } = await stage.run(world, 'Plan', { images: stage.images(world, 'v2') });
    expect(error?.message).toMatch(/Plan ended with 1/);
    expect(world.ecs.revisions.filter(({ family, active }) => family.endsWith('-plan') && active).map(({ number }) => number)).toEqual([1]);
  });
});

describe('The clean-up of a release that ended where nothing is caught', () => {
  const ended = async (how: { Status: string; Error?: string; Cause?: string }) => {
    const world = stage.account().runs('v1');
    world.states.ended.A = how;
    const { status } = await stage.execute(world, 'clean-up', { cleanUpAfter: 'A' });
    return { status, told: world.sns.published.map(({ subject, message }) => `${subject}: ${message}`) };
  };

  test('notifies of its error and cause', async () => {
    const { status, told } = await ended({ Status: 'FAILED', Error: 'States.Runtime', Cause: 'no path "$.x"' });
    expect(status).toBe('SUCCEEDED');
    expect(told).toEqual([expect.stringMatching(/ended early, nothing to roll back: .*States\.Runtime: the release A ended as FAILED: no path "\$\.x"/)]);
  });

  test('notifies also without a cause, and without an error', async () => {
    expect((await ended({ Status: 'TIMED_OUT', Error: 'States.Timeout' })).told).toEqual([expect.stringContaining('States.Timeout: the release A ended as TIMED_OUT.')]);
    expect((await ended({ Status: 'ABORTED', Cause: 'by mistake' })).told).toEqual([expect.stringContaining('the release A was stopped: by mistake')]);
  });

  test('does not notify of a refusal again', async () => {
    expect((await ended({ Status: 'FAILED', Error: 'Release.AlarmFires', Cause: 'an alarm fires' })).told).toEqual([]);
  });

  test('rolls it back with its reason where it has changed something', async () => {
    const world = stage.account().runs('v1').push('v2');
    let looked = 0;
    world.before = (api) => { looked += api === 'ecs:listServiceDeployments' ? 1 : 0; return looked === 6 ? stage.stop() : undefined; };
    await stage.execute(world, 'A', { images: stage.images(world, 'v2') });
    world.before = NOTHING;
    world.states.ended.A = { Status: 'FAILED', Error: 'States.DataLimitExceeded', Cause: 'more than 262144 bytes' };
    await stage.execute(world, 'clean-up', { cleanUpAfter: 'A' });
    expect(world.serving).toEqual(['v1', 'v1']);
    expect(world.sns.published[world.sns.published.length - 1].message).toContain('States.DataLimitExceeded: the release A ended as FAILED: more than 262144 bytes');
  });

  test('reports a service that the stage does not have any more as not rolled back', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.before = (api) => (api === 'ecs:runTask' ? stage.stop() : undefined);
    await stage.execute(world, 'A', { images: stage.images(world, 'v2') });
    world.before = NOTHING;
    change(world, 'record', (record) => { record.services[0].name = 'Application/Removed'; record.services.reverse(); });
    expect((await stage.execute(world, 'clean-up', { cleanUpAfter: 'A' })).status).toBe('FAILED');
    expect(world.sns.published[world.sns.published.length - 1]).toMatchObject({ subject: expect.stringContaining('NOT rolled back'), message: expect.stringMatching(/Application\/Removed.*no such service/) });
    // The other one is found by its name, wherever it stands.
    expect(world.latestTags).toEqual(['v2', 'v1']);
  });
});

describe('A hotfix', () => {
  test('passes traffic that a failed rollback has left divided, which any other release refuses [A-14]', async () => {
    const world = stage.account().runs('v1').push('v2');
    const whole = world.elb.describeRules.bind(world.elb);
    world.elb.describeRules = (input: any) => {
      const rules = whole(input);
      rules.Rules[0].Actions[0].ForwardConfig.TargetGroups.forEach((group: any) => { group.Weight = 50; });
      return rules;
    };
    expect((await stage.release(world, stage.images(world, 'v2'))).error?.name).toBe('Release.Traffic');
    expect((await stage.release(world, stage.images(world, 'v2'), { despite: 'half of all orders fail' })).status).toBe('SUCCEEDED');
    expect(world.serving).toEqual(['v2', 'v2']);
  });
});

describe('The rollback of a failed release', () => {
  test('does not tell that all traffic is back where a service can not be rolled back [A-14]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.faults.v2 = 'fires afterwards';
    world.atState = (state) => {
      if (state === 'Service to roll back: describe') {
        world.ecs.unknown = world.facts[0].service;
        world.ecs.bakeMinutes = 30;
      }
    };
    await stage.execute(world, 'fails', { images: stage.images(world, 'v2') });
    expect(world.sns.published.map(({ subject }) => subject)).toEqual([
      'Release to production begins',
      'Release to production failed and is NOT rolled back',
    ]);
  });

  test('follows its own deployment where the answer of the update was lost [A-14]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.faults.v2 = 'fires afterwards';
    world.ecs.deploymentsLag = 0;
    let lost = false;
    const update = world.ecs.updateService.bind(world.ecs);
    world.ecs.updateService = (input: any) => {
      update(input);
      if (input.ForceNewDeployment && !lost) {
        lost = true;
        throw new AwsError('States.Timeout', 'the answer is lost');
      }
    };
    await stage.release(world, stage.images(world, 'v2'));
    expect(inputs(world, 'ecs:stopServiceDeployment')).toEqual([]);
    expect(world.ecs.served.map(({ tag }) => tag)).toEqual(['v2', 'v2', 'v1', 'v1']);
    expect([world.serving, world.released, world.latestTags]).toEqual([['v1', 'v1'], ['v1', 'v1'], ['v1', 'v1']]);
  });
});

describe('The rollback command', () => {
  test('stops a deployment that runs, and only that [A-14, C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.ecs.deploy(world.facts[0].service, world.cloudFormation.register(world.facts[0], 'v2').arn);
    world.ecs.passMinute();
    const { output } = await stage.rollBack(world);
    expect(output.done).toMatch(/deployments were stopped/);
    expect(inputs(world, 'ecs:stopServiceDeployment')).toEqual([{ ServiceDeploymentArn: world.ecs.deployments[0].arn, StopType: 'ROLLBACK' }]);
    expect(world.states.started).toEqual([]);
  });

  test('makes a release that follows a deployment roll everything back [A-14]', async () => {
    const world = stage.account().runs('v1').push('v2');
    let seen = 0;
    world.before = async (api) => {
      seen += api === 'ecs:listServiceDeployments' ? 1 : 0;
      if (seen === 5) {
        seen += 1;
        world.ecs.standsStill = true;
        await stage.rollBack(world);
        world.ecs.standsStill = false;
      }
    };
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('FAILED');
    expect(world.serving).toEqual(['v1', 'v1']);
    expect(world.released).toEqual(['v1', 'v1']);
  });

  test('stops a release that runs without a deployment, and leaves a clean-up alone [A-14]', async () => {
    const world = stage.account().runs('v1');
    world.states.executions.push('watching', 'cleaning');
    Object.assign(world.states.inputs, { watching: '{"images":{}}', cleaning: '{"cleanUpAfter":"other"}' });
    world.ssm.parameters[Object.keys(world.ssm.parameters).find((name) => name.endsWith('/record'))!].push('{"execution":"watching","services":[]}');
    const { output } = await stage.rollBack(world);
    expect(world.states.stopped).toEqual(['watching']);
    expect(output.done).toMatch(/was stopped/);
  });

  test('goes on to the last release when the one that it stops had changed nothing [A-14, C-17]', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    await stage.release(world, stage.images(world, 'v2'));
    let clicked: Promise<any> | undefined;
    let seen = 0;
    world.before = async (api) => {
      seen += api === 'backup:describeBackupJob' ? 1 : 0;
      if (seen === 1 && !clicked) {
        world.states.stopExecution = () => { stage.stop(); };
        clicked = stage.rollBack(world);
      }
    };
    await stage.execute(world, 'waits', { images: stage.images(world, 'v3') });
    const { output } = await clicked!;
    expect(output.done).toBe('the previous images serve');
    expect(world.serving).toEqual(['v1', 'v1']);
  });

  test('moves the traffic of all services back at once, and tells of it before their bake times end [A-14, C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.ecs.bakeMinutes = 30;
    await stage.release(world, stage.images(world, 'v2'));
    const calls = world.calls.length;
    await stage.rollBack(world);
    const begin = world.calls[calls].at;
    const minutes = (at: number) => Math.ceil((at - begin) / 60_000);
    // One after the other, with their bake times, the second one was back after 36 minutes.
    expect(world.ecs.served.filter(({ tag }) => tag === 'v1').map(({ at }) => minutes(at))).toEqual([3, 3]);
    const messages = world.calls.slice(calls).filter(({ api }) => api === 'sns:publish').map(({ input, at }) => [input.Subject, minutes(at)]);
    expect(messages).toEqual([
      ['Release to production begins', expect.any(Number)],
      ['Traffic of production is back at the previous version', 4],
      ['Release to production succeeded', expect.any(Number)],
    ]);
    expect(messages[2][1]).toBeGreaterThan(30);
  });

  test('stops nothing that rolls back already: no deployment of a rollback, no clean-up, no release of the images before [A-14]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.faults.v2 = 'fires afterwards';
    let answer: any;
    let clicked = false;
    world.before = async (api) => {
      const goesBack = world.ecs.deployments.some(({ target, status, asked }) => world.ecs.tagOf(target) === 'v1' && status === 'IN_PROGRESS' && asked > 1);
      if (api === 'ecs:listServiceDeployments' && goesBack && !clicked) {
        clicked = true;
        world.ecs.standsStill = true;
        answer = await stage.rollBack(world);
        world.ecs.standsStill = false;
      }
    };
    await stage.release(world, stage.images(world, 'v2'));
    expect(answer.output.done).toMatch(/a rollback runs already/);
    expect(world.ecs.deployments.filter(({ target }) => world.ecs.tagOf(target) === 'v1').map(({ status }) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    expect(world.serving).toEqual(['v1', 'v1']);

    for (const input of ['{"cleanUpAfter":"other"}', '{"images":{},"rollback":true}']) {
      const other = stage.account().runs('v1');
      other.states.executions.push('running');
      other.states.inputs.running = input;
      expect((await stage.rollBack(other)).output.done).toMatch(/a rollback runs already/);
      expect([other.states.stopped, other.states.started]).toEqual([[], []]);
    }
  });

  test('stops a release that says it is no rollback, as any other release [A-14]', async () => {
    const world = stage.account().runs('v1');
    world.states.executions.push('running');
    world.states.inputs.running = '{"images":{},"rollback":false}';
    const { output } = await stage.rollBack(world);
    expect(output?.done ?? '').not.toMatch(/a rollback runs already/);
    expect(world.states.stopped).toHaveLength(1);
  });

  test('stops the release that a rollback waits for, and lets that rollback begin [A-14]', async () => {
    const world = stage.account().runs('v1');
    world.states.executions.push('running', 'waiting');
    world.states.inputs.running = '{"images":{}}';
    world.states.inputs.waiting = '{"images":{},"rollback":true}';
    expect((await stage.rollBack(world)).output.done).toMatch(/a rollback that waited for it begins/);
    expect(world.states.stopped).toHaveLength(1);
    expect(world.states.started).toEqual([]);
  });

  test('releases the images before the last release, of every service, and waits for the end [C-17, C-29]', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    await stage.release(world, stage.images(world, 'v2'));
    await stage.release(world, { [world.facts[1].repository]: 'v3' });
    const { output } = await stage.rollBack(world);
    expect(world.states.started).toEqual([{ images: stage.images(world, 'v2'), rollback: true }]);
    expect(output.done).toMatch(/serve/);
    expect(world.serving).toEqual(['v2', 'v2']);
  });

  test('rolls back while alarms fire and no task is healthy, without snapshot, migration and monitoring [C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    world.facts.forEach(({ alarms }) => world.cloudWatch.firing.add(alarms[0]));
    world.elb.unhealthy = true;
    const before = world.calls.length;
    expect((await stage.rollBack(world)).status).toBe('SUCCEEDED');
    expect([world.serving, world.released, world.latestTags]).toEqual([['v1', 'v1'], ['v1', 'v1'], ['v1', 'v1']]);
    expect(world.calls.slice(before).filter(({ api }) => /^backup:|runTask$/.test(api))).toEqual([]);
  });

  test('fails with the reason where the images before can not be released [C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    world.cloudFormation.stackStatus[world.facts[0].stack] = 'UPDATE_IN_PROGRESS';
    const { error } = await stage.rollBack(world);
    expect(error).toMatchObject({ name: 'Rollback.Failed', message: expect.stringMatching(/ended as FAILED: the stack .* is UPDATE_IN_PROGRESS/) });
  });

  test('rolls the last successful release back, also after a failed one [C-17]', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    await stage.release(world, stage.images(world, 'v2'));
    world.faults.v3 = 'fails on green';
    await stage.release(world, stage.images(world, 'v3'));
    await stage.rollBack(world);
    expect(world.states.started).toEqual([{ images: stage.images(world, 'v1'), rollback: true }]);
  });

  test('returns to the version before the last change, also after a release that changed nothing [A-14, C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    expect((await stage.release(world, {})).status).toBe('SUCCEEDED');
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    expect((await stage.rollBack(world)).output.done).toBe('the previous images serve');
    expect([world.serving, world.released]).toEqual([['v1', 'v1'], ['v1', 'v1']]);
  });

  test('goes on to the last release when the deployment that it stops replaces the tasks of what was released [A-14, C-17]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    const [{ service }] = world.facts;
    world.ecs.deploy(service, world.ecs.services[service].revision);
    world.ecs.passMinute();
    expect((await stage.rollBack(world)).output.done).toBe('the previous images serve');
    expect(inputs(world, 'ecs:stopServiceDeployment')).toHaveLength(1);
    expect(world.serving).toEqual(['v1', 'v1']);
  });

  test('fails where the last release changed tasks and no image, and says what takes that back [A-14, C-17]', async () => {
    const world = stage.account().runs('v1');
    world.facts.forEach((fact) => world.cloudFormation.register(fact, 'v1'));
    await stage.release(world, {});
    const { status, error } = await stage.rollBack(world);
    expect([status, error?.name]).toEqual(['FAILED', 'Rollback.Failed']);
    expect(error?.message).toMatch(/every service runs that image already.*cdk deploy.*despite/);
    expect(world.sns.published.pop()!.subject).toContain('refused, nothing was changed');
  });

  test('leaves a service alone that was released for the first time, or never [C-17]', async () => {
    const world = stage.account().push('v1').push('v2');
    world.runsOne(0, 'v1');
    await stage.release(world, stage.images(world, 'v2'));
    expect((await stage.rollBack(world)).status).toBe('SUCCEEDED');
    expect(world.states.started).toEqual([{ images: { [world.facts[0].repository]: 'v1' }, rollback: true }]);
    expect(world.serving).toEqual(['v1', 'v2']);

    const added = stage.account().push('v1').push('v2');
    added.runsOne(0, 'v2');
    const [{ name, repository, service }] = added.facts;
    const last = Object.keys(added.ssm.parameters).find((one) => one.endsWith('/last'))!;
    added.ssm.parameters[last].push(JSON.stringify({ execution: 'earlier', services: [{ name, repository, tag: 'v1', candidate: added.ecs.services[service].revision }] }));
    expect((await stage.rollBack(added)).status).toBe('SUCCEEDED');
    expect(added.serving).toEqual(['v1', 'nothing']);
  });

  test('fails before any release, and after the first one, because there is nothing to roll back to [E-15]', async () => {
    const world = stage.account().push('v1');
    expect((await stage.rollBack(world)).error?.name).toBe('Rollback.NothingBefore');
    await stage.release(world, stage.images(world, 'v1'));
    expect((await stage.rollBack(world)).error?.name).toBe('Rollback.NothingBefore');
  });
});

describe('The replacement of tasks, whose secrets change', () => {
  const replace = (world: DeliveryAccount) => {
    const [{ name, cluster, service }] = world.facts;
    return stage.run(world, 'Replacement', { name, cluster, service });
  };
  const updates = (world: DeliveryAccount) => inputs(world, 'ecs:updateService').filter(({ ForceNewDeployment }) => ForceNewDeployment);

  test('deploys what runs where nothing is released [A-34]', async () => {
    const world = stage.account().runs('v1');
    expect((await replace(world)).status).toBe('SUCCEEDED');
    expect(updates(world)).toEqual([{ Cluster: world.facts[0].cluster, Service: world.facts[0].service, ForceNewDeployment: true }]);
  });

  test('waits for the end of a release, of its rollback and of a deployment, one after another [A-34]', async () => {
    const world = stage.account().runs('v1');
    const record = Object.keys(world.ssm.parameters).find((name) => name.endsWith('/record'))!;
    world.ssm.parameters[record].push('{"execution":"stopped","services":[]}');
    world.states.executions.push('running');
    world.ecs.deploy(world.facts[0].service, world.ecs.services[world.facts[0].service].revision);
    let asked = 0;
    world.before = (api) => {
      asked += api === 'sfn:listExecutions' ? 1 : 0;
      if (asked === 3) {
        world.states.executions = [];
      } else if (asked === 5) {
        world.ssm.parameters[record].push('none');
      }
    };
    expect((await replace(world)).status).toBe('SUCCEEDED');
    expect(asked).toBeGreaterThan(4);
    expect(world.ecs.deployments.map(({ status }) => status)).toEqual(['PENDING', 'SUCCESSFUL']);
  });

  test('gives up after a day of releases, and has changed nothing [A-34]', async () => {
    const world = stage.account().runs('v1');
    world.states.executions.push('running');
    expect((await replace(world)).error).toMatchObject({ name: 'Replacement.NoTime', message: expect.stringContaining('the tasks of Application/Api were not replaced') });
    expect(updates(world)).toEqual([]);
  });

  test('is the release\'s and no longer the service\'s, with the interval of its secrets [A-34]', () => {
    const schedules = Object.entries(stage.template.findResources('AWS::Scheduler::Schedule')).filter(([id]) => id.includes('TaskReplacement'));
    expect(schedules.map(([id, { Properties }]) => [id.replace(/Schedule.*/, ''), Properties.ScheduleExpression, JSON.stringify(Properties.Target.Arn).includes('StateMachine')]))
      .toEqual([['ReleaseTaskReplacement', 'rate(7 days)', true]]);
  });
});

describe('The drift check', () => {
  const told = (world: DeliveryAccount) => world.sns.published.filter(({ subject }) => subject.startsWith('Something else'));

  test('does not notify of released revisions, nor before the first release, nor while one runs [B-12]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.run(world, 'Drift');
    await stage.release(world, stage.images(world, 'v2'));
    await stage.run(world, 'Drift');
    world.byHand('v1');
    world.states.executions.push('running');
    await stage.run(world, 'Drift');
    expect(told(world)).toEqual([]);
  });

  test('notifies of a revision of CloudFormation with other settings [B-12]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    world.cloudFormation.register(world.facts[1], 'v2');
    world.cloudFormation.update(world.facts[1]);
    await stage.run(world, 'Drift');
    expect(told(world)).toHaveLength(1);
    expect(isShownInChat(told(world)[0].forChannels, FORWARDER_HOME)).toBe(true);
    const found = JSON.parse(/What runs: (\[.*\])\./.exec(told(world)[0].message)![1]);
    expect(found.map(({ service, drift }: any) => [service, drift])).toEqual([['Application/Api', false], ['Application/Web', true]]);
  });

  test('finds services by their names, and ignores one that was removed or added [B-12]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    change(world, 'last', (last) => { last.services[0].name = 'Application/Removed'; last.services.reverse(); });
    await stage.run(world, 'Drift');
    expect(told(world)).toEqual([]);
    world.byHand('v1');
    change(world, 'last', (last) => { last.services[1].name = 'Application/Api'; });
    await stage.run(world, 'Drift');
    expect(told(world)).toHaveLength(1);
  });

  test('notifies of a service that is gone [B-12]', async () => {
    const world = stage.account().runs('v1').push('v2');
    await stage.release(world, stage.images(world, 'v2'));
    world.ecs.unknown = world.facts[0].service;
    await stage.run(world, 'Drift');
    expect(told(world)[0].message).toContain('there is no such service');
  });
});
