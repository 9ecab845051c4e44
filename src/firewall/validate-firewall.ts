import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../compliance';
import { checkReason, checkWholeNumber } from '../validation/checks';
import { checkRules, type Rule } from '../validation/rules';
import { type FirewallSettings, managedGroups, unitsOfRules } from './firewall-rules';
import { COMMON, LARGE_BODY_RULE, MANAGED_RULE_GROUPS } from './managed-rule-groups';
import type { RuleOverride } from './rule-override';

/** Limits that AWS accepts in a rate-based rule. */
const LOWEST_LIMIT = 10;
const HIGHEST_LIMIT = 2_000_000_000;
/** Capacity units of a web ACL before AWS charges more for each request. */
const MOST_UNITS = 1500;
/** A path without `?`, and `*` at most as its last character. WAF compares at most 200 bytes. */
const BEGINNING = /^\/[\w\-.~$/'"@:+&]{1,198}\*?$/;
const RULE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const HEADER = /^[A-Za-z0-9-]{1,255}$/;

/** Refuses what WAF does not support, waivers without a reason, and more rules than the capacity holds. */
export function checkFirewall(scope: IConstruct, settings: FirewallSettings, countOnly?: Waiver): void {
  if (countOnly) {
    checkReason(scope, 'countOnly.reason', countOnly.reason);
  }
  settings.ruleOverrides.forEach(({ waiver }) => checkReason(scope, 'ruleOverrides.waiver.reason', waiver?.reason));
  settings.originSecret?._check(scope);
  checkLimits(scope, settings);
  checkRules(scope, [
    ...settings.pathLimits.map(({ path }) => beginningRule('pathLimits.path', path)),
    ...settings.largeBodyPaths.map((path) => beginningRule('allowLargeBodiesOn', path)),
    headerRule(settings),
    ...duplicateRules(settings),
    ...settings.ruleOverrides.flatMap((override, index) => overrideRules(settings, override, index)),
    capacityRule(settings),
  ]);
}

/**
 * Warns of overrides that WAF may ignore, because their group does not have the rule.
 *
 * The rule may be newer than this library, so that it is not refused.
 */
export function warnOfUnknownRules(webAcl: IConstruct, { ruleOverrides }: FirewallSettings): void {
  ruleOverrides
    .filter(({ ruleGroup, rule }) => !MANAGED_RULE_GROUPS.find(({ name }) => name === ruleGroup)?.rules.includes(rule))
    .forEach(({ ruleGroup, rule }) =>
      Validations.of(webAcl).addWarning(
        `@org/prod-constructs:unknownFirewallRule:${ruleGroup}/${rule}`,
        `${ruleGroup} had no rule ${rule} when this library was released. WAF ignores an override of a rule that ` +
          'does not exist, and goes on blocking. Compare the name with AWS, then acknowledge this warning.',
      ),
    );
}

function checkLimits(scope: IConstruct, { requestsPerMinute: forAll, pathLimits }: FirewallSettings): void {
  const unit = 'requests a minute';
  checkWholeNumber(scope, 'requestsPerMinute', forAll, {
    min: LOWEST_LIMIT,
    max: HIGHEST_LIMIT,
    unit,
    fix: `give a limit of at least ${LOWEST_LIMIT}`,
  });
  pathLimits.forEach(({ requestsPerMinute }) =>
    checkWholeNumber(scope, 'pathLimits.requestsPerMinute', requestsPerMinute, {
      min: LOWEST_LIMIT,
      max: Token.isUnresolved(forAll) ? HIGHEST_LIMIT : forAll,
      unit: `${unit}, not above the limit for all paths`,
      fix: `give at least ${LOWEST_LIMIT}, and less than requestsPerMinute of the firewall`,
    }),
  );
}

/** Refuses a path that is not the beginning of paths, and the one that is the beginning of all. */
function beginningRule(prop: string, path: string): Rule {
  return {
    condition: !Token.isUnresolved(path) && !BEGINNING.test(path),
    prop,
    value: path,
    expected: 'the beginning of a path of 2 to 199 characters, with or without * at its end',
    fix: "write for example '/api/login' or '/api/upload/*'; use the props without a path for all paths",
  };
}

function headerRule({ clientAddressHeader: header }: FirewallSettings): Rule {
  return {
    condition: header !== undefined && !HEADER.test(header),
    prop: 'clientAddressHeader',
    value: header,
    expected: 'the name of a header',
    fix: "write 'CF-Connecting-IP' behind Cloudflare, or 'X-Forwarded-For' behind CloudFront",
  };
}

/** Rules are named after their paths, and WAF refuses two rules with one name. */
function duplicateRules({ pathLimits }: FirewallSettings): Rule[] {
  const paths = pathLimits.map(({ path }) => path);
  return paths.map((path, index) => ({
    condition: paths.indexOf(path) !== index,
    prop: 'pathLimits.path',
    value: path,
    expected: 'each path once',
    fix: 'keep the lower of the two limits',
  }));
}

function overrideRules(settings: FirewallSettings, { ruleGroup, rule }: RuleOverride, index: number): Rule[] {
  const groups = managedGroups(settings).map(({ name }) => name);
  const same = settings.ruleOverrides.findIndex((other) => other.ruleGroup === ruleGroup && other.rule === rule);
  return [
    {
      condition: !groups.includes(ruleGroup),
      prop: 'ruleOverrides.ruleGroup',
      value: ruleGroup,
      expected: `one of the rule groups of this firewall: ${groups.join(', ')}`,
      fix: 'use one of these, or remove the override',
    },
    {
      condition: !Token.isUnresolved(rule) && !RULE_NAME.test(rule),
      prop: 'ruleOverrides.rule',
      value: rule,
      expected: 'the name of a rule of the group',
      fix: "write for example 'CrossSiteScripting_BODY'",
    },
    {
      condition: same !== index,
      prop: 'ruleOverrides.rule',
      value: rule,
      expected: 'each rule once',
      fix: 'remove one of the two',
    },
    {
      condition: ruleGroup === COMMON && rule === LARGE_BODY_RULE && settings.largeBodyPaths.length > 0,
      prop: 'ruleOverrides.rule',
      problem: `is ${LARGE_BODY_RULE}, which allowLargeBodiesOn already replaces by a rule of its own`,
      fix: 'remove the override, or allowLargeBodiesOn to allow large bodies everywhere',
    },
  ];
}

function capacityRule(settings: FirewallSettings): Rule {
  const { pathLimits, largeBodyPaths } = settings;
  const units = unitsOfRules(settings);
  return {
    condition: units > MOST_UNITS,
    prop: pathLimits.length > 0 ? 'pathLimits' : 'allowLargeBodiesOn',
    problem:
      `needs ${units} capacity units for ${pathLimits.length} limits ` +
      `and ${largeBodyPaths.length} paths for large bodies, ` +
      `expected at most ${MOST_UNITS}: AWS charges more for each request above`,
    fix: 'combine paths with a common beginning, or remove some',
  };
}
