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
import type { ForwarderPlan } from './channels/forwarder-plan';
import type { Runbooks } from './runbooks';

/** Properties of an {@link AlertForwarder}. All are required. */
export interface AlertForwarderProps {
  /** Destination of the alerts, for descriptions. */
  readonly destination: string;
  /** Settings that the function reads. */
  readonly plan: ForwarderPlan;
  /** Permissions that the plan needs, next to those of the function itself. */
  readonly statements: PolicyStatement[];
  /** Key of the dead-letter queue and the log. */
  readonly key: Key;
  /** Environment profile with log retention and removal policy. */
  readonly profile: EnvironmentProfile;
}

const ALARM_KEY = 'alert-forwarder-failed';
/**
 * SQS reports the metrics of a queue that was idle up to 15 minutes late. FILL turns a minute that has not arrived into
 * a good one.
 */
const SQS_METRIC_DELAY_MINUTES = 15;
/** Covers retries of a receiver that throttles for half a minute when many alerts arrive together. */
const TIME_FOR_AN_ALERT = Duration.minutes(5);
const MOST_DAYS_IN_A_QUEUE = 14;

/**
 * Function that forwards alerts to one destination, with its dead-letter queue.
 *
 * It runs outside any VPC, because it has to work when the network fails. Messages that three invocations can't deliver
 * stay in the queue for 14 days. So do messages that SNS can't deliver to the function.
 */
export class AlertForwarder extends Construct {
  /** Dead-letter queue of the function and of its subscriptions. */
  public readonly failed: Queue;
  /** The function. */
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
   * Subscribes the function to a topic. Everything that refers to the topic is created in the given scope, so that this
   * construct depends on no stack above it.
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
      // By its ARN, because CDK would add the topic to the policy of the queue.
      deadLetterQueue: Queue.fromQueueArn(scope, `${id}Failed`, this.failed.queueArn),
    });
  }

  /** Creates the alarm on messages that were not delivered, or could not even be kept. */
  public createAlarm(runbooks: Runbooks, action: IAlarmAction): Alarm {
    const alarm = new Alarm(this, 'Failed', {
      alarmDescription:
        `Alerts do not reach ${this.props.destination}. ` +
        "Read the forwarder's log for the status that the channel answered, " +
        'then send what waits in its dead-letter queue again. ' +
        `The forwarder is ${this.handler.functionName}, its queue ${this.failed.queueName}. ` +
        `Runbook: ${runbooks.pageOf(ALARM_KEY)}`,
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
      evaluationPeriods: SQS_METRIC_DELAY_MINUTES,
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
    // Not the topics themselves: their stacks may depend on this one.
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
      description: `Forwards alerts to ${destination}`,
      roleDescription: `Forwards alerts to ${destination}`,
      timeout: TIME_FOR_AN_ALERT,
      environment: { FORWARDER_PLAN: Stack.of(this).toJsonString(plan) },
      profile,
      logKey: key,
      statements: (required) => [...required, ...statements],
      deadLetters: { queue: this.failed, key, retryAttempts: 2 },
      noConcurrencyReason:
        'Alerts are few, and a limit would hold them up when they are many; ' +
        'a reservation would take from every other function of the account.',
      noNetworkReason: 'It calls public services alone, and has to bring the alert that the network has failed.',
    }).handler;
  }
}
