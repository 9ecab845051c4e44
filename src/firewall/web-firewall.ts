import { createHash } from 'crypto';
import { Names, Stack, Token } from 'aws-cdk-lib';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import { checkWholeNumber } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import { beginsWith, checkBeginning, type Reading, unitsOfBeginsWith } from './firewall-path';

/** A limit of its own for some paths, below that for all. */
export interface PathLimit {
  /** The beginning of the paths, for example `/api/login`. Upper case, `%` codes and `//` make no way around it. */
  readonly path: string;
  /** Requests that one address may send to these paths within a minute, 10 up to the limit for all paths. */
  readonly requestsPerMinute: number;
}

/** What a {@link WebFirewall} may be told. Nothing is needed. */
export interface WebFirewallProps {
  /**
   * Requests that one address may send within a minute, 10 to 2,000,000,000. AWS counts approximately and a little late.
   * @default 1000 - a person's browser stays far below, a scanner doesn't; document A asks for 100 (requirement A-28)
   */
  readonly requestsPerMinute?: number;
  /**
   * Tighter limits for some paths, such as that of the login. Each takes 34 capacity units; three fit, five behind a proxy.
   * @default - none
   */
  readonly pathLimits?: PathLimit[];
  /**
   * Beginnings of the paths that take bodies of more than 8 KB, for example `/api/upload/*`. WAF sees only the first 8 KB of them.
   * @default - none: a larger body is refused everywhere
   */
  readonly allowLargeBodiesOn?: string[];
  /**
   * Header in which a proxy in front names the client: `CF-Connecting-IP` behind Cloudflare, `X-Forwarded-For` behind CloudFront.
   * Requests are then counted by it, and the lists of bad addresses are left out, because they would judge the proxy. Only for a
   * load balancer that nobody but the proxy reaches: whoever else can write the header has no limit.
   * @default - none: the address that connects is the client
   */
  readonly clientAddressHeader?: string;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/** A managed rule group, what it takes of the capacity, and when it runs. */
interface ManagedGroup {
  readonly name: string;
  readonly units: number;
  readonly count?: boolean;
  readonly judgesAddress?: boolean;
}

const COMMON = 'AWSManagedRulesCommonRuleSet';
/** Managed rule groups in the order in which they run: cheap and certain first. Together 1,375 units, and the rate 2. */
const MANAGED_GROUPS: ManagedGroup[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', units: 25, judgesAddress: true },
  // Counted, not blocked: people behind VPNs are customers too.
  { name: 'AWSManagedRulesAnonymousIpList', units: 50, count: true, judgesAddress: true },
  { name: COMMON, units: 700 },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', units: 200 },
  { name: 'AWSManagedRulesSQLiRuleSet', units: 200 },
  { name: 'AWSManagedRulesLinuxRuleSet', units: 200 },
];
/** What a web ACL holds before AWS charges more for each request. */
const MOST_UNITS = 1500;
const UNITS_OF_RATE = 2;
const UNITS_OF_LABEL = 1;
/** A limit must see a path as the most lenient application does; an exception as the strictest. */
const LENIENT: Reading[] = ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'];
const STRICT: Reading[] = ['URL_DECODE', 'NORMALIZE_PATH'];
const LARGE_BODY = { rule: 'SizeRestrictions_BODY', label: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' };

/**
 * A regional web ACL with AWS's managed groups, a rate limit for each address, and its log.
 *
 * Throws a PropError for a limit below 10, a path that WAF can't compare, and more limits than the capacity holds.
 */
export class WebFirewall extends Construct {
  /** The web ACL. */
  public readonly webAcl: CfnWebACL;
  /** The header that names the client, where a proxy stands in front. */
  public readonly clientAddressHeader?: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: WebFirewallProps = {},
  ) {
    super(scope, id);
    this.clientAddressHeader = props.clientAddressHeader;
    this.checkProps();
    this.webAcl = this.createWebAcl();
    this.createLog(props.profile ?? EnvironmentProfile.of(this));
  }

  /** Puts the firewall before a load balancer. Both belong to one stack, so that neither is ever without the other. */
  public protect(scope: Construct, resourceArn: string): void {
    new CfnWebACLAssociation(scope, 'WebAclAssociation', { resourceArn, webAclArn: this.webAcl.attrArn });
  }

  private get requestsPerMinute(): number {
    return this.props.requestsPerMinute ?? 1000;
  }

  private get pathLimits(): PathLimit[] {
    return this.props.pathLimits ?? [];
  }

  private get largeBodyPaths(): string[] {
    return this.props.allowLargeBodiesOn ?? [];
  }

  private get managedGroups(): ManagedGroup[] {
    return MANAGED_GROUPS.filter((group) => !group.judgesAddress || !this.clientAddressHeader);
  }

  private checkProps(): void {
    const most = 2_000_000_000;
    checkWholeNumber(this, 'requestsPerMinute', this.requestsPerMinute, {
      min: 10,
      max: most,
      unit: 'requests a minute',
      fix: 'AWS counts from 10 on',
    });
    const forAll = Token.isUnresolved(this.requestsPerMinute) ? most : this.requestsPerMinute;
    this.pathLimits.forEach(({ path, requestsPerMinute }) => {
      checkBeginning(this, 'pathLimits.path', path);
      checkWholeNumber(this, 'pathLimits.requestsPerMinute', requestsPerMinute, {
        min: 10,
        max: forAll,
        unit: 'requests a minute, not above the limit for all paths',
        fix: 'AWS counts from 10 on; above the limit for all paths one of a path never acts',
      });
    });
    this.largeBodyPaths.forEach((path) => checkBeginning(this, 'allowLargeBodiesOn', path));
    const header = this.clientAddressHeader;
    if (header !== undefined && !/^[A-Za-z0-9-]{1,255}$/.test(header)) {
      throw new PropError(this, {
        prop: 'clientAddressHeader',
        value: header,
        expected: 'the name of a header',
        fix: "write 'CF-Connecting-IP' behind Cloudflare, 'X-Forwarded-For' behind CloudFront",
      });
    }
    this.checkPathsDiffer();
    this.checkCapacity();
  }

  /** Rules are named after their paths, and WAF refuses two rules of one name. */
  private checkPathsDiffer(): void {
    const paths = this.pathLimits.map(({ path }) => path);
    const twice = paths.find((path, index) => paths.indexOf(path) !== index);
    if (twice !== undefined) {
      throw new PropError(this, {
        prop: 'pathLimits.path',
        value: twice,
        expected: 'each path once',
        fix: 'keep the lower of the two limits',
      });
    }
  }

  private checkCapacity(): void {
    const units =
      this.managedGroups.reduce((sum, group) => sum + group.units, UNITS_OF_RATE) +
      this.pathLimits.length * (UNITS_OF_RATE + unitsOfBeginsWith(LENIENT)) +
      (this.largeBodyPaths.length > 0 ? UNITS_OF_LABEL : 0) +
      this.largeBodyPaths.length * unitsOfBeginsWith(STRICT);
    if (units > MOST_UNITS) {
      throw new PropError(this, {
        prop: this.pathLimits.length > 0 ? 'pathLimits' : 'allowLargeBodiesOn',
        value: `${this.pathLimits.length} limits beside ${this.largeBodyPaths.length} paths for large bodies: ${units} capacity units`,
        expected: `${MOST_UNITS} units, beyond which AWS charges more for each request`,
        fix: 'name paths by a common beginning',
      });
    }
  }

  private createWebAcl(): CfnWebACL {
    const groups = this.managedGroups;
    const rules = [
      ...groups.filter((group) => group.judgesAddress).map((group) => managedRule(group)),
      this.rateRule(),
      ...this.pathLimits.map((limit) => this.pathRule(limit)),
      ...groups
        .filter((group) => !group.judgesAddress)
        .flatMap((group) => (group.name === COMMON ? this.commonRules(group) : [managedRule(group)])),
    ].map((rule, priority) => ({ ...rule, priority }));
    return new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('WebAcl'),
      rules,
    });
  }

  private rateRule(): Rule {
    return tooMany('RatePerAddress', { ...this.countedBy(), limit: this.requestsPerMinute });
  }

  /** Named after its path and not its place, so that a metric keeps its meaning when another limit comes before it. */
  private pathRule({ path, requestsPerMinute }: PathLimit): Rule {
    const readable = path.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
    const name = `RatePerAddress${readable}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
    return tooMany(name, {
      ...this.countedBy(),
      limit: requestsPerMinute,
      scopeDownStatement: beginsWith(path, LENIENT),
    });
  }

  private countedBy(): Pick<
    CfnWebACL.RateBasedStatementProperty,
    'evaluationWindowSec' | 'aggregateKeyType' | 'forwardedIpConfig'
  > {
    return this.clientAddressHeader === undefined
      ? { evaluationWindowSec: 60, aggregateKeyType: 'IP' }
      : // The other fallback blocks whoever's header holds no address at all, and proxies of companies write `unknown` into theirs.
      {
        evaluationWindowSec: 60,
        aggregateKeyType: 'FORWARDED_IP',
        forwardedIpConfig: { headerName: this.clientAddressHeader, fallbackBehavior: 'NO_MATCH' },
      };
  }

  /** Where large bodies are allowed somewhere, the group only labels them, and a rule of our own refuses those on other paths. */
  private commonRules(group: ManagedGroup): Rule[] {
    const allowed = this.largeBodyPaths.map((path) => beginsWith(path, STRICT));
    if (allowed.length === 0) {
      return [managedRule(group)];
    }
    return [
      managedRule(group, [LARGE_BODY.rule]),
      {
        name: 'LargeBody',
        statement: {
          andStatement: {
            statements: [
              { labelMatchStatement: { scope: 'LABEL', key: LARGE_BODY.label } },
              {
                notStatement: {
                  statement: allowed.length === 1 ? allowed[0] : { orStatement: { statements: allowed } },
                },
              },
            ],
          },
        },
        action: { block: { customResponse: { responseCode: 413 } } },
        visibilityConfig: visibility('LargeBody'),
      },
    ];
  }

  /** WAF writes only to groups whose name begins with aws-waf-logs-, and takes their ARN without the trailing `:*`. */
  private createLog(profile: EnvironmentProfile): void {
    const stack = Stack.of(this);
    const unique = Names.uniqueResourceName(this, { maxLength: 80, separator: '-' }).toLowerCase();
    const logs = new EncryptedLogGroup(this, 'Logs', { profile, logGroupName: `aws-waf-logs-${unique}` });
    const arn = stack.formatArn({ service: 'logs', resource: `log-group:${logs.logGroup.logGroupName}` });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [arn],
      // Credentials in headers are no business of whoever reads the log.
      redactedFields: ['authorization', 'cookie'].map((name) => ({ singleHeader: { Name: name } })),
    });
  }
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;

function managedRule(group: ManagedGroup, countedRules: string[] = []): Rule {
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

function tooMany(name: string, rateBasedStatement: CfnWebACL.RateBasedStatementProperty): Rule {
  return {
    name,
    statement: { rateBasedStatement },
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: visibility(name),
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
