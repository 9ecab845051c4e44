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
import { closedSecurityGroup } from './closed-security-group';

/** What the endpoints are made from. */
export interface NetworkEndpointsProps {
  /** In it the names of the services lead to the interface endpoints. */
  readonly vpc: IVpc;
  /** Subnets whose route tables lead to the gateway endpoints: those of all tiers that have anything to fetch. */
  readonly gatewaySubnets: ISubnet[];
  /** Subnets that hold the interface endpoints. */
  readonly interfaceSubnets: ISubnet[];
}

/** The private ways from a network to AWS services, each with a policy, the interface endpoints behind one security group. */
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
    this.admitImageLayers();
    this.dynamoDb = this.createGateway('DynamoDb', GatewayVpcEndpointAwsService.DYNAMODB);
  }

  /** The one security group of all interface endpoints; made with the first of them. */
  public get securityGroup(): SecurityGroup {
    this.group ??= this.createSecurityGroup();
    return this.group;
  }

  /** Adds an interface endpoint, once. */
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

  /** Stolen credentials of another account are of no use from inside this network. */
  private ownPrincipalsOnly(): PolicyStatement {
    return new PolicyStatement({
      sid: 'OwnPrincipalsOnly',
      principals: [new AnyPrincipal()],
      actions: ['*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    });
  }

  /** ECR hands out layers by links that its own account has signed: without this no image can be pulled. */
  private admitImageLayers(): void {
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

  /** Has no rule of its own: each client brings the one that lets it in. */
  private createSecurityGroup(): SecurityGroup {
    return closedSecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.vpc,
      description: 'Interface endpoints, open to their clients on 443',
    });
  }
}
