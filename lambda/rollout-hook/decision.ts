import { type CommandTasks, runsAt, standing } from './command';
import { type Invocation, isSameWeight, read, type Watch } from './invocation';
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
  readonly tasks: CommandTasks;
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
const SUCCEEDED: Answer = { hookStatus: 'SUCCEEDED' };

/**
 * Decides whether more traffic may move to the new version. It changes nothing but starts the command, once for each deployment, and stops
 * it: called twice, it answers twice.
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
  const { plan, deployments, now } = surroundings;
  let watch = watchOf(invocation, plan, now());
  try {
    const deployment = await deployments.describe(invocation);
    if (deployment.first || deployment.goesBack || deployment.requestedTasks === 0) {
      await stopCommand(invocation, watch, surroundings);
      return SUCCEEDED;
    }
    if (invocation.weight === undefined) {
      return failed(`the payload has no weight for ${invocation.revisionArn}`);
    }
    if (!stopsAt(plan, invocation.weight)) {
      return SUCCEEDED;
    }
    if (!watch.run) {
      await verify(invocation, deployment, surroundings);
      const answer = passedRound(plan, watch, now());
      if (answer.hookStatus !== 'SUCCEEDED' || !runsAt(plan.command, watch)) {
        return answer;
      }
      watch = { ...watch, failures: 0, run: { deployment: invocation.deploymentArn, task: null } };
    }
    return await runCommand(invocation, deployment, watch, surroundings);
  } catch (error) {
    const answer = failedRound(plan, watch, error as Error);
    if (answer.hookStatus === 'FAILED') {
      await stopCommand(invocation, watch, surroundings);
    }
    return answer;
  }
}

/** Before the first traffic where there is something to ask, then at the steps; without steps, at each of ECS's own. */
function stopsAt(plan: RolloutPlan, weight: number): boolean {
  if (isSameWeight(weight, 0)) {
    return plan.requests.length > 0 || plan.command !== undefined;
  }
  return plan.steps ? plan.steps.some((step) => isSameWeight(step, weight)) : plan.requests.length > 0;
}

async function verify(invocation: Invocation, deployment: Deployment, { plan, deployments, smoke }: Surroundings): Promise<void> {
  if (plan.requests.length === 0) {
    return;
  }
  const addresses = await running(invocation, deployment, deployments);
  await Promise.all(addresses.map((address) => smoke(plan, address)));
}

async function running(invocation: Invocation, deployment: Deployment, deployments: Deployments): Promise<string[]> {
  const addresses = await deployments.addresses(invocation, deployment);
  if (addresses.length === 0) {
    throw new Error('no task of the new version is running');
  }
  return addresses;
}

/** Starts the command, waits for its end, and judges it. Only what ECS does not answer is asked again. */
async function runCommand(invocation: Invocation, deployment: Deployment, watch: Watch, { plan, deployments, tasks, now }: Surroundings): Promise<Answer> {
  const command = plan.command!;
  const { task } = watch.run!;
  if (task === null) {
    // The same one as in a repeated call, if ECS lists the tasks in another order.
    const [address] = (await running(invocation, deployment, deployments)).sort();
    const started = await tasks.start(invocation, command, `http://${address}:${plan.port}`);
    console.info(`The command runs as ${started}`);
    return again(CALL_AGAIN_SECONDS.least, { ...watch, failures: 0, run: { ...watch.run!, task: started } });
  }
  const stands = standing(command, await tasks.look(invocation, task, command), now());
  if (stands.is === 'running') {
    return againWithin(stands.seconds, { ...watch, failures: 0 });
  }
  if (stands.is === 'passed') {
    console.info(`The command passed (${task}): production traffic may shift`);
    return SUCCEEDED;
  }
  if (stands.is === 'late') {
    await stopTask(invocation, task, tasks, stands.reason);
  }
  return failed(`${stands.reason} (${task})`);
}

/** What the deployment's command left running when it is over. */
async function stopCommand(invocation: Invocation, { run }: Watch, { tasks }: Surroundings): Promise<void> {
  if (run?.task) {
    await stopTask(invocation, run.task, tasks, 'The deployment that it verifies goes back');
  }
}

/** That it can't be stopped changes nothing for the deployment. */
async function stopTask(invocation: Invocation, task: string, tasks: CommandTasks, reason: string): Promise<void> {
  try {
    await tasks.stop(invocation, task, reason);
  } catch (error) {
    console.warn(`${task} could not be stopped: ${(error as Error).message}`);
  }
}

/** A watch belongs to one weight: at the next step it begins anew. A plan that changed meanwhile may have no command any more. */
function watchOf({ weight = 0, watch }: Invocation, plan: RolloutPlan, now: number): Watch {
  if (!watch || !isSameWeight(watch.weight, weight)) {
    return { weight, since: now, passingSince: null, failures: 0, run: null };
  }
  return runsAt(plan.command, watch) ? watch : { ...watch, run: null };
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
  const beforeTraffic = isSameWeight(watch.weight, 0);
  const [seconds, from] = beforeTraffic ? [plan.verifySeconds, passingSince] : [plan.steps ? plan.stepSeconds : 0, watch.since];
  const left = seconds - (now - from) / 1000;
  if (left > 0) {
    return againWithin(left, { ...watch, passingSince, failures: 0 });
  }
  console.info(`The next shift may follow ${watch.weight} %`);
  return SUCCEEDED;
}

function againWithin(seconds: number, watch: Watch): Answer {
  return again(Math.min(CALL_AGAIN_SECONDS.most, Math.max(CALL_AGAIN_SECONDS.least, Math.ceil(seconds))), watch);
}

function again(callBackDelay: number, watch: Watch): Answer {
  return { hookStatus: 'IN_PROGRESS', callBackDelay, hookDetails: { watch } };
}

function failed(reason: string): Answer {
  console.error(`The deployment goes back: ${reason}`);
  return { hookStatus: 'FAILED' };
}
