import { Stack, Token } from 'aws-cdk-lib';
import {
  CfnNatGateway,
  type GatewayVpcEndpoint,
  type ISubnet,
  type IVpc,
  RouterType,
  type Subnet,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../compliance/acknowledge';
import { EnvironmentProfile } from '../environment';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';
import { withoutAvailabilityZoneLookup } from './addresses/availability-zones';
import { Cidr } from './addresses/cidr';
import { PlannedAddresses } from './addresses/planned-addresses';
import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetPlan } from './addresses/subnet-plan';
import { SubnetTier } from './addresses/subnet-tier';
import { AdoptedVpc } from './adopted-vpc';
import type { AdoptedVpcProps } from './adopted-vpc-props';
import { ConnectedNetwork } from './connected-network';
import { Egress, type EgressSettings } from './egress';
import { allowThroughEndpoints, allowThroughNat } from './endpoints/aws-service-rules';
import { EndpointClients } from './endpoints/endpoint-clients';
import { NetworkEndpoints } from './endpoints/network-endpoints';
import { nameFromStack } from './name-tags';
import { NetworkAcls } from './network-acls';
import { NetworkFlowLog } from './network-flow-log';
import type { AwsServiceAccess, ISecureVpc } from './secure-vpc-interface';
import type { SecureVpcProps } from './secure-vpc-props';
import { availabilityZonesOf, availabilityZonesProp, dataPortsOf, endpointTrustOf } from './validate-secure-vpc';

/** Classes of the props that are objects of one. */
const KINDS = {
  connectedNetworks: ConnectedNetwork,
  egress: Egress,
  plan: SubnetPlan,
  profile: EnvironmentProfile,
};

/**
 * Network in three tiers: public, application and data.
 *
 * It has a flow log, a network ACL for each tier, gateway endpoints for S3 and DynamoDB, and the egress that a prop
 * names.
 *
 * Throws a PropError for a plan whose blocks overlap, are misaligned or are too few. Throws one for zonal NAT gateways
 * in a plan without a public tier.
 *
 * @example
 * new SecureVpc(this, 'Network');
 */
export class SecureVpc extends Construct implements ISecureVpc {
  /**
   * Network of an existing VPC, in which nothing is created.
   *
   * Throws a PropError for a tier whose subnets do not exist. Source: requirement E-01.
   */
  public static fromVpc(scope: Construct, id: string, props: AdoptedVpcProps): ISecureVpc {
    return new AdoptedVpc(scope, id, props);
  }

  /** VPC of the network. */
  public readonly vpc: IVpc;
  /** Gateway endpoint of S3. Add statements to its policy for what `trustedAccounts` and `openBuckets` cannot say. */
  public readonly s3Endpoint: GatewayVpcEndpoint;
  /** Gateway endpoint of DynamoDB. */
  public readonly dynamoDbEndpoint: GatewayVpcEndpoint;
  public readonly availabilityZoneCount: number;
  public readonly dataPorts: number[];
  public readonly reachesInternet: boolean;
  /** @internal */
  public readonly _ownEndpoints = true;
  public readonly egressEstablished: IDependable;
  private readonly egress: EgressSettings;
  private readonly layout: SubnetLayout;
  private readonly acls: NetworkAcls;
  private readonly endpoints: NetworkEndpoints;
  private readonly endpointClients = new EndpointClients(
    this,
    'egress',
    'use an Egress with NAT, or put further services into a second SecureVpc',
  );

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureVpcProps = {},
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    checkKinds(this, props, KINDS);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    const availabilityZones = availabilityZonesOf(this, props);
    this.availabilityZoneCount = availabilityZones.length;
    this.dataPorts = dataPortsOf(this, props);
    this.layout = (props.plan ?? SubnetPlan.sized())._bind(this, {
      availabilityZoneCount: this.availabilityZoneCount,
      countProp: availabilityZonesProp(props),
    });
    this.egress = (props.egress ?? defaultEgress(profile))._bind(this, this.layout);
    this.reachesInternet = this.egress.reachesInternet;

    this.vpc = this.createVpc(availabilityZones);
    this.createRegionalNatGateway();
    this.acls = this.createNetworkAcls();
    this.endpoints = this.createEndpoints();
    this.s3Endpoint = this.endpoints.s3;
    this.dynamoDbEndpoint = this.endpoints.dynamoDb;
    this.egressEstablished = this.egressDependencies();
    new NetworkFlowLog(this, 'FlowLog', { vpc: this.vpc, profile, bucket: props.flowLogBucket });
    nameFromStack(this);
    this.acknowledgeWhatCannotHold();
  }

  public hasTier(tier: SubnetTier): boolean {
    return this.layout.has(tier);
  }

  public subnets(tier: SubnetTier): SubnetSelection {
    if (!this.hasTier(tier)) {
      throw new PropError(this, {
        prop: `plan.${tier}Blocks`,
        value: undefined,
        expected: `blocks of the ${tier} tier, which a construct in this network needs`,
        fix: 'add them to the plan',
      });
    }
    return { subnetGroupName: tier };
  }

  public allowToAwsServices(access: AwsServiceAccess): void {
    if (this.reachesInternet) {
      allowThroughNat(access.client);
      return;
    }
    access.services.forEach((service) => this.endpoints.require(service));
    this.endpointClients.add(access.client);
    allowThroughEndpoints(this, access.client, {
      interfaceEndpoints: this.endpoints.securityGroup,
      s3PrefixListId: this.props.s3PrefixListId,
    });
  }

  /**
   * True where the network ACLs let all hosts of a block connect to a TCP port of a tier.
   *
   * Tiers of the network itself reach each other. A token may turn out to be any block.
   * @internal
   */
  public _admits(tier: SubnetTier, block: string, port: number): boolean {
    const parsed = Token.isUnresolved(block) || Token.isUnresolved(port) ? undefined : Cidr.around(block);
    return !parsed || this.layout.network.contains(parsed) || this.acls.admits(tier, parsed, port);
  }

  /**
   * True where the VPC has an internet gateway.
   * @internal
   */
  public get _hasInternetGateway(): boolean {
    return this.vpc.node.tryFindChild('IGW') !== undefined;
  }

  /**
   * Lets VPC origins of CloudFront through the network ACLs to the application tier.
   * @internal
   */
  public _admitCloudFront(): void {
    this.acls.admitCloudFront();
  }

  private createVpc(availabilityZones: string[]): Vpc {
    return withoutAvailabilityZoneLookup(
      Stack.of(this),
      availabilityZones,
      () =>
        new Vpc(this, 'Vpc', {
          ipAddresses: new PlannedAddresses(this.layout),
          availabilityZones,
          subnetConfiguration: this.subnetConfiguration(),
          natGateways: this.egress.zonalNatGateways,
          restrictDefaultSecurityGroup: this.props.restrictDefaultSecurityGroup ?? false,
        }),
    );
  }

  private subnetConfiguration(): SubnetConfiguration[] {
    const tiers = Object.values(SubnetTier).filter((tier) => this.hasTier(tier));
    return tiers.map((tier) => ({
      name: tier,
      subnetType: this.subnetType(tier),
      ...(tier === SubnetTier.PUBLIC && { mapPublicIpOnLaunch: false }),
    }));
  }

  private subnetType(tier: SubnetTier): SubnetType {
    if (tier === SubnetTier.PUBLIC) {
      return SubnetType.PUBLIC;
    }
    return tier === SubnetTier.APPLICATION && this.reachesInternet
      ? SubnetType.PRIVATE_WITH_EGRESS
      : SubnetType.PRIVATE_ISOLATED;
  }

  /**
   * An L1, because CDK's L2 came in a later release than the one that this library builds on.
   *
   * AWS refuses the gateway until the internet gateway is attached. `internetConnectivityEstablished` waits only until
   * the internet gateway exists.
   */
  private createRegionalNatGateway(): void {
    if (!this.egress.regionalNatGateway) {
      return;
    }
    const gateway = new CfnNatGateway(this, 'RegionalNatGateway', {
      vpcId: this.vpc.vpcId,
      availabilityMode: 'regional',
      connectivityType: 'public',
    });
    gateway.node.addDependency(this.vpc.node.findChild('VPCGW'));
    this.tierSubnets(SubnetTier.APPLICATION).forEach((subnet) =>
      (subnet as Subnet).addRoute('DefaultRoute', {
        routerType: RouterType.NAT_GATEWAY,
        routerId: gateway.attrNatGatewayId,
        enablesInternetConnectivity: true,
      }),
    );
  }

  private createNetworkAcls(): NetworkAcls {
    const subnets = new Map(Object.values(SubnetTier).map((tier) => [tier, this.tierSubnets(tier)]));
    return new NetworkAcls(this, 'Acls', {
      vpc: this.vpc,
      layout: this.layout,
      subnets,
      reachesInternet: this.reachesInternet,
      dataPorts: this.dataPorts,
      connectedNetworks: (this.props.connectedNetworks ?? []).map((connected) =>
        connected._bind(this, { layout: this.layout, dataPorts: this.dataPorts }),
      ),
    });
  }

  private createEndpoints(): NetworkEndpoints {
    const application = this.tierSubnets(SubnetTier.APPLICATION);
    const endpoints = new NetworkEndpoints(this, 'Endpoints', {
      vpc: this.vpc,
      gatewaySubnets: application,
      interfaceSubnets: application,
      trust: endpointTrustOf(this, this.props),
    });
    this.egress.awsServices.forEach((service) => endpoints.require(service));
    return endpoints;
  }

  private egressDependencies(): IDependable {
    const routes = this.tierSubnets(SubnetTier.APPLICATION).map((subnet) => subnet.internetConnectivityEstablished);
    return new DependencyGroup(...routes, ...this.acls.associations, this.endpoints);
  }

  private tierSubnets(tier: SubnetTier): ISubnet[] {
    return this.hasTier(tier) ? this.vpc.selectSubnets({ subnetGroupName: tier }).subnets : [];
  }

  private acknowledgeWhatCannotHold(): void {
    this.acknowledgeNamedZones();
    this.acknowledgePublicRoutes();
    if (!this.props.restrictDefaultSecurityGroup) {
      acknowledgeInCompliancePacks(
        this.vpc,
        'VPCDefaultSecurityGroupClosed',
        'Nothing uses the default security group. CloudFormation cannot close it; ' +
          'restrictDefaultSecurityGroup does, with a Lambda function.',
      );
    }
  }

  private acknowledgeNamedZones(): void {
    const subnets = Object.values(SubnetTier).flatMap((tier) => this.tierSubnets(tier));
    (this.props.availabilityZones ? subnets : []).forEach((subnet) =>
      acknowledge(
        subnet,
        'CloudFormation-Validate::W3010',
        'The zones are named on purpose (requirement B-15): the blocks of the plan belong to them.',
      ),
    );
  }

  private acknowledgePublicRoutes(): void {
    this.tierSubnets(SubnetTier.PUBLIC).forEach((subnet) =>
      acknowledgeInCompliancePacks(
        subnet,
        'VPCNoUnrestrictedRouteToIGW',
        'A public tier is one that is routed to the internet gateway: it holds load balancers and NAT gateways only, ' +
          'no task and no database.',
      ),
    );
  }
}

function defaultEgress(profile: EnvironmentProfile): Egress {
  return profile.multiAz ? Egress.natGatewayPerZone() : Egress.singleNatGateway();
}
