import { CfnDeletionPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Waiver } from '../compliance';
import { acknowledge } from '../compliance/acknowledge';
import { EnvironmentProfile } from '../environment';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import { uniqueName } from '../text/stack-path';
import { checkKinds } from '../validation/kinds';
import { PropError } from '../validation/prop-error';
import { associationOf, warnOfNoAssociation } from './associations';
import { firewallRules, type FirewallSettings, visibility } from './firewall-rules';
import { OriginSecret } from './origin-secret';
import { PathLimit } from './path-limit';
import { RuleOverride } from './rule-override';
import { checkFirewall, warnOfUnknownRules } from './validate-firewall';
import type { WebFirewallProps } from './web-firewall-props';

/**
 * The median page of the HTTP Archive takes about 70 requests. 140 people behind one address may load one a minute,
 * and 167 requests a second from one address is still no flood for two tasks.
 */
const DEFAULT_LIMIT = 10_000;

/**
 * Regional web ACL with managed rule groups, a rate limit for each address, and an encrypted log.
 *
 * Give it to a `SecureLoadBalancer` or a `ProductionWebService` as `firewall`. It then replaces the automatic one.
 * Synthesis warns of a firewall that nothing is associated with.
 *
 * Throws a PropError for a limit below 10, for a path that WAF can't compare, and for more limits than the capacity
 * holds.
 *
 * @example
 * const firewall = new WebFirewall(this, 'Firewall', {
 *   pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 })],
 * });
 * new SecureLoadBalancer(this, 'Balancer', { network, certificate, firewall });
 */
export class WebFirewall extends Construct {
  /** Web ACL of AWS WAF. */
  public readonly webAcl: CfnWebACL;
  /**
   * Header in which a proxy names the client.
   * @default - none; the address that connects is the client
   */
  public readonly clientAddressHeader?: string;

  public constructor(scope: Construct, id: string, props: WebFirewallProps = {}) {
    super(scope, id);
    checkKinds(this, props, { pathLimits: PathLimit, ruleOverrides: RuleOverride, profile: EnvironmentProfile });
    checkKinds(this, props, { originSecret: OriginSecret });
    this.clientAddressHeader = props.clientAddressHeader;
    const settings = settingsOf(props);
    checkFirewall(this, settings, props.countOnly);
    this.webAcl = this.createWebAcl(settings);
    warnOfUnknownRules(this.webAcl, settings);
    warnOfNoAssociation(this.webAcl);
    this.showWaivers(props);
    this.createLog(props.profile ?? EnvironmentProfile.of(this), settings);
  }

  /**
   * Associates the web ACL with a regional resource that has no firewall, such as a stage of API Gateway.
   *
   * Keep both in one stack, so that the resource is never deployed without its firewall. Don't call it for a
   * `SecureLoadBalancer`, which takes the prop `firewall` instead. It throws a PropError for a resource that already
   * has a firewall, because AWS lets a resource have one web ACL.
   *
   * @param scope scope of the association, in which this method may be called once
   * @param resourceArn ARN of the resource
   */
  public associate(scope: Construct, resourceArn: string): void {
    const existing = associationOf(this, { resourceArn });
    if (existing) {
      throw new PropError(this, {
        prop: 'resourceArn',
        problem: `is a resource that already has a firewall, by ${existing.node.path}`,
        fix: 'give this firewall to the SecureLoadBalancer or ProductionWebService as the prop firewall',
      });
    }
    const { attrArn: webAclArn } = this.webAcl;
    const association = new CfnWebACLAssociation(scope, 'WebAclAssociation', { resourceArn, webAclArn });
    // A new association takes the place of the former one. To delete that afterwards could take away the new one, too.
    association.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    association.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  }

  private createWebAcl(settings: FirewallSettings): CfnWebACL {
    return new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('WebAcl'),
      rules: firewallRules(settings),
      dataProtectionConfig: originProtection(settings),
    });
  }

  /** Makes findings of both waivers, because no rule of the validation has one, and acknowledges them. */
  private showWaivers({ countOnly, ruleOverrides = [] }: WebFirewallProps): void {
    if (countOnly) {
      this.showWaiver('firewallCountsOnly', 'This firewall blocks no request', countOnly);
    }
    ruleOverrides.forEach(({ ruleGroup, rule, waiver }) =>
      this.showWaiver(`firewallRuleCounts:${ruleGroup}/${rule}`, `${rule} of ${ruleGroup} blocks no request`, waiver),
    );
  }

  private showWaiver(name: string, message: string, { reason }: Waiver): void {
    const id = `@org/prod-constructs:${name}`;
    Validations.of(this.webAcl).addWarning(id, message);
    acknowledge(this.webAcl, id, reason);
  }

  /** WAF requires names that begin with aws-waf-logs-, and the ARN without its trailing `:*`. */
  private createLog(profile: EnvironmentProfile, { originSecret }: FirewallSettings): void {
    const stack = Stack.of(this);
    const unique = uniqueName(this, { maxLength: 80, separator: '-' }).toLowerCase();
    const logs = new EncryptedLogGroup(this, 'Logs', { profile, logGroupName: `aws-waf-logs-${unique}` });
    const arn = stack.formatArn({ service: 'logs', resource: `log-group:${logs.logGroup.logGroupName}` });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [arn],
      // Credentials must not reach the readers of the log.
      redactedFields: ['authorization', 'cookie', ...(originSecret ? [originSecret.headerName.toLowerCase()] : [])].map(
        (name) => ({ singleHeader: { Name: name } }),
      ),
    });
  }
}

/** Samples in the console would show the header, which redaction of the log does not cover. */
function originProtection({ originSecret }: FirewallSettings): CfnWebACL.DataProtectionConfigProperty | undefined {
  return (
    originSecret && {
      dataProtections: [
        {
          field: { fieldType: 'SINGLE_HEADER', fieldKeys: [originSecret.headerName.toLowerCase()] },
          action: 'SUBSTITUTION',
        },
      ],
    }
  );
}

function settingsOf(props: WebFirewallProps): FirewallSettings {
  return {
    requestsPerMinute: props.requestsPerMinute ?? DEFAULT_LIMIT,
    pathLimits: props.pathLimits ?? [],
    largeBodyPaths: props.allowLargeBodiesOn ?? [],
    clientAddressHeader: props.clientAddressHeader,
    originSecret: props.originSecret,
    ruleOverrides: props.ruleOverrides ?? [],
    countOnly: props.countOnly !== undefined,
  };
}
