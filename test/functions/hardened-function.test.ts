import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { EnvironmentProfile, SecureVpc } from '../../src';
import { hardenedFunction } from '../../src/functions/hardened-function';
import { templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

interface Statement { Sid?: string; Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }

const OWN = new PolicyStatement({ actions: ['ssm:GetParameter'], resources: ['arn:aws:ssm:eu-central-1:111111111111:parameter/own'] });

function stackWith(inNetwork: boolean) {
  const stack = testStack();
  const scope = new Construct(stack, 'Hook');
  const network = inNetwork ? new SecureVpc(stack, 'Network') : undefined;
  const { handler } = hardenedFunction(scope, {
    lambda: 'rollout-hook',
    description: 'Decides',
    roleDescription: 'Decides',
    timeout: Duration.seconds(30),
    environment: {},
    profile: EnvironmentProfile.production(),
    statements: (required) => [OWN, ...required],
    network: network && {
      network,
      services: [InterfaceVpcEndpointAwsService.ECS],
      securityGroupDescription: 'Hook',
      purpose: 'the hook',
    },
    noConcurrencyReason: 'It is called once at a time.',
    noDeadLettersReason: 'Its caller waits for the response.',
    noNetworkReason: inNetwork ? undefined : 'It calls public services alone.',
  });
  return { stack, handler };
}

function statementsIn(template: Template): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
  const [ofHook] = policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('HookRole'));
  return ofHook.Properties.PolicyDocument.Statement as Statement[];
}

describe('A hardened function', () => {
  test('may do what it is given and write to its own log group, and nothing else', () => {
    const statements = statementsIn(templateOf(stackWith(false).stack));

    expect(statements.map(({ Action }) => Action)).toEqual(['ssm:GetParameter', ['logs:CreateLogStream', 'logs:PutLogEvents']]);
    expect(JSON.stringify(statements)).not.toContain('"*"');
  });

  test('is created after its policy, and after what a team grants it beyond', () => {
    const { stack, handler } = stackWith(false);
    handler.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop/*'] }));
    const template = templateOf(stack);
    const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
    const [granted] = Object.entries(template.findResources('AWS::IAM::Policy'));

    template.hasResource('AWS::Lambda::Function', { DependsOn: Match.arrayWith([policy, granted[0]].sort()) });
    expect(granted[1].Properties.PolicyDocument.Statement).toEqual([{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' }]);
    expect(JSON.stringify(statementsIn(template))).not.toContain('s3:');
  });

  test('in a network leaves network interfaces to the Lambda service, and denies them to its code', () => {
    const statements = statementsIn(templateOf(stackWith(true).stack)).filter(({ Resource }) => Resource === '*');

    expect(statements.map(({ Sid, Effect }) => [Sid, Effect])).toEqual([['LambdaItself', 'Allow'], ['NotTheCode', 'Deny']]);
    expect(statements[1].Condition).toEqual({ Null: { 'lambda:SourceFunctionArn': 'false' } });
    expect(statements[1].Action).toEqual(statements[0].Action);
  });

  test('has no unacknowledged finding of the four packs', () => {
    expect(unacknowledged(stackWith(false).stack)).toEqual([]);
  });
});
