import { createHash } from 'crypto';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { startsWith, type TextTransformation, unitsOfStartsWith } from './firewall-path';
import type { PathLimit } from './path-limit';

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
}

/** Managed rule group of AWS. */
interface ManagedGroup {
  readonly name: string;
  /** Capacity units, as AWS publishes them. */
  readonly units: number;
  /** True to count matching requests instead of blocking them. */
  readonly count?: boolean;
  /** True where the group evaluates the address that connects, which is the proxy's behind a proxy. */
  readonly evaluatesAddress?: boolean;
}

const COMMON = 'AWSManagedRulesCommonRuleSet';
/** Managed rule groups in the order of evaluation: cheap and certain ones first. */
const MANAGED_GROUPS: ManagedGroup[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', units: 25, evaluatesAddress: true },
  // Counted, because customers use VPNs too.
  { name: 'AWSManagedRulesAnonymousIpList', units: 50, count: true, evaluatesAddress: true },
  { name: COMMON, units: 700 },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', units: 200 },
  { name: 'AWSManagedRulesSQLiRuleSet', units: 200 },
  { name: 'AWSManagedRulesLinuxRuleSet', units: 200 },
];
const UNITS_OF_RATE = 2;
const UNITS_OF_LABEL = 1;
/** A limit must read a path as the most lenient application does, an exception as the strictest. */
const LENIENT: TextTransformation[] = ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'];
const STRICT: TextTransformation[] = ['URL_DECODE', 'NORMALIZE_PATH'];
const LARGE_BODY = { rule: 'SizeRestrictions_BODY', label: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' };

/** Rules of a web ACL, in the order of evaluation. */
export function firewallRules(settings: FirewallSettings): CfnWebACL.RuleProperty[] {
  const groups = managedGroups(settings);
  return [
    ...groups.filter((group) => group.evaluatesAddress).map((group) => managedRule(group)),
    addressRule(settings),
    ...settings.pathLimits.map((limit) => pathRule(settings, limit)),
    ...groups
      .filter((group) => !group.evaluatesAddress)
      .flatMap((group) => (group.name === COMMON ? commonRules(group, settings.largeBodyPaths) : [managedRule(group)])),
  ].map((rule, priority) => ({ ...rule, priority }));
}

/** Capacity units of {@link firewallRules}. */
export function unitsOfRules(settings: FirewallSettings): number {
  const { pathLimits, largeBodyPaths } = settings;
  return (
    managedGroups(settings).reduce((sum, group) => sum + group.units, UNITS_OF_RATE) +
    pathLimits.length * (UNITS_OF_RATE + unitsOfStartsWith(LENIENT)) +
    (largeBodyPaths.length > 0 ? UNITS_OF_LABEL : 0) +
    largeBodyPaths.length * unitsOfStartsWith(STRICT)
  );
}

function managedGroups({ clientAddressHeader }: FirewallSettings): ManagedGroup[] {
  return MANAGED_GROUPS.filter((group) => !group.evaluatesAddress || !clientAddressHeader);
}

function addressRule(settings: FirewallSettings): WebAclRule {
  return rateRule('RatePerAddress', { ...aggregation(settings), limit: settings.requestsPerMinute });
}

/** Rule whose name, and so its metric, stays the same when other limits are added before it. */
function pathRule(settings: FirewallSettings, { path, requestsPerMinute }: PathLimit): WebAclRule {
  const readable = path.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return rateRule(`RatePerAddress${readable}-${hash}`, {
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
 * Rules for common attacks.
 *
 * With exceptions for large bodies the group only labels them, and another rule blocks them on all other paths.
 */
function commonRules(group: ManagedGroup, largeBodyPaths: string[]): WebAclRule[] {
  const exceptions = largeBodyPaths.map((path) => startsWith(path, STRICT));
  return exceptions.length === 0
    ? [managedRule(group)]
    : [managedRule(group, [LARGE_BODY.rule]), largeBodyRule(exceptions)];
}

function largeBodyRule(exceptions: CfnWebACL.StatementProperty[]): WebAclRule {
  const exception = exceptions.length === 1 ? exceptions[0] : { orStatement: { statements: exceptions } };
  return {
    name: 'LargeBody',
    statement: {
      andStatement: {
        statements: [
          { labelMatchStatement: { scope: 'LABEL', key: LARGE_BODY.label } },
          { notStatement: { statement: exception } },
        ],
      },
    },
    action: { block: { customResponse: { responseCode: 413 } } },
    visibilityConfig: visibility('LargeBody'),
  };
}

function managedRule(group: ManagedGroup, countedRules: string[] = []): WebAclRule {
  return {
    name: group.name,
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group.name,
        ruleActionOverrides:
          countedRules.length > 0 ? countedRules.map((name) => ({ name, actionToUse: { count: {} } })) : undefined,
      },
    },
    overrideAction: group.count ? { count: {} } : { none: {} },
    visibilityConfig: visibility(group.name),
  };
}

function rateRule(name: string, rateBasedStatement: CfnWebACL.RateBasedStatementProperty): WebAclRule {
  return {
    name,
    statement: { rateBasedStatement },
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: visibility(name),
  };
}

/** Metric and sampled requests of a rule or of the whole web ACL. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
