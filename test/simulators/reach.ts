import type { Existing, Resource } from './cloudformation/resource';
import { list, type Properties } from './cloudformation/template';

const EVERYWHERE = '0.0.0.0/0';

/** Role, security groups and subnets of a task or a function. */
export interface Surroundings {
  readonly roleArn: string;
  readonly securityGroups: readonly string[];
  readonly subnets: readonly string[];
}

/** What a task or a function can reach among what exists: AWS, its secrets and its database. */
export class Reach {
  public constructor(
    private readonly existing: Existing,
    private readonly from: Surroundings,
  ) {}

  /** Tells if the way to Secrets Manager is open, and the role may read a secret and use its key. */
  public reads(arn: string): boolean {
    const attachment = this.existing.named(arn, 'AWS::SecretsManager::SecretTargetAttachment');
    const secret = this.existing.named(attachment?.properties.SecretId ?? arn, 'AWS::SecretsManager::Secret');
    return secret !== undefined && this.callsAws('secretsmanager')
      && this.may('secretsmanager:GetSecretValue', arn)
      && this.may('kms:Decrypt', secret.properties.KmsKeyId as string);
  }

  /** Tells if the port of a server lets the security groups in, and they let it out. */
  public connects({ properties }: Resource): boolean {
    return this.sends(list(properties.VPCSecurityGroups as string[]), Number(properties.Port));
  }

  /** Tells if each subnet has a way to a service of AWS: its endpoint, or else a NAT gateway. */
  public callsAws(service: string): boolean {
    const endpoint = this.existing.of('AWS::EC2::VPCEndpoint')
      .find(({ properties }) => String(properties.ServiceName).endsWith(`.${service}`))?.properties;
    if (endpoint?.VpcEndpointType === 'Interface') {
      return this.sends(endpoint.SecurityGroupIds as string[], 443);
    }
    const tables = this.from.subnets.map((subnet) => this.routeTableOf(subnet));
    if (endpoint && tables.every((table) => (endpoint.RouteTableIds as string[]).includes(table))) {
      return this.rules('Egress').some((rule) =>
        rule.FromPort === 443 && (rule.CidrIp === EVERYWHERE || rule.DestinationPrefixListId !== undefined));
    }
    const routes = this.existing.of('AWS::EC2::Route').map(({ properties }) => properties);
    return this.rules('Egress').some(({ FromPort, CidrIp }) => FromPort === 443 && CidrIp === EVERYWHERE)
      && tables.every((table) => routes.some((route) =>
        route.RouteTableId === table && route.DestinationCidrBlock === EVERYWHERE && route.NatGatewayId !== undefined));
  }

  /** Tells if a managed policy of the role allows an action. */
  private may(action: string, resource: string): boolean {
    const role = this.from.roleArn.split('/').pop();
    return this.existing
      .of('AWS::IAM::ManagedPolicy')
      .filter(({ properties }) => (properties.Roles as string[]).includes(role!))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement as Properties[])
      .some(({ Effect, Action, Resource: on }) =>
        Effect === 'Allow' && [Action].flat().includes(action) && [on].flat().includes(resource));
  }

  private sends(peers: readonly string[], port: number): boolean {
    const fits = ({ FromPort, ToPort }: Properties): boolean => FromPort <= port && port <= ToPort;
    const out = this.rules('Egress').some((rule) => fits(rule) && peers.includes(rule.DestinationSecurityGroupId));
    const admits = this.rules('Ingress', peers).some((rule) =>
      fits(rule) && this.from.securityGroups.includes(rule.SourceSecurityGroupId));
    return out && admits;
  }

  /** Rules of some groups, inline or not. */
  private rules(way: 'Egress' | 'Ingress', groups: readonly string[] = this.from.securityGroups): Properties[] {
    const inline = this.existing.of('AWS::EC2::SecurityGroup')
      .filter(({ physicalId }) => groups.includes(physicalId))
      .flatMap(({ properties }) => list(properties[`SecurityGroup${way}`] as Properties[]));
    const own = this.existing.of(`AWS::EC2::SecurityGroup${way}`)
      .map(({ properties }) => properties)
      .filter(({ GroupId }) => groups.includes(GroupId));
    return [...inline, ...own];
  }

  private routeTableOf(subnet: string): string {
    const association = this.existing.of('AWS::EC2::SubnetRouteTableAssociation')
      .find(({ properties }) => properties.SubnetId === subnet);
    return String(association?.properties.RouteTableId);
  }
}
