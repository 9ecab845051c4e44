import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** Form in which ECS performs a schedule of steps. */
export interface StepsShape {
  /** Deployment strategy of ECS that performs the schedule. */
  readonly strategy: 'BLUE_GREEN' | 'CANARY' | 'LINEAR';
  /** Percent of a canary's first step, or of each step of a linear shift. */
  readonly stepPercent: number;
  /**
   * Steps at which the hook holds the shift, while ECS moves in equal steps.
   * @default - ECS has the schedule itself
   */
  readonly heldAt?: number[];
}

/** ECS moves by tenths of a percent. A linear shift has steps of at least 3 percent. */
const TENTHS = 10;
const ALL = 100 * TENTHS;
const SMALLEST_STEP = 3 * TENTHS;

/** Shape of a schedule that {@link checkSteps} accepts. */
export function shapeOfSteps(steps: number[]): StepsShape {
  if (steps.length < 2) {
    return { strategy: 'BLUE_GREEN', stepPercent: 100 };
  }
  if (steps.length === 2) {
    return { strategy: 'CANARY', stepPercent: steps[0] };
  }
  const stepPercent = commonStep(steps) / TENTHS;
  const equal = steps.every((step, index) => inTenths(step) === inTenths(stepPercent) * (index + 1));
  return { strategy: 'LINEAR', stepPercent, heldAt: equal ? undefined : steps.slice(0, -1) };
}

/** Refuses a schedule that ECS can't perform, with the nearest one that it can. */
export function checkSteps(scope: IConstruct, steps: number[]): void {
  const badStep = steps.find((step) => !(step > 0 && step <= 100) || Math.abs(step * TENTHS - inTenths(step)) > 1e-9);
  if (badStep !== undefined) {
    throw refused(
      scope,
      steps,
      `percentages above 0, up to 100, in tenths (${badStep} is not)`,
      'write the share of the new version at each step',
    );
  }
  if (steps[steps.length - 1] !== 100) {
    throw refused(scope, steps, 'steps that end in 100', `end with all of the traffic: ${written([...steps, 100])}`);
  }
  if (steps.some((step, index) => index > 0 && step <= steps[index - 1])) {
    const rising = [...new Set(steps)].sort((a, b) => a - b);
    throw refused(scope, steps, 'steps that rise', `write ${written(rising)}; rollbacks need no steps`);
  }
  if (steps.length > 2 && commonStep(steps) < SMALLEST_STEP) {
    throw refused(
      scope,
      steps,
      'steps that are multiples of one share of at least 3 percent, because ECS moves in equal steps ' +
        `(theirs is ${commonStep(steps) / TENTHS})`,
      `use the nearest that works, ${written(nearestSchedule(steps))}`,
    );
  }
}

function refused(scope: IConstruct, steps: number[], expected: string, fix: string): PropError {
  return new PropError(scope, { prop: 'rollout.steps', value: steps, expected, fix });
}

function written(steps: number[]): string {
  return `Rollout.steps([${steps.join(', ')}])`;
}

function inTenths(percent: number): number {
  return Math.round(percent * TENTHS);
}

/** Largest share of which every step is a multiple, in tenths. */
function commonStep(steps: number[]): number {
  const divisor = (a: number, b: number): number => (b > 0 ? divisor(b, a % b) : a);
  return steps.map(inTenths).reduce(divisor);
}

/** Schedule with the same number of steps where possible. Its share divides 100, which is always a step. */
function nearestSchedule(steps: number[]): number[] {
  const shares = Array.from({ length: ALL }, (_, index) => index + 1).filter(
    (share) => share >= SMALLEST_STEP && ALL % share === 0,
  );
  const candidates = shares.map((share) =>
    steps.map((step) => Math.max(share, Math.round(inTenths(step) / share) * share) / TENTHS),
  );
  const distance = (candidate: number[]): number =>
    candidate.reduce((sum, step, index) => sum + Math.abs(step - steps[index]), 0) +
    (steps.length - new Set(candidate).size) * 100;
  const [nearest] = candidates.sort((a, b) => distance(a) - distance(b));
  return [...new Set(nearest)];
}
