import { Stack, Token } from 'aws-cdk-lib';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { SECRET_PLACEHOLDER } from '../../contracts/secret-placeholder';
import { PropError } from '../../validation/prop-error';
import type { ChannelTarget } from './alert-channel';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Form {
  readonly field: string;
  readonly value: string;
  readonly form: RegExp;
  readonly expected: string;
  readonly fix: string;
}

/** Refuses what can't be a channel. */
export function checkChannelTarget(scope: IConstruct, prop: string, target: ChannelTarget): void {
  if ('secret' in target) {
    checkSecret(scope, `${prop}.${target.kind}`, target.secret);
    return;
  }
  formsOf(target)
    .filter(({ value, form }) => !Token.isUnresolved(value) && !form.test(value))
    .forEach(({ field, value, expected, fix }) => {
      throw new PropError(scope, { prop: `${prop}.${target.kind}${field}`, value, expected, fix });
    });
}

function formsOf(target: ChannelTarget): Form[] {
  const uuid = (field: string, value: string): Form => ({
    field: `.${field}`,
    value,
    form: UUID,
    expected: 'a UUID',
    fix: `copy the channel's link in Teams and take ${field === 'teamId' ? 'groupId' : field} from it`,
  });
  switch (target.kind) {
    case 'email':
      return [
        {
          field: '',
          value: target.address,
          form: /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}$/,
          expected: 'one address, name@example.com',
          fix: 'give each address a channel of its own',
        },
      ];
    case 'slack':
      return [
        {
          field: '.workspaceId',
          value: target.workspaceId,
          form: /^T[0-9A-Z]{7,}$/,
          expected: 'T and capital letters and digits, T012ABCDEFG',
          fix: 'copy it from the list of workspaces in the console of Amazon Q Developer in chat applications',
        },
        {
          field: '.channelId',
          value: target.channelId,
          form: /^[CG][0-9A-Z]{7,}$/,
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
          form: /^[\w=+/.,-]+%3a[\w=+/.,-]+%40[\w=+/.,-]+$/i,
          expected: 'the encoded id, 19%3A...%40thread.tacv2',
          fix: "copy the channel's link in Teams and take the part after /channel/ as it is",
        },
      ];
    case 'existingChat':
      return [
        {
          field: '',
          value: target.configurationArn,
          form: /^arn:[\w-]+:chatbot::\d{12}:chat-configuration\/[\w-]+\/[\w-]+$/,
          expected: 'the ARN of a chat configuration',
          fix: 'aws chatbot describe-slack-channel-configurations shows it',
        },
      ];
    default:
      return [];
  }
}

function checkSecret(scope: IConstruct, prop: string, secret: ISecret): void {
  const literal = literalValue(secret);
  if (literal !== undefined && literal !== SECRET_PLACEHOLDER) {
    throw new PropError(scope, {
      prop,
      value: '(not shown)',
      expected: 'a secret whose value stands in no template',
      fix: 'put the value into Secrets Manager by hand and import the secret with Secret.fromSecretCompleteArn',
    });
  }
  if (secret.secretFullArn === undefined) {
    throw new PropError(scope, {
      prop,
      value: secret.secretName,
      expected:
        'a secret whose complete ARN is known: with the name alone, the function would have to be expected every secret that begins with it',
      fix: 'import it with Secret.fromSecretCompleteArn',
    });
  }
}

/** The value of a secret that is made with it in plain text. */
function literalValue(secret: ISecret): string | undefined {
  const made = secret.node.defaultChild;
  const value: unknown = made instanceof CfnSecret ? Stack.of(made).resolve(made.secretString) : undefined;
  return typeof value === 'string' && !/^\{\{resolve:/.test(value) ? value : undefined;
}
