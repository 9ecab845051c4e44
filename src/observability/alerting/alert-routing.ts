import { Annotations, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { knownToDiffer } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { AlertForwarder } from './alert-forwarder';
import type { AlertRoutingProps } from './alert-routing-props';
import { AlertTopics } from './alert-topics';
import type { AlertChannel } from './channels/alert-channel';
import { type ChannelRouting, channelRouting } from './channels/channel-routing';
import { ChatConfiguration } from './channels/chat-configuration';
import { Runbooks } from './runbooks';
import { SEVERITIES, Severity } from './severity';
import { warnOfUnsubscribedEvents } from './unsubscribed-events-warning';

/**
 * Encrypted SNS topic for each severity, with the channels that subscribe to it.
 *
 * Messages that a channel outside AWS rejects are kept in a dead-letter queue. They raise an alarm on channels that
 * don't depend on it. The page docs/alerting.md lists every resource and every manual step.
 *
 * @example
 * new AlertRouting(this, 'Alerts', {
 *   onCritical: [AlertChannel.pagerDuty(integrationKey)],
 *   onError: [AlertChannel.slack({ workspaceId, channelId }), AlertChannel.email('ops@example.com')],
 *   onWarning: [AlertChannel.slack({ workspaceId, channelId })],
 * });
 */
export class AlertRouting extends Construct {
  /** Key of the topics, the dead-letter queues and the logs of forwarding functions. */
  public readonly key: IKey;
  private readonly profile: EnvironmentProfile;
  private readonly routing: ChannelRouting;
  private readonly topics: AlertTopics;
  private readonly relays = new Map<Severity, AlertForwarder>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertRoutingProps = {},
  ) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this._runbooks._check(this);
    this.routing = channelRouting(this, props, this.profile);
    this.topics = new AlertTopics(this, 'Topics', { uses: this.routing.uses, profile: this.profile });
    this.key = this.topics.key;
    this.routing.channels.forEach((channel) => this.subscribe(channel));
    if (this.routing.channels.length > 0) {
      warnOfUnsubscribedEvents(this);
    }
  }

  /**
   * Runbooks of alarms that know this routing alone.
   *
   * @internal
   */
  public get _runbooks(): Runbooks {
    return this.props.runbooks ?? Runbooks.published();
  }

  /**
   * Topic for alarms of a severity.
   *
   * @param severity the severity of the alarms
   */
  public topicFor(severity: Severity): ITopic {
    return this.topics.named(severity);
  }

  /** Topic for deployments and releases. */
  public get deploymentTopic(): ITopic {
    return this.topics.named(this.routing.deployment);
  }

  /** Topic for budgets and cost anomalies. */
  public get costTopic(): ITopic {
    return this.topics.named(this.routing.cost);
  }

  /**
   * Forwards the messages of a topic of another construct to the channels of a severity.
   *
   * A function reformats each message so that every channel shows it. The subscription is in the stack of this
   * construct. A severity without channels gets none. Throws a PropError for a topic of this construct or of another
   * account or region.
   *
   * @param topic a topic such as `database.events.topic`
   * @param severity the severity whose channels are notified
   */
  public listenTo(topic: ITopic, severity: Severity): void {
    this._listenFrom(this, topic, severity);
  }

  /**
   * Does the same as `listenTo`, with the subscription in another scope, so that no stack cycle closes.
   * @internal
   */
  public _listenFrom(scope: Construct, topic: ITopic, severity: Severity): void {
    this.checkForwardable(topic);
    const id = `${severity}From${topic.node.addr.slice(-8)}`;
    if (this.routing.hasChannels(severity) && !scope.node.tryFindChild(id)) {
      this.relayTo(severity).listenTo(scope, id, topic);
    }
  }

  private checkForwardable(topic: ITopic): void {
    const { account, region } = Stack.of(this);
    const ownTopics = [...this.routing.uses.keys()].map((name) => this.topics.named(name).topicArn);
    checkRules(this, [
      {
        condition: ownTopics.includes(topic.topicArn),
        prop: 'topic',
        value: topic.node.path,
        expected: 'a topic of another construct, because a forwarded message could arrive here again',
        fix: 'add a channel to the severity instead',
      },
      {
        condition: knownToDiffer(topic.env.account, account),
        prop: 'topic',
        value: topic.env.account,
        expected: `a topic of account ${account}, whose messages the dead-letter queue accepts`,
        fix: 'create an AlertRouting in that account',
      },
      {
        condition: knownToDiffer(topic.env.region, region),
        prop: 'topic',
        value: topic.env.region,
        expected: `a topic in ${region}, because a subscription supports dead-letter queues of the same region only`,
        fix: 'create an AlertRouting in that region',
      },
    ]);
  }

  private subscribe(channel: AlertChannel): void {
    const target = channel._target;
    const topics = this.routing.topicsOf(channel);
    switch (target.kind) {
      case 'slack':
      case 'teams':
        new ChatConfiguration(this, channel._childId, {
          channel,
          target,
          topics: topics.map((name) => this.topics.named(name)),
        });
        break;
      case 'existingChat':
        Annotations.of(this).addInfo(
          `Add these topics to ${target.configurationArn} by hand: ${topics.join(', ')} of ${this.node.path}` +
            ' (docs/alerting.md).',
        );
        break;
      case 'email':
        topics.forEach(
          (name) =>
            new Subscription(this, `${channel._childId}${name}`, {
              topic: this.topics.named(name),
              protocol: SubscriptionProtocol.EMAIL,
              endpoint: target.address,
            }),
        );
        break;
      default:
        this.createForwarder(channel, target);
    }
  }

  private createForwarder(
    channel: AlertChannel,
    target: { readonly kind: 'pagerDuty' | 'slackWebhook'; readonly secret: ISecret; readonly endpoint?: string },
  ): void {
    const topics = this.routing.topicsOf(channel);
    const forwarder = new AlertForwarder(this, channel._childId, {
      destination: `${target.kind === 'pagerDuty' ? 'PagerDuty' : 'Slack'}, for ${this.node.path}`,
      plan: {
        kind: target.kind === 'pagerDuty' ? 'pagerDuty' : 'slack',
        secretArn: target.secret.secretFullArn,
        endpoint: target.endpoint,
        topics: topics.map((name) => ({
          arn: this.topics.named(name).topicArn,
          urgency: SEVERITIES.includes(name as Severity) ? name : 'info',
        })),
      },
      statements: this.readStatements(target.secret),
      key: this.topics.key,
      profile: this.profile,
    });
    topics.forEach((name) => forwarder.listenTo(forwarder, name, this.topics.named(name)));
    this.createForwarderAlarm(forwarder, topics, channel);
  }

  private readStatements(secret: ISecret): PolicyStatement[] {
    const { encryptionKey } = secret;
    return [
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretFullArn!] }),
      // In the role's own policy: the key may be in another stack, whose key policy must not name this role.
      ...(encryptionKey
        ? [
          new PolicyStatement({
            actions: ['kms:Decrypt'],
            resources: [encryptionKey.keyArn],
            conditions: {
              StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` },
            },
          }),
        ]
        : []),
    ];
  }

  /** One relay for each severity, so that it refers to none of the topics that it subscribes to. */
  private relayTo(severity: Severity): AlertForwarder {
    const existing = this.relays.get(severity);
    if (existing) {
      return existing;
    }
    const { topicArn } = this.topicFor(severity);
    const relay = new AlertForwarder(this, `Relay-${severity}`, {
      destination: `the topic for ${severity} of ${this.node.path}`,
      plan: { kind: 'relay', topicArn },
      statements: [new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] })],
      key: this.topics.key,
      profile: this.profile,
    });
    this.createForwarderAlarm(relay, [severity]);
    this.relays.set(severity, relay);
    return relay;
  }

  /**
   * The alarm prefers a severity whose channels don't need this function. Without one it uses the function's own topic,
   * because a function may fail for one message and not for the next.
   */
  private createForwarderAlarm(forwarder: AlertForwarder, topics: string[], channel?: AlertChannel): void {
    const severity = this.routing.severityWithout(channel);
    forwarder.createAlarm(this._runbooks, new SnsAction(this.topics.named(severity ?? topics[0])));
    if (severity === undefined) {
      Validations.of(forwarder).addWarning(
        '@org/prod-constructs:forwarderUnwatched',
        'No other channel can report a failure of this function. ' +
          'Give one of the severities another channel, AlertChannel.email for example.',
      );
    }
  }
}
