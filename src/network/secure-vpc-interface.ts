import type { Connections, InterfaceVpcEndpointAwsService, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct, IDependable } from 'constructs';
import { SubnetTier } from './addresses/subnet-tier';

/** Properties of {@link ISecureVpc.allowToAwsServices}. All are required. */
export interface AwsServiceAccess {
  /** Connections of the client. The security group rules are created in its stack. */
  readonly client: Connections;
  /** AWS services that the client calls, in addition to S3. */
  readonly services: InterfaceVpcEndpointAwsService[];
  /** Purpose of the calls, for error messages: `the secrets of Shop/Api`. */
  readonly purpose: string;
}

/** Network with tiers and egress, either a {@link SecureVpc} or adopted by {@link SecureVpc.fromVpc}. */
export interface ISecureVpc extends IConstruct {
  /** VPC of the network. */
  readonly vpc: IVpc;
  /** Number of Availability Zones in use. */
  readonly availabilityZoneCount: number;
  /** TCP ports on which the data tier accepts connections from the application tier. */
  readonly dataPorts: number[];
  /** True where the application tier can reach the internet. */
  readonly reachesInternet: boolean;

  /**
   * Dependency on the routes, endpoints and network ACLs of the application tier.
   *
   * A service must depend on it. Otherwise its first tasks fail to pull their image, and ECS rolls back its first
   * deployment.
   */
  readonly egressEstablished: IDependable;

  /**
   * True where the library writes the policies of all endpoints, which admit no stranger.
   * @internal
   */
  readonly _ownEndpoints: boolean;

  /** True where the network has the tier. */
  hasTier(tier: SubnetTier): boolean;

  /** Subnets of a tier. Throws an error where the network does not have the tier. */
  subnets(tier: SubnetTier): SubnetSelection;

  /**
   * Allows a client to reach AWS services on port 443, through endpoints or NAT.
   *
   * It uses endpoints where the network has no route to the internet, and NAT otherwise.
   * Throws an error where an adopted network without internet access lacks an endpoint.
   */
  allowToAwsServices(access: AwsServiceAccess): void;
}
