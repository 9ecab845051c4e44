import type { InterfaceVpcEndpointAwsService, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** Properties of {@link SecureVpc.fromVpc}. `vpc` and `applicationSubnets` are required. */
export interface AdoptedVpcProps {
  /** Existing VPC, for example from `Vpc.fromLookup` or `Vpc.fromVpcAttributes`. */
  readonly vpc: IVpc;
  /**
   * Subnets with a route to an internet gateway.
   * @default - no public tier; load balancers can only be internal
   */
  readonly publicSubnets?: SubnetSelection;
  /** Subnets for tasks, functions and endpoints. */
  readonly applicationSubnets: SubnetSelection;
  /**
   * Subnets for databases and caches, without a route out of the VPC.
   * @default - no data tier; the network takes no database
   */
  readonly dataSubnets?: SubnetSelection;
  /**
   * True where the application subnets reach the internet, for example through NAT.
   * @default true
   */
  readonly reachesInternet?: boolean;
  /**
   * Services for which the VPC has an interface endpoint with private DNS.
   *
   * None is created, because AWS refuses a second endpoint with the same private DNS name.
   * @default - none
   */
  readonly interfaceEndpoints?: InterfaceVpcEndpointAwsService[];
  /**
   * Security group of the VPC's interface endpoints, also in a VPC with NAT. Each client adds its inbound rule to it.
   *
   * Endpoints with private DNS take the traffic of their services, even where there is NAT. Without the rule, tasks
   * cannot pull images.
   * @default - clients may reach port 443 anywhere in the CIDR block of the VPC
   */
  readonly endpointSecurityGroup?: ISecurityGroup;
  /**
   * Id of the AWS-managed prefix list of S3 in the region of the VPC.
   * @default - from a table of 17 regions
   */
  readonly s3PrefixListId?: string;
  /**
   * TCP ports on which the network ACLs of the data subnets allow connections.
   * @default [5432, 3306, 6379] - PostgreSQL, MySQL, Redis
   */
  readonly dataPorts?: number[];
}
