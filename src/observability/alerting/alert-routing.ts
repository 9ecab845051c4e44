import { Annotations, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Waiver } from '../../compliance';
import { EnvironmentProfile } from '../../environment';
import { knownToDiffer } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { AlertChannel } from './alert-channel';
import { AlertForwarder } from './alert-forwarder';
import { AlertTopics } from './alert-topics';
import { checkedRoutes, type Routes } from './channel-routing';
import { ChatConfiguration } from './chat-configuration';
import { Runbooks } from './runbooks';
import { SEVERITIES, Severity } from './severity';
import { warnOfUnreadEvents } from './unsubscribed-events-warning';

/** What an {@link AlertRouting} is told. In production each severity needs a channel. */
export interface AlertRoutingProps {
  /**
   * Who hears of what has to be answered within 5 minutes at any hour (requirement A-22).
   * @default - nobody; refused in production
   */
  readonly onCritical?: AlertChannel[];
  /**
   * Who hears of what has to be answered within 15 minutes.
   * @default - nobody; refused in production
   */
  readonly onError?: AlertChannel[];
  /**
   * Who hears of what has to be answered within 30 minutes of business hours.
   * @default - nobody; refused in production
   */
  readonly onWarning?: AlertChannel[];
  /**
   * Who hears of deployments: start, waiting for an approval, end, rollback (requirement C-16).
   * @default - who hears of warnings, by the same topic; refused in production where nobody does
   */
  readonly onDeployment?: AlertChannel[];
  /**
   * Who hears of costs (requirement C-16).
   * @default - who hears of warnings, by the same topic; refused in production where nobody does
   */
  readonly onCost?: AlertChannel[];
  /**
   * Why nobody hears of a severity, of deployments or of costs, by its name: `{ warning: { reason: '...' }, cost: { reason: '...' } }`.
   * @default - somebody hears of each
   */
  readonly unnotified?: { [severity: string]: Waiver };
  /**
   * Where the pages are of the alarm on forwarding functions, and of a pipeline's tighter alarms after a release.
   * @default Runbooks.published() - the pages that come with this library
   */
  readonly runbooks?: Runbooks;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Brings alerts to people, by severity: an encrypted topic each, that admits whoever publishes to it, and the channels that listen. What a
 * channel outside AWS doesn't take is kept, and raises an alarm on the channels that don't depend on it. Docs/alerting.md names everything
 * that is created, and what has to be done by hand.
 */
export class AlertRouting extends Construct {
  /** Encrypts topics, what was not delivered, and the logs of forwarding functions. */
  public readonly key: IKey;
  private readonly profile: EnvironmentProfile;
  private readonly routes: Routes;
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
    this.routes = checkedRoutes(this, props, this.profile);
    this.topics = new AlertTopics(this, 'Topics', { uses: this.routes.uses, profile: this.profile });
    this.key = this.topics.key;
    this.routes.channels.forEach((channel) => this.connect(channel));
    if (this.routes.channels.length > 0) {
      warnOfUnreadEvents(this);
    }
  }

  /**
   * Where the pages of alarms are that nobody but this routing is told of.
   *
   * @internal
   */
  public get _runbooks(): Runbooks {
    return this.props.runbooks ?? Runbooks.published();
  }

  /** Where alarms of a severity are sent. */
  public topicFor(severity: Severity): ITopic {
    return this.topics.named(severity);
  }

  /** Where deployments and releases are told. */
  public get deploymentTopic(): ITopic {
    return this.topics.named(this.routes.deployment);
  }

  /** Where budgets and cost anomalies are told. */
  public get costTopic(): ITopic {
    return this.topics.named(this.routes.cost);
  }

  /**
   * Tells the channels of a severity what arrives on a topic that was made elsewhere, `database.events.topic` for example, in a form that
   * each of them shows. The subscription stands in the stack of this construct. Where the severity has no channel, there is none.
   */
  public listenTo(topic: ITopic, severity: Severity): void {
    this._listenFrom(this, topic, severity);
  }

  /**
   * The same, with everything that names the topic in another scope: for who refers to this construct from a stack on which it must not
   * depend.
   * @internal
   */
  public _listenFrom(scope: Construct, topic: ITopic, severity: Severity): void {
    this.checkListenedTo(topic);
    const id = `${severity}From${topic.node.addr.slice(-8)}`;
    if (this.routes.isHeard(severity) && !scope.node.tryFindChild(id)) {
      this.relayTo(severity).listenTo(scope, id, topic);
    }
  }

  private checkListenedTo(topic: ITopic): void {
    const { account, region } = Stack.of(this);
    if (Object.keys(this.routes.uses).some((name) => this.topics.named(name).topicArn === topic.topicArn)) {
      throw new PropError(this, {
        prop: 'topic',
        value: topic.node.path,
        expected: 'a topic of another construct',
        fix: 'subscribe further channels to it: what it relays could come round again',
      });
    }
    if (knownToDiffer(topic.env.account, account)) {
      throw new PropError(this, {
        prop: 'topic',
        value: topic.env.account,
        expected: `a topic of account ${account}: the queue for what is not delivered admits no other's`,
        fix: 'make an AlertRouting in that account',
      });
    }
    if (knownToDiffer(topic.env.region, region)) {
      throw new PropError(this, {
        prop: 'topic',
        value: topic.env.region,
        expected: `a topic in ${region}: a subscription takes a dead-letter queue of its own region only`,
        fix: 'make an AlertRouting in that region',
      });
    }
  }

  private connect(channel: AlertChannel): void {
    const target = channel._target;
    const topics = this.routes.topicsOf(channel);
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
          `Add these topics to ${target.configurationArn} by hand: ${topics.join(', ')} of ${this.node.path} (docs/alerting.md).`,
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
        this.forward(channel, target);
    }
  }

  private forward(
    channel: AlertChannel,
    target: { readonly kind: 'pagerDuty' | 'slackWebhook'; readonly secret: ISecret; readonly endpoint?: string },
  ): void {
    const topics = this.routes.topicsOf(channel);
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
      statements: this.readingOf(target.secret),
      key: this.topics.key,
      profile: this.profile,
    });
    topics.forEach((name) => forwarder.listenTo(forwarder, name, this.topics.named(name)));
    this.watch(forwarder, topics, channel);
  }

  private readingOf(secret: ISecret): PolicyStatement[] {
    const { encryptionKey } = secret;
    return [
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretFullArn!] }),
      // In the role's own policy: the key may stand in another stack, whose key policy must not name this role.
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

  /** One for each severity, so that it has to know none of the topics that it listens to. */
  private relayTo(severity: Severity): AlertForwarder {
    const known = this.relays.get(severity);
    if (known) {
      return known;
    }
    const { topicArn } = this.topicFor(severity);
    const relay = new AlertForwarder(this, `Relay-${severity}`, {
      destination: `the topic for ${severity} of ${this.node.path}`,
      plan: { kind: 'relay', topicArn },
      statements: [new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] })],
      key: this.topics.key,
      profile: this.profile,
    });
    this.watch(relay, [severity]);
    this.relays.set(severity, relay);
    return relay;
  }

  /** Its alarm goes where somebody hears of it without this function; else there: it may fail with one message and not with the next. */
  private watch(forwarder: AlertForwarder, topics: string[], channel?: AlertChannel): void {
    const severity = this.routes.severityWithout(channel);
    forwarder.createAlarm(this._runbooks, new SnsAction(this.topics.named(severity ?? topics[0])));
    if (severity === undefined) {
      Validations.of(forwarder).addWarning(
        '@org/prod-constructs:forwarderUnwatched',
        'When this function fails, nothing else can bring the alarm that says so. Give one of the severities another channel, AlertChannel.email for example.',
      );
    }
  }
}
