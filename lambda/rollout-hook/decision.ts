import { type Invocation, read, type Watch } from './invocation';
import type { RolloutPlan } from './plan';

/** What the hook needs to know of a deployment. */
export interface Deployment {
  /** Whether there is no version before it: nobody is served yet. */
  readonly first: boolean;
  /** Whether it is on its way back or being stopped. */
  readonly goesBack: boolean;
  /** Tasks that the new version shall have. */
  readonly requestedTasks: number;
  readonly createdAt: Date;
}

/** ECS, as far as the hook asks it. */
export interface Deployments {
  describe(invocation: Invocation): Promise<Deployment>;
  /** Private addresses of the new version's running tasks. */
  addresses(invocation: Invocation, deployment: Deployment): Promise<string[]>;
}

/** What the hook decides with. */
export interface Surroundings {
  readonly plan: RolloutPlan;
  readonly deployments: Deployments;
  /** Rejects with the reason when a task doesn't pass. */
  readonly smoke: (plan: RolloutPlan, address: string) => Promise<void>;
  readonly now: () => number;
}

/** The answer that ECS documents. */
export interface Answer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until ECS calls again. */
  readonly callBackDelay?: number;
  readonly hookDetails?: { readonly watch: Watch };
}

/** Called before each shift of production traffic, and never on the way back. */
const STAGE = 'PRE_PRODUCTION_TRAFFIC_SHIFT';
const CALL_AGAIN_SECONDS = { most: 30, least: 5 };
/** Weights are steps of 3 percent at least: what is nearer than one is the same. */
const SAME_WEIGHT = 1;
const SUCCEEDED: Answer = { hookStatus: 'SUCCEEDED' };

/**
 * Decides whether more traffic may move to the new version. It changes nothing: called twice, it answers twice.
 * Whatever it can't read is a failure, so that no traffic moves unverified; whatever goes back is never held.
 */
export async function decide(event: unknown, surroundings: Surroundings): Promise<Answer> {
  const invocation = read(event);
  if (!invocation) {
    return failed('the payload is not of the documented form');
  }
  if (invocation.stage !== STAGE) {
    return SUCCEEDED;
  }
  const watch = watchOf(invocation, surroundings.now());
  try {
    const deployment = await surroundings.deployments.describe(invocation);
    if (deployment.first || deployment.goesBack || deployment.requestedTasks === 0) {
      return SUCCEEDED;
    }
    if (invocation.weight === undefined) {
      return failed(`the payload has no weight for ${invocation.revisionArn}`);
    }
    if (!stopsAt(surroundings.plan, invocation.weight)) {
      return SUCCEEDED;
    }
    await verify(invocation, deployment, surroundings);
  } catch (error) {
    return failedRound(surroundings.plan, watch, error as Error);
  }
  return passedRound(surroundings.plan, watch, surroundings.now());
}

/** Before the first traffic where there is something to ask, then at the steps; without steps, at each of ECS's own. */
function stopsAt(plan: RolloutPlan, weight: number): boolean {
  if (weight < SAME_WEIGHT) {
    return plan.requests.length > 0;
  }
  return plan.steps ? plan.steps.some((step) => Math.abs(step - weight) < SAME_WEIGHT) : plan.requests.length > 0;
}

async function verify(invocation: Invocation, deployment: Deployment, { plan, deployments, smoke }: Surroundings): Promise<void> {
  if (plan.requests.length === 0) {
    return;
  }
  const addresses = await deployments.addresses(invocation, deployment);
  if (addresses.length === 0) {
    throw new Error('no task of the new version is running');
  }
  await Promise.all(addresses.map((address) => smoke(plan, address)));
}

/** A watch belongs to one weight: at the next step it begins anew. */
function watchOf({ weight = 0, watch }: Invocation, now: number): Watch {
  return watch && Math.abs(watch.weight - weight) < SAME_WEIGHT ? watch : { weight, since: now, passingSince: null, failures: 0 };
}

function failedRound(plan: RolloutPlan, watch: Watch, error: Error): Answer {
  const failures = watch.failures + 1;
  if (failures >= plan.attempts) {
    return failed(`${error.message} (round ${failures} of ${plan.attempts})`);
  }
  console.warn(`Round ${failures} of ${plan.attempts} did not pass at ${watch.weight} %: ${error.message}`);
  return again(CALL_AGAIN_SECONDS.most, { ...watch, failures, passingSince: null });
}

/** Before the first traffic only an unbroken series counts; afterwards the time at the step. */
function passedRound(plan: RolloutPlan, watch: Watch, now: number): Answer {
  const passingSince = watch.passingSince ?? now;
  const beforeTraffic = watch.weight < SAME_WEIGHT;
  const [seconds, from] = beforeTraffic ? [plan.verifySeconds, passingSince] : [plan.steps ? plan.stepSeconds : 0, watch.since];
  const left = seconds - (now - from) / 1000;
  if (left > 0) {
    return again(Math.min(CALL_AGAIN_SECONDS.most, Math.max(CALL_AGAIN_SECONDS.least, Math.ceil(left))), { ...watch, passingSince, failures: 0 });
  }
  console.info(`The next shift may follow ${watch.weight} %`);
  return SUCCEEDED;
}

function again(callBackDelay: number, watch: Watch): Answer {
  return { hookStatus: 'IN_PROGRESS', callBackDelay, hookDetails: { watch } };
}

function failed(reason: string): Answer {
  console.error(`The deployment goes back: ${reason}`);
  return { hookStatus: 'FAILED' };
}
