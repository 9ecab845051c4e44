import { createHash } from 'crypto';
import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { checkChannelTarget } from './validate-channel';

/** Where PagerDuty keeps an account. */
export enum PagerDutyRegion {
  /** `app.pagerduty.com`. */
  UNITED_STATES = 'https://events.pagerduty.com/v2/enqueue',
  /** `app.eu.pagerduty.com`. */
  EUROPE = 'https://events.eu.pagerduty.com/v2/enqueue',
}

/** A channel of Slack, for chat integration. */
export interface SlackChannelProps {
  /** The workspace, authorised by hand before (docs/alerting.md): `T012ABCDEFG`. */
  readonly workspaceId: string;
  /** The channel's id, not its name; the end of its link: `C012ABCDEFG`. A private channel has to invite `@Amazon Q`. */
  readonly channelId: string;
}

/** A channel of Microsoft Teams, for chat integration. All three stand in the channel's link. */
export interface TeamsChannelProps {
  /** The tenant, authorised by hand before (docs/alerting.md): a UUID. */
  readonly tenantId: string;
  /** The team (`groupId` in the link): a UUID. */
  readonly teamId: string;
  /** The channel as it stands in the link, encoded: `19%3A...%40thread.tacv2`. */
  readonly channelId: string;
}

/**
 * How alerts reach a channel.
 * @internal
 */
export type ChannelTarget =
  | { readonly kind: 'email'; readonly address: string }
  | ({ readonly kind: 'slack' } & SlackChannelProps)
  | ({ readonly kind: 'teams' } & TeamsChannelProps)
  | { readonly kind: 'existingChat'; readonly configurationArn: string }
  | { readonly kind: 'slackWebhook'; readonly secret: ISecret }
  | { readonly kind: 'pagerDuty'; readonly secret: ISecret; readonly endpoint: string };

/** Where alerts reach people. Docs/alerting.md has the steps that each needs by hand. */
export class AlertChannel {
  /**
   * Pages whoever is on call. A function reads the key when an alert comes, so that no template holds it. PagerDuty's escalation policy
   * does what happens when nobody answers (requirement A-22).
   *
   * @param integrationKey holds the key of an *Events API v2* integration, 32 letters and digits, as plain text
   * @param region where PagerDuty keeps the account; the United States unless given
   */
  public static pagerDuty(
    integrationKey: ISecret,
    region: PagerDutyRegion = PagerDutyRegion.UNITED_STATES,
  ): AlertChannel {
    return new AlertChannel({ kind: 'pagerDuty', secret: integrationKey, endpoint: region });
  }

  /** A channel of Slack, by AWS's chat integration: alarms come with a graph, and nobody can run commands from there that change anything. */
  public static slack(props: SlackChannelProps): AlertChannel {
    return new AlertChannel({ kind: 'slack', workspaceId: props.workspaceId, channelId: props.channelId });
  }

  /**
   * A channel of Slack, by an incoming webhook (requirement C-16). Needs no authorised workspace. A function reads the address when an
   * alert comes.
   *
   * @param webhook holds the address, as plain text
   */
  public static slackWebhook(webhook: ISecret): AlertChannel {
    return new AlertChannel({ kind: 'slackWebhook', secret: webhook });
  }

  /** A channel of Microsoft Teams, by AWS's chat integration. */
  public static teams(props: TeamsChannelProps): AlertChannel {
    return new AlertChannel({
      kind: 'teams',
      tenantId: props.tenantId,
      teamId: props.teamId,
      channelId: props.channelId,
    });
  }

  /**
   * A channel whose chat configuration was made elsewhere: an account takes one for each channel. The topics have to be added to it by
   * hand; synthesis names them, and docs/alerting.md has the command.
   *
   * @param configurationArn `arn:aws:chatbot::111111111111:chat-configuration/slack-channel/name`
   */
  public static existingChat(configurationArn: string): AlertChannel {
    return new AlertChannel({ kind: 'existingChat', configurationArn });
  }

  /** Mails. The receiver has to confirm each topic once, by the link of a mail that comes with the deployment. */
  public static email(address: string): AlertChannel {
    return new AlertChannel({ kind: 'email', address });
  }

  private constructor(
    /** @internal */
    public readonly _target: ChannelTarget,
  ) {}

  /**
   * What two objects for one channel have in common.
   * @internal
   */
  public get _identity(): string {
    const target = this._target;
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
        return `${target.kind} ${Token.isUnresolved(target.secret.secretArn) ? target.secret.node.path : target.secret.secretArn}`;
    }
  }

  /**
   * Names what a construct makes for this channel, the same in every place of the list.
   * @internal
   */
  public get _childId(): string {
    const { kind } = this._target;
    return `${kind[0].toUpperCase()}${kind.slice(1)}${createHash('sha256').update(this._identity).digest('hex').slice(0, 8)}`;
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct, prop: string): void {
    checkChannelTarget(scope, prop, this._target);
  }
}
