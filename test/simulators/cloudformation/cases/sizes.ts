import type { Properties } from '../template';
import { type Case, created, resource } from './case';

const document = (characters: number) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'a'.repeat(characters) }],
});
const policy = (properties: Properties) =>
  resource('AWS::IAM::ManagedPolicy', { PolicyDocument: document(10), ...properties });
const states = (...names: string[]) => ({
  StartAt: 'Branch',
  States: { Branch: { Type: 'Parallel', Branches: [{ States: Object.fromEntries(names.map((name) => [name, {}])) }] } },
});
const machine = (name: string) =>
  resource('AWS::StepFunctions::StateMachine', { DefinitionString: JSON.stringify(states(name)) });

/** Documented sizes. */
export const SIZE_CASES: readonly Case[] = [
  created(
    'size-of-a-managed-policy',
    'refused by AWS',
    'a managed policy has at most 6,144 characters',
    policy({ PolicyDocument: document(6_100) }),
  ),
  created(
    'size-of-a-managed-policy',
    'refused by AWS',
    'names count in full length',
    policy({
      PolicyDocument: {
        Statement: Array.from({ length: 100 }, () => ({ Resource: { 'Fn::GetAtt': ['Topic', 'TopicArn'] } })),
      },
    }),
    { Topic: resource('AWS::SNS::Topic') },
  ),
  created(
    'size-of-inline-policies',
    'refused by AWS',
    'inline policies of a role have at most 10,240 characters in total',
    resource('AWS::IAM::Role', {
      Policies: [{ PolicyDocument: document(5_100) }, { PolicyDocument: document(5_100) }],
    }),
  ),
  created(
    'size-of-a-trust-policy',
    'refused by AWS',
    'a trust policy has at most 2,048 characters',
    resource('AWS::IAM::Role', { AssumeRolePolicyDocument: document(2_000) }),
  ),
  created(
    'policies-of-a-role',
    'refused by AWS',
    'a role takes ten managed policies',
    policy({ Roles: [{ Ref: 'Role' }] }),
    {
      Role: resource('AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }),
      ...Object.fromEntries(
        Array.from({ length: 9 }, (_, index) => [`Policy${index}`, policy({ Roles: [{ Ref: 'Role' }] })]),
      ),
    },
  ),
  created(
    'size-of-a-bucket-policy',
    'refused by AWS',
    'a bucket policy has at most 20 KB',
    resource('AWS::S3::BucketPolicy', { Bucket: 'logs', PolicyDocument: document(20_480) }),
  ),
  created(
    'size-of-a-key-policy',
    'refused by AWS',
    'a key policy has at most 32 KB',
    resource('AWS::KMS::Key', { KeyPolicy: document(32_768) }),
  ),
  created(
    'size-of-lambda-variables',
    'refused by AWS',
    'the variables of a function have at most 4 KB',
    resource('AWS::Lambda::Function', { Environment: { Variables: { PLAN: 'a'.repeat(4_096) } } }),
  ),
  created(
    'name-of-a-state',
    'refused by AWS',
    'a state in a branch has a name of at most 80 characters',
    machine('a'.repeat(81)),
  ),
  created(
    'size-of-a-parameter',
    'refused by AWS',
    'a standard parameter has at most 4 KB',
    resource('AWS::SSM::Parameter', { Name: '/shop/plan', Type: 'String', Value: 'a'.repeat(4_097) }),
  ),
];
