import { App, Aws, CfnParameter, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { longestText } from '../../src/iam/longest-text';
import { testStack } from '../fixtures/test-stack';

const length = (stack: Stack, value: unknown) => String(longestText(stack, value)).length;
const principal = new ServicePrincipal('ecs-tasks.amazonaws.com');

describe('The longest text of a value', () => {
  test('is the name that CloudFormation generates, in the ARN of the place', () => {
    const stack = testStack({ stackName: 'a'.repeat(40) });
    const group = new LogGroup(stack, 'Logs');
    const id = stack.resolve((group.node.defaultChild as CfnResource).logicalId) as string;
    const name = `${stack.stackName}-${id}-ABCDEFGHIJKL`;
    expect(length(stack, group.logGroupName)).toBe(name.length);
    expect(length(stack, group.logGroupArn)).toBe(`arn:aws:logs:eu-central-1:111111111111:log-group:${name}:*`.length);
  });

  test('is a name that is given, and that of a role never more than 64 characters', () => {
    const stack = testStack({ stackName: 'a'.repeat(100) });
    const named = new Role(stack, 'Named', { assumedBy: principal, roleName: 'shop', path: '/teams/shop/' });
    const generated = new Role(stack, 'Generated', { assumedBy: principal });
    expect(longestText(stack, named.roleArn)).toBe('arn:aws:iam::000000000000:role/teams/shop/shop');
    expect(length(stack, generated.roleName)).toBe(64);
  });

  test('is that of an id where the service gives one', () => {
    const stack = testStack();
    expect(length(stack, new Key(stack, 'Key').keyArn)).toBe('arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555'.length);
  });

  test('is the longest partition and region where the stack has none', () => {
    const stack = new Stack(new App());
    expect(longestText(stack, Aws.PARTITION)).toBe('aws-us-gov');
    expect(length(stack, Aws.REGION)).toBe(16);
    expect(longestText(testStack({ env: { region: 'cn-north-1' } }), Aws.PARTITION)).toBe('aws-cn');
  });

  test('is counted through joins, selections and conditions', () => {
    const stack = testStack();
    const arn = `arn:aws:ecs:${Aws.REGION}:1:service/shop/web`;
    expect(longestText(stack, Fn.select(5, Fn.split(':', arn)))).toBe('service/shop/web');
    expect(longestText(stack, Fn.join('-', ['a', Aws.REGION]))).toBe('a-eu-central-1');
    expect(longestText(stack, Fn.conditionIf('Any', 'long', 'longer').toString())).toBe('longer');
  });

  test('of a reference to a type that is not listed is longer than an ARN of AWS', () => {
    const stack = testStack();
    const unknown = new CfnResource(stack, 'Unknown', { type: 'AWS::Some::Thing' });
    expect(length(stack, unknown.getAtt('Arn').toString())).toBeGreaterThan(100);
    expect(length(stack, unknown.ref)).toBeGreaterThan(100);
  });

  test('of what only the deployment knows is 256 characters', () => {
    const stack = testStack();
    expect(length(stack, Fn.importValue('Elsewhere'))).toBe(256);
    expect(length(stack, new CfnParameter(stack, 'Given').valueAsString)).toBe(256);
  });

  test('knows references to other stacks before they get their final form', () => {
    const stack = testStack();
    const other = new Stack(stack.node.root, 'Other', { env: { region: 'eu-west-1' } });
    const machine = new CfnStateMachine(other, 'Machine', { roleArn: 'arn', stateMachineName: 'shop' });
    expect(longestText(stack, machine.ref)).toBe('arn:aws:stepfunctions:eu-west-1:000000000000:stateMachine:shop');
  });

  test('differs for different values of one length, because a policy lists equal ones once', () => {
    const stack = testStack();
    const keys = [new Key(stack, 'One'), new Key(stack, 'Two')].map(({ keyArn }) => longestText(stack, keyArn));
    const imports = ['One', 'Two'].map((name) => longestText(stack, Fn.importValue(name)));
    expect(new Set([...keys, ...imports]).size).toBe(4);
  });
});
