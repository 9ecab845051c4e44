import {
  type IConnectable,
  type InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { PropError } from '../validation/prop-error';
import { SubnetTier } from './addresses/subnet-tier';
import type { AdoptedVpcProps } from './adopted-vpc-props';
import { s3PrefixListId } from './s3-prefix-list';
import type { AwsServiceAccess, ISecureVpc } from './secure-vpc-interface';

/** A VPC that others made, behind the interface of {@link SecureVpc}. Nothing is created in it. */
export class AdoptedVpc extends Construct implements ISecureVpc {
  public readonly vpc: IVpc;
  public readonly availabilityZoneCount: number;
  public readonly dataPorts: number[];
  public readonly reachesInternet: boolean;
  /** Nothing: what others made stands already. */
  public readonly egressEstablished: IDependable = new DependencyGroup();
  private readonly selections: Map<SubnetTier, SubnetSelection | undefined>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AdoptedVpcProps,
  ) {
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
    this.availabilityZoneCount = new Set(this.vpc.selectSubnets(props.applicationSubnets).availabilityZones).size;
  }

  public hasTier(tier: SubnetTier): boolean {
    return this.selections.get(tier) !== undefined;
  }

  public subnets(tier: SubnetTier): SubnetSelection {
    const selection = this.selections.get(tier);
    if (!selection) {
      throw new PropError(this, {
        prop: `${tier}Subnets`,
        value: undefined,
        expected: `a selection of subnets for the ${tier} tier, which something in this network needs`,
        fix: 'name them in SecureVpc.fromVpc',
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
    access.client.allowTo(
      Peer.prefixList(s3PrefixListId(this, this.props.s3PrefixListId)),
      Port.tcp(443),
      'S3, through its gateway endpoint',
    );
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
        prop: `${tier}Subnets`,
        value: selection,
        expected: `a selection that matches subnets of ${this.vpc.node.path} (${why})`,
        fix: 'name a group, type or ids that the VPC has, or leave the tier out',
      });
    }
  }

  private checkHasEndpoint(service: InterfaceVpcEndpointAwsService, purpose: string): void {
    const known = this.props.interfaceEndpoints ?? [];
    if (!known.some(({ shortName }) => shortName === service.shortName)) {
      throw new PropError(this, {
        prop: 'interfaceEndpoints',
        value: known.map(({ shortName }) => shortName),
        expected: `a list with ${service.shortName}, which ${purpose} needs in a network without a way to the internet`,
        fix: `make an interface endpoint for ${service.shortName} where the VPC is made, and name it here`,
      });
    }
  }
}
