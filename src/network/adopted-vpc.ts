import { type InterfaceVpcEndpointAwsService, type IVpc, Peer, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { checkAllInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';
import { SubnetTier } from './addresses/subnet-tier';
import type { AdoptedVpcProps } from './adopted-vpc-props';
import { DEFAULT_DATA_PORTS } from './data-ports';
import { allowThroughEndpoints, allowThroughNat, allowToInterfaceEndpoints } from './endpoints/aws-service-rules';
import { EndpointClients } from './endpoints/endpoint-clients';
import type { AwsServiceAccess, ISecureVpc } from './secure-vpc-interface';

/** Existing VPC behind the interface of a {@link SecureVpc}. It creates no resources in the VPC. */
export class AdoptedVpc extends Construct implements ISecureVpc {
  public readonly vpc: IVpc;
  public readonly availabilityZoneCount: number;
  public readonly dataPorts: number[];
  public readonly reachesInternet: boolean;
  /** Empty, because the egress exists already. */
  public readonly egressEstablished: IDependable = new DependencyGroup();
  /** @internal */
  public readonly _ownEndpoints = false;
  private readonly endpointClients = new EndpointClients(
    this,
    'endpointSecurityGroup',
    'let the group admit the block of the VPC, and remove endpointSecurityGroup with reachesInternet: false',
  );
  private readonly selections: Map<SubnetTier, SubnetSelection | undefined>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AdoptedVpcProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    this.vpc = props.vpc;
    this.dataPorts = props.dataPorts ?? [...DEFAULT_DATA_PORTS];
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
        expected: `a selection of subnets for the ${tier} tier, which a construct in this network needs`,
        fix: 'name them in SecureVpc.fromVpc',
      });
    }
    return selection;
  }

  public allowToAwsServices(access: AwsServiceAccess): void {
    const { endpointSecurityGroup } = this.props;
    if (this.reachesInternet) {
      allowThroughNat(access.client);
      // Names of services with an endpoint resolve to it, wherever the routes lead.
      if (endpointSecurityGroup) {
        this.endpointClients.add(access.client);
        allowToInterfaceEndpoints(access.client, endpointSecurityGroup);
      }
      return;
    }
    access.services.forEach((service) => this.checkHasEndpoint(service, access.purpose));
    if (endpointSecurityGroup) {
      this.endpointClients.add(access.client);
    }
    allowThroughEndpoints(this, access.client, {
      interfaceEndpoints: endpointSecurityGroup ?? Peer.ipv4(this.cidrBlock()),
      s3PrefixListId: this.props.s3PrefixListId,
    });
  }

  /** Block of the VPC. An imported VPC throws an error where nobody gave it. */
  private cidrBlock(): string {
    try {
      return this.vpc.vpcCidrBlock;
    } catch {
      throw new PropError(this, {
        prop: 'endpointSecurityGroup',
        problem: 'is not given, and the block of the VPC, which holds the interface endpoints, is unknown',
        fix: 'give endpointSecurityGroup, or vpcCidrBlock to Vpc.fromVpcAttributes',
      });
    }
  }

  private checkHasSubnets(tier: SubnetTier, selection: SubnetSelection): void {
    let found = 0;
    let cause = 'the selection matches none';
    try {
      const selected = this.vpc.selectSubnets(selection);
      found = selected.isPendingLookup ? 1 : selected.subnetIds.length;
    } catch (error) {
      cause = (error as Error).message;
    }
    if (found === 0) {
      throw new PropError(this, {
        prop: `${tier}Subnets`,
        value: selection,
        expected: `a selection that matches subnets of ${this.vpc.node.path} (${cause})`,
        fix: 'name a group, type or ids that the VPC has, or remove the prop',
      });
    }
  }

  private checkHasEndpoint(service: InterfaceVpcEndpointAwsService, purpose: string): void {
    const known = this.props.interfaceEndpoints ?? [];
    if (!known.some(({ shortName }) => shortName === service.shortName)) {
      throw new PropError(this, {
        prop: 'interfaceEndpoints',
        value: known.map(({ shortName }) => shortName),
        expected: `a list with ${service.shortName}, which ${purpose} needs in a network without internet access`,
        fix: `create an interface endpoint for ${service.shortName} with the VPC, and name it here`,
      });
    }
  }
}
