import { Release, ReleaseOrder, type ReleaseProps } from '../../../src';
import { releasedServices, type ReleasedServices } from '../../fixtures/released-services';
import { refusal } from '../../fixtures/test-stack';
import { DeployedRelease } from '../../simulators/deployed-release';

jest.setTimeout(60_000);

describe('A release of services side by side', () => {
  let stage: DeployedRelease;
  beforeAll(() => { stage = new DeployedRelease({ order: ReleaseOrder.sideBySide() }); });
  afterAll(() => stage.close());

  test('updates them at the same time, after the migrations [A-08, A-13]', async () => {
    const world = stage.account().runs('v1').push('v2');
    expect((await stage.release(world, stage.images(world, 'v2'))).status).toBe('SUCCEEDED');
    const [api, web] = world.calls.filter((call) => call.api === 'ecs:updateService');
    expect(web.at).toBe(api.at);
    expect(world.calls.filter((call) => call.api === 'ecs:describeTasks').every(({ at }) => at <= api.at)).toBe(true);
    expect([world.serving, world.released, world.latestTags]).toEqual([['v2', 'v2'], ['v2', 'v2'], ['v2', 'v2']]);
  });

  test('rolls all of them back when one fails, those that still run included [A-13, C-16]', async () => {
    const world = stage.account().runs('v1').push('v2').push('v3');
    world.faults.v3 = 'fails on green';
    const [api, web] = world.facts;
    expect((await stage.release(world, { [api.repository]: 'v2', [web.repository]: 'v3' })).status).toBe('FAILED');
    expect([world.serving, world.released, world.latestTags]).toEqual([['v1', 'v1'], ['v1', 'v1'], ['v1', 'v1']]);
    expect(world.ecs.deployments.filter(({ target }) => world.ecs.tagOf(target) !== 'v1').map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'ROLLBACK_SUCCESSFUL']);
    expect(world.sns.subjects[world.sns.subjects.length - 1]).toBe('Release to production failed, the previous version serves');
  });

  test('goes on with one whose update is refused, and rolls both back [C-16]', async () => {
    const world = stage.account().runs('v1').push('v2');
    world.before = (api, input) => { if (api === 'ecs:updateService' && input.Service === world.facts[1].service) { throw Object.assign(new Error('no'), { name: 'Ecs.InvalidParameterException' }); } };
    expect((await stage.release(world, stage.images(world, 'v2'))).error?.message).toBe('no');
    expect([world.serving, world.latestTags]).toEqual([['v1', 'v1'], ['v1', 'v1']]);
  });
});

describe('The order of a release', () => {
  let parts: ReleasedServices;
  beforeAll(() => { parts = releasedServices(); });
  const wavesOf = (order: ReleaseOrder) => order._waves(parts.stack, parts.services);

  test('is the declared one unless another is given', () => {
    expect(wavesOf(ReleaseOrder.declared())).toEqual([[0], [1]]);
  });

  test('puts services into one wave, and those that wait for others into a later one', () => {
    const { api, web } = parts;
    expect(wavesOf(ReleaseOrder.sideBySide())).toEqual([[0, 1]]);
    expect(wavesOf(ReleaseOrder.sideBySide().after(api, [web]))).toEqual([[1], [0]]);
    expect(wavesOf(ReleaseOrder.declared().after(web, [api]))).toEqual([[0], [1]]);
  });

  test.each<[string, (services: ReleasedServices) => ReleaseOrder, string]>([
    ['with services that wait for each other', ({ api, web }) => ReleaseOrder.sideBySide().after(api, [web]).after(web, [api]), 'order has services that wait for each other: Application/Api, Application/Web'],
    ['with a service that waits for itself', ({ api }) => ReleaseOrder.sideBySide().after(api, [api]), 'order has services that wait for each other: Application/Api'],
    ['against the declared one', ({ api, web }) => ReleaseOrder.declared().after(api, [web]), 'order has services that wait for each other: Application/Api, Application/Web'],
    ['with a service of another release', () => ReleaseOrder.sideBySide().after(releasedServices().api, []), 'order names Application/Api, which is none of the services of the release'],
  ])('is refused %s', (_, order, message) => {
    const props: ReleaseProps = { stageName: 'production', services: parts.services, order: order(parts) };
    expect(refusal(() => new Release(parts.stack, `Release${message.length}${_.length}`, props))).toContain(message);
  });
});
