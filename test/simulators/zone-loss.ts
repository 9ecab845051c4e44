import type { Existing, Resource } from './cloudformation/resource';
import { list } from './cloudformation/template';

const EVERYWHERE = '0.0.0.0/0';
type Survives = (resource: Resource) => string | undefined;

/**
 * The loss of an Availability Zone, seen by everything that stands in its subnets.
 *
 * Each type that names subnets has a rule. One without a rule is reported, too, so that no tier is forgotten.
 */
export class ZoneLoss {
  /** Zones in which something stands. */
  public static zonesOf(existing: Existing): string[] {
    return [...new Set(existing.of('AWS::EC2::Subnet').map(({ properties }) => String(properties.AvailabilityZone)))].sort();
  }

  private readonly rules: { readonly [type: string]: Survives } = {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties }) => this.elsewhere(list(properties.Subnets as string[])),
    'AWS::ECS::Service': (service) => this.service(service),
    'AWS::EC2::VPCEndpoint': ({ properties }) => this.elsewhere(list(properties.SubnetIds as string[])),
    'AWS::Lambda::Function': ({ properties }) => this.function(list(properties.VpcConfig.SubnetIds as string[])),
    'AWS::SecretsManager::RotationSchedule': ({ properties }) => this.function(String(properties.HostedRotationLambda.VpcSubnetIds).split(',')),
    'AWS::RDS::DBSubnetGroup': ({ properties }) => this.elsewhere(list(properties.SubnetIds as string[])),
    'AWS::ElastiCache::SubnetGroup': ({ properties }) => this.elsewhere(list(properties.SubnetIds as string[])),
    // They stand in their zone, and go with it.
    'AWS::EC2::NatGateway': () => undefined,
    'AWS::EC2::SubnetRouteTableAssociation': () => undefined,
    'AWS::EC2::SubnetNetworkAclAssociation': () => undefined,
    // Names the subnets for tasks that run once: each starts where its service has room.
    'AWS::StepFunctions::StateMachine': () => undefined,
    'AWS::IAM::ManagedPolicy': () => undefined,
  };

  /** Servers, whose subnets are those of their subnet group. */
  private readonly servers: { readonly [type: string]: Survives } = {
    'AWS::RDS::DBInstance': ({ properties }) =>
      (properties.DBClusterIdentifier || properties.SourceDBInstanceIdentifier || properties.MultiAZ ? undefined : 'the server has no standby in another zone'),
    'AWS::RDS::DBCluster': ({ physicalId }) =>
      (this.existing.of('AWS::RDS::DBInstance').filter(({ properties }) => properties.DBClusterIdentifier === physicalId).length > 1 ? undefined : 'the writer has no reader to fail over to'),
    'AWS::ElastiCache::ReplicationGroup': ({ properties }) =>
      (properties.AutomaticFailoverEnabled && properties.MultiAZEnabled ? undefined : 'the primary does not fail over to another zone'),
  };

  public constructor(
    private readonly existing: Existing,
    private readonly zone: string,
  ) {}

  /** What does not survive, and why. */
  public losses(): string[] {
    const subnets = this.existing.of('AWS::EC2::Subnet');
    const inSubnets = this.existing.of().filter((resource) => subnets.some((subnet) => JSON.stringify(resource.properties).includes(subnet.physicalId)));
    const standing = inSubnets.map((resource) => ({ resource, rule: this.rules[resource.type] ?? (() => 'no rule for this type') }));
    const servers = this.existing.of(...Object.keys(this.servers)).map((resource) => ({ resource, rule: this.servers[resource.type] }));
    return [...standing, ...servers].flatMap(({ resource, rule }) => {
      const why = rule(resource);
      return why ? [`${resource.type} ${resource.logicalId}: ${why}`] : [];
    });
  }

  /** A service survives by tasks in another zone, which has room in a subnet and a way to what the tasks need. */
  private service({ physicalId, properties }: Resource): string | undefined {
    const subnets = list(properties.NetworkConfiguration.AwsvpcConfiguration.Subnets as string[]);
    const [target] = this.existing.of('AWS::ApplicationAutoScaling::ScalableTarget').filter((one) => String(one.properties.ResourceId).includes(physicalId.split('/').pop()!));
    const tasks = Number(target?.properties.MinCapacity ?? properties.DesiredCount);
    return this.function(subnets) ?? (tasks > 1 ? undefined : `it has ${tasks} task`);
  }

  private function(subnets: readonly string[]): string | undefined {
    return this.elsewhere(subnets) ?? this.wayOut(subnets);
  }

  private elsewhere(subnets: readonly string[]): string | undefined {
    return this.remaining(subnets).length > 0 ? undefined : 'it stands in this zone alone';
  }

  private remaining(subnets: readonly string[]): string[] {
    const zoneOf = (subnet: string): unknown => this.existing.named(subnet, 'AWS::EC2::Subnet')?.properties.AvailabilityZone;
    return subnets.filter((subnet) => zoneOf(subnet) !== this.zone);
  }

  /** Tells if a remaining subnet goes out by a gateway of the zone that is lost. */
  private wayOut(subnets: readonly string[]): string | undefined {
    const lost = this.remaining(subnets).filter((subnet) => this.gatewaysOf(subnet).some((gateway) => this.remaining([gateway]).length === 0));
    return lost.length > 0 ? 'its way out goes through this zone' : undefined;
  }

  /** Subnets of the NAT gateways through which a subnet goes out. */
  private gatewaysOf(subnet: string): string[] {
    const tables = this.existing.of('AWS::EC2::SubnetRouteTableAssociation').filter(({ properties }) => properties.SubnetId === subnet).map(({ properties }) => properties.RouteTableId as string);
    return this.existing.of('AWS::EC2::Route')
      .filter(({ properties }) => tables.includes(properties.RouteTableId) && properties.DestinationCidrBlock === EVERYWHERE && properties.NatGatewayId)
      .map(({ properties }) => this.existing.named(properties.NatGatewayId, 'AWS::EC2::NatGateway')!.properties.SubnetId as string);
  }
}
