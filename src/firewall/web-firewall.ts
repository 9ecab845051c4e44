import { Names, Stack } from 'aws-cdk-lib';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import { checkWholeNumber } from '../refusal/checks';

/** What a {@link WebFirewall} may be told. Nothing is needed. */
export interface WebFirewallProps {
  /**
   * Requests that one address may send within a minute, 10 to 2,000,000,000. AWS counts approximately and a little late.
   * @default 1000 - a person's browser stays far below, a scanner doesn't; document A asks for 100 (requirement A-28)
   */
  readonly requestsPerMinute?: number;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/** Managed rule groups in the order in which they run: cheap and certain first. About 1,377 of the 1,500 units that are free. */
const MANAGED_GROUPS: Array<{ name: string; count?: boolean; beforeRate?: boolean }> = [
  { name: 'AWSManagedRulesAmazonIpReputationList', beforeRate: true },
  // Counted, not blocked: people behind VPNs are customers too.
  { name: 'AWSManagedRulesAnonymousIpList', count: true, beforeRate: true },
  { name: 'AWSManagedRulesCommonRuleSet' },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet' },
  { name: 'AWSManagedRulesSQLiRuleSet' },
  { name: 'AWSManagedRulesLinuxRuleSet' },
];

/** A regional web ACL with AWS's managed groups, a rate limit for each address, and its log. */
export class WebFirewall extends Construct {
  /** The web ACL. */
  public readonly webAcl: CfnWebACL;

  public constructor(scope: Construct, id: string, props: WebFirewallProps = {}) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    const limit = props.requestsPerMinute ?? 1000;
    checkWholeNumber(this, 'requestsPerMinute', limit, { min: 10, max: 2_000_000_000, unit: 'requests a minute', wayOut: 'AWS counts from 10 on' });
    this.webAcl = this.createWebAcl(limit);
    this.createLog(profile);
  }

  /** Puts the firewall before a load balancer. Both belong to one stack, so that neither is ever without the other. */
  public protect(scope: Construct, resourceArn: string): void {
    new CfnWebACLAssociation(scope, 'WebAclAssociation', { resourceArn, webAclArn: this.webAcl.attrArn });
  }

  private createWebAcl(limit: number): CfnWebACL {
    const before = MANAGED_GROUPS.filter((group) => group.beforeRate).map((group) => managedRule(group));
    const after = MANAGED_GROUPS.filter((group) => !group.beforeRate).map((group) => managedRule(group));
    const rules = [...before, rateRule(limit), ...after].map((rule, priority) => ({ ...rule, priority }));
    return new CfnWebACL(this, 'WebAcl', { scope: 'REGIONAL', defaultAction: { allow: {} }, visibilityConfig: visibility('WebAcl'), rules });
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

function managedRule(group: { name: string; count?: boolean }): Rule {
  return {
    name: group.name,
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: group.name } },
    overrideAction: group.count ? { count: {} } : { none: {} },
    visibilityConfig: visibility(group.name),
  };
}

function rateRule(limit: number): Rule {
  return {
    name: 'RatePerAddress',
    statement: { rateBasedStatement: { limit, evaluationWindowSec: 60, aggregateKeyType: 'IP' } },
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: visibility('RatePerAddress'),
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
