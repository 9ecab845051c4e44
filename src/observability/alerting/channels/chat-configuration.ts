import { Stack, Stage, Token } from 'aws-cdk-lib';
import {
  CfnMicrosoftTeamsChannelConfiguration,
  LoggingLevel,
  SlackChannelConfiguration,
} from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from '../../../compliance/acknowledge';
import { withoutGrants } from '../../../iam/without-grants';
import { uniqueName } from '../../../text/stack-path';
import { PropError } from '../../../validation/prop-error';
import type { ChatTarget } from './channel-target';

/** Properties of a {@link ChatConfiguration}. All are required. */
export interface ChatConfigurationProps {
  /** Identity of the channel. An account accepts one configuration of it. */
  readonly identity: string;
  /** Ids of the channel in Slack or Teams. */
  readonly target: ChatTarget;
  /** Topics whose messages the channel shows. */
  readonly topics: ITopic[];
}

/**
 * Key of the app's configured channels. A registered symbol, so that two copies of the library in one program share
 * them.
 */
const TAKEN = Symbol.for('@org/prod-constructs.ChatConfiguration.taken');
interface Marked {
  [TAKEN]?: Map<string, string>;
}

/**
 * Chat configuration of a channel, with a role and a guardrail policy.
 *
 * Both allow reading metrics and alarms and nothing else, whatever is written in the channel.
 */
export class ChatConfiguration extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ChatConfigurationProps,
  ) {
    super(scope, id);
    this.takeChannel();
    const role = new Role(this, 'Role', {
      description: 'Shows alarms in chat',
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    const policy = this.createPolicy(role);
    withoutGrants([role], () => this.createConfiguration(role, policy));
  }

  /** An account accepts one configuration of a channel in all regions. A second one would fail in the deployment. */
  private takeChannel(): void {
    const { account } = Stack.of(this);
    const root = this.node.root as IConstruct & Marked;
    const where = Token.isUnresolved(account) ? `stage ${Stage.of(this)?.node.path ?? ''}` : account;
    const taken = (root[TAKEN] ??= new Map<string, string>());
    const { identity } = this.props;
    const channel = `${where} ${identity}`;
    const owner = taken.get(channel);
    if (owner !== undefined) {
      throw new PropError(this.node.scope!, {
        prop: 'AlertChannel',
        problem: `'${identity}' already has a chat configuration in this account, which '${owner}' creates`,
        fix: 'share that AlertRouting, or give AlertChannel.existingChat() the ARN of its configuration',
      });
    }
    taken.set(channel, this.node.scope!.node.path);
  }

  private createPolicy(role: Role): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: [
            'cloudwatch:DescribeAlarms',
            'cloudwatch:GetMetricData',
            'cloudwatch:GetMetricStatistics',
            'cloudwatch:GetMetricWidgetImage',
          ],
          resources: ['*'],
        }),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'The graph under an alarm: these four reads of CloudWatch do not support resource-level permissions.',
    );
    return policy;
  }

  private createConfiguration(role: Role, guardrail: ManagedPolicy): void {
    const { target, topics } = this.props;
    const name = uniqueName(this, { maxLength: 128, separator: '-', allowedSpecialCharacters: '-_' });
    if (target.kind === 'slack') {
      new SlackChannelConfiguration(this, 'Slack', {
        slackChannelConfigurationName: name,
        slackWorkspaceId: target.workspaceId,
        slackChannelId: target.channelId,
        notificationTopics: topics,
        role,
        guardrailPolicies: [guardrail],
        // Messages that it can't show are dropped. Errors in its log say so.
        loggingLevel: LoggingLevel.ERROR,
      });
    } else {
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        configurationName: name,
        teamsTenantId: target.tenantId,
        teamId: target.teamId,
        teamsChannelId: target.channelId,
        snsTopicArns: topics.map(({ topicArn }) => topicArn),
        iamRoleArn: role.roleArn,
        guardrailPolicies: [guardrail.managedPolicyArn],
        loggingLevel: 'ERROR',
      });
    }
  }
}
