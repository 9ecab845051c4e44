import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { rateExpression, scheduleAction, sdkTarget } from '../scheduling/scheduled-action';

/** Lambda function that {@link keepAwake} invokes. */
interface SleepyFunction {
  /** Id of the schedule in the scope. */
  readonly id: string;
  /** ARN of the function. */
  readonly functionArn: string;
}

/** Properties of {@link keepAwake}. All are required. */
interface KeepAwakeProps {
  /** Prefix of the ids of role and policy. */
  readonly idPrefix: string;
  /** The functions in words, for descriptions: `the rollout hook of Shop/Api`. */
  readonly functions: string;
  /** Functions, each with a schedule. One role invokes all of them. */
  readonly targets: SleepyFunction[];
}

/**
 * Time between two invocations, in days.
 *
 * Lambda reclaims the network interfaces of a function that is "idle for consecutive weeks" (developer guide, VPC), so
 * two invocations within a week may fail without harm.
 */
const EVERY_DAYS = 3;
/** Input of the invocation. It is none of the events that the functions act on. */
const WAKE_EVENT = { wake: true };

/**
 * Schedules that invoke functions in a network, so that Lambda keeps their network interfaces.
 *
 * Without them, the first invocation after some quiet weeks fails: a release would roll back, a rotation would be late.
 * The schedule waits for the response, because Lambda repeats an asynchronous invocation that ends with an error.
 */
export function keepAwake(scope: Construct, { idPrefix, functions, targets }: KeepAwakeProps): void {
  scheduleAction(scope, {
    idPrefix,
    roleDescription: `Keeps ${functions} awake`,
    target: sdkTarget(scope, 'lambda', 'invoke'),
    action: 'lambda:InvokeFunction',
    resources: targets.map(({ functionArn }) => functionArn),
    schedules: targets.map(({ id, functionArn }) => ({
      id,
      description: `Keeps ${functions} awake, because Lambda reclaims the network interfaces of idle functions`,
      expression: rateExpression(EVERY_DAYS, 'day'),
      input: Stack.of(scope).toJsonString({
        FunctionName: functionArn,
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(WAKE_EVENT),
      }),
    })),
  });
}
