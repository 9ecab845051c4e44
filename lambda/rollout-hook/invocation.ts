/** Part of the documented payload that the hook needs. */
export interface Invocation {
  readonly stage: string;
  readonly deploymentArn: string;
  readonly serviceArn: string;
  readonly revisionArn: string;
  /** Percentage of production traffic of the new version. Undefined if the payload lacks it. */
  readonly weight?: number;
  /** State of the last call for this deployment, if this hook wrote it. */
  readonly watch?: Watch;
}

/**
 * State that the hook keeps between calls in `hookDetails`.
 *
 * ECS merges the details of each call into those before, so that every field must be written each time.
 */
export interface Watch {
  /** Weight that the state belongs to, because details may outlive a step. */
  readonly weight: number;
  /** Time of the first call with this weight, in milliseconds. */
  readonly since: number;
  /** Start of the unbroken series of passed rounds, in milliseconds; null after a failed round. */
  readonly passingSince: number | null;
  /** Consecutive failed rounds. */
  readonly failures: number;
  /** Run of the command; null until the rounds before the first traffic have passed. */
  readonly run: Run | null;
}

/** Run of the command of a deployment. */
interface Run {
  /** ARN of the deployment. Details of another deployment must not pass this one. */
  readonly deployment: string;
  /** ARN of the task; null until it has started. */
  readonly task: string | null;
}

/** Steps differ by 3 percent or more, and ECS rounds weights. */
const WEIGHT_TOLERANCE = 1;

export function isSameWeight(one: number, other: number): boolean {
  return Math.abs(one - other) < WEIGHT_TOLERANCE;
}

type Fields = { readonly [name: string]: unknown };

/** Parses a payload. Returns undefined if it doesn't have the documented form. */
export function read(event: unknown): Invocation | undefined {
  const { lifecycleStage: stage, resourceArn: deploymentArn, executionDetails, hookDetails } = fields(event);
  const { serviceArn, targetServiceRevisionArn: revisionArn, productionTrafficWeights } = fields(executionDetails);
  if (!isText(stage) || !isText(deploymentArn) || !isText(serviceArn) || !isText(revisionArn)) {
    return undefined;
  }
  if (!isFields(productionTrafficWeights)) {
    return undefined;
  }
  const weight = productionTrafficWeights[revisionArn];
  if (weight !== undefined && !isPercent(weight)) {
    return undefined;
  }
  return { stage, deploymentArn, serviceArn, revisionArn, weight, watch: watchIn(hookDetails, deploymentArn) };
}

/** Whether the event only keeps the function awake. It has nothing of a payload of ECS. */
export function isWakeEvent(event: unknown): boolean {
  const { wake, lifecycleStage, resourceArn } = fields(event);
  return wake === true && lifecycleStage === undefined && resourceArn === undefined;
}

/** Ignores details that this hook didn't write. The monitoring starts again then, and never ends early. */
function watchIn(hookDetails: unknown, deploymentArn: string): Watch | undefined {
  const { weight, since, passingSince, failures, run } = fields(fields(hookDetails).watch);
  if (!isPercent(weight) || !isNumber(since) || !isNumber(failures)) {
    return undefined;
  }
  return {
    weight,
    since,
    failures,
    passingSince: isNumber(passingSince) ? passingSince : null,
    run: runIn(run, deploymentArn),
  };
}

function runIn(value: unknown, deploymentArn: string): Run | null {
  const { deployment, task } = fields(value);
  return deployment === deploymentArn ? { deployment: deploymentArn, task: isText(task) ? task : null } : null;
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPercent(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value <= 100;
}
