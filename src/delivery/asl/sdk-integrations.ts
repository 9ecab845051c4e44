import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { State } from './asl';

/** What a call needs besides its parameters. */
export interface CallOptions {
  /** What it may reach. */
  readonly resources: string[];
  /**
   * Actions of IAM, where they are others than the API's own name.
   * @default - the one of the API's own name
   */
  readonly actions?: string[];
  /**
   * Conditions of the permission, by operator and key as IAM writes them.
   * @default - none
   */
  readonly conditions?: { [operator: string]: { [key: string]: unknown } };
  /**
   * Errors that come back whenever it is tried again.
   * @default - none: every failure is tried again, up to six times
   */
  readonly final?: string[];
  /**
   * Path at which the answer is written, beside the state's input.
   * @default - the answer is dropped, the input goes on
   */
  readonly at?: string;
  /**
   * What of the answer is kept, by names that end in `.$`: an answer may be larger than the 256 KiB that a state may hold.
   * @default - all of it
   */
  readonly keep?: { [name: string]: string };
  /**
   * Further fields of the state, which go before those that are made here.
   * @default - none
   */
  readonly rest?: { [field: string]: unknown };
}

/** Ways in which the names of an API differ from those of its permissions. */
const IAM_PREFIX: { [api: string]: string } = {
  elasticloadbalancingv2: 'elasticloadbalancing',
  sfn: 'states',
  applicationautoscaling: 'application-autoscaling',
  cloudwatchlogs: 'logs',
};

/** Throttled for as long as six tries: 2 s, then twice as long each time, at a random moment within. */
export const TRY_AGAIN = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/** The calls that a state machine makes of AWS, and by them exactly what its role may do. */
export class AwsCalls {
  private readonly permissions = new Map<
    string,
    { actions: Set<string>; resources: string[]; conditions?: CallOptions['conditions'] }
  >();

  public constructor(private readonly partition: string) {}

  /** A task that calls an API by its own name, `ecs:describeServices`, and asks again when it is told to wait. */
  public task(api: string, parameters: { [name: string]: unknown }, options: CallOptions): State {
    const [service, call] = api.split(':');
    const action = `${IAM_PREFIX[service] ?? service}:${call[0].toUpperCase()}${call.slice(1)}`;
    this.allow(options.actions ?? [action], options.resources, options.conditions);
    return {
      Type: 'Task',
      Resource: `arn:${this.partition}:states:::aws-sdk:${api}`,
      Parameters: parameters,
      ...(options.keep && { ResultSelector: options.keep }),
      ResultPath: options.at ?? null,
      Retry: [...(options.final ? [{ ErrorEquals: options.final, MaxAttempts: 0 }] : []), TRY_AGAIN],
      ...options.rest,
    };
  }

  /** Also what a call needs without naming it, for example to hand over a role. */
  public allow(actions: string[], resources: string[], conditions?: CallOptions['conditions']): void {
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

  public statements(): PolicyStatement[] {
    return [...this.permissions.values()].map(
      ({ actions, resources, conditions }) => new PolicyStatement({ actions: [...actions], resources, conditions }),
    );
  }
}

/** A topic with a key of its own takes a message only from who may use the key. */
export function allowTopic(calls: AwsCalls, topic?: ITopic): void {
  if (topic?.masterKey) {
    calls.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [topic.masterKey.keyArn]);
  }
}
