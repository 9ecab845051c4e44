import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { EnvironmentProfile } from '../environment';
import type { SubnetPlan } from './addresses/subnet-plan';
import type { ConnectedNetwork } from './connected-network';
import type { Egress } from './egress';

/** Properties of a {@link SecureVpc}. None is required. */
export interface SecureVpcProps {
  /**
   * CIDR blocks by tier and Availability Zone.
   * @default - `SubnetPlan.sized()`, which is 10.0.0.0/16 with blocks for four Availability Zones in three tiers
   */
  readonly plan?: SubnetPlan;
  /**
   * Number of Availability Zones, 1 to 6, in the order in which the region lists them.
   *
   * No look-up takes place, so synthesis needs no account. The template takes the zones from `Fn::GetAZs`, which lists
   * those that have a default subnet. The list differs by account, and it changes with the default subnets. Then
   * subnets are replaced. Name the zones of a production network by `availabilityZones`.
   *
   * Not supported together with `availabilityZones`. Throws a PropError for more zones than a region gives new
   * accounts: us-west-1 gives them two.
   * @default 3 - as documents B and C require
   */
  readonly availabilityZoneCount?: number;
  /**
   * Names of the Availability Zones, for example `['eu-central-1a', 'eu-central-1b']`.
   *
   * They never change by themselves, which a production network needs. Source: requirement B-15.
   * @default - the first `availabilityZoneCount` Availability Zones of the region
   */
  readonly availabilityZones?: string[];
  /**
   * Outbound connectivity of the application tier.
   * @default - `Egress.natGatewayPerZone()` in production and staging, `Egress.singleNatGateway()` in development
   */
  readonly egress?: Egress;
  /**
   * Bucket for the flow log, which is written as hourly Parquet files.
   *
   * Use the bucket of a {@link SecureBucket} whose purpose is `BucketPurpose.logs()`.
   * @default - an encrypted CloudWatch log group, kept 30 days in production and staging, 7 in development
   */
  readonly flowLogBucket?: IBucket;
  /**
   * TCP ports on which the data tier accepts connections, 1 to 65535.
   *
   * At most 5 ports in three Availability Zones, 3 in four, and 2 in five or six. A network ACL holds 20 rules.
   * Two ports that differ by a multiple of 2500 are refused together, because they share their rule numbers.
   * @default [5432, 3306, 6379] - PostgreSQL, MySQL, Redis
   */
  readonly dataPorts?: number[];
  /**
   * Networks behind a peering, a transit gateway, a site-to-site VPN or Direct Connect.
   *
   * It changes network ACLs only. Add the routes to the subnets, and the rules to the security groups. A network ACL
   * holds 20 rules: three blocks with two ports each fit into three Availability Zones.
   * @default - none; no host outside the network reaches databases or ports below 1024 of the application tier
   */
  readonly connectedNetworks?: ConnectedNetwork[];
  /**
   * Ids of other accounts whose principals may use the VPC endpoints, 12 digits each.
   *
   * A task that assumes a role of another account calls AWS as a principal of that account.
   * @default - principals of the network's account only
   */
  readonly trustedAccounts?: string[];
  /**
   * Names of the S3 buckets that the gateway endpoint opens to principals of any account, and to none.
   *
   * A presigned URL acts for the account that signed it, and a public download for none. A name may end with `*`.
   * @default - buckets of ECR's image layers and of CloudFormation's responses only
   */
  readonly openBuckets?: string[];
  /**
   * Restricts S3 and DynamoDB to resources of the network's account and of `trustedAccounts`.
   *
   * It stops principals of this account from writing to buckets of strangers. `openBuckets` stay open. Without it, the
   * gateway endpoints stop foreign credentials only.
   * @default false - principals of this account reach every resource that lets them in
   */
  readonly ownResourcesOnly?: boolean;
  /**
   * Id of the AWS-managed prefix list of S3 in the region of the network.
   * @default - from a table of 17 regions; in others, constructs that need it ask for it
   */
  readonly s3PrefixListId?: string;
  /**
   * Removes all rules from the default security group of the VPC (EC2.2, CIS 5.4).
   *
   * CloudFormation has no resource for that, so it adds a Lambda function of CDK and a custom resource.
   * @default false - nothing in this library uses the group
   */
  readonly restrictDefaultSecurityGroup?: boolean;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
