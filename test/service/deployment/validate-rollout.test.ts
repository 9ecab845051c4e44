import { Duration } from 'aws-cdk-lib';
import { Rollout } from '../../../src';
import { expectRefusedCombination, expectRefusedValue } from '../../fixtures/refusals';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const LONG_STEPS = Rollout.steps([10, 20, 50, 70, 100], { stepBakeTime: Duration.hours(8), bakeTime: Duration.hours(2) });

describe('A rollout', () => {
  test.each<[string, Rollout, string, string, string]>([
    ['a linear step below 3 %', Rollout.linear({ stepPercent: 2 }), 'rollout.stepPercent', '2', '3 to 100 percent'],
    ['a linear step finer than a tenth', Rollout.linear({ stepPercent: 10.05 }), 'rollout.stepPercent', '10.05', 'steps of 0.1'],
    ['a canary of everything', Rollout.canary({ percent: 100 }), 'rollout.percent', '100', '0.1 to 99.9 percent'],
    ['a bake of more than a day', Rollout.blueGreen({ bakeTime: Duration.hours(25) }), 'rollout.bakeTime', '1 day 1 hour', '0 minutes to 1 day'],
    ['a bake of more than a day after steps', Rollout.steps([10, 50, 100], { bakeTime: Duration.hours(25) }), 'rollout.bakeTime', '1 day 1 hour', '0 minutes to 1 day'],
    ['a linear step of half minutes', Rollout.linear({ stepBakeTime: Duration.seconds(90) }), 'rollout.stepBakeTime', '1 minute 30 seconds', '0 minutes to 1 day, in whole minutes'],
    ['a held step of half minutes', Rollout.steps([10, 50, 100], { stepBakeTime: Duration.seconds(90) }), 'rollout.stepBakeTime', '1 minute 30 seconds', 'whole'],
    ['a held step that outlives its hook', Rollout.steps([10, 50, 100], { stepBakeTime: Duration.hours(24) }), 'rollout.stepBakeTime', '1 day', '0 minutes to 23 hours'],
    ['CodeDeploy that keeps old tasks for more than two days', Rollout.codeDeploy({ terminationWaitTime: Duration.days(3) }), 'rollout.terminationWaitTime', '3 days', '0 minutes to 2 days'],
  ])('refuses %s', (_, rollout, prop, value, expected) => {
    expectRefusedValue(refusal(() => serviceFixture({ rollout })), prop, value, expected);
  });
});

describe('A rollout of more than 33 hours in all', () => {
  test.each<[string, Rollout, string]>([
    ['linear steps', Rollout.linear({ stepPercent: 3, stepBakeTime: Duration.hours(2) }), 'takes 3970 minutes with 33 steps'],
    ['held steps', LONG_STEPS, 'takes 2040 minutes with 4 steps'],
  ])('is refused for %s, without a value that nobody wrote', (_, rollout, problem) =>
    expectRefusedCombination(refusal(() => serviceFixture({ rollout })), 'rollout', problem, 'Shorten stepBakeTime or bakeTime'));
});

describe('The longest deployment by plan, which a release waits for,', () => {
  test.each<[string, Rollout, number]>([
    ['is the bake of blue/green', Rollout.blueGreen(), 10],
    ['has the step of a canary', Rollout.canary(), 5 + 10],
    ['has all linear steps before the last', Rollout.linear({ stepPercent: 30, stepBakeTime: Duration.minutes(2) }), 3 * 2 + 10],
    ['has all held steps before the last', Rollout.steps([10, 20, 50, 70, 100], { stepBakeTime: Duration.minutes(3) }), 4 * 3 + 10],
    ['has the steps that ECS takes over from Rollout.steps', Rollout.steps([25, 50, 75, 100]), 3 + 10],
    ['is no time for a rolling rollout, which has neither steps nor a bake', Rollout.rolling(), 0],
    ['is no time for CodeDeploy, whose time is not known', Rollout.codeDeploy(), 0],
  ])('%s', (_, rollout, minutes) => {
    expect(serviceFixture({ rollout }).web.releaseTarget.longestDeployment.toMinutes()).toBe(minutes);
  });
});
