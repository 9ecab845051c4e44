import type { Waiver } from '../compliance';

/**
 * Rule of a managed rule group that counts instead of blocking.
 *
 * @example
 * new WebFirewall(this, 'Firewall', {
 *   ruleOverrides: [
 *     RuleOverride.count('AWSManagedRulesCommonRuleSet', 'CrossSiteScripting_BODY', {
 *       reason: 'Editors send HTML, and the application sanitizes it',
 *     }),
 *   ],
 * });
 */
export class RuleOverride {
  /**
   * Counts the requests that a rule matches, on all paths. Its group goes on with its other rules.
   *
   * WAF ignores a name that the group does not have. Synthesis warns of a name that AWS had not published when this
   * library was released.
   *
   * @param ruleGroup managed rule group of the firewall, for example `AWSManagedRulesCommonRuleSet`
   * @param rule rule of the group, for example `CrossSiteScripting_BODY`
   * @param waiver reason to let these requests pass
   */
  public static count(ruleGroup: string, rule: string, waiver: Waiver): RuleOverride {
    return new RuleOverride(ruleGroup, rule, waiver);
  }

  private constructor(
    /** Managed rule group. */
    public readonly ruleGroup: string,
    /** Rule of the group. */
    public readonly rule: string,
    /** Reason to let the requests pass. */
    public readonly waiver: Waiver,
  ) {}
}
