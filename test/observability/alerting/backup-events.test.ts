import type { Stack } from 'aws-cdk-lib';
import { GoldenSignalAlarms, HardenedPostgres, type IMonitoredDatabase, SecureVpc, Severity } from '../../../src';
import { inAws, routingOfDocumentA } from '../../fixtures/alert-routing';
import { SERVERLESS_MYSQL, watchedDatabase } from '../../fixtures/monitored-sources';
import { ACCOUNT, REGION, templateOf, testStack } from '../../fixtures/test-stack';

/* eslint-disable @typescript-eslint/no-explicit-any -- templates are untyped JSON */

function rulesOf(databaseIn: (stack: Stack) => IMonitoredDatabase, id: string) {
  const stack = testStack();
  const alertRouting = routingOfDocumentA(stack);
  new GoldenSignalAlarms(stack, 'Signals', { databases: [databaseIn(stack)], alertRouting, dashboard: false });
  const rules = Object.entries(templateOf(stack).findResources('AWS::Events::Rule')).filter(([logicalId]) => logicalId.includes(id)).map(([, { Properties }]) => Properties as any);
  const { Ref: warnings } = stack.resolve(alertRouting.topicFor(Severity.WARNING).topicArn) as { Ref: string };
  return { rules, warnings };
}

describe('a backup that failed is told', () => {
  test.each([
    ['of an instance and its replica', {}, ['db:shop', 'db:shop-replica']],
    ['of a cluster', SERVERLESS_MYSQL, ['cluster:catalogue']],
  ])('%s, as a warning', (_, changed, servers) => {
    const { rules, warnings } = rulesOf((stack) => watchedDatabase(stack, 'Orders', changed), 'Backups');
    const patterns = rules.map((rule) => (inAws(rule) as any).EventPattern);
    const detail = { state: ['FAILED', 'ABORTED', 'EXPIRED'], resourceArn: servers.map((server) => `arn:aws:rds:${REGION}:${ACCOUNT}:${server}`) };
    expect(patterns).toEqual(['Backup Job State Change', 'Copy Job State Change'].map((detailType) => ({ 'source': ['aws.backup'], 'detail-type': [detailType], detail })));
    rules.forEach(({ Targets }) => expect(Targets.map(({ Arn }: any) => Arn)).toEqual([{ Ref: warnings }]));
  });
});

describe('a rotation that failed is told', () => {
  test('of the master user and of the application, as a warning [A-24, E-12]', () => {
    const { rules, warnings } = rulesOf((stack) => new HardenedPostgres(stack, 'Orders', { network: new SecureVpc(stack, 'Network') }), 'Rotations');
    expect(rules).toHaveLength(1);
    const [{ EventPattern, Targets }] = rules;
    expect(EventPattern).toMatchObject({ 'source': ['aws.secretsmanager'], 'detail-type': ['AWS Service Event via CloudTrail'], 'detail': { eventName: ['RotationFailed'] } });
    expect(EventPattern.detail.additionalEventData.SecretId).toHaveLength(2);
    expect(Targets.map(({ Arn }: any) => Arn)).toEqual([{ Ref: warnings }]);
  });

  test('of a database whose secrets are not known, nothing is', () => {
    expect(rulesOf((stack) => watchedDatabase(stack, 'Orders'), 'Rotations').rules).toEqual([]);
  });
});
