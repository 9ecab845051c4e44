/** Why and for what ECS calls: the part of the documented payload that the hook lives by. */
export interface Invocation {
  readonly stage: string;
  readonly deploymentArn: string;
  readonly serviceArn: string;
  readonly revisionArn: string;
  /** Percent of the production traffic that the new version has; undefined where ECS doesn't say. */
  readonly weight?: number;
  /** What the last call for this deployment left behind, if it is of this hook. */
  readonly watch?: Watch;
}

/** What the hook remembers from call to call. ECS carries it in `hookDetails`, and merges: a field left out could keep its old value. */
export interface Watch {
  /** The weight that it belongs to: details may survive a step. */
  readonly weight: number;
  /** When this weight was seen first, in milliseconds. */
  readonly since: number;
  /** Since when each round has passed, in milliseconds; null after one that did not. */
  readonly passingSince: number | null;
  /** Failing rounds in a row. */
  readonly failures: number;
  /** Set once the rounds before the first traffic have passed and it is the command's turn; null before. */
  readonly run: Run | null;
}

/** The command of a deployment. */
interface Run {
  /** Details of another deployment must not pass this one. */
  readonly deployment: string;
  /** ARN of the task; null until it has started. */
  readonly task: string | null;
}

/** Weights are steps of 3 percent at least: what is nearer than one is the same. */
const SAME_WEIGHT = 1;

export function isSameWeight(one: number, other: number): boolean {
  return Math.abs(one - other) < SAME_WEIGHT;
}

type Fields = { readonly [name: string]: unknown };

/** Reads a payload; undefined for one that is not of the documented form. */
export function read(event: unknown): Invocation | undefined {
  const { lifecycleStage: stage, resourceArn: deploymentArn, executionDetails, hookDetails } = fields(event);
  const { serviceArn, targetServiceRevisionArn: revisionArn, productionTrafficWeights } = fields(executionDetails);
  if (!isText(stage) || !isText(deploymentArn) || !isText(serviceArn) || !isText(revisionArn) || !isFields(productionTrafficWeights)) {
    return undefined;
  }
  const weight = productionTrafficWeights[revisionArn];
  if (weight !== undefined && !isPercent(weight)) {
    return undefined;
  }
  return { stage, deploymentArn, serviceArn, revisionArn, weight, watch: watchIn(hookDetails, deploymentArn) };
}

/** Anything but what this hook wrote counts as nothing: then the watch begins anew, and never ends early. */
function watchIn(hookDetails: unknown, deploymentArn: string): Watch | undefined {
  const { weight, since, passingSince, failures, run } = fields(fields(hookDetails).watch);
  if (!isPercent(weight) || !isNumber(since) || !isNumber(failures)) {
    return undefined;
  }
  return { weight, since, failures, passingSince: isNumber(passingSince) ? passingSince : null, run: runIn(run, deploymentArn) };
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
