import { type IConnectable, type InterfaceVpcEndpointAwsService, type ISecurityGroup, type IVpc, Peer, Port, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { PropError } from '../refusal/prop-error';
import { s3PrefixListId } from './s3-prefix-list';
import type { AwsServiceAccess, ISecureVpc } from './secure-vpc-interface';
import { SubnetTier } from './subnet-tier';

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

/** A VPC that others made, behind the interface of {@link SecureVpc}. Nothing is created in it. */
export class AdoptedVpc extends Construct implements ISecureVpc {
  public readonly vpc: IVpc;
  public readonly zoneCount: number;
  public readonly dataPorts: number[];
  public readonly reachesInternet: boolean;
  private readonly selections: Map<SubnetTier, SubnetSelection | undefined>;

  public constructor(scope: Construct, id: string, private readonly props: AdoptedVpcProps) {
    super(scope, id);
    this.vpc = props.vpc;
    this.dataPorts = props.dataPorts ?? [5432, 3306, 6379];
    this.reachesInternet = props.reachesInternet ?? true;
    this.selections = new Map([
      [SubnetTier.PUBLIC, props.publicSubnets],
      [SubnetTier.APPLICATION, props.applicationSubnets],
      [SubnetTier.DATA, props.dataSubnets],
    ]);
    this.selections.forEach((selection, tier) => selection && this.checkHasSubnets(tier, selection));
    this.zoneCount = new Set(this.vpc.selectSubnets(props.applicationSubnets).availabilityZones).size;
  }

  public hasTier(tier: SubnetTier): boolean {
    return this.selections.get(tier) !== undefined;
  }

  public subnets(tier: SubnetTier): SubnetSelection {
    const selection = this.selections.get(tier);
    if (!selection) {
      throw new PropError(this, {
        prop: `${tier}Subnets`, value: undefined, allowed: `a selection of subnets for the ${tier} tier, which something in this network needs`, wayOut: 'name them in SecureVpc.fromVpc',
      });
    }
    return selection;
  }

  public allowToAwsServices(access: AwsServiceAccess): void {
    if (this.reachesInternet) {
      access.client.allowTo(Peer.anyIpv4(), Port.tcp(443), 'AWS services, through NAT');
      return;
    }
    access.services.forEach((service) => this.checkHasEndpoint(service, access.purpose));
    access.client.allowTo(this.endpointPeer(), Port.tcp(443), 'AWS services, through interface endpoints');
    access.client.allowTo(Peer.prefixList(s3PrefixListId(this, this.props.s3PrefixListId)), Port.tcp(443), 'S3, through its gateway endpoint');
  }

  private endpointPeer(): IConnectable {
    return this.props.endpointSecurityGroup ?? Peer.ipv4(this.vpc.vpcCidrBlock);
  }

  private checkHasSubnets(tier: SubnetTier, selection: SubnetSelection): void {
    let found = 0;
    let why = 'the selection matches none';
    try {
      const selected = this.vpc.selectSubnets(selection);
      found = selected.isPendingLookup ? 1 : selected.subnetIds.length;
    } catch (error) {
      why = (error as Error).message;
    }
    if (found === 0) {
      throw new PropError(this, {
        prop: `${tier}Subnets`, value: selection, allowed: `a selection that matches subnets of ${this.vpc.node.path} (${why})`, wayOut: 'name a group, type or ids that the VPC has, or leave the tier out',
      });
    }
  }

  private checkHasEndpoint(service: InterfaceVpcEndpointAwsService, purpose: string): void {
    const known = this.props.interfaceEndpoints ?? [];
    if (!known.some(({ shortName }) => shortName === service.shortName)) {
      throw new PropError(this, {
        prop: 'interfaceEndpoints',
        value: known.map(({ shortName }) => shortName),
        allowed: `a list with ${service.shortName}, which ${purpose} needs in a network without a way to the internet`,
        wayOut: `make an interface endpoint for ${service.shortName} where the VPC is made, and name it here`,
      });
    }
  }
}
