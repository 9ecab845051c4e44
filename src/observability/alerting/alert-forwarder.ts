import * as path from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type IAlarmAction, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
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

/** Built from `lambda/alert-forwarder` by `npm run bundle:lambdas`. */
const CODE = path.join(__dirname, '..', '..', '..', 'assets', 'alert-forwarder');
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
    const { logGroup } = new EncryptedLogGroup(this, 'Logs', { profile: this.props.profile, key: this.props.key });
    const role = new Role(this, 'Role', {
      description: `Brings alerts to ${this.props.destination}`.slice(0, 1000),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const policy = this.createPolicy(role, logGroup.logGroupArn);
    const handler = new LambdaFunction(this, 'Function', {
      description: `Brings alerts to ${this.props.destination}`.slice(0, 256),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(CODE),
      memorySize: 256,
      timeout: TIME_FOR_AN_ALERT,
      environment: { FORWARDER_PLAN: Stack.of(this).toJsonString(this.props.plan) },
      role: role.withoutPolicyUpdates(),
      logGroup,
      deadLetterQueue: this.failed,
      retryAttempts: 2,
    });
    // Lambda refuses a function whose role may not write to its dead-letter queue yet.
    handler.node.addDependency(policy);
    acknowledgeInCompliancePacks(
      handler,
      'LambdaConcurrency',
      'Alerts are few, and a limit would hold them up when they are many; a reservation would take from every other function of the account.',
    );
    acknowledgeInCompliancePacks(
      handler,
      'LambdaInsideVPC',
      'It calls public services alone, and has to bring the alert that the network has failed.',
    );
    return handler;
  }

  /** The only policy: the role is closed to CDK's grants. */
  private createPolicy(role: Role, logGroupArn: string): ManagedPolicy {
    return new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.props.key.keyArn] }),
        ...this.props.statements,
      ],
    });
  }
}
