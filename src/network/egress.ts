import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';

/** What {@link Egress.endpointsOnly} may be told. */
export interface EndpointsOnlyProps {
  /**
   * Services that get an interface endpoint besides the three that every Fargate task needs.
   * Each costs about 7 USD a month and zone (document B). What a construct of this library needs
   * it adds itself, unless the network was adopted.
   * @default - ECR API, ECR Docker and CloudWatch Logs (requirement B-02)
   */
  readonly awsServices?: InterfaceVpcEndpointAwsService[];
}

/** How the application tier reaches what is outside the network. The data tier never does. */
export class Egress {
  /** A NAT gateway in each zone: the loss of a zone takes no other zone's way out with it (requirement A-32). */
  public static natGatewayPerZone(): Egress {
    return new Egress('zone', []);
  }

  /** One NAT gateway for all zones: cheaper, and gone with its zone. */
  public static singleNatGateway(): Egress {
    return new Egress('single', []);
  }

  /** One NAT gateway that spans the zones and needs no public subnet. */
  public static regionalNatGateway(): Egress {
    return new Egress('regional', []);
  }

  /** No way to the internet at all: AWS services by endpoints, images from private ECR (requirements B-02, B-14). */
  public static endpointsOnly(props: EndpointsOnlyProps = {}): Egress {
    const always = [
      InterfaceVpcEndpointAwsService.ECR,
      InterfaceVpcEndpointAwsService.ECR_DOCKER,
      InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    ];
    return new Egress('none', [...always, ...(props.awsServices ?? [])]);
  }

  /** Whether tasks can reach the internet. */
  public readonly reachesInternet: boolean;

  private constructor(
    /** @internal */
    public readonly _nat: 'zone' | 'single' | 'regional' | 'none',
    /** @internal */
    public readonly _awsServices: InterfaceVpcEndpointAwsService[],
  ) {
    this.reachesInternet = _nat !== 'none';
  }
}
