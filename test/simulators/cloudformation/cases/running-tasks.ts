import type { Properties } from '../template';
import { type Case, resource, type Resources, updating } from './case';

const allow = (Action: string, ...Resource: string[]) => ({ Effect: 'Allow', Action, Resource });
const role = resource('AWS::IAM::Role', { AssumeRolePolicyDocument: {} });
const policy = (Role: string, ...Statement: Properties[]) =>
  resource('AWS::IAM::Policy', { PolicyName: `Of${Role}`, PolicyDocument: { Statement }, Roles: [{ Ref: Role }] });
/** Service whose roles have some statements, with an image that changes by a rollout. */
const service = (image: string, more: Resources = {}): Resources => ({
  TaskRole: role,
  ExecutionRole: role,
  ...more,
  Task: resource('AWS::ECS::TaskDefinition', {
    Family: 'shop',
    TaskRoleArn: { 'Fn::GetAtt': ['TaskRole', 'Arn'] },
    ExecutionRoleArn: { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] },
    ContainerDefinitions: [{ Name: 'web', Image: image }],
  }),
  Service: resource('AWS::ECS::Service', { TaskDefinition: { Ref: 'Task' }, DesiredCount: 2 }, {
    DependsOn: Object.keys(more),
  }),
});
const tasks = (image: string, ...statements: Properties[]) => service(image, { Policy: policy('TaskRole', ...statements) });
const starts = (image: string, ...statements: Properties[]) =>
  service(image, { Policy: policy('ExecutionRole', ...statements) });
const user = (name: string) => allow('rds-db:connect', `arn:aws:rds-db:eu-central-1:111111111111:dbuser:db-1/${name}`);
const RULE = 'running-tasks-lose-permissions';

/** Documented behaviour of permissions that change while tasks use them. */
export const RUNNING_TASK_CASES: readonly Case[] = [
  {
    rule: RULE,
    verdict: 'interruption',
    shows: 'tasks that sign in as one user can not, once their role names another user',
    play: updating(tasks('shop:1', user('a')), tasks('shop:2', user('b'))),
  },
  {
    rule: RULE,
    verdict: 'some affected',
    shows: 'tasks that run are refused what a statement no longer names',
    play: updating(tasks('shop:1', allow('s3:GetObject', 'a', 'b')), tasks('shop:2', allow('s3:GetObject', 'a'))),
  },
  {
    rule: RULE,
    verdict: 'some affected',
    shows: 'tasks that run write their log with a role that names another group',
    play: updating(starts('shop:1', allow('logs:PutLogEvents', 'a')), starts('shop:2', allow('logs:PutLogEvents', 'b'))),
  },
  {
    rule: RULE,
    verdict: 'some affected',
    shows: 'no task of the former revision starts without its secret',
    play: updating(
      starts('shop:1', allow('secretsmanager:GetSecretValue', 'a')),
      starts('shop:2', allow('secretsmanager:GetSecretValue', 'b')),
    ),
  },
  {
    rule: 'service-deployment',
    verdict: 'rollout',
    shows: 'a statement with more actions takes nothing from tasks that run',
    play: updating(tasks('shop:1', allow('s3:GetObject', 'a/b')), tasks('shop:2', allow('s3:Get*', 'a/*'))),
  },
  {
    rule: 'service-deployment',
    verdict: 'rollout',
    shows: 'a policy goes in the cleanup, after the tasks that used it',
    play: updating(tasks('shop:1', user('a')), service('shop:2')),
  },
  {
    rule: 'outsiders-lose-permissions',
    verdict: 'some affected',
    shows: 'people whose role no longer names a user of the database are refused',
    play: updating({ Role: role, Policy: policy('Role', user('anna')) }, { Role: role }),
  },
];
