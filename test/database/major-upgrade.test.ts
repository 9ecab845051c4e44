import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { AuroraPostgresEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { HardenedPostgres, PostgresCapacity, SecureVpc } from '../../src';
import { ENV, templateOf, testStack } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Template } from '../simulators/cloudformation/template';

const KINDS: ReadonlyArray<[string, PostgresCapacity, PostgresCapacity]> = [
  [
    'an instance',
    PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16 }),
    PostgresCapacity.instance({ version: PostgresEngineVersion.VER_17 }),
  ],
  [
    'a cluster',
    PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.of('16', '16') }),
    PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.of('17', '17') }),
  ],
];

/** Something else in the stack, which waits for the database and can fail after its upgrade. */
function otherIn(stack: Stack, database: HardenedPostgres, name: string): void {
  const topic = new Topic(stack, 'Other', { displayName: name });
  topic.node.addDependency(database);
}

function templateWith(capacity: PostgresCapacity, other?: string): Template {
  const stack = testStack();
  const database = new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network'), capacity });
  if (other) {
    otherIn(stack, database, other);
  }
  new CfnOutput(stack, 'Endpoint', { value: database.endpoint });
  return templateOf(stack).toJSON() as Template;
}

function idOf(template: Template, id: RegExp): string {
  return Object.keys(template.Resources!).find((one) => id.test(one))!;
}

describe('A major upgrade of a database', () => {
  test.each(KINDS)('of %s ends in UPDATE_ROLLBACK_FAILED, where a later change of its stack fails', (_, from, to) => {
    const account = new Account(ENV);
    account.deploy('Shop', templateWith(from, 'before'));
    const changed = templateWith(to, 'after');
    const outcome = account.deploy('Shop', changed, { failing: [idOf(changed, /^Other/)] });
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_FAILED');
    expect(JSON.stringify(outcome.steps)).toMatch(/cannot downgrade from 17 to 16/);
  });

  test.each(KINDS)('of %s alone in its stack is done when the deployment ends, and repeats nothing', (_, from, to) => {
    const account = new Account(ENV);
    account.deploy('Data', templateWith(from));
    expect(account.deploy('Data', templateWith(to)).state.status).toBe('UPDATE_COMPLETE');
    expect(account.update('Data', templateWith(to)).verdict).toBe('nothing');
  });

  test.each(KINDS)('of %s that RDS refuses leaves the server and its stack as they were', (_, from, to) => {
    const account = new Account(ENV);
    account.deploy('Data', templateWith(from));
    const changed = templateWith(to);
    const server = idOf(changed, /^DatabaseServer(Instance|Cluster)\w{8}$/);
    const outcome = account.deploy('Data', changed, { failing: [server] });
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(account.deploy('Data', templateWith(from)).state.status).toBe('UPDATE_COMPLETE');
  });
});
