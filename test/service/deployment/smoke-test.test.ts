import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type ProductionWebServiceProps, Rollout, SmokeTest } from '../../../src';
import { refusal, templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const TEST = SmokeTest.http('/health');

const template = (props: Partial<ProductionWebServiceProps>): Template => templateOf(serviceFixture(props).stack);

/** The plan of the lifecycle hook, from its environment variable. */
function plan(of: Template) {
  const [{ Properties }] = Object.values(of.findResources('AWS::Lambda::Function'));
  return JSON.parse(Properties.Environment.Variables.ROLLOUT_PLAN);
}

describe('A smoke test', () => {
  test.each<[string, Rollout]>([['blueGreen', Rollout.blueGreen()], ['canary', Rollout.canary()], ['linear', Rollout.linear()]])(
    'runs before every shift of Rollout.%s, and ECS keeps its own steps (A-11, B-12)', (_, rollout) => {
      const made = template({ rollout, smokeTest: TEST });
      const [{ Properties }] = Object.values(made.findResources('AWS::ECS::Service'));
      expect(Properties.DeploymentConfiguration.LifecycleHooks).toMatchObject([{ LifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }]);
      expect(plan(made)).toEqual({ port: 3000, stepSeconds: 0, verifySeconds: 120, attempts: 3, requests: [{ path: '/health', status: 200, timeoutMs: 5000 }] });
    });

  test('requests several paths, each with its own status and time', () => {
    const smokeTest = SmokeTest.all([
      SmokeTest.http('/health', { verifyFor: Duration.minutes(5) }),
      SmokeTest.http('/admin', { expectedStatus: 401, timeout: Duration.seconds(10), host: 'www.example.com', attempts: 5 }),
    ]);
    expect(plan(template({ smokeTest }))).toMatchObject({
      verifySeconds: 300, attempts: 5, requests: [{ path: '/health', status: 200 }, { path: '/admin', status: 401, timeoutMs: 10000, host: 'www.example.com' }],
    });
  });

  test('starts no rollout when it changes, because only the function changes', () => {
    const service = (path: string) => Object.values(template({ smokeTest: SmokeTest.http(path) }).findResources('AWS::ECS::Service'));
    expect(service('/ready')).toEqual(service('/health'));
  });
});

describe('A smoke test that a stage adds by verifyWith', () => {
  test.each<[string, Rollout]>([
    ['a hook', Rollout.blueGreen()],
    ['a test for a hook that only held the shift', Rollout.steps([10, 50, 100])],
  ])('adds %s, with the template of the prop smokeTest (A-11, B-12)', (_, rollout) => {
    const told = serviceFixture({ rollout });
    told.web.verifyWith(TEST);
    expect(templateOf(told.stack).toJSON()).toEqual(template({ rollout, smokeTest: TEST }).toJSON());
  });

  test('may have a command, with the template of the prop smokeTest (A-11)', () => {
    const smokeTest = SmokeTest.all([TEST, SmokeTest.command(['npm', 'test'])]);
    const told = serviceFixture();
    told.web.verifyWith(smokeTest);
    expect(templateOf(told.stack).toJSON()).toEqual(template({ smokeTest }).toJSON());
  });

  test('gives the service the function of a hook', () => {
    const { web } = serviceFixture();
    expect(web.rolloutFunction).toBeUndefined();
    web.verifyWith(TEST);
    expect(web.rolloutFunction).toBeDefined();
  });

  test('lengthens the longest deployment, which a release waits for', () => {
    const { web } = serviceFixture();
    const before = web.releaseTarget.longestDeployment.toMinutes();
    web.verifyWith(TEST);
    expect(web.releaseTarget.longestDeployment.toMinutes() - before).toBe(2);
  });

  test('leaves nothing unacknowledged', () => {
    const { stack, web } = serviceFixture();
    web.verifyWith(TEST);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['after another call', () => {
      const { web } = serviceFixture();
      web.verifyWith(TEST);
      web.verifyWith(SmokeTest.http('/ready'));
    }, /^ProductionWebService 'Test\/Web': smokeTest is set already: a service has a single smoke test\. Set it on .*SmokeTest\.all/],
    ['where the service has one by its prop', () => serviceFixture({ smokeTest: TEST }).web.verifyWith(TEST), /smokeTest is set already/],
    ['where tasks are replaced one by one', () => serviceFixture({ rollout: Rollout.rolling() }).web.verifyWith(TEST), /not supported with Rollout\.rolling\(\)/],
    ['where CodeDeploy deploys', () => serviceFixture({ rollout: Rollout.codeDeploy() }).web.verifyWith(TEST), /not supported with Rollout\.codeDeploy\(\)/],
    ['without a request', () => serviceFixture().web.verifyWith(SmokeTest.all([])), /smokeTest has no request and no command/],
  ])('is refused %s', (_, tell, message) => {
    expect(refusal(tell)).toMatch(message);
  });
});
