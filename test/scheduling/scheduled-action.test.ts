import { Template } from 'aws-cdk-lib/assertions';
import { rateExpression, scheduleAction, sdkTarget } from '../../src/scheduling/scheduled-action';
import { testStack } from '../fixtures/test-stack';

test('the role of a schedule may take one action on the named resources, for this account alone', () => {
  const stack = testStack();
  scheduleAction(stack, {
    roleDescription: 'Reboots',
    target: sdkTarget(stack, 'rds', 'rebootDBInstance'),
    action: 'rds:RebootDBInstance',
    resources: ['arn:aws:rds:eu-central-1:111122223333:db:orders'],
    schedules: [{ id: 'Weekly', description: 'Reboots', expression: rateExpression(7, 'day'), input: '{}' }],
  });
  const template = Template.fromStack(stack);

  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'rds:RebootDBInstance',
          Effect: 'Allow',
          Resource: 'arn:aws:rds:eu-central-1:111122223333:db:orders',
        },
      ],
    },
  });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': stack.account } },
        },
      ],
    },
  });
});

test('a schedule waits for the policy of its role, because its first run may be due at once', () => {
  const stack = testStack();
  scheduleAction(stack, {
    idPrefix: 'Restart',
    roleDescription: 'Restarts',
    target: 'arn:aws:states:eu-central-1:111122223333:stateMachine:restart',
    action: 'states:StartExecution',
    resources: ['arn:aws:states:eu-central-1:111122223333:stateMachine:restart'],
    schedules: [{ id: 'Nightly', description: 'Restarts', expression: 'cron(0 2 * * ? *)', input: '{}' }],
  });
  const template = Template.fromStack(stack);
  const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));

  template.hasResource('AWS::Scheduler::Schedule', { DependsOn: [policy] });
});

test('the unit of a rate is singular for one alone', () => {
  expect(rateExpression(1, 'hour')).toBe('rate(1 hour)');
  expect(rateExpression(30, 'day')).toBe('rate(30 days)');
});
