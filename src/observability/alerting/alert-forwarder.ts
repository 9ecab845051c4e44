import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type IAlarmAction, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { hardenedFunction } from '../../functions/hardened-function';
import type { Runbooks } from './runbooks';

/** What an {@link AlertForwarder} is made from. */
export interface AlertForwarderProps {
  /** Where it brings alerts, for people. */
  readonly destination: string;
  /** As `lambda/alert-forwarder/plan.ts` reads it. */
  readonly plan: object;
  /** What the plan needs beside the function's own. */
  readonly statements: PolicyStatement[];
  /** Encrypts what could not be delivered, and the log. */
  readonly key: Key;
  /** Answers how long the log is kept, and whether the queue outlives the stack. */
  readonly profile: EnvironmentProfile;
}

const ALARM_KEY = 'alert-forwarder-failed';
/** SQS begins to count a queue that was empty for long up to 15 minutes late, and FILL makes a minute that is not there yet a good one. */
const LATE_MINUTES = 15;
/** Room for a receiver that asks, several times, to be left alone for half a minute: when much fails together, alerts wait for each other. */
const TIME_FOR_AN_ALERT = Duration.minutes(5);
const MOST_DAYS_IN_A_QUEUE = 14;

/**
 * A function that brings alerts to one place, outside any network: it has to work when that fails. What it can't deliver in three
 * invocations lies in a queue for 14 days, as does what SNS can't hand to it.
 */
export class AlertForwarder extends Construct {
  /** What could not be delivered. */
  public readonly failed: Queue;
  public readonly handler: LambdaFunction;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertForwarderProps,
  ) {
    super(scope, id);
    this.failed = this.createQueue();
    this.handler = this.createHandler();
  }

  /**
   * Brings what arrives on a topic. Everything that names the topic is made in the given scope, so that this construct refers to nothing
   * above it.
   */
  public listenTo(scope: Construct, id: string, topic: ITopic): void {
    this.handler.addPermission(`${id}Permission`, {
      scope,
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: topic.topicArn,
    });
    new Subscription(scope, id, {
      topic,
      protocol: SubscriptionProtocol.LAMBDA,
      endpoint: this.handler.functionArn,
      // By its ARN: CDK would write the topic into the policy of the queue.
      deadLetterQueue: Queue.fromQueueArn(scope, `${id}Failed`, this.failed.queueArn),
    });
  }

  /** Fires when something was not delivered, or could not even be kept. */
  public createAlarm(runbooks: Runbooks, action: IAlarmAction): Alarm {
    const alarm = new Alarm(this, 'Failed', {
      alarmDescription:
        `Alerts do not reach ${this.props.destination}. Read the forwarder's log for the status that the channel answered, then send what waits in its dead-letter queue again. ` +
        `The forwarder is ${this.handler.functionName}, its queue ${this.failed.queueName}. Runbook: ${runbooks.pageOf(ALARM_KEY)}`,
      metric: new MathExpression({
        expression: 'FILL(kept,0)+FILL(lost,0)',
        usingMetrics: {
          kept: this.failed.metricApproximateNumberOfMessagesVisible({
            statistic: 'Maximum',
            period: Duration.minutes(1),
          }),
          lost: this.handler.metric('DeadLetterErrors', { statistic: 'Sum', period: Duration.minutes(1) }),
        },
        period: Duration.minutes(1),
        label: 'Alerts that were not delivered',
      }),
      threshold: 1,
      evaluationPeriods: LATE_MINUTES,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  private createQueue(): Queue {
    const { key, profile } = this.props;
    const queue = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(MOST_DAYS_IN_A_QUEUE),
      removalPolicy: profile.removalPolicy,
    });
    const sns = new ServicePrincipal('sns.amazonaws.com');
    // Not the topics: their constructs may stand above this one.
    const conditions = { ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'sns', resource: '*' }) } };
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'UndeliveredBySns',
        principals: [sns],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions,
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [sns],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
    return queue;
  }

  private createHandler(): LambdaFunction {
    const { destination, plan, statements, key, profile } = this.props;
    return hardenedFunction(this, {
      lambda: 'alert-forwarder',
      description: `Brings alerts to ${destination}`,
      roleDescription: `Brings alerts to ${destination}`,
      timeout: TIME_FOR_AN_ALERT,
      environment: { FORWARDER_PLAN: Stack.of(this).toJsonString(plan) },
      profile,
      logKey: key,
      statements: (required) => [...required, ...statements],
      deadLetters: { queue: this.failed, key, retryAttempts: 2 },
      noConcurrencyReason:
        'Alerts are few, and a limit would hold them up when they are many; a reservation would take from every other function of the account.',
      noNetworkReason: 'It calls public services alone, and has to bring the alert that the network has failed.',
    }).handler;
  }
}
