import { Stack, Token } from 'aws-cdk-lib';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { SECRET_PLACEHOLDER } from '../../../contracts/secret-placeholder';
import { checkInReach } from '../../../validation/objects-in-reach';
import { partitionOf } from '../../../validation/resource-environment';
import { checkRules, type Rule } from '../../../validation/rules';
import type { ChannelTarget } from './channel-target';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Format of a field of a channel target. */
interface FieldFormat {
  readonly field: string;
  readonly value: string;
  readonly format: RegExp;
  readonly expected: string;
  readonly fix: string;
}

/** Throws a PropError for a channel target in a format that no receiver has. */
export function checkChannelTarget(scope: IConstruct, prop: string, target: ChannelTarget): void {
  if ('secret' in target) {
    checkSecret(scope, `${prop}.${target.kind}`, target.secret);
    return;
  }
  checkRules(scope, [
    {
      condition: ['slack', 'teams'].includes(target.kind) && (partitionOf(scope) ?? 'aws') !== 'aws',
      prop: `${prop}.${target.kind}`,
      problem: `is not supported in ${Stack.of(scope).region}, which Amazon Q Developer in chat applications is not in`,
      fix: 'use AlertChannel.slackWebhook(), AlertChannel.pagerDuty() or AlertChannel.email()',
    },
  ]);
  checkRules(
    scope,
    formatsOf(target).map(({ field, value, format, ...message }) => ({
      condition: !Token.isUnresolved(value) && !format.test(value),
      prop: `${prop}.${target.kind}${field}`,
      value,
      ...message,
    })),
  );
}

function formatsOf(target: ChannelTarget): FieldFormat[] {
  const uuid = (field: string, value: string): FieldFormat => ({
    field: `.${field}`,
    value,
    format: UUID,
    expected: 'a UUID',
    fix: `copy the channel's link in Teams and take ${field === 'teamId' ? 'groupId' : field} from it`,
  });
  switch (target.kind) {
    case 'email':
      return [
        {
          field: '',
          value: target.address,
          format: /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}$/,
          expected: 'one address, name@example.com',
          fix: 'create an AlertChannel.email() for each address',
        },
      ];
    case 'slack':
      return [
        {
          field: '.workspaceId',
          value: target.workspaceId,
          format: /^T[0-9A-Z]{7,}$/,
          expected: 'T and capital letters and digits, T012ABCDEFG',
          fix: 'copy it from the workspaces in the console of Amazon Q Developer in chat applications',
        },
        {
          field: '.channelId',
          value: target.channelId,
          format: /^[CG][0-9A-Z]{7,}$/,
          expected: 'C or G and capital letters and digits, C012ABCDEFG',
          fix: "take the end of the channel's link in Slack, not its name",
        },
      ];
    case 'teams':
      return [
        uuid('tenantId', target.tenantId),
        uuid('teamId', target.teamId),
        {
          field: '.channelId',
          value: target.channelId,
          format: /^[\w=+/.,-]+%3a[\w=+/.,-]+%40[\w=+/.,-]+$/i,
          expected: 'the encoded id, 19%3A...%40thread.tacv2',
          fix: "copy the channel's link in Teams and take the part after /channel/ as it is",
        },
      ];
    case 'existingChat':
      return [
        {
          field: '',
          value: target.configurationArn,
          format: /^arn:[\w-]+:chatbot::\d{12}:chat-configuration\/[\w-]+\/[\w-]+$/,
          expected: 'the ARN of a chat configuration',
          fix: 'copy it from the output of aws chatbot describe-slack-channel-configurations',
        },
      ];
    default:
      return [];
  }
}

function checkSecret(scope: IConstruct, prop: string, secret: ISecret): void {
  checkInReach(scope, prop, secret, 'secret');
  const literal = literalValue(secret);
  const rules: Rule[] = [
    {
      condition: literal !== undefined && literal !== SECRET_PLACEHOLDER,
      prop,
      value: '(not shown)',
      expected: 'a secret whose value is in no template',
      fix: 'put the value into Secrets Manager by hand and import the secret with Secret.fromSecretCompleteArn',
    },
    {
      condition: secret.secretFullArn === undefined,
      prop,
      value: secret.secretName,
      expected: 'a secret with a complete ARN, because a name alone would allow every secret that begins with it',
      fix: 'import it with Secret.fromSecretCompleteArn',
    },
  ];
  checkRules(scope, rules);
}

/** Plain text in the template of a secret, if it has any. */
function literalValue(secret: ISecret): string | undefined {
  const resource = secret.node.defaultChild;
  const value: unknown =
    resource instanceof CfnSecret ? Stack.of(resource).resolve(resource.secretString) : undefined;
  return typeof value === 'string' && !/^\{\{resolve:/.test(value) ? value : undefined;
}
