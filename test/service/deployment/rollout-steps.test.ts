import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { type ProductionWebServiceProps, Rollout } from '../../../src';
import { checkSteps, shapeOfSteps } from '../../../src/service/deployment/rollout-steps';
import { refusal, templateOf, testStack } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const template = (props: Partial<ProductionWebServiceProps>): Template => templateOf(serviceFixture(props).stack);

function deployment(of: Template) {
  const [{ Properties }] = Object.values(of.findResources('AWS::ECS::Service'));
  return Properties.DeploymentConfiguration;
}

/** What the function is told, from its variable. */
function plan(of: Template) {
  const [{ Properties }] = Object.values(of.findResources('AWS::Lambda::Function'));
  return JSON.parse(Properties.Environment.Variables.ROLLOUT_PLAN);
}

describe('Rollout.steps', () => {
  test('performs 10, 20, 50, 70, 100 with a minute each by tens, and holds at the steps (B-07)', () => {
    const made = template({ rollout: Rollout.steps([10, 20, 50, 70, 100]) });
    expect(deployment(made)).toMatchObject({ Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 0 }, BakeTimeInMinutes: 10 });
    expect(plan(made)).toMatchObject({ steps: [10, 20, 50, 70], stepSeconds: 60, requests: [] });
  });

  test('performs 10, 50, 100 with five minutes each and a bake of 15 (C-18)', () => {
    const made = template({ rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.minutes(5), bakeTime: Duration.minutes(15) }) });
    expect(deployment(made)).toMatchObject({ Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 0 }, BakeTimeInMinutes: 15 });
    expect(plan(made)).toMatchObject({ steps: [10, 50], stepSeconds: 300 });
  });

  test('leaves schedules to ECS that ECS has itself, without a function (D-06)', () => {
    const shapes: Array<[number[], object]> = [
      [[100], { Strategy: 'BLUE_GREEN', LinearConfiguration: Match.absent(), CanaryConfiguration: Match.absent() }],
      [[1, 100], { Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 1, CanaryBakeTimeInMinutes: 1 } }],
      [[50, 100], { Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 50, CanaryBakeTimeInMinutes: 1 } }],
      [[25, 50, 75, 100], { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 1 } }],
      [[12.5, 25, 37.5, 50, 62.5, 75, 87.5, 100], { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 12.5, StepBakeTimeInMinutes: 1 } }],
    ];
    shapes.forEach(([steps, expected]) => {
      const made = template({ rollout: Rollout.steps(steps) });
      made.hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: Match.objectLike(expected) });
      made.resourceCountIs('AWS::Lambda::Function', 0);
    });
  });

  test('holds at steps in tenths, too', () => {
    const made = template({ rollout: Rollout.steps([12.5, 50, 100]) });
    expect(deployment(made).LinearConfiguration.StepPercent).toBe(12.5);
    expect(plan(made).steps).toEqual([12.5, 50]);
  });

  test('passes through every step of a schedule that it accepts, by shares that ECS accepts', () => {
    const schedules = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 6 }).map((steps) => [...steps.sort((a, b) => a - b), 100]);
    fc.assert(fc.property(schedules, (steps) => {
      const message = messageOf(() => checkSteps(testStack(), steps));
      if (message !== undefined) {
        const [, nearest] = /works, Rollout\.steps\(\[([\d., ]+)\]\)/.exec(message)!;
        expect(messageOf(() => checkSteps(testStack(), nearest.split(', ').map(Number)))).toBeUndefined();
        return;
      }
      const { stepPercent } = shapeOfSteps(steps);
      expect(stepPercent).toBeGreaterThanOrEqual(3);
      steps.forEach((step) => expect(step % stepPercent).toBeCloseTo(0));
    }), { numRuns: 60 });
  });

  test.each<[string, number[], string, string]>([
    ['that do not rise', [10, 50, 20, 100], 'steps that rise', 'Rollout.steps([10, 20, 50, 100])'],
    ['that stand still', [10, 10, 100], 'steps that rise', 'Rollout.steps([10, 100])'],
    ['that do not end in 100', [10, 50], 'steps that end in 100', 'Rollout.steps([10, 50, 100])'],
    ['that are none', [], 'steps that end in 100', 'Rollout.steps([100])'],
    ['with a share of everything and more', [10, 120], 'above 0, up to 100', ''],
    ['with nothing', [0, 100], 'above 0, up to 100', ''],
    ['that are no numbers', [NaN, 50, 100], 'above 0, up to 100', ''],
    ['finer than a tenth', [10.05, 50, 100], 'in tenths', ''],
    ['whose common share is 1 %', [1, 10, 100], 'at least 3 percent', 'Use the nearest that works, Rollout.steps([5, 10, 100])'],
    ['whose common share is 2 %', [10, 34, 66, 100], 'at least 3 percent', 'Use the nearest that works, Rollout.steps([10, 35, 65, 100])'],
    ['of thirds', [33, 66, 100], 'at least 3 percent', 'Use the nearest that works, Rollout.steps([32, 68, 100])'],
  ])('refuses steps %s in one line', (_, steps, allowed, fix) => {
    const message = refusal(() => serviceFixture({ rollout: Rollout.steps(steps) }));
    expect(message).toMatch(/^ProductionWebService 'Test\/Web': rollout\.steps is \[.*\], expected .+\. [A-Z].+\.$/);
    expect(message.split(', expected ')[1]).toContain(allowed);
    expect(message).toContain(fix);
  });
});

function messageOf(make: () => void): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
