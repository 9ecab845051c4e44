import { Stack, Token } from 'aws-cdk-lib';
import {
  CfnNatGateway,
  type Connections,
  type GatewayVpcEndpoint,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  RouterType,
  type Subnet,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../compliance/acknowledge';
import { EnvironmentProfile } from '../environment';
import { checkPort, checkWholeNumber } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import { withoutZoneLookup, zonesOfTheRegion } from './addresses/availability-zones';
import { PlannedAddresses } from './addresses/planned-addresses';
import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetPlan } from './addresses/subnet-plan';
import { SubnetTier } from './addresses/subnet-tier';
import { AdoptedVpc } from './adopted-vpc';
import type { AdoptedVpcProps } from './adopted-vpc-props';
import { Egress } from './egress';
import { TierAcls } from './network-acls';
import { NetworkEndpoints } from './network-endpoints';
import { NetworkFlowLog } from './network-flow-log';
import { s3PrefixListId } from './s3-prefix-list';
import type { AwsServiceAccess, ISecureVpc } from './secure-vpc-interface';

/** What a {@link SecureVpc} may be told. Nothing is needed for a production network. */
export interface SecureVpcProps {
  /**
   * Which block each tier has in each zone.
   * @default - `SubnetPlan.sized()`: 10.0.0.0/16 with room for four zones in three tiers
   */
  readonly plan?: SubnetPlan;
  /**
   * Number of zones, 1 to 6, taken in the order in which the region lists them. They are never looked
   * up, so that synthesis needs no account. Not together with `zones`.
   * @default 3 - as documents B and C have it
   */
  readonly availabilityZoneCount?: number;
  /**
   * Names of the zones, for example `['eu-central-1a', 'eu-central-1b']` (requirement B-15).
   * @default - the first `availabilityZoneCount` zones of the region
   */
  readonly availabilityZones?: string[];
  /**
   * How the application tier reaches what is outside.
   * @default - `Egress.natGatewayPerZone()` in production and staging, `Egress.singleNatGateway()` in development
   */
  readonly egress?: Egress;
  /**
   * Where flow logs go as hourly Parquet files. It takes `new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs() }).bucket`.
   * @default - an encrypted CloudWatch log group
   */
  readonly flowLogBucket?: IBucket;
  /**
   * TCP ports on which the data tier takes connections, 1 to 65535. Up to 5 in three zones, 3 in four, 2 in five or six:
   * AWS allows 20 entries in an access control list.
   * @default [5432, 3306, 6379] - PostgreSQL, MySQL, Redis
   */
  readonly dataPorts?: number[];
  /**
   * Id of the AWS-managed prefix list of S3 in this region.
   * @default - from a table of 17 regions; elsewhere it is asked for when something needs it
   */
  readonly s3PrefixListId?: string;
  /**
   * Takes every rule out of the VPC's default security group (EC2.2, CIS 5.4). CloudFormation can't, so this adds a
   * Lambda function of CDK's own and a custom resource.
   * @default false - nothing of this library uses the group
   */
  readonly closeDefaultSecurityGroup?: boolean;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

const DEFAULT_ZONES = 3;
const DATA_PORTS = [5432, 3306, 6379];

/**
 * A network in three tiers: public, application and data. It has flow logs, an access control list
 * for each tier, gateway endpoints for S3 and DynamoDB, and the way out that `egress` names.
 *
 * Throws a PropError for a plan whose blocks overlap, are misaligned or too few, and for NAT gateways without a public tier.
 */
export class SecureVpc extends Construct implements ISecureVpc {
  /** Takes a VPC that exists behind the same interface, after checking that the tiers it is told have subnets (requirement E-01). */
  public static fromVpc(scope: Construct, id: string, props: AdoptedVpcProps): ISecureVpc {
    return new AdoptedVpc(scope, id, props);
  }

  /** The VPC. */
  public readonly vpc: IVpc;
  /** The gateway endpoint of S3; what else it shall let pass is added to its policy. */
  public readonly s3Endpoint: GatewayVpcEndpoint;
  /** The gateway endpoint of DynamoDB. */
  public readonly dynamoDbEndpoint: GatewayVpcEndpoint;
  public readonly availabilityZoneCount: number;
  public readonly dataPorts: number[];
  public readonly reachesInternet: boolean;
  public readonly egressEstablished: IDependable;
  private readonly layout: SubnetLayout;
  private readonly endpoints: NetworkEndpoints;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureVpcProps = {},
  ) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    const egress = props.egress ?? (profile.multiAz ? Egress.natGatewayPerZone() : Egress.singleNatGateway());
    const zones = this.checkedZones();
    this.availabilityZoneCount = zones.length;
    this.dataPorts = this.checkedDataPorts();
    this.reachesInternet = egress.reachesInternet;
    this.layout = (props.plan ?? SubnetPlan.sized())._layout(this, zones.length);
    this.checkEgress(egress);

    this.vpc = this.createVpc(zones, egress);
    this.createRegionalNatGateway(egress);
    const acls = this.createTierAcls();
    this.endpoints = this.createEndpoints(egress);
    this.egressEstablished = this.waysOut(acls);
    this.s3Endpoint = this.endpoints.s3;
    this.dynamoDbEndpoint = this.endpoints.dynamoDb;
    new NetworkFlowLog(this, 'FlowLog', { vpc: this.vpc, profile, bucket: props.flowLogBucket });
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
        expected: `blocks of the ${tier} tier, which something in this network needs`,
        fix: 'add them to the plan',
      });
    }
    return { subnetGroupName: tier };
  }

  public allowToAwsServices(access: AwsServiceAccess): void {
    if (this.reachesInternet) {
      access.client.allowTo(Peer.anyIpv4(), Port.tcp(443), 'AWS services, through NAT');
      return;
    }
    access.services.forEach((service) => this.endpoints.require(service));
    this.allowToEndpoints(access.client);
  }

  private allowToEndpoints(client: Connections): void {
    client.allowTo(this.endpoints.securityGroup, Port.tcp(443), 'AWS services, through interface endpoints');
    client.allowTo(
      Peer.prefixList(s3PrefixListId(this, this.props.s3PrefixListId)),
      Port.tcp(443),
      'S3, through its gateway endpoint',
    );
  }

  private checkedZones(): string[] {
    const { availabilityZones, availabilityZoneCount } = this.props;
    if (availabilityZones && availabilityZoneCount !== undefined) {
      throw new PropError(this, {
        prop: 'availabilityZoneCount',
        value: availabilityZoneCount,
        expected: 'availabilityZones or availabilityZoneCount, not both',
        fix: 'leave out availabilityZoneCount where availabilityZones names them',
      });
    }
    const count = availabilityZones ? availabilityZones.length : (availabilityZoneCount ?? DEFAULT_ZONES);
    checkWholeNumber(this, availabilityZones ? 'availabilityZones.length' : 'availabilityZoneCount', count, {
      min: 1,
      max: 6,
      unit: 'zones',
      fix: 'a region has at most 6 zones',
    });
    if (
      availabilityZones &&
      !Token.isUnresolved(availabilityZones) &&
      new Set(availabilityZones).size !== availabilityZones.length
    ) {
      throw new PropError(this, {
        prop: 'availabilityZones',
        value: availabilityZones,
        expected: 'each zone once',
        fix: 'name different zones',
      });
    }
    return availabilityZones ?? zonesOfTheRegion(count);
  }

  private checkedDataPorts(): number[] {
    const ports = this.props.dataPorts ?? DATA_PORTS;
    ports.forEach((port) => checkPort(this, 'dataPorts', port));
    if (new Set(ports).size !== ports.length) {
      throw new PropError(this, {
        prop: 'dataPorts',
        value: ports,
        expected: 'each port once',
        fix: 'name different ports',
      });
    }
    return ports;
  }

  private checkEgress(egress: Egress): void {
    if ((egress._nat === 'zone' || egress._nat === 'single') && !this.layout.has(SubnetTier.PUBLIC)) {
      throw new PropError(this, {
        prop: 'egress',
        value: 'NAT gateway in a public subnet',
        expected: 'regionalNatGateway() or endpointsOnly() in a plan without a public tier',
        fix: 'add publicBlocks to the plan, or choose one of the two',
      });
    }
  }

  private createVpc(zones: string[], egress: Egress): Vpc {
    return withoutZoneLookup(
      Stack.of(this),
      zones,
      () =>
        new Vpc(this, 'Vpc', {
          ipAddresses: new PlannedAddresses(this.layout),
          availabilityZones: zones,
          subnetConfiguration: this.subnetConfiguration(egress),
          natGateways: { zone: zones.length, single: 1, regional: 0, none: 0 }[egress._nat],
          restrictDefaultSecurityGroup: this.props.closeDefaultSecurityGroup ?? false,
        }),
    );
  }

  private subnetConfiguration(egress: Egress): SubnetConfiguration[] {
    const tiers = Object.values(SubnetTier).filter((tier) => this.layout.has(tier));
    return tiers.map((tier) => {
      const routed =
        tier === SubnetTier.APPLICATION && egress.reachesInternet
          ? SubnetType.PRIVATE_WITH_EGRESS
          : SubnetType.PRIVATE_ISOLATED;
      const subnetType = tier === SubnetTier.PUBLIC ? SubnetType.PUBLIC : routed;
      return { name: tier, subnetType, ...(tier === SubnetTier.PUBLIC && { mapPublicIpOnLaunch: false }) };
    });
  }

  /**
   * CDK's own L2 for it came after the release this library builds on. AWS refuses the gateway until the internet
   * gateway is attached, and `internetConnectivityEstablished` waits only until it exists.
   */
  private createRegionalNatGateway(egress: Egress): void {
    if (egress._nat !== 'regional') {
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

  private createTierAcls(): TierAcls {
    const subnets = new Map(Object.values(SubnetTier).map((tier) => [tier, this.tierSubnets(tier)]));
    return new TierAcls(this, 'Acls', {
      vpc: this.vpc,
      layout: this.layout,
      subnets,
      reachesInternet: this.reachesInternet,
      dataPorts: this.dataPorts,
    });
  }

  private createEndpoints(egress: Egress): NetworkEndpoints {
    const application = this.tierSubnets(SubnetTier.APPLICATION);
    const endpoints = new NetworkEndpoints(this, 'Endpoints', {
      vpc: this.vpc,
      gatewaySubnets: application,
      interfaceSubnets: application,
    });
    egress._awsServices.forEach((service) => endpoints.require(service));
    return endpoints;
  }

  private waysOut(acls: TierAcls): IDependable {
    const routes = this.tierSubnets(SubnetTier.APPLICATION).map((subnet) => subnet.internetConnectivityEstablished);
    return new DependencyGroup(...routes, ...acls.associations, this.endpoints);
  }

  private allSubnets(): ISubnet[] {
    return Object.values(SubnetTier).flatMap((tier) => this.tierSubnets(tier));
  }

  private tierSubnets(tier: SubnetTier): ISubnet[] {
    return this.hasTier(tier) ? this.vpc.selectSubnets({ subnetGroupName: tier }).subnets : [];
  }

  private acknowledgeWhatCannotHold(): void {
    if (this.props.availabilityZones) {
      this.allSubnets().forEach((subnet) =>
        acknowledge(
          subnet,
          'CloudFormation-Validate::W3010',
          'The zones are named on purpose (requirement B-15): the blocks of the plan belong to them.',
        ),
      );
    }
    this.tierSubnets(SubnetTier.PUBLIC).forEach((subnet) =>
      acknowledgeInCompliancePacks(
        subnet,
        'VPCNoUnrestrictedRouteToIGW',
        'A public tier is one that is routed to the internet gateway: it holds load balancers and NAT gateways only, no task and no database.',
      ),
    );
    if (!this.props.closeDefaultSecurityGroup) {
      acknowledgeInCompliancePacks(
        this.vpc,
        'VPCDefaultSecurityGroupClosed',
        'Nothing uses the default security group. CloudFormation cannot close it; closeDefaultSecurityGroup does, with a Lambda function.',
      );
    }
  }
}
