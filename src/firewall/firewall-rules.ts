import { createHash } from 'crypto';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { startsWith, type TextTransformation, unitsOfStartsWith } from './firewall-path';
import { COMMON, LARGE_BODY_RULE, MANAGED_RULE_GROUPS, type ManagedRuleGroup } from './managed-rule-groups';
import type { OriginSecret } from './origin-secret';
import type { PathLimit } from './path-limit';
import type { RuleOverride } from './rule-override';

/** Rule of a web ACL, before it gets its priority. */
type WebAclRule = Omit<CfnWebACL.RuleProperty, 'priority'>;

/** Settings of a web ACL, defaults included. */
export interface FirewallSettings {
  /** Rate limit of one client address. */
  readonly requestsPerMinute: number;
  /** Rate limits of paths. */
  readonly pathLimits: PathLimit[];
  /** Paths that accept bodies of more than 8 KB. */
  readonly largeBodyPaths: string[];
  /**
   * Header with the address of the client, behind a proxy.
   * @default - the address of the connection
   */
  readonly clientAddressHeader?: string;
  /**
   * Secret that each request must have.
   * @default - requests need none
   */
  readonly originSecret?: OriginSecret;
  /** Rules of managed groups that count. */
  readonly ruleOverrides: RuleOverride[];
  /** True where every rule counts, and none blocks. */
  readonly countOnly: boolean;
}

const UNITS_OF_RATE = 2;
const UNITS_OF_LABEL = 1;
/** A limit must read a path as the most lenient application does, an exception as the strictest. */
const LENIENT: TextTransformation[] = ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'];
const STRICT: TextTransformation[] = ['URL_DECODE', 'NORMALIZE_PATH'];
/** Label of requests that {@link LARGE_BODY_RULE} matches. */
const LARGE_BODY_LABEL = 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body';

/** Rules of a web ACL, in the order of evaluation. */
export function firewallRules(settings: FirewallSettings): CfnWebACL.RuleProperty[] {
  const groups = managedGroups(settings);
  return [
    ...(settings.originSecret ? [originRule(settings, settings.originSecret)] : []),
    ...groups.filter((group) => group.evaluatesAddress).map((group) => managedRule(settings, group)),
    addressRule(settings),
    ...settings.pathLimits.map((limit) => pathRule(settings, limit)),
    ...groups
      .filter((group) => !group.evaluatesAddress)
      .flatMap((group) => [
        managedRule(settings, group),
        ...(group.name === COMMON && settings.largeBodyPaths.length > 0 ? [largeBodyRule(settings)] : []),
      ]),
  ].map((rule, priority) => ({ ...rule, priority }));
}

/** Capacity units of {@link firewallRules}. */
export function unitsOfRules(settings: FirewallSettings): number {
  const { pathLimits, largeBodyPaths, originSecret } = settings;
  return (
    managedGroups(settings).reduce((sum, group) => sum + group.units, UNITS_OF_RATE) +
    pathLimits.length * (UNITS_OF_RATE + unitsOfStartsWith(LENIENT)) +
    (originSecret?._units() ?? 0) +
    (largeBodyPaths.length > 0 ? UNITS_OF_LABEL : 0) +
    largeBodyPaths.length * unitsOfStartsWith(STRICT)
  );
}

/** Managed rule groups of a firewall, in the order of evaluation. */
export function managedGroups({ clientAddressHeader }: FirewallSettings): ManagedRuleGroup[] {
  return MANAGED_RULE_GROUPS.filter((group) => !group.evaluatesAddress || !clientAddressHeader);
}

/** Comes first, so that nobody else uses up a limit. */
function originRule(settings: FirewallSettings, secret: OriginSecret): WebAclRule {
  return {
    name: 'OriginSecret',
    statement: secret._missing(),
    action: refusal(settings, 403),
    visibilityConfig: visibility('OriginSecret'),
  };
}

function addressRule(settings: FirewallSettings): WebAclRule {
  return rateRule(settings, 'RatePerAddress', { ...aggregation(settings), limit: settings.requestsPerMinute });
}

/** Rule whose name, and so its metric, stays the same when other limits are added before it. */
function pathRule(settings: FirewallSettings, { path, requestsPerMinute }: PathLimit): WebAclRule {
  const readable = path.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return rateRule(settings, `RatePerAddress${readable}-${hash}`, {
    ...aggregation(settings),
    limit: requestsPerMinute,
    scopeDownStatement: startsWith(path, LENIENT),
  });
}

type Aggregation = Pick<
  CfnWebACL.RateBasedStatementProperty,
  'evaluationWindowSec' | 'aggregateKeyType' | 'forwardedIpConfig'
>;

/** Does not block requests without an address in the header, because some proxies write `unknown`. */
function aggregation({ clientAddressHeader }: FirewallSettings): Aggregation {
  return clientAddressHeader === undefined
    ? { evaluationWindowSec: 60, aggregateKeyType: 'IP' }
    : {
      evaluationWindowSec: 60,
      aggregateKeyType: 'FORWARDED_IP',
      forwardedIpConfig: { headerName: clientAddressHeader, fallbackBehavior: 'NO_MATCH' },
    };
}

/**
 * Rule of a managed group.
 *
 * With exceptions for large bodies the common rules only label them. The next rule blocks them on all other paths.
 */
function managedRule(settings: FirewallSettings, { name, count }: ManagedRuleGroup): WebAclRule {
  const counted = countedRules(settings, name);
  return {
    name,
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides:
          counted.length > 0 ? counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) : undefined,
      },
    },
    overrideAction: count || settings.countOnly ? { count: {} } : { none: {} },
    visibilityConfig: visibility(name),
  };
}

function countedRules({ ruleOverrides, largeBodyPaths }: FirewallSettings, group: string): string[] {
  return [
    ...(group === COMMON && largeBodyPaths.length > 0 ? [LARGE_BODY_RULE] : []),
    ...ruleOverrides.filter(({ ruleGroup }) => ruleGroup === group).map(({ rule }) => rule),
  ];
}

function largeBodyRule(settings: FirewallSettings): WebAclRule {
  const exceptions = settings.largeBodyPaths.map((path) => startsWith(path, STRICT));
  const exception = exceptions.length === 1 ? exceptions[0] : { orStatement: { statements: exceptions } };
  return {
    name: 'LargeBody',
    statement: {
      andStatement: {
        statements: [
          { labelMatchStatement: { scope: 'LABEL', key: LARGE_BODY_LABEL } },
          { notStatement: { statement: exception } },
        ],
      },
    },
    action: refusal(settings, 413),
    visibilityConfig: visibility('LargeBody'),
  };
}

function rateRule(
  settings: FirewallSettings,
  name: string,
  rateBasedStatement: CfnWebACL.RateBasedStatementProperty,
): WebAclRule {
  return {
    name,
    statement: { rateBasedStatement },
    action: refusal(settings, 429),
    visibilityConfig: visibility(name),
  };
}

/** Action of a rule that answers with a status code, unless the whole firewall counts. */
function refusal({ countOnly }: FirewallSettings, responseCode: number): CfnWebACL.RuleActionProperty {
  return countOnly ? { count: {} } : { block: { customResponse: { responseCode } } };
}

/** Metric and sampled requests of a rule or of the whole web ACL. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
