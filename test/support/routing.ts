import type { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AlertChannel, AlertRouting, type AlertRoutingProps } from '../../src';
import { ACCOUNT, REGION } from './test-stack';

export const WORKSPACE = 'T012ABCDEFG';
export const SLACK = { workspaceId: WORKSPACE, channelId: 'C012ABCDEFG' };
export const TEAMS = {
  tenantId: '11111111-2222-3333-4444-555555555555', teamId: '66666666-7777-8888-9999-000000000000', channelId: '19%3Aabcdef0123456789%40thread.tacv2',
};

/** A secret that was filled by hand. */
export function secretOf(stack: Stack, name: string): Secret {
  return Secret.fromSecretCompleteArn(stack, name, `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`) as Secret;
}

/** What document A asks for (requirement A-22): warnings to Slack, errors to Slack and by mail, the critical to PagerDuty. */
export function routingOfDocumentA(stack: Stack, props: AlertRoutingProps = {}, id = 'Alerts'): AlertRouting {
  return new AlertRouting(stack, id, {
    onCritical: [AlertChannel.pagerDuty(secretOf(stack, `${id}Pager`))],
    onError: [AlertChannel.slack(SLACK), AlertChannel.email('ops@example.com')],
    onWarning: [AlertChannel.slack(SLACK)],
    ...props,
  });
}

/** A template's value with its partition written out, as it stands there with the recommended flags. */
export function inAws<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, part: any) => {
    const parts: any[] | undefined = part?.['Fn::Join']?.[1];
    return parts?.every((one) => typeof one === 'string' || one.Ref === 'AWS::Partition') ? parts.map((one) => (typeof one === 'string' ? one : 'aws')).join('') : part;
  }) as Value;
}
