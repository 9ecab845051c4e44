import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { JsonPath, State } from './state';

/** Conditions of a permission, by operator and key as IAM writes them. */
export type IamConditions = { readonly [operator: string]: { readonly [key: string]: unknown } };

/** Permissions of a call, and what becomes of its answer. */
export interface CallOptions {
  /** ARNs that the call may reach. With none it gets no permission here. */
  readonly resources: string[];
  /**
   * Conditions of the permission.
   * @default - none
   */
  readonly conditions?: IamConditions;
  /**
   * Errors that are not retried, because they would come back.
   * @default - none: every failure is retried, up to six times
   */
  readonly notRetried?: string[];
  /**
   * State to go to when the call fails. A call that is not {@link patient} is not retried then, because the loop that
   * it is part of makes it again.
   * @default - the failure is that of the state
   */
  readonly failed?: string;
  /**
   * Retries the call for about an hour.
   * @default false - for two minutes
   */
  readonly patient?: boolean;
  /**
   * Path at which the answer is written, next to the state's input.
   * @default - the answer is dropped, the input goes on
   */
  readonly resultPath?: JsonPath;
  /**
   * Fields of the answer to keep, with names that end in `.$`. An answer may be larger than the 256 KiB of a state.
   * @default - all of it
   */
  readonly resultSelector?: { readonly [name: string]: JsonPath };
  /**
   * Further fields of the state.
   * @default - none
   */
  readonly fields?: { readonly [field: string]: unknown };
}

/** Prefixes of IAM actions, where they differ from the name of the API. */
const IAM_PREFIX: { readonly [api: string]: string } = {
  elasticloadbalancingv2: 'elasticloadbalancing',
  sfn: 'states',
  applicationautoscaling: 'application-autoscaling',
  cloudwatchlogs: 'logs',
};

/** Six retries within two minutes: after 2 s, then twice as long each time. */
export const RETRY = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
  MaxDelaySeconds: 60,
};
/** Retries for an hour. */
const PATIENT_RETRY = { ...RETRY, MaxAttempts: 18, MaxDelaySeconds: 300 };

/** AWS SDK calls of a state machine, and with them exactly the permissions that its role needs. */
export class AwsCalls {
  private readonly permissions = new Map<
    string,
    { actions: Set<string>; resources: string[]; conditions?: IamConditions }
  >();

  public constructor(private readonly partition: string) {}

  /** Task that calls an API by its own name, `ecs:describeServices`. */
  public task(api: string, parameters: { readonly [name: string]: unknown }, options: CallOptions): State {
    const [service, call] = api.split(':');
    const action = `${IAM_PREFIX[service] ?? service}:${call[0].toUpperCase()}${call.slice(1)}`;
    const { notRetried, failed, patient = false } = options;
    const retry = patient ? PATIENT_RETRY : RETRY;
    this.allow([action], options.resources, options.conditions);
    return {
      Type: 'Task',
      Resource: `arn:${this.partition}:states:::aws-sdk:${api}`,
      Parameters: parameters,
      ...(options.resultSelector && { ResultSelector: options.resultSelector }),
      ResultPath: options.resultPath ?? null,
      ...((failed === undefined || patient) && {
        Retry: [...(notRetried ? [{ ErrorEquals: notRetried, MaxAttempts: 0 }] : []), retry],
      }),
      ...(failed !== undefined && { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: failed }] }),
      ...options.fields,
    };
  }

  /** Allows what a call needs without naming it, for example to pass a role. */
  public allow(actions: string[], resources: string[], conditions?: IamConditions): void {
    if (resources.length === 0) {
      return;
    }
    const key = JSON.stringify([resources, conditions]);
    const permission = this.permissions.get(key) ?? {
      actions: new Set<string>(),
      resources: [...new Set(resources)],
      conditions,
    };
    actions.forEach((action) => permission.actions.add(action));
    this.permissions.set(key, permission);
  }

  /** Policy statements for all calls. */
  public statements(): PolicyStatement[] {
    return [...this.permissions.values()].map(
      ({ actions, resources, conditions }) => new PolicyStatement({ actions: [...actions], resources, conditions }),
    );
  }
}

/**
 * Allows the use of a topic's key.
 * A topic with a key of its customer accepts messages only from publishers that may use the key.
 */
export function allowKeyOf(calls: AwsCalls, topic?: ITopic): void {
  if (topic?.masterKey) {
    calls.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [topic.masterKey.keyArn]);
  }
}
