/** Managed rule group of AWS. */
export interface ManagedRuleGroup {
  /** Name that AWS gives the group. */
  readonly name: string;
  /** Capacity units, as AWS publishes them. */
  readonly units: number;
  /** Rules, as AWS publishes them. It adds some from time to time. */
  readonly rules: string[];
  /**
   * True to count matching requests instead of blocking them.
   * @default false
   */
  readonly count?: boolean;
  /**
   * True where the group evaluates the address that connects, which is the proxy's behind a proxy.
   * @default false
   */
  readonly evaluatesAddress?: boolean;
}

export const COMMON = 'AWSManagedRulesCommonRuleSet';
/** Rule of {@link COMMON} that blocks bodies of more than 8 KB. */
export const LARGE_BODY_RULE = 'SizeRestrictions_BODY';

/** Managed rule groups in the order of evaluation: cheap and certain ones first. */
export const MANAGED_RULE_GROUPS: ManagedRuleGroup[] = [
  {
    name: 'AWSManagedRulesAmazonIpReputationList',
    units: 25,
    rules: ['AWSManagedIPReputationList', 'AWSManagedReconnaissanceList', 'AWSManagedIPDDoSList'],
    evaluatesAddress: true,
  },
  {
    name: 'AWSManagedRulesAnonymousIpList',
    units: 50,
    rules: ['AnonymousIPList', 'HostingProviderIPList'],
    // Customers use VPNs too.
    count: true,
    evaluatesAddress: true,
  },
  {
    name: COMMON,
    units: 700,
    rules: [
      'NoUserAgent_HEADER',
      'UserAgent_BadBots_HEADER',
      'SizeRestrictions_QUERYSTRING',
      'SizeRestrictions_Cookie_HEADER',
      LARGE_BODY_RULE,
      'SizeRestrictions_URIPATH',
      'EC2MetaDataSSRF_BODY',
      'EC2MetaDataSSRF_COOKIE',
      'EC2MetaDataSSRF_URIPATH',
      'EC2MetaDataSSRF_QUERYARGUMENTS',
      'GenericLFI_QUERYARGUMENTS',
      'GenericLFI_URIPATH',
      'GenericLFI_BODY',
      'RestrictedExtensions_URIPATH',
      'RestrictedExtensions_QUERYARGUMENTS',
      'GenericRFI_QUERYARGUMENTS',
      'GenericRFI_BODY',
      'GenericRFI_URIPATH',
      'CrossSiteScripting_COOKIE',
      'CrossSiteScripting_QUERYARGUMENTS',
      'CrossSiteScripting_BODY',
      'CrossSiteScripting_URIPATH',
    ],
  },
  {
    name: 'AWSManagedRulesKnownBadInputsRuleSet',
    units: 200,
    rules: [
      'JavaDeserializationRCE_HEADER',
      'JavaDeserializationRCE_BODY',
      'JavaDeserializationRCE_URIPATH',
      'JavaDeserializationRCE_QUERYSTRING',
      'Host_localhost_HEADER',
      'PROPFIND_METHOD',
      'ExploitablePaths_URIPATH',
      'Log4JRCE_HEADER',
      'Log4JRCE_QUERYSTRING',
      'Log4JRCE_BODY',
      'Log4JRCE_URIPATH',
      'ReactJSRCE_BODY',
    ],
  },
  {
    name: 'AWSManagedRulesSQLiRuleSet',
    units: 200,
    rules: [
      'SQLi_QUERYARGUMENTS',
      'SQLiExtendedPatterns_QUERYARGUMENTS',
      'SQLi_BODY',
      'SQLiExtendedPatterns_BODY',
      'SQLi_COOKIE',
      'SQLi_URIPATH',
    ],
  },
  {
    name: 'AWSManagedRulesLinuxRuleSet',
    units: 200,
    rules: ['LFI_URIPATH', 'LFI_QUERYSTRING', 'LFI_HEADER'],
  },
];
