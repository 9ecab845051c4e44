import type { Connections, InterfaceVpcEndpointAwsService, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct, IDependable } from 'constructs';
import { SubnetTier } from './addresses/subnet-tier';

/** What wants to reach AWS services from inside a network. */
export interface AwsServiceAccess {
  /** The connections of what makes the calls: the rules are made in its stack. */
  readonly client: Connections;
  /** The services that it calls, besides S3. */
  readonly services: InterfaceVpcEndpointAwsService[];
  /** What needs them, for the error message: `the secrets of Shop/Api`. */
  readonly purpose: string;
}

/** A network with tiers and a way out: made by {@link SecureVpc} or adopted by `SecureVpc.fromVpc`. */
export interface ISecureVpc extends IConstruct {
  /** The VPC. */
  readonly vpc: IVpc;
  /** Number of zones in use. */
  readonly availabilityZoneCount: number;
  /** TCP ports on which the data tier takes connections from the application tier. */
  readonly dataPorts: number[];
  /** Whether the application tier can reach the internet. */
  readonly reachesInternet: boolean;

  /**
   * What must exist before a task can start: routes, endpoints and access control lists of the application tier.
   * A service depends on it, or its first tasks fail to pull their image and its first deployment is taken back.
   */
  readonly egressEstablished: IDependable;

  /** Whether the network has a tier. */
  hasTier(tier: SubnetTier): boolean;

  /** The subnets of a tier. Throws when the network doesn't have it. */
  subnets(tier: SubnetTier): SubnetSelection;

  /**
   * Lets a client reach AWS services on 443: by endpoints where the network has no way to the
   * internet, else by NAT. Throws when an adopted network without internet lacks an endpoint.
   */
  allowToAwsServices(access: AwsServiceAccess): void;
}
