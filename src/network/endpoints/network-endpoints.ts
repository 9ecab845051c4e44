import { Aws, Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  type InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { closedSecurityGroup } from '../security-groups/closed-security-group';

/** Properties of {@link NetworkEndpoints}. */
export interface NetworkEndpointsProps {
  /** VPC in which the DNS names of the services resolve to the interface endpoints. */
  readonly vpc: IVpc;
  /** Subnets whose route tables get routes to the gateway endpoints. */
  readonly gatewaySubnets: ISubnet[];
  /** Subnets of the interface endpoints. */
  readonly interfaceSubnets: ISubnet[];
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
    this.allowImageLayers();
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
    endpoint.addToPolicy(this.ownPrincipalsOnly());
    this.interfaces.set(service.shortName, endpoint);
    return endpoint;
  }

  private createGateway(id: string, service: GatewayVpcEndpointAwsService): GatewayVpcEndpoint {
    const endpoint = new GatewayVpcEndpoint(this, id, {
      vpc: this.props.vpc,
      service,
      subnets: [{ subnets: this.props.gatewaySubnets }],
    });
    endpoint.addToPolicy(this.ownPrincipalsOnly());
    return endpoint;
  }

  /** Denies credentials of other accounts, so that nobody can send data to them from inside this network. */
  private ownPrincipalsOnly(): PolicyStatement {
    return new PolicyStatement({
      sid: 'OwnPrincipalsOnly',
      principals: [new AnyPrincipal()],
      actions: ['*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    });
  }

  /** Required to pull images, because ECR serves layers through URLs that its own account has signed. */
  private allowImageLayers(): void {
    const stack = Stack.of(this);
    this.s3.addToPolicy(
      new PolicyStatement({
        sid: 'ImageLayers',
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${stack.partition}:s3:::prod-${stack.region}-starport-layer-bucket/*`],
      }),
    );
  }

  /** Created without inbound rules. Each client adds its own. */
  private createSecurityGroup(): SecurityGroup {
    return closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.vpc,
      description: 'Interface endpoints, open to their clients on 443',
    });
  }
}
