import { Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Subscription } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import { viaService } from '../../iam/service-host';
import { stackHash, stackPath } from '../../text/stack-path';
import { knownToDiffer } from '../../validation/checks';
import { checkKinds } from '../../validation/kinds';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';
import { AlertForwarder } from './alert-forwarder';
import type { AlertRoutingProps } from './alert-routing-props';
import { AlertTopics } from './alert-topics';
import { type ChannelRouting, channelRouting } from './channel-routing';
import { AlertChannel } from './channels/alert-channel';
import type { ChannelTopic, ForwarderBinding } from './channels/channel-binding';
import { ChatConfiguration } from './channels/chat-configuration';
import { Runbooks } from './runbooks';
import { SEVERITIES, Severity } from './severity';
import { UnnotifiedAlerts } from './unnotified-alerts';
import { warnOfUnsubscribedEvents } from './unsubscribed-events-warning';

/** Classes of the props that are objects of one. */
const KINDS = {
  onCost: AlertChannel,
  onCritical: AlertChannel,
  onDeployment: AlertChannel,
  onError: AlertChannel,
  onWarning: AlertChannel,
  profile: EnvironmentProfile,
  runbooks: Runbooks,
  unnotified: UnnotifiedAlerts,
};

/**
 * Encrypted SNS topic for each severity, with the channels that subscribe to it.
 *
 * Messages that a channel outside AWS rejects are kept in a dead-letter queue. They raise an alarm on channels that
 * don't depend on it. docs/alerting.md lists every resource and every manual step.
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
  /** Topics with a function that closes at a pager what it opened. */
  private readonly closing = new Set<string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertRoutingProps = {},
  ) {
    super(scope, id);
    checkKinds(this, props, KINDS);
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

  /**
   * True where a channel of a severity closes what it opened, so that ends of alarms are notified.
   *
   * CloudWatch notifies the first OK of a new alarm as an end. Mail and chat would show it for each alarm.
   * @internal
   */
  public _notifiesEnds(severity: Severity): boolean {
    return this.closing.has(severity);
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
    checkInReach(scope, 'topic', topic);
    const id = `${severity}From${stackHash(topic)}`;
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
        problem: `is in account ${topic.env.account}, whose messages the dead-letter queue rejects`,
        fix: 'create an AlertRouting in that account',
      },
      {
        condition: knownToDiffer(topic.env.region, region),
        prop: 'topic',
        problem: `is in ${topic.env.region}, whose messages the dead-letter queue in ${region} can't keep`,
        fix: 'create an AlertRouting in that region',
      },
    ]);
  }

  private subscribe(channel: AlertChannel): void {
    const topics = this.topicsOf(channel);
    const { forwarder, chat, subscription } = channel._bind(this, topics);
    if (forwarder) {
      topics.forEach(({ name }) => this.closing.add(name));
      this.createForwarder(channel, topics, forwarder);
    }
    if (chat) {
      new ChatConfiguration(this, channel._childId, {
        identity: channel._identity,
        target: chat,
        topics: topics.map(({ topic }) => topic),
      });
    }
    if (subscription) {
      topics.forEach(
        ({ name, topic }) => new Subscription(this, `${channel._childId}${name}`, { topic, ...subscription }),
      );
    }
  }

  private topicsOf(channel: AlertChannel): ChannelTopic[] {
    return this.routing.topicsOf(channel).map((name) => ({
      name,
      topic: this.topics.named(name),
      urgency: SEVERITIES.find((severity) => severity === name) ?? 'info',
    }));
  }

  private createForwarder(channel: AlertChannel, topics: ChannelTopic[], binding: ForwarderBinding): void {
    const { destination, plan, secret } = binding;
    const forwarder = new AlertForwarder(this, channel._childId, {
      destination: `${destination}, for ${stackPath(this)}`,
      plan,
      statements: this.readStatements(secret),
      key: this.topics.key,
      profile: this.profile,
    });
    topics.forEach(({ name, topic }) => forwarder.listenTo(forwarder, name, topic));
    this.createForwarderAlarm(forwarder, topics[0].name, channel);
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
            conditions: { StringEquals: { 'kms:ViaService': viaService(this, 'secretsmanager') } },
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
      destination: `the topic for ${severity} of ${stackPath(this)}`,
      plan: { kind: 'relay', topicArn },
      statements: [new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] })],
      key: this.topics.key,
      profile: this.profile,
    });
    this.createForwarderAlarm(relay, severity);
    this.relays.set(severity, relay);
    return relay;
  }

  /**
   * The alarm prefers a severity whose channels don't need this function. Without one it uses the function's own topic,
   * because a function may fail for one message and not for the next.
   */
  private createForwarderAlarm(forwarder: AlertForwarder, ownTopic: string, channel?: AlertChannel): void {
    const severity = this.routing.severityForFailuresOf(channel);
    forwarder.createAlarm(this._runbooks, new SnsAction(this.topics.named(severity ?? ownTopic)));
    if (severity === undefined) {
      Validations.of(forwarder).addWarning(
        '@org/prod-constructs:forwarderUnwatched',
        'No other channel can report a failure of this function. ' +
          'Give one of the severities another channel, AlertChannel.email for example.',
      );
    }
  }
}
