import { type CommandTasks, commandState, runsAt } from './command';
import { type Invocation, isSameWeight, isWakeEvent, read, type Watch } from './invocation';
import { type HookPlan, urlOf } from './plan';

/** State of a deployment. */
export interface Deployment {
  /** Whether the service had no version before, and so no traffic. */
  readonly first: boolean;
  /** Whether it is rolling back or being stopped. */
  readonly rollingBack: boolean;
  /** Desired number of tasks of the new version. */
  readonly requestedTasks: number;
  readonly createdAt: Date;
}

/** Reads of deployments in ECS. */
export interface Deployments {
  describe(invocation: Invocation): Promise<Deployment>;
  /** Private addresses of the running tasks of the new version. */
  addresses(invocation: Invocation, deployment: Deployment): Promise<string[]>;
}

/** Context of a decision. */
export interface HookContext {
  readonly plan: HookPlan;
  readonly deployments: Deployments;
  readonly tasks: CommandTasks;
  /** Sends the requests to one task. Rejects with the reason if one fails. */
  readonly smoke: (plan: HookPlan, address: string) => Promise<void>;
  readonly now: () => number;
}

/** Response in the form that ECS documents. */
export interface Answer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until the next call. */
  readonly callBackDelay?: number;
  readonly hookDetails?: { readonly watch: Watch };
}

/** Stage before each shift of production traffic. A rollback doesn't pass it. */
const STAGE = 'PRE_PRODUCTION_TRAFFIC_SHIFT';
const CALL_BACK_SECONDS = { max: 30, min: 5 };
const SUCCEEDED: Answer = { hookStatus: 'SUCCEEDED' };

/**
 * Decides whether more traffic may shift to the new version.
 *
 * A call is idempotent. Its only side effect is the command, which is started once for each deployment, and stopped. An
 * unknown payload fails the deployment, so that no traffic shifts unverified. A rollback is never delayed.
 */
export async function decide(event: unknown, context: HookContext): Promise<Answer> {
  if (isWakeEvent(event)) {
    return SUCCEEDED;
  }
  const invocation = read(event);
  if (!invocation) {
    return failed('the payload is not of the documented form');
  }
  if (invocation.stage !== STAGE) {
    return SUCCEEDED;
  }
  const { plan, deployments, now } = context;
  let watch = watchOf(invocation, plan, now());
  try {
    const deployment = await deployments.describe(invocation);
    if (deployment.first || deployment.rollingBack || deployment.requestedTasks === 0) {
      await stopCommand(invocation, watch, context);
      return SUCCEEDED;
    }
    if (invocation.weight === undefined) {
      return failed(`the payload has no weight for ${invocation.revisionArn}`);
    }
    if (!holdsAt(plan, invocation.weight)) {
      return SUCCEEDED;
    }
    if (!watch.run) {
      await verify(invocation, deployment, context);
      const answer = passedRound(plan, watch, now());
      if (answer.hookStatus !== 'SUCCEEDED' || !runsAt(plan.command, watch)) {
        return answer;
      }
      watch = { ...watch, failures: 0, run: { deployment: invocation.deploymentArn, task: null } };
    }
    return await runCommand(invocation, deployment, watch, context);
  } catch (error) {
    const answer = failedRound(plan, watch, error as Error);
    if (answer.hookStatus === 'FAILED') {
      await stopCommand(invocation, watch, context);
    }
    return answer;
  }
}

/** Whether the weight is verified or held: before the first traffic, then at the steps of the plan or of ECS. */
function holdsAt(plan: HookPlan, weight: number): boolean {
  if (isSameWeight(weight, 0)) {
    return plan.requests.length > 0 || plan.command !== undefined;
  }
  return plan.steps ? plan.steps.some((step) => isSameWeight(step, weight)) : plan.requests.length > 0;
}

async function verify(invocation: Invocation, deployment: Deployment, context: HookContext): Promise<void> {
  const { plan, deployments, smoke } = context;
  if (plan.requests.length === 0) {
    return;
  }
  const addresses = await runningAddresses(invocation, deployment, deployments);
  await Promise.all(addresses.map((address) => smoke(plan, address)));
}

async function runningAddresses(
  invocation: Invocation,
  deployment: Deployment,
  deployments: Deployments,
): Promise<string[]> {
  const addresses = await deployments.addresses(invocation, deployment);
  if (addresses.length === 0) {
    throw new Error('no task of the new version is running');
  }
  return addresses;
}

/** Starts the command, waits for its end and evaluates it. Only calls to ECS that fail are repeated. */
async function runCommand(
  invocation: Invocation,
  deployment: Deployment,
  watch: Watch,
  context: HookContext,
): Promise<Answer> {
  const { plan, deployments, tasks, now } = context;
  const command = plan.command!;
  const { task } = watch.run!;
  if (task === null) {
    // Sorted, because a repeated call must choose the same task.
    const [address] = (await runningAddresses(invocation, deployment, deployments)).sort();
    const started = await tasks.start(invocation, command, urlOf(plan, address));
    console.info(`The command runs as ${started}`);
    return callBack(CALL_BACK_SECONDS.min, { ...watch, failures: 0, run: { ...watch.run!, task: started } });
  }
  const state = commandState(command, await tasks.describe(invocation, task, command), now());
  if (state.kind === 'running') {
    return callBackWithin(state.seconds, { ...watch, failures: 0 });
  }
  if (state.kind === 'passed') {
    console.info(`The command passed (${task}): production traffic may shift`);
    return SUCCEEDED;
  }
  if (state.kind === 'timedOut') {
    await stopTask(invocation, task, tasks, state.reason);
  }
  return failed(`${state.reason} (${task})`);
}

/** Stops a command that still runs when its deployment is over. */
async function stopCommand(invocation: Invocation, { run }: Watch, { tasks }: HookContext): Promise<void> {
  if (run?.task) {
    await stopTask(invocation, run.task, tasks, 'The deployment that it verifies rolls back');
  }
}

/** A failure to stop the task doesn't affect the deployment. */
async function stopTask(invocation: Invocation, task: string, tasks: CommandTasks, reason: string): Promise<void> {
  try {
    await tasks.stop(invocation, task, reason);
  } catch (error) {
    console.warn(`${task} could not be stopped: ${(error as Error).message}`);
  }
}

/** State for this weight. A changed plan may have lost its command. */
function watchOf({ weight = 0, watch }: Invocation, plan: HookPlan, now: number): Watch {
  if (!watch || !isSameWeight(watch.weight, weight)) {
    return { weight, since: now, passingSince: null, failures: 0, run: null };
  }
  return runsAt(plan.command, watch) ? watch : { ...watch, run: null };
}

function failedRound(plan: HookPlan, watch: Watch, error: Error): Answer {
  const failures = watch.failures + 1;
  if (failures >= plan.attempts) {
    return failed(`${error.message} (round ${failures} of ${plan.attempts})`);
  }
  console.warn(`Round ${failures} of ${plan.attempts} did not pass at ${watch.weight} %: ${error.message}`);
  return callBack(CALL_BACK_SECONDS.max, { ...watch, failures, passingSince: null });
}

/** Before the first traffic the time of passed rounds counts, at a step the time since its start. */
function passedRound(plan: HookPlan, watch: Watch, now: number): Answer {
  const passingSince = watch.passingSince ?? now;
  const beforeTraffic = isSameWeight(watch.weight, 0);
  const [seconds, from] = beforeTraffic
    ? [plan.verifySeconds, passingSince]
    : [plan.steps ? plan.stepSeconds : 0, watch.since];
  const left = seconds - (now - from) / 1000;
  if (left > 0) {
    return callBackWithin(left, { ...watch, passingSince, failures: 0 });
  }
  console.info(`The next shift may follow ${watch.weight} %`);
  return SUCCEEDED;
}

function callBackWithin(seconds: number, watch: Watch): Answer {
  const { min, max } = CALL_BACK_SECONDS;
  return callBack(Math.min(max, Math.max(min, Math.ceil(seconds))), watch);
}

function callBack(callBackDelay: number, watch: Watch): Answer {
  return { hookStatus: 'IN_PROGRESS', callBackDelay, hookDetails: { watch } };
}

function failed(reason: string): Answer {
  console.error(`The deployment rolls back: ${reason}`);
  return { hookStatus: 'FAILED' };
}
