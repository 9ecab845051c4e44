import { PathLimit, RuleOverride, SecureLoadBalancer, SecureVpc, WebFirewall, type WebFirewallProps } from '../../src';
import { COMMON, MANAGED_RULE_GROUPS } from '../../src/firewall/managed-rule-groups';
import { arnStart, ENV, refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import type { Template as TemplateJson } from '../simulators/cloudformation/template';

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: { readonly ManagedRuleGroupStatement?: { readonly RuleActionOverrides?: unknown } };
  readonly Action?: { readonly Block?: unknown; readonly Count?: unknown };
  readonly OverrideAction?: { readonly None?: unknown; readonly Count?: unknown };
  readonly VisibilityConfig: { readonly MetricName: string };
}

const REASON = { reason: 'The first week shows whom the rules would block' };
const ALL_RULES: WebFirewallProps = {
  pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 })],
  allowLargeBodiesOn: ['/api/upload/*'],
};

function stackWith(props: WebFirewallProps) {
  const stack = testStack();
  const firewall = new WebFirewall(stack, 'Firewall', props);
  firewall.associate(stack, `${arnStart(stack, 'elasticloadbalancing')}:loadbalancer/app/shop/0123456789abcdef`);
  return { stack, firewall };
}

function rulesOf(props: WebFirewallProps): Rule[] {
  const [{ Properties }] = Object.values(templateOf(stackWith(props).stack).findResources('AWS::WAFv2::WebACL'));
  return Properties.Rules as Rule[];
}

/** Acknowledgements on the web ACL, by rule. */
function acknowledgements(props: WebFirewallProps): { [rule: string]: string } {
  const { webAcl } = stackWith(props).firewall;
  return Object.assign({}, ...webAcl.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').map(({ data }) => data as object));
}

/** Warnings of the web ACL. */
function warnings(props: WebFirewallProps): string[] {
  const { webAcl } = stackWith(props).firewall;
  return webAcl.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));
}

describe('A firewall that only counts', () => {
  const blocking = rulesOf(ALL_RULES);
  const counting = rulesOf({ ...ALL_RULES, countOnly: REASON });

  test('blocks nothing by any of its rules', () => {
    expect(blocking.filter(({ Action, OverrideAction }) => Action?.Block ?? OverrideAction?.None)).toHaveLength(blocking.length - 1);
    counting.forEach(({ Name, Action, OverrideAction }) => expect([Name, Action ?? OverrideAction]).toEqual([Name, { Count: {} }]));
  });

  test('keeps names, order, metrics and statements of the rules that will block', () => {
    const lasting = (rules: Rule[]) => rules.map(({ Action, OverrideAction, ...rest }) => rest);
    expect(lasting(counting)).toEqual(lasting(blocking));
  });

  test('shows its reason among the acknowledgements', () => {
    expect(acknowledgements({ countOnly: REASON })).toMatchObject({ 'Annotation::@org/prod-constructs:firewallCountsOnly': REASON.reason });
  });

  test('begins to block without an interruption', () => {
    const template = (props: WebFirewallProps) => {
      const stack = testStack();
      const network = new SecureVpc(stack, 'Network');
      const firewall = new WebFirewall(stack, 'Firewall', props);
      new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), firewall });
      return templateOf(stack).toJSON() as TemplateJson;
    };
    const account = new Account(ENV);
    account.deploy('Test', template({ countOnly: REASON }));
    const outcome = account.update('Test', template({}));
    expect(outcome.verdict).toBe('some affected');
    expect(outcome.changes.map(({ logicalId }) => logicalId)).toEqual([expect.stringMatching(/^FirewallWebAcl/)]);
  });
});

describe('A rule that counts', () => {
  const overrides = [RuleOverride.count(COMMON, 'CrossSiteScripting_BODY', REASON), RuleOverride.count('AWSManagedRulesSQLiRuleSet', 'SQLi_BODY', REASON)];
  const counted = (rules: Rule[], group: string) => rules.find(({ Name }) => Name === group)!.Statement.ManagedRuleGroupStatement!.RuleActionOverrides;

  test('leaves the other rules of its group blocking', () => {
    const rules = rulesOf({ ruleOverrides: overrides });
    expect(counted(rules, COMMON)).toEqual([{ Name: 'CrossSiteScripting_BODY', ActionToUse: { Count: {} } }]);
    expect(counted(rules, 'AWSManagedRulesSQLiRuleSet')).toEqual([{ Name: 'SQLi_BODY', ActionToUse: { Count: {} } }]);
    expect(counted(rules, 'AWSManagedRulesLinuxRuleSet')).toBeUndefined();
    expect(rules.find(({ Name }) => Name === COMMON)!.OverrideAction).toEqual({ None: {} });
  });

  test('stands beside the paths that allow large bodies', () => {
    const rules = rulesOf({ ruleOverrides: overrides, allowLargeBodiesOn: ['/api/upload/*'] });
    expect(counted(rules, COMMON)).toEqual(['SizeRestrictions_BODY', 'CrossSiteScripting_BODY'].map((Name) => ({ Name, ActionToUse: { Count: {} } })));
  });

  test('shows its reason among the acknowledgements', () => {
    expect(acknowledgements({ ruleOverrides: [overrides[0]] })).toMatchObject({
      [`Annotation::@org/prod-constructs:firewallRuleCounts:${COMMON}/CrossSiteScripting_BODY`]: REASON.reason,
    });
  });

  test('takes no capacity', () => {
    const limits = [1, 2, 3].map((path) => PathLimit.of(`/api/${path}`, { requestsPerMinute: 20 }));
    expect(() => rulesOf({ pathLimits: limits, ruleOverrides: overrides })).not.toThrow();
  });

  test.each(MANAGED_RULE_GROUPS.flatMap(({ name, rules }) => rules.map((rule): [string, string] => [name, rule])))('is known of %s: %s', (group, rule) => {
    expect(warnings({ ruleOverrides: [RuleOverride.count(group, rule, REASON)] })).toEqual([]);
  });

  test('makes synthesis warn where the group is not known to have it, because WAF would ignore the override', () => {
    expect(warnings({ ruleOverrides: [RuleOverride.count(COMMON, 'CrossSiteScripting_Body', REASON)] }))
      .toEqual([expect.stringContaining('had no rule CrossSiteScripting_Body')]);
  });
});

test('A firewall that counts has no unacknowledged finding of the four packs', () => {
  const { stack } = stackWith({ ...ALL_RULES, countOnly: REASON, ruleOverrides: [RuleOverride.count(COMMON, 'GenericRFI_BODY', REASON)] });
  expect(unacknowledged(stack)).toEqual([]);
});

const given = (...ruleOverrides: RuleOverride[]): WebFirewallProps => ({ ruleOverrides });
test.each<[string, WebFirewallProps, string]>([
  ['to count without a reason', { countOnly: { reason: 'tests' } }, 'countOnly.reason is "tests", expected a sentence of at least 10 characters'],
  ['an override without a reason', given(RuleOverride.count(COMMON, 'GenericRFI_BODY', { reason: '' })), 'ruleOverrides.waiver.reason is "", expected a sentence'],
  ['an override without a waiver', given(RuleOverride.count(COMMON, 'GenericRFI_BODY', undefined as never)), 'ruleOverrides.waiver.reason is not given'],
  ['a rule group that it does not have', given(RuleOverride.count('AWSManagedRulesPHPRuleSet', 'PHPHighRiskMethodsVariables_BODY', REASON)), 'ruleOverrides.ruleGroup is "AWSManagedRulesPHPRuleSet", expected one of the rule groups of this firewall: AWSManagedRulesAmazonIpReputationList'],
  ['a list of addresses behind a proxy, where it is left out', { ...given(RuleOverride.count('AWSManagedRulesAnonymousIpList', 'HostingProviderIPList', REASON)), clientAddressHeader: 'CF-Connecting-IP' }, 'ruleOverrides.ruleGroup is "AWSManagedRulesAnonymousIpList"'],
  ['a rule whose name is none', given(RuleOverride.count(COMMON, 'Cross Site', REASON)), 'ruleOverrides.rule is "Cross Site", expected the name of a rule of the group'],
  ['a rule twice', given(RuleOverride.count(COMMON, 'GenericRFI_BODY', REASON), RuleOverride.count(COMMON, 'GenericRFI_BODY', REASON)), 'ruleOverrides.rule is "GenericRFI_BODY", expected each rule once'],
  ['large bodies everywhere and on some paths', { ...given(RuleOverride.count(COMMON, 'SizeRestrictions_BODY', REASON)), allowLargeBodiesOn: ['/import'] }, 'ruleOverrides.rule is SizeRestrictions_BODY, which allowLargeBodiesOn already replaces'],
])('A firewall refuses %s', (_, props, message) => {
  const line = refusal(() => stackWith(props));
  expect(line).toMatch(/^WebFirewall 'Test\/Firewall': .* [A-Z].+\.$/);
  expect(line).toContain(message);
});
