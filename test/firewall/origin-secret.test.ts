import type { Stack } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { OriginSecret, type OriginSecretProps, PathLimit, WebFirewall, type WebFirewallProps } from '../../src';
import { ACCOUNT, arnStart, refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

const [CURRENT, NEXT] = ['11111111-2222-3333-4444-555555555555', '66666666-7777-8888-9999-000000000000'];

const secretIn = (stack: Stack): ISecret => Secret.fromSecretCompleteArn(stack, 'Key', `${arnStart(stack, 'secretsmanager')}:secret:origin-AbCdEf`);

function firewall(props: Partial<OriginSecretProps> = {}, others: WebFirewallProps = {}, header = 'X-Origin-Key'): Stack {
  const stack = testStack();
  const originSecret = OriginSecret.header(header, { secret: secretIn(stack), versionId: CURRENT, ...props });
  new WebFirewall(stack, 'Firewall', { clientAddressHeader: 'CF-Connecting-IP', originSecret, ...others })
    .associate(stack, `${arnStart(stack, 'elasticloadbalancing')}:loadbalancer/app/shop/0123456789abcdef`);
  return stack;
}

/** Properties of the one resource of a type. */
function only(stack: Stack, type: string): any {
  const [{ Properties }, ...others] = Object.values(templateOf(stack).findResources(type));
  expect(others).toEqual([]);
  return Properties;
}

const rulesOf = (stack: Stack): any[] => [...only(stack, 'AWS::WAFv2::WebACL').Rules].sort((a, b) => a.Priority - b.Priority);
const referenceTo = (versionId: string, field = '') => expect.stringMatching(new RegExp(`^\\{\\{resolve:secretsmanager:.*:SecretString:${field}::${versionId}\\}\\}$`));
const compared = (versionId: string, field?: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { SingleHeader: { Name: 'x-origin-key' } }, PositionalConstraint: 'EXACTLY', SearchString: referenceTo(versionId, field), TextTransformations: [{ Type: 'NONE', Priority: 0 }],
  },
});

describe('A firewall with an origin secret', () => {
  test('answers 403 to requests without it, before any other rule', () => {
    const [first, ...others] = rulesOf(firewall());
    expect(first).toMatchObject({ Name: 'OriginSecret', Priority: 0, Action: { Block: { CustomResponse: { ResponseCode: 403 } } } });
    expect(first.Statement).toEqual({ NotStatement: { Statement: compared(CURRENT) } });
    expect(others[0].Name).toBe('RatePerAddress');
  });

  test('admits the current and the next version during a rotation, each by a reference', () => {
    const [{ Statement }] = rulesOf(firewall({ nextVersionId: NEXT, field: 'value' }));
    expect(Statement).toEqual({ NotStatement: { Statement: { OrStatement: { Statements: [compared(CURRENT, 'value'), compared(NEXT, 'value')] } } } });
  });

  test('changes its own rule alone in a rotation, so that no other rule moves', () => {
    const steps = [{}, { nextVersionId: NEXT }, { versionId: NEXT }].map((props) => rulesOf(firewall(props)));
    steps.forEach(([, ...others]) => expect(others).toEqual(steps[0].slice(1)));
    expect(new Set(steps.map(([first]) => JSON.stringify(first))).size).toBe(3);
  });

  test('keeps its value out of the log and out of the samples', () => {
    const stack = firewall();
    expect(only(stack, 'AWS::WAFv2::LoggingConfiguration').RedactedFields).toContainEqual({ SingleHeader: { Name: 'x-origin-key' } });
    expect(only(stack, 'AWS::WAFv2::WebACL').DataProtectionConfig).toEqual({
      DataProtections: [{ Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['x-origin-key'] }, Action: 'SUBSTITUTION' }],
    });
  });

  test('counts while the whole firewall counts', () => {
    expect(rulesOf(firewall({}, { countOnly: { reason: 'New in front of a live application' } }))[0].Action).toEqual({ Count: {} });
  });

  test('has room for five limits during a rotation, and refuses a sixth', () => {
    const limits = (count: number) => Array.from({ length: count }, (_, index) => PathLimit.of(`/p${index}`, { requestsPerMinute: 10 }));
    expect(rulesOf(firewall({ nextVersionId: NEXT }, { pathLimits: limits(5) }))).toHaveLength(11);
    expect(refusal(() => firewall({ nextVersionId: NEXT }, { pathLimits: limits(6) }))).toMatch(/capacity units/);
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(firewall({ nextVersionId: NEXT }))).toEqual([]);
  });

  test('is the same as before without one', () => {
    const stack = testStack();
    new WebFirewall(stack, 'Firewall').associate(stack, `${arnStart(stack, 'elasticloadbalancing')}:loadbalancer/app/shop/0123456789abcdef`);
    expect(only(stack, 'AWS::WAFv2::WebACL').DataProtectionConfig).toBeUndefined();
    expect(rulesOf(stack).map(({ Name }) => Name)).not.toContain('OriginSecret');
    expect(only(stack, 'AWS::WAFv2::LoggingConfiguration').RedactedFields).toHaveLength(2);
  });

  test.each<[string, () => unknown, string]>([
    ['no id of a version', () => firewall({ versionId: 'AWSCURRENT' }), 'originSecret.versionId'],
    ['one version twice', () => firewall({ nextVersionId: CURRENT }), 'originSecret.nextVersionId'],
    ['a header that clients send', () => firewall({}, {}, 'Authorization'), 'originSecret.name'],
    ['no name of a header', () => firewall({}, {}, 'X Origin'), 'originSecret.name'],
    ['a secret out of reach', () => firewall({ secret: new Secret(testStack({ id: 'Elsewhere', env: { account: ACCOUNT, region: 'eu-west-1' } }), 'Secret') }), 'originSecret.secret'],
  ])('is refused with %s', (_what, make, prop) => {
    expect(refusal(make)).toContain(prop);
  });
});
