import type { Properties } from '../template';
import { type Case, changed, created, removed, resource, type Resources, STACK, template } from './case';

const acl = (...rules: Properties[]) => resource('AWS::WAFv2::WebACL', { Scope: 'REGIONAL', Rules: rules });
const managed = (OverrideAction: object, ...counted: string[]) => ({
  Name: 'Common',
  OverrideAction,
  Statement: {
    ManagedRuleGroupStatement: {
      Name: 'AWSManagedRulesCommonRuleSet',
      RuleActionOverrides: counted.map((Name) => ({ Name, ActionToUse: { Count: {} } })),
    },
  },
});
const rate = (Limit: number) => ({
  Name: 'Rate',
  Action: { Block: {} },
  Statement: { RateBasedStatement: { Limit, AggregateKeyType: 'IP' } },
});
const labelled = (Key: string) => ({
  Name: 'Large',
  Action: { Block: {} },
  Statement: { AndStatement: { Statements: [{ LabelMatchStatement: { Scope: 'LABEL', Key } }] } },
});
const association = (WebACLArn: string) =>
  resource(
    'AWS::WAFv2::WebACLAssociation',
    { WebACLArn, ResourceArn: { Ref: 'Balancer' } },
    { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' },
  );
const BALANCER: Resources = { Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {}) };
const BLOCKS = { None: {} };
const COUNTS = { Count: {} };

/** Documented behaviour of AWS WAF. */
export const FIREWALL_CASES: readonly Case[] = [
  changed(
    'more-requests-blocked',
    'some affected',
    'rules that counted block',
    acl(managed(COUNTS)),
    acl(managed(BLOCKS)),
  ),
  changed('more-requests-blocked', 'some affected', 'a lower limit blocks more', acl(rate(100)), acl(rate(50))),
  changed(
    'more-requests-blocked',
    'some affected',
    'a rule of a group blocks again when nothing overrides it',
    acl(managed(BLOCKS, 'NoUserAgent')),
    acl(managed(BLOCKS)),
  ),
  changed(
    'association-changed',
    'in place',
    'a rule on the label of a rule that counts blocks what that one blocked before',
    acl(managed(BLOCKS)),
    acl(managed(BLOCKS, 'SizeRestrictions_BODY'), labelled('awswaf:managed:aws:core-rule-set:SizeRestrictions_Body')),
  ),
  changed('association-changed', 'in place', 'a higher limit blocks less', acl(rate(50)), acl(rate(100))),
  changed(
    'firewall-before-what-runs',
    'some affected',
    'another firewall blocks by its own rules',
    association('a'),
    association('b'),
    BALANCER,
  ),
  {
    rule: 'firewall-before-what-runs',
    verdict: 'some affected',
    shows: 'a first firewall blocks what passed before',
    play: (account) => {
      account.deploy(STACK, template(BALANCER));
      return account.update(STACK, template({ ...BALANCER, Association: association('a') }));
    },
  },
  created('added', 'in place', 'a firewall of a new load balancer refuses nobody', association('a'), BALANCER),
  removed(
    'firewall-taken-away',
    'some affected',
    'without its association a load balancer has no firewall',
    association('a'),
    BALANCER,
  ),
];
