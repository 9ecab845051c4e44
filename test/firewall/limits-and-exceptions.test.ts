import { PathLimit, WebFirewall, type WebFirewallProps } from '../../src';
import { arnStart, refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

interface Statement { [kind: string]: any }
interface Rule { Name: string; Priority: number; Statement: Statement; Action?: unknown; OverrideAction?: unknown }

const firewall = (props: WebFirewallProps) => {
  const stack = testStack();
  new WebFirewall(stack, 'Firewall', props).associate(stack, `${arnStart(stack, 'elasticloadbalancing')}:loadbalancer/app/shop/0123456789abcdef`);
  return stack;
};

const rulesOf = (props: WebFirewallProps): Rule[] => {
  const [{ Properties }] = Object.values(templateOf(firewall(props)).findResources('AWS::WAFv2::WebACL'));
  return (Properties.Rules as Rule[]).sort((a, b) => a.Priority - b.Priority);
};

/** Units of AWS's groups as it publishes them. */
const UNITS_OF_GROUPS: { [name: string]: number } = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
};

/** What a statement takes of the capacity by AWS's published prices: 2 a rate or comparison, 1 a label, 10 a transformation. */
function unitsOf(statement: Statement): number {
  const { ManagedRuleGroupStatement: group, RateBasedStatement: rate, ByteMatchStatement: match } = statement;
  if (group) {
    return UNITS_OF_GROUPS[group.Name];
  }
  if (rate) {
    return 2 + (rate.ScopeDownStatement ? unitsOf(rate.ScopeDownStatement) : 0);
  }
  if (match) {
    return 2 + 10 * match.TextTransformations.length;
  }
  const { LabelMatchStatement: label, NotStatement: not, AndStatement: and, OrStatement: or } = statement;
  const parts: Statement[] = not ? [not.Statement] : (and ?? or)?.Statements ?? [];
  return label ? 1 : parts.reduce((sum, part) => sum + unitsOf(part), 0);
}

const capacity = (rules: Rule[]) => rules.reduce((sum, { Statement }) => sum + unitsOf(Statement), 0);

/** What WAF does to a path before it compares it. */
const READ: { [reading: string]: (path: string) => string } = {
  URL_DECODE: (path) => decodeURIComponent(path),
  NORMALIZE_PATH: (path) => new URL(path.replace(/\/+/g, '/'), 'http://host').pathname,
  LOWERCASE: (path) => path.toLowerCase(),
};

/** Whether a comparison of the template matches a path, evaluated as WAF documents it. */
function matches(statement: Statement, path: string): boolean {
  const { PositionalConstraint, SearchString, TextTransformations } = statement.ByteMatchStatement;
  expect(PositionalConstraint).toBe('STARTS_WITH');
  const inOrder = [...TextTransformations].sort((a: { Priority: number }, b: { Priority: number }) => a.Priority - b.Priority);
  return inOrder.reduce((read: string, { Type }: { Type: string }) => READ[Type](read), path).startsWith(SearchString);
}

describe('A path limit', () => {
  const rules = rulesOf({ requestsPerMinute: 100, pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 }), PathLimit.of('/api/Search/*', { requestsPerMinute: 60 })] });
  const login = rules.find(({ Name }) => Name.startsWith('RatePerAddress-api-login'))!;

  test('is a rule next to the limit of 100 requests a minute for all paths (A-28)', () => {
    expect(rules.find(({ Name }) => Name === 'RatePerAddress')!.Statement.RateBasedStatement).toMatchObject({ Limit: 100, EvaluationWindowSec: 60, AggregateKeyType: 'IP' });
    expect(login.Statement.RateBasedStatement).toMatchObject({ Limit: 20, EvaluationWindowSec: 60, AggregateKeyType: 'IP' });
    expect(login.Action).toEqual({ Block: { CustomResponse: { ResponseCode: 429 } } });
  });

  test.each(['/api/login', '/api/login/', '/API/Login', '/api//login', '/api/./login', '/api/%6Cogin', '/x/../api/login'])('applies to %s (A-28)', (path) => {
    expect(matches(login.Statement.RateBasedStatement.ScopeDownStatement, path)).toBe(true);
  });

  test.each(['/', '/api/orders', '/login'])('does not apply to %s', (path) => {
    expect(matches(login.Statement.RateBasedStatement.ScopeDownStatement, path)).toBe(false);
  });

  test('may have upper case, and an asterisk at its end', () => {
    const search = rules.find(({ Name }) => Name.startsWith('RatePerAddress-api-Search'))!;
    expect(matches(search.Statement.RateBasedStatement.ScopeDownStatement, '/api/search/shoes')).toBe(true);
  });

  test('keeps the name of its metric when another limit is added before it', () => {
    const [alone] = rulesOf({ pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 })] }).filter(({ Name }) => Name.includes('login'));
    expect(alone.Name).toBe(login.Name);
    expect(login.Name).toMatch(/^RatePerAddress-api-login-[0-9a-f]{8}$/);
  });

  test('changes neither order nor actions of the managed groups, and fits the capacity (D-02)', () => {
    expect(rules.map(({ Name }) => Name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList', 'RatePerAddress', 'RatePerAddress-api-login', 'RatePerAddress-api-Search-',
      'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesLinuxRuleSet',
    ]);
    expect(capacity(rules)).toBe(1377 + 2 * 34);
  });
});

describe('Paths that allow large bodies', () => {
  const rules = rulesOf({ allowLargeBodiesOn: ['/api/upload/*', '/import'] });
  const common = rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet')!;
  const largeBody = rules.find(({ Name }) => Name === 'LargeBody')!;
  const [label, { NotStatement: { Statement: { OrStatement: { Statements: exceptions } } } }] = largeBody.Statement.AndStatement.Statements;
  const refused = (path: string) => !exceptions.some((exception: Statement) => matches(exception, path));

  test('turn the rule against large bodies into a label, and leave the rest of its group unchanged', () => {
    expect(common.Statement.ManagedRuleGroupStatement.RuleActionOverrides).toEqual([{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }]);
    expect(common.OverrideAction).toEqual({ None: {} });
  });

  test('are the only ones, because the next rule blocks the label elsewhere', () => {
    expect(rules.indexOf(largeBody)).toBe(rules.indexOf(common) + 1);
    expect(label).toEqual({ LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' } });
    expect(largeBody.Action).toEqual({ Block: { CustomResponse: { ResponseCode: 413 } } });
    expect(['/api/upload/picture', '/import', '/import/now'].map(refused)).toEqual([false, false, false]);
    expect(['/api/orders', '/API/upload/x', '/api/upload/../orders', '/api/upload/%2e%2e/orders'].map(refused)).toEqual([true, true, true, true]);
  });

  test('create no rule when there are none, and a shorter one when there is one', () => {
    expect(rulesOf({}).map(({ Name }) => Name)).not.toContain('LargeBody');
    expect(rulesOf({}).find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet')!.Statement.ManagedRuleGroupStatement.RuleActionOverrides).toBeUndefined();
    const one = rulesOf({ allowLargeBodiesOn: ['/import'] }).find(({ Name }) => Name === 'LargeBody')!;
    expect(one.Statement.AndStatement.Statements[1].NotStatement.Statement.ByteMatchStatement.SearchString).toBe('/import');
  });
});

describe('The capacity of 1,500 units', () => {
  const limits = (count: number) => Array.from({ length: count }, (_, index) => PathLimit.of(`/api/${index}`, { requestsPerMinute: 20 }));
  const behindProxy = { clientAddressHeader: 'CF-Connecting-IP' };

  test.each<[string, WebFirewallProps]>([
    ['three limits', { pathLimits: limits(3) }],
    ['five limits behind a proxy', { pathLimits: limits(5), ...behindProxy }],
    ['two limits and two paths for large bodies', { pathLimits: limits(2), allowLargeBodiesOn: ['/a', '/b'] }],
  ])('has room for %s', (_, props) => {
    expect(capacity(rulesOf(props))).toBeLessThanOrEqual(1500);
  });

  test.each<[string, WebFirewallProps, string]>([
    ['four limits', { pathLimits: limits(4) }, 'pathLimits needs 1513 capacity units for 4 limits and 0 paths for large bodies, expected at most 1500'],
    ['six limits behind a proxy', { pathLimits: limits(6), ...behindProxy }, 'needs 1506 capacity units'],
    ['six paths for large bodies', { allowLargeBodiesOn: ['/a', '/b', '/c', '/d', '/e', '/f'] }, 'allowLargeBodiesOn needs 1510 capacity units for 0 limits and 6 paths'],
  ])('has no room for %s', (_, props, message) => {
    expect(refusal(() => firewall(props))).toContain(message);
  });
});

test('A firewall with all props has no unacknowledged finding of the four packs', () => {
  expect(unacknowledged(firewall({
    requestsPerMinute: 100, pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 })], allowLargeBodiesOn: ['/api/upload/*'], clientAddressHeader: 'X-Forwarded-For',
  }))).toEqual([]);
});

test.each<[string, WebFirewallProps, string]>([
  ['a limit of a path below 10', { pathLimits: [PathLimit.of('/a', { requestsPerMinute: 9 })] }, 'pathLimits.requestsPerMinute is 9, expected a whole number from 10 to 10000 requests a minute'],
  ['a limit of a path above that of all', { requestsPerMinute: 100, pathLimits: [PathLimit.of('/a', { requestsPerMinute: 101 })] }, 'pathLimits.requestsPerMinute is 101, expected a whole number from 10 to 100 requests a minute'],
  ['a path twice', { pathLimits: [PathLimit.of('/a', { requestsPerMinute: 10 }), PathLimit.of('/a', { requestsPerMinute: 20 })] }, 'pathLimits.path is "/a", expected each path once'],
  ['a path with a wildcard in the middle', { pathLimits: [PathLimit.of('/a/*/b', { requestsPerMinute: 10 })] }, 'pathLimits.path is "/a/*/b", expected the beginning of a path'],
  ['all paths as one', { allowLargeBodiesOn: ['/*'] }, 'allowLargeBodiesOn is "/*", expected the beginning of a path'],
  ['a path without a slash', { allowLargeBodiesOn: ['upload'] }, 'allowLargeBodiesOn is "upload"'],
  ['a header that is no name', { clientAddressHeader: 'CF Connecting IP' }, 'clientAddressHeader is "CF Connecting IP", expected the name of a header'],
])('A firewall refuses %s', (_, props, message) => {
  const line = refusal(() => firewall(props));
  expect(line).toMatch(/^WebFirewall 'Test\/Firewall': .* [A-Z].+\.$/);
  expect(line).toContain(message);
});
