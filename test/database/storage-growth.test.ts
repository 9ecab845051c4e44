import { CfnOutput } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { HardenedPostgres, PostgresCapacity, SecureVpc } from '../../src';
import { ENV, templateOf, testStack } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Template } from '../simulators/cloudformation/template';

/** A database with something else in its stack, which can fail after the database has grown. */
function templateWith(storageGiB: number, other: string): Template {
  const stack = testStack();
  const capacity = PostgresCapacity.instance({ storageGiB });
  const database = new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network'), capacity });
  new Topic(stack, 'Other', { displayName: other }).node.addDependency(database);
  new CfnOutput(stack, 'Endpoint', { value: database.endpoint });
  return templateOf(stack).toJSON() as Template;
}

describe('More storage of a database', () => {
  const larger = templateWith(200, 'after');
  const other = Object.keys(larger.Resources!).find((id) => id.startsWith('Other'))!;

  test('ends in UPDATE_ROLLBACK_FAILED, where something else of the deployment fails', () => {
    const account = new Account(ENV);
    account.deploy('Data', templateWith(100, 'before'));
    const outcome = account.deploy('Data', larger, { failing: [other] });
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_FAILED');
    expect(JSON.stringify(outcome.steps)).toMatch(/storage cannot be reduced to 100 GiB/);
  });

  test('is done when a deployment of its own ends', () => {
    const account = new Account(ENV);
    account.deploy('Data', templateWith(100, 'after'));
    expect(account.deploy('Data', larger)).toMatchObject({ verdict: 'in place', state: { status: 'UPDATE_COMPLETE' } });
  });
});
