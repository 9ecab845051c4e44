import * as fs from 'fs';
import * as path from 'path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { HardenedPostgres, PostgresCapacity, SecureVpc } from '../../src';
import { testStack, unacknowledged } from '../fixtures/test-stack';

interface Measured { readonly resources: number; readonly bytes: number; readonly findings: number; readonly awsSolutions: number }

const DOCUMENT = path.join(__dirname, '../../docs/database.md');
const withTheLibrary = (capacity: PostgresCapacity) => (stack: Stack, network: SecureVpc) => new HardenedPostgres(stack, 'Database', { network, capacity });

/** The L2 as a team would begin with it: a VPC and an engine. */
const withTheL2 = (stack: Stack, network: SecureVpc) => new DatabaseInstance(stack, 'Database', {
  vpc: network.vpc, vpcSubnets: { subnetGroupName: 'data' }, engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_15 }),
});

/** What belongs to the database alone: its resources, their bytes, and what the four packs and CDK find in them. */
function measured(make: (stack: Stack, network: SecureVpc) => unknown): Measured {
  const prepared = () => {
    const stack = testStack();
    make(stack, new SecureVpc(stack, 'Network'));
    return stack;
  };
  const all = Object.entries(Template.fromStack(prepared()).toJSON().Resources as object).filter(([id]) => id.startsWith('Database'));
  const rules = new Set(unacknowledged(prepared()).filter((finding) => finding.includes('Test/Database')).map((finding) => finding.split(' at ')[0]));
  const awsSolutions = [...rules].filter((rule) => rule.startsWith('AwsSolutions')).length;
  return { resources: all.length, bytes: JSON.stringify(Object.fromEntries(all)).length, findings: rules.size, awsSolutions };
}

test('The figures in docs/database.md equal those of the templates', () => {
  const rows: Array<[string, Measured]> = [
    ['`DatabaseInstance` of aws-cdk-lib with its defaults', measured(withTheL2)],
    ['`HardenedPostgres` on an instance', measured(withTheLibrary(PostgresCapacity.instance()))],
    ['`HardenedPostgres` on a cluster', measured(withTheLibrary(PostgresCapacity.serverless()))],
  ];
  expect(rows.map(([, { findings }]) => findings).slice(1)).toEqual([0, 0]);
  if (process.env.FEATURE_FLAGS === 'none') {
    return; // The page gives the sizes of a new app, with its flags.
  }
  const document = fs.readFileSync(DOCUMENT, 'utf8');
  rows.forEach(([name, { resources, bytes, findings, awsSolutions }]) => expect(document).toContain(`| ${name} | ${resources} | ${(bytes / 1000).toFixed(0)} kB | ${awsSolutions} | ${findings} |`));
});
