import { createHash } from 'crypto';
import { Annotations, Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { stackPath } from '../../../text/stack-path';
import type { ChannelBinding, ChannelTopic } from './channel-binding';
import type { ChannelTarget, SlackChannelProps, TeamsChannelProps } from './channel-target';
import type { PostingPlan } from './forwarder-plan';
import { checkChannelTarget } from './validate-channel';

/** Service region of a PagerDuty account. */
export enum PagerDutyRegion {
  /** Accounts of `app.pagerduty.com`. */
  UNITED_STATES = 'https://events.pagerduty.com/v2/enqueue',
  /** Accounts of `app.eu.pagerduty.com`. */
  EUROPE = 'https://events.eu.pagerduty.com/v2/enqueue',
}

/**
 * Destination of alerts: a pager, a chat channel or a mailbox.
 *
 * Each kind needs a step or two by hand, which docs/alerting.md lists.
 *
 * @example
 * new AlertRouting(this, 'Alerts', {
 *   onCritical: [AlertChannel.pagerDuty(integrationKey)],
 *   onError: [AlertChannel.email('ops@example.com')],
 *   onWarning: [AlertChannel.slack({ workspaceId, channelId })],
 * });
 */
export class AlertChannel {
  /**
   * PagerDuty integration that pages the engineer on call.
   *
   * A function reads the key for each alert, so that no template contains it. PagerDuty's escalation policy decides
   * what happens when nobody answers. Source: requirement A-22.
   *
   * @param integrationKey secret with the key of an *Events API v2* integration: 32 letters and digits, as plain text
   * @param region service region of the account, the United States unless given
   */
  public static pagerDuty(
    integrationKey: ISecret,
    region: PagerDutyRegion = PagerDutyRegion.UNITED_STATES,
  ): AlertChannel {
    return new AlertChannel({ kind: 'pagerDuty', secret: integrationKey, endpoint: region });
  }

  /**
   * Slack channel by Amazon Q Developer in chat applications.
   *
   * Alarms arrive with a graph. Commands from the channel can't change anything.
   */
  public static slack(props: SlackChannelProps): AlertChannel {
    return new AlertChannel({ kind: 'slack', workspaceId: props.workspaceId, channelId: props.channelId });
  }

  /**
   * Slack channel by an incoming webhook, without an authorized workspace.
   *
   * A function reads the URL for each alert. Source: requirement C-16.
   *
   * @param webhook secret with the URL as plain text
   */
  public static slackWebhook(webhook: ISecret): AlertChannel {
    return new AlertChannel({ kind: 'slackWebhook', secret: webhook });
  }

  /** Microsoft Teams channel by Amazon Q Developer in chat applications. */
  public static teams(props: TeamsChannelProps): AlertChannel {
    return new AlertChannel({
      kind: 'teams',
      tenantId: props.tenantId,
      teamId: props.teamId,
      channelId: props.channelId,
    });
  }

  /**
   * Chat channel whose configuration already exists, because an account takes one for each channel.
   *
   * Add the topics to it by hand. Synthesis lists them, and docs/alerting.md has the command.
   *
   * @param configurationArn ARN such as `arn:aws:chatbot::111111111111:chat-configuration/slack-channel/name`
   */
  public static existingChat(configurationArn: string): AlertChannel {
    return new AlertChannel({ kind: 'existingChat', configurationArn });
  }

  /**
   * Email address.
   *
   * The receiver confirms each topic once by the link in a mail that arrives with the deployment.
   *
   * @param address one address: `ops@example.com`
   */
  public static email(address: string): AlertChannel {
    return new AlertChannel({ kind: 'email', address });
  }

  private constructor(private readonly target: ChannelTarget) {}

  /**
   * Identity that two objects for the same channel share.
   * @internal
   */
  public get _identity(): string {
    const { target } = this;
    switch (target.kind) {
      case 'email':
        return `email ${target.address.toLowerCase()}`;
      case 'slack':
        return `slack ${target.workspaceId} ${target.channelId}`;
      case 'teams':
        return `teams ${target.tenantId} ${target.teamId} ${target.channelId}`;
      case 'existingChat':
        return `existingChat ${target.configurationArn}`;
      default:
        return `${target.kind} ${identityOf(target.secret)}`;
    }
  }

  /**
   * Construct id of this channel's resources, whatever its place in a list.
   * @internal
   */
  public get _childId(): string {
    const { kind } = this.target;
    const hash = createHash('sha256').update(this._identity).digest('hex');
    return `${kind[0].toUpperCase()}${kind.slice(1)}${hash.slice(0, 8)}`;
  }

  /**
   * Throws a PropError where no alert could arrive.
   * @internal
   */
  public _check(scope: IConstruct, prop: string): void {
    checkChannelTarget(scope, prop, this.target);
  }

  /**
   * Resources that the channel needs in a routing. A channel whose configuration exists gets a note with its topics.
   * @internal
   */
  public _bind(scope: IConstruct, topics: ChannelTopic[]): ChannelBinding {
    const { target } = this;
    switch (target.kind) {
      case 'pagerDuty':
        return {
          forwarder: {
            destination: 'PagerDuty',
            plan: postingPlan('pagerDuty', topics, target.secret, target.endpoint),
            secret: target.secret,
          },
        };
      case 'slackWebhook':
        return {
          forwarder: {
            destination: 'Slack',
            plan: postingPlan('slack', topics, target.secret),
            secret: target.secret,
          },
        };
      case 'email':
        return { subscription: { protocol: SubscriptionProtocol.EMAIL, endpoint: target.address } };
      case 'existingChat':
        Annotations.of(scope).addInfo(
          `Add these topics to ${target.configurationArn} by hand: ${topics.map(({ name }) => name).join(', ')} of ` +
            `${scope.node.path} (docs/alerting.md).`,
        );
        return {};
      default:
        return { chat: target };
    }
  }
}

function postingPlan(
  kind: PostingPlan['kind'],
  topics: ChannelTopic[],
  secret: ISecret,
  endpoint?: string,
): PostingPlan {
  return {
    kind,
    secretArn: secret.secretFullArn!,
    endpoint,
    topics: topics.map(({ topic, urgency }) => ({ arn: topic.topicArn, urgency })),
  };
}

function identityOf(secret: ISecret): string {
  return Token.isUnresolved(secret.secretArn) ? stackPath(secret) : secret.secretArn;
}
