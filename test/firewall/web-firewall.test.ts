import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnIPSet, type CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { SecureLoadBalancer, SecureVpc, WebFirewall, type WebFirewallProps } from '../../src';
import { ACCOUNT, arnStart, refusal, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

/** Capacity units as AWS publishes them for its managed groups; a rate-based rule takes 2. */
const UNITS: { [rule: string]: number } = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  RatePerAddress: 2,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
};
/** Above it AWS charges for each request more. */
const UNITS_INCLUDED = 1500;

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: { readonly RateBasedStatement?: unknown };
  readonly Action?: unknown;
  readonly OverrideAction?: unknown;
  readonly VisibilityConfig: { readonly CloudWatchMetricsEnabled: boolean };
}

function stackWithFirewall(props: WebFirewallProps = {}): Stack {
  const stack = testStack();
  new WebFirewall(stack, 'Firewall', props).associate(stack, `${arnStart(stack, 'elasticloadbalancing')}:loadbalancer/app/shop/0123456789abcdef`);
  return stack;
}

function rulesOf(template: Template): Rule[] {
  const rules = Object.values(template.findResources('AWS::WAFv2::WebACL'))[0].Properties.Rules as Rule[];
  return [...rules].sort((a, b) => a.Priority - b.Priority);
}

describe('The rules of a firewall', () => {
  let template: Template;
  let rules: Rule[];
  beforeAll(() => {
    template = templateOf(stackWithFirewall());
    rules = rulesOf(template);
  });

  test('are evaluated in order, cheap and certain ones first', () => {
    expect(rules.map(({ Name }) => Name)).toEqual(Object.keys(UNITS));
    expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(rules.length);
  });

  test('fit the capacity that is included', () => {
    expect(rules.reduce((sum, { Name }) => sum + UNITS[Name], 0)).toBe(1377);
    expect(1377).toBeLessThan(UNITS_INCLUDED);
  });

  test('count anonymous addresses, and block requests of all other groups', () => {
    const overrides = rules.filter(({ OverrideAction }) => OverrideAction).map(({ Name, OverrideAction }) => [Name, OverrideAction]);
    expect(overrides.filter(([, action]) => JSON.stringify(action) === '{"Count":{}}')).toEqual([['AWSManagedRulesAnonymousIpList', { Count: {} }]]);
    expect(overrides).toHaveLength(6);
  });

  test('limit the requests of an address within a minute, and answer 429 above', () => {
    const rate = rules.find(({ Name }) => Name === 'RatePerAddress')!;
    expect(rate.Statement.RateBasedStatement).toEqual({ Limit: 10_000, EvaluationWindowSec: 60, AggregateKeyType: 'IP' });
    expect(rate.Action).toEqual({ Block: { CustomResponse: { ResponseCode: 429 } } });
  });

  test('have a metric each', () => {
    expect(rules.every(({ VisibilityConfig }) => VisibilityConfig.CloudWatchMetricsEnabled)).toBe(true);
  });

  test('allow every other request', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
  });
});

describe('The log of a firewall', () => {
  let template: Template;
  beforeAll(() => { template = templateOf(stackWithFirewall()); });

  test('goes to a log group with the prefix that AWS requires, lower case, and a hash at its end', () => {
    const [group] = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(group.Properties.LogGroupName).toMatch(/^aws-waf-logs-[a-z0-9-]+[0-9a-f]{8}$/);
    expect(group.Properties.RetentionInDays).toBe(30);
    expect(group.Properties.KmsKeyId).toBeDefined();
  });

  test('is configured by an ARN without the trailing colon and asterisk', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::WAFv2::LoggingConfiguration'));
    const [arn] = Properties.LogDestinationConfigs;
    const [[group]] = Object.entries(template.findResources('AWS::Logs::LogGroup'));
    const parts = arn['Fn::Join'][1] as unknown[];
    expect(parts[parts.length - 1]).toEqual({ Ref: group });
    expect(parts[parts.length - 2]).toMatch(new RegExp(`:logs:${REGION}:${ACCOUNT}:log-group:$`));
  });

  test('omits credentials', () => {
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
    });
  });
});

test('A firewall has the rate limit that it is given (A-28)', () => {
  const rate = rulesOf(templateOf(stackWithFirewall({ requestsPerMinute: 100 }))).find(({ Name }) => Name === 'RatePerAddress')!;
  expect(rate.Statement.RateBasedStatement).toMatchObject({ Limit: 100 });
});

test('A firewall is associated with the resource that it protects', () => {
  const stack = testStack();
  new WebFirewall(stack, 'Firewall').associate(stack, 'arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/shop/0123456789abcdef');
  templateOf(stack).hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    ResourceArn: Match.stringLikeRegexp('loadbalancer/app/shop'),
    WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FirewallWebAcl'), 'Arn'] },
  });
});

describe('A firewall that nothing is associated with', () => {
  const API = 'arn:aws:apigateway:eu-central-1::/restapis/0123456789/stages/prod';
  const unused = (protect: (firewall: WebFirewall, stack: Stack) => void) => {
    const stack = testStack();
    protect(new WebFirewall(stack, 'Firewall'), stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('protects nothing')).map(({ id }) => id);
  };

  test('makes synthesis warn', () => {
    expect(unused(() => undefined)).toEqual(['/Test/Firewall/WebAcl']);
  });

  test.each<[string, (firewall: WebFirewall, stack: Stack) => void]>([
    ['by associate()', (firewall, stack) => firewall.associate(stack, API)],
    ['by a resource of its own', (firewall, stack) => new CfnWebACLAssociation(stack, 'Own', { resourceArn: API, webAclArn: firewall.webAcl.attrArn })],
    ['as the prop of a load balancer', (firewall, stack) => new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), firewall })],
  ])('makes none after an association %s', (_, protect) => {
    expect(unused(protect)).toEqual([]);
  });
});

test('A firewall refuses a load balancer that has one, because AWS associates one web ACL', () => {
  const stack = testStack();
  const { loadBalancer } = new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack) });
  expect(refusal(() => new WebFirewall(stack, 'Firewall').associate(stack, loadBalancer.loadBalancerArn))).toBe(
    "WebFirewall 'Test/Firewall': resourceArn is a resource that already has a firewall, by Test/Balancer/WebAclAssociation. Give this firewall to the SecureLoadBalancer or ProductionWebService as the prop firewall.");
});

test('An address that the app lets pass is a rule before all others, as docs/firewall.md shows', () => {
  const stack = testStack();
  const firewall = new WebFirewall(stack, 'Firewall');
  firewall.associate(stack, `${arnStart(stack, 'apigateway')}:/restapis/0123456789/stages/prod`);
  const { webAcl } = firewall;
  const office = new CfnIPSet(stack, 'Office', { scope: 'REGIONAL', ipAddressVersion: 'IPV4', addresses: ['192.0.2.10/32'] });
  webAcl.rules = [
    {
      name: 'Office',
      priority: 0,
      action: { allow: {} },
      statement: { ipSetReferenceStatement: { arn: office.attrArn } },
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'Office', sampledRequestsEnabled: true },
    },
    ...(webAcl.rules as CfnWebACL.RuleProperty[]).map((rule) => ({ ...rule, priority: rule.priority + 1 })),
  ];
  const rules = rulesOf(templateOf(stack));
  expect(rules.map(({ Name }) => Name)).toEqual(['Office', ...Object.keys(UNITS)]);
  expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(rules.length);
});

test('A firewall has no unacknowledged finding of the four packs', () => {
  expect(unacknowledged(stackWithFirewall())).toEqual([]);
});

test.each([9, 0, 12.5, 2_000_000_001])('A firewall refuses a rate limit of %d', (requestsPerMinute) => {
  expect(refusal(() => stackWithFirewall({ requestsPerMinute }))).toBe(
    `WebFirewall 'Test/Firewall': requestsPerMinute is ${requestsPerMinute}, expected a whole number from 10 to 2000000000 requests a minute. Give a limit of at least 10.`);
});
