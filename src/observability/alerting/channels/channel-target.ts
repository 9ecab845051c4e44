import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Properties of a Slack {@link AlertChannel}. Both ids are required. */
export interface SlackChannelProps {
  /** Id of the workspace: `T012ABCDEFG`. It is authorized once by hand (docs/alerting.md). */
  readonly workspaceId: string;
  /** Id of the channel, at the end of its link: `C012ABCDEFG`. A private channel has to invite `@Amazon Q`. */
  readonly channelId: string;
}

/** Properties of a Microsoft Teams {@link AlertChannel}. All three ids of the channel are required. */
export interface TeamsChannelProps {
  /** UUID of the tenant. It is authorized once by hand (docs/alerting.md). */
  readonly tenantId: string;
  /** UUID of the team: `groupId` in the link. */
  readonly teamId: string;
  /** Id of the channel, URL-encoded as in the link: `19%3A...%40thread.tacv2`. */
  readonly channelId: string;
}

/**
 * Channel of Amazon Q Developer in chat applications.
 * @internal
 */
export type ChatTarget =
  ({ readonly kind: 'slack' } & SlackChannelProps) | ({ readonly kind: 'teams' } & TeamsChannelProps);

/**
 * Destination of an alert channel, by kind.
 * @internal
 */
export type ChannelTarget =
  | ChatTarget
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'existingChat'; readonly configurationArn: string }
  | { readonly kind: 'slackWebhook'; readonly secret: ISecret }
  | { readonly kind: 'pagerDuty'; readonly secret: ISecret; readonly endpoint: string };
