import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  type InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { closedSecurityGroup } from '../security-groups/closed-security-group';
import {
  customResourceResponses,
  type EndpointTrust,
  imageLayers,
  openBuckets,
  ownPrincipalsOnly,
} from './endpoint-policies';

/** Properties of {@link NetworkEndpoints}. */
export interface NetworkEndpointsProps {
  /** VPC in which the DNS names of the services resolve to the interface endpoints. */
  readonly vpc: IVpc;
  /** Subnets whose route tables get routes to the gateway endpoints. */
  readonly gatewaySubnets: ISubnet[];
  /** Subnets of the interface endpoints. */
  readonly interfaceSubnets: ISubnet[];
  /** Accounts and buckets that the policies admit. */
  readonly trust: EndpointTrust;
}

/** VPC endpoints of a network, each with a policy. The interface endpoints share one security group. */
export class NetworkEndpoints extends Construct {
  public readonly s3: GatewayVpcEndpoint;
  public readonly dynamoDb: GatewayVpcEndpoint;
  public readonly interfaces = new Map<string, InterfaceVpcEndpoint>();
  private group?: SecurityGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkEndpointsProps,
  ) {
    super(scope, id);
    this.s3 = this.createGateway('S3', GatewayVpcEndpointAwsService.S3);
    this.allowForeignSigners();
    this.dynamoDb = this.createGateway('DynamoDb', GatewayVpcEndpointAwsService.DYNAMODB);
  }

  /** Security group of all interface endpoints, created with the first of them. */
  public get securityGroup(): SecurityGroup {
    this.group ??= this.createSecurityGroup();
    return this.group;
  }

  /** Interface endpoint of a service, created at the first request. */
  public require(service: InterfaceVpcEndpointAwsService): InterfaceVpcEndpoint {
    const known = this.interfaces.get(service.shortName);
    if (known) {
      return known;
    }
    const endpoint = new InterfaceVpcEndpoint(this, service.shortName, {
      vpc: this.props.vpc,
      service,
      subnets: { subnets: this.props.interfaceSubnets },
      securityGroups: [this.securityGroup],
      open: false,
      privateDnsEnabled: true,
    });
    endpoint.addToPolicy(ownPrincipalsOnly({ ...this.props.trust, ownResourcesOnly: false }));
    this.interfaces.set(service.shortName, endpoint);
    return endpoint;
  }

  private createGateway(id: string, service: GatewayVpcEndpointAwsService): GatewayVpcEndpoint {
    const endpoint = new GatewayVpcEndpoint(this, id, {
      vpc: this.props.vpc,
      service,
      subnets: [{ subnets: this.props.gatewaySubnets }],
    });
    endpoint.addToPolicy(ownPrincipalsOnly(this.props.trust));
    return endpoint;
  }

  /** Opens the buckets whose URLs other accounts sign. */
  private allowForeignSigners(): void {
    const { openBuckets: buckets, trustedAccounts } = this.props.trust;
    [
      imageLayers(this),
      customResourceResponses(this, trustedAccounts),
      ...(buckets.length > 0 ? [openBuckets(this, buckets)] : []),
    ].forEach((statement) => this.s3.addToPolicy(statement));
  }

  /** Created without inbound rules. Each client adds its own. */
  private createSecurityGroup(): SecurityGroup {
    return closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.vpc,
      description: 'Interface endpoints, open to their clients on 443',
    });
  }
}
