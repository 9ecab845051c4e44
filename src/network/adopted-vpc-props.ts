import type { InterfaceVpcEndpointAwsService, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** What `SecureVpc.fromVpc` needs to know of a VPC that exists. Tiers that are not named are not used. */
export interface AdoptedVpcProps {
  /** The VPC, for example from `Vpc.fromLookup` or `Vpc.fromVpcAttributes`. */
  readonly vpc: IVpc;
  /**
   * Subnets that are routed to an internet gateway.
   * @default - no public tier: load balancers can only be internal
   */
  readonly publicSubnets?: SubnetSelection;
  /** Subnets for tasks, functions and endpoints. */
  readonly applicationSubnets: SubnetSelection;
  /**
   * Subnets for databases and caches, without a route out.
   * @default - no data tier: the network takes no database
   */
  readonly dataSubnets?: SubnetSelection;
  /**
   * Whether the application subnets have a way to the internet, by NAT for example.
   * @default true
   */
  readonly reachesInternet?: boolean;
  /**
   * Services for which the VPC has interface endpoints with private names. None is made: a second one of the same name fails on AWS.
   * @default - none
   */
  readonly interfaceEndpoints?: InterfaceVpcEndpointAwsService[];
  /**
   * The security group of those interface endpoints. Clients add the rule that lets them in.
   * @default - clients may reach port 443 anywhere in the VPC's own block
   */
  readonly endpointSecurityGroup?: ISecurityGroup;
  /**
   * Id of the AWS-managed prefix list of S3 in this region.
   * @default - from a table of 17 regions
   */
  readonly s3PrefixListId?: string;
  /**
   * TCP ports on which the data subnets' access control lists take connections.
   * @default [5432, 3306, 6379]
   */
  readonly dataPorts?: number[];
}
