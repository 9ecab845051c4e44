/* eslint-disable @typescript-eslint/no-explicit-any -- templates are whatever CloudFormation takes */
import { UNCONDITIONED } from '../catalogues/service-principals';
import { list } from '../deploy-rules/template-json';
import { everyApp, type Placed, type StatementJson } from '../fixtures/every-template';

/** Keys of a condition that name the account, by itself or in an ARN. */
const SOURCE = ['aws:SourceAccount', 'aws:SourceArn', 'aws:SourceOrgID', 'kms:EncryptionContext:aws:logs:arn'];

/** Statements anywhere in a resource, also in a policy that is written as text. */
function statementsIn(value: any): StatementJson[] {
  if (Array.isArray(value)) {
    return value.flatMap(statementsIn);
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const parts = value['Fn::Join']?.[1];
  const joined = Array.isArray(parts) ? parts.map((part: any) => (typeof part === 'string' ? part : 'reference')).join('') : undefined;
  const written = typeof joined === 'string' && joined.startsWith('{"Statement"') ? list(JSON.parse(joined).Statement) : [];
  return [...written, ...(value.Statement ? list(value.Statement) : []), ...Object.values(value).flatMap(statementsIn)];
}

/** Service principals of a resource, and if a condition binds each to an account. */
function servicesOf({ type, properties }: Placed): Array<{ readonly service: string; readonly bound: boolean }> {
  if (type === 'AWS::Lambda::Permission') {
    return [{ service: properties.Principal, bound: Boolean(properties.SourceAccount ?? properties.SourceArn) }];
  }
  return statementsIn(properties).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal, Condition }) => list(Principal?.Service).map((service) => ({
    service: typeof service === 'string' ? service : JSON.stringify(service),
    bound: Object.values(Condition ?? {}).some((keys) => Object.keys(keys).some((key) => SOURCE.includes(key))),
  })));
}

describe('Service principals', () => {
  const apps = everyApp();
  const found = apps.flatMap((app) => app.resources().flatMap((resource) => servicesOf(resource).map((one) => ({ ...one, type: resource.type }))));
  const named = ({ type, service }: { readonly type: string; readonly service: string }) => `${service} in ${type}`;
  const unbound = [...new Set(found.filter(({ bound }) => !bound).map(named))].sort();

  test('act for this account only, but for those of the table', () => {
    expect(new Set(found.filter(({ bound }) => bound).map(({ service }) => service)).size).toBeGreaterThan(10);
    expect(unbound.filter((one) => !UNCONDITIONED.map(named).includes(one))).toEqual([]);
  });

  test('are in the table only where they occur, once, with a reason', () => {
    const rows = UNCONDITIONED.map(named);
    expect(rows.filter((row) => !unbound.includes(row))).toEqual([]);
    expect(new Set(rows).size).toBe(rows.length);
    expect(UNCONDITIONED.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });

  test('get grants of keys from no role but through an AWS service', () => {
    const grants = apps.flatMap((app) => app.resources('AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'))
      .flatMap(({ properties }) => statementsIn(properties)).filter(({ Action }) => list(Action).some((action) => /^(kms:(CreateGrant|\*)|\*)$/.test(action)));
    expect(grants.length).toBeGreaterThan(2);
    expect(grants.filter(({ Condition }) => Condition?.Bool?.['kms:GrantIsForAWSResource'] !== 'true')).toEqual([]);
  });
});
