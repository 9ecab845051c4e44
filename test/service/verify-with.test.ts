import { Rollout, SmokeTest } from '../../src';
import { refusal, templateOf, unacknowledged } from '../support/test-stack';
import { serviceFixture } from '../support/web-service';

const TEST = SmokeTest.http('/health');

describe('A service that is told by a stage what a new version must answer', () => {
  test.each<[string, Rollout]>([
    ['without a hook before', Rollout.blueGreen()],
    ['with a hook that only held the shift', Rollout.steps([10, 50, 100])],
  ])('A-11, B-12: %s, is the same as with the prop smokeTest', (_, rollout) => {
    const told = serviceFixture({ rollout });
    told.web.verifyWith(TEST);
    expect(templateOf(told.stack).toJSON()).toEqual(templateOf(serviceFixture({ rollout, smokeTest: TEST }).stack).toJSON());
  });

  test('A-11: that a command is part of it, is the same as with the prop', () => {
    const smokeTest = SmokeTest.all([TEST, SmokeTest.command(['npm', 'test'])]);
    const told = serviceFixture();
    told.web.verifyWith(smokeTest);
    expect(templateOf(told.stack).toJSON()).toEqual(templateOf(serviceFixture({ smokeTest }).stack).toJSON());
  });

  test('has the hook\'s function from then on', () => {
    const { web } = serviceFixture();
    expect(web.rolloutFunction).toBeUndefined();
    web.verifyWith(TEST);
    expect(web.rolloutFunction).toBeDefined();
  });

  test('leaves nothing unacknowledged', () => {
    const { stack, web } = serviceFixture();
    web.verifyWith(TEST);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a second test', () => {
      const { web } = serviceFixture();
      web.verifyWith(TEST);
      web.verifyWith(SmokeTest.http('/ready'));
    }, /^ProductionWebService 'Test\/Web': smokeTest is "a second smoke test", expected one for each service\. [A-Z].*SmokeTest\.all/],
    ['a test beside its own', () => serviceFixture({ smokeTest: TEST }).web.verifyWith(TEST), /a second smoke test/],
    ['a test where tasks are replaced one by one', () => serviceFixture({ rollout: Rollout.rolling() }).web.verifyWith(TEST), /none with Rollout\.rolling\(\)/],
    ['a test where CodeDeploy deploys', () => serviceFixture({ rollout: Rollout.codeDeploy() }).web.verifyWith(TEST), /none: hooks are of ECS's own rollouts/],
    ['a test without a request', () => serviceFixture().web.verifyWith(SmokeTest.all([])), /smokeTest is \[\], expected at least one request/],
  ])('refuses %s', (_, tell, message) => {
    expect(refusal(tell)).toMatch(message);
  });
});
