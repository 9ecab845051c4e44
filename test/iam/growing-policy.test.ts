import { App, Aws, type CfnElement, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { GrowingPolicy } from '../../src/iam/growing-policy';
import { refusal, templateOf, testStack } from '../fixtures/test-stack';
import type { Template } from '../simulators/cloudformation/template';

const LIMIT = 6_144;
const arns = (count: number, length = 100) =>
  Array.from({ length: count }, (_, index) => `arn:aws:s3:::${`${index}-`.padEnd(length, 'x')}`);
const reads = (resources: string[]) => new PolicyStatement({ actions: ['s3:GetObject'], resources });

function growing(statements: PolicyStatement[], stack = testStack()): { stack: Stack; policy: GrowingPolicy } {
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  return { stack, policy: new GrowingPolicy(stack, 'Policy', { role, statements, prop: 'secrets' }) };
}

interface Written { Action: string; Resource: string | string[]; Condition?: object; Sid?: string }

function written(stack: Stack): Array<{ id: string; size: number; statements: Written[]; dependsOn: string[] }> {
  const { Resources = {} } = templateOf(stack).toJSON() as Template;
  return Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy').map(([id, { Properties, DependsOn }]) => ({
    id,
    size: JSON.stringify(Properties!.PolicyDocument).length,
    statements: Properties!.PolicyDocument.Statement as Written[],
    dependsOn: [DependsOn ?? []].flat(),
  }));
}

const pairs = (statements: Written[]) => statements.flatMap(({ Action, Resource }) => [Resource].flat().map((resource) => `${Action} ${resource}`));

describe('A policy that grows', () => {
  test('is one policy under its own id as long as it fits', () => {
    const { stack } = growing(arns(20).map((arn) => reads([arn])));
    expect(written(stack)).toHaveLength(1);
  });

  test('divides statements over policies below the quota, and loses none and adds none', () => {
    const all = arns(200);
    const { stack } = growing(all.map((arn) => reads([arn])));
    const policies = written(stack);
    expect(policies.length).toBeGreaterThan(3);
    expect(policies.filter(({ size }) => size > LIMIT)).toEqual([]);
    expect(pairs(policies.flatMap(({ statements }) => statements)).sort()).toEqual(all.map((arn) => `s3:GetObject ${arn}`).sort());
  });

  test('divides one statement about many resources', () => {
    const all = arns(120);
    const statement = new PolicyStatement({ sid: 'Read', actions: ['s3:GetObject'], resources: all, conditions: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } });
    const policies = written(growing([statement]).stack);
    const statements = policies.flatMap((policy) => policy.statements);
    expect(policies.filter(({ size }) => size > LIMIT)).toEqual([]);
    expect(pairs(statements).sort()).toEqual(all.map((arn) => `s3:GetObject ${arn}`).sort());
    expect(statements.every(({ Condition }) => Condition !== undefined)).toBe(true);
  });

  test('has its first policy wait for the further ones, so that a growing role loses nothing for a moment', () => {
    const { stack, policy } = growing(arns(150).map((arn) => reads([arn])));
    const policies = [policy, policy.node.findChild('2'), policy.node.findChild('3')];
    const [first, second, third] = policies.map(({ node }) => stack.getLogicalId(node.defaultChild as CfnElement));
    const waits = Object.fromEntries(written(stack).map(({ id, dependsOn }) => [id, dependsOn]));
    expect(waits).toMatchObject({ [first]: [second], [second]: [third] });
  });

  test('makes its users wait for all of its policies', () => {
    const { stack, policy } = growing(arns(150).map((arn) => reads([arn])));
    const user = new CfnParameter(stack, 'User', { type: 'String', value: 'x' });
    user.node.addDependency(policy);
    const { Resources } = templateOf(stack).toJSON() as Template;
    expect(Resources!.User.DependsOn).toHaveLength(written(stack).length);
  });

  test('takes statements later, as those of secrets', () => {
    const { stack, policy } = growing([]);
    arns(100).forEach((arn) => policy.addStatements(reads([arn])));
    expect(written(stack).filter(({ size }) => size > LIMIT)).toEqual([]);
    expect(policy.node.findAll().filter((child) => child instanceof ManagedPolicy).length).toBeGreaterThan(1);
  });

  test('counts references by the longest text that they can become, where nothing else is known', () => {
    const stack = new Stack(new App());
    const names = Array.from({ length: 50 }, (_, index) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter/${Aws.STACK_NAME}/${index}`);
    const { policy } = growing(names.map((name) => reads([name])), stack);
    // With `aws` and `eu-central-1` they would fit.
    expect(policy.node.findAll().filter((child) => child instanceof ManagedPolicy)).toHaveLength(2);
  });

  test('refuses more than a role can hold, with what to divide', () => {
    expect(refusal(() => growing(arns(600).map((arn) => reads([arn]))))).toMatch(
      /Stack 'Test': secrets needs more permissions than 8 policies of 6144 characters hold\. Divide secrets among several constructs\.$/,
    );
  });
});
