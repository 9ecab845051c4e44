import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { checkRules } from '../validation/rules';
import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetTier } from './addresses/subnet-tier';

/** Properties of {@link Egress.endpointsOnly}. None is required. */
export interface EndpointsOnlyProps {
  /**
   * AWS services that get an interface endpoint, in addition to the three that every Fargate task needs.
   *
   * Each endpoint costs about 7 USD a month in each Availability Zone. The constructs of this library add the
   * endpoints that they need themselves, except in an adopted network.
   * @default - ECR API, ECR Docker and CloudWatch Logs alone (requirement B-02)
   */
  readonly awsServices?: InterfaceVpcEndpointAwsService[];
}

/** Settings of an egress in one network. */
export interface EgressSettings {
  /** True where tasks can reach the internet. */
  readonly reachesInternet: boolean;
  /** Number of zonal NAT gateways, which stand in public subnets. */
  readonly zonalNatGateways: number;
  /** True for one NAT gateway that spans the Availability Zones. */
  readonly regionalNatGateway: boolean;
  /** AWS services that get an interface endpoint. */
  readonly awsServices: InterfaceVpcEndpointAwsService[];
}

/**
 * Outbound connectivity of the application tier. The data tier never has any.
 *
 * @example
 * new SecureVpc(this, 'Network', { egress: Egress.singleNatGateway() });
 */
export class Egress {
  /**
   * One NAT gateway in each Availability Zone.
   *
   * The failure of one zone leaves the egress of the others intact. Source: requirement A-32.
   */
  public static natGatewayPerZone(): Egress {
    return new Egress('zone', []);
  }

  /** One NAT gateway for all Availability Zones. It costs less, and fails with its zone. */
  public static singleNatGateway(): Egress {
    return new Egress('single', []);
  }

  /** One regional NAT gateway, which spans the Availability Zones and needs no public subnet. */
  public static regionalNatGateway(): Egress {
    return new Egress('regional', []);
  }

  /**
   * No route to the internet, and VPC endpoints for AWS services.
   *
   * Tasks pull their images from private ECR. Source: requirements B-02 and B-14.
   */
  public static endpointsOnly(props: EndpointsOnlyProps = {}): Egress {
    const always = [
      InterfaceVpcEndpointAwsService.ECR,
      InterfaceVpcEndpointAwsService.ECR_DOCKER,
      InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    ];
    return new Egress('none', [...always, ...(props.awsServices ?? [])]);
  }

  /** True where tasks can reach the internet. */
  public readonly reachesInternet: boolean;

  private constructor(
    private readonly nat: 'zone' | 'single' | 'regional' | 'none',
    private readonly awsServices: InterfaceVpcEndpointAwsService[],
  ) {
    this.reachesInternet = nat !== 'none';
  }

  /** Refuses zonal NAT gateways in a network without public subnets. @internal */
  public _bind(scope: IConstruct, layout: SubnetLayout): EgressSettings {
    const { reachesInternet, awsServices, nat } = this;
    const zonalNatGateways = { zone: layout.availabilityZoneCount, single: 1, regional: 0, none: 0 }[nat];
    checkRules(scope, [
      {
        condition: zonalNatGateways > 0 && !layout.has(SubnetTier.PUBLIC),
        prop: 'egress',
        problem: 'is not supported in a plan without a public tier: its NAT gateways need public subnets',
        fix: 'add publicBlocks to the plan, or use Egress.regionalNatGateway() or Egress.endpointsOnly()',
      },
    ]);
    return { reachesInternet, awsServices, zonalNatGateways, regionalNatGateway: nat === 'regional' };
  }
}
