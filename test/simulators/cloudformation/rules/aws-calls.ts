import type { Existing, Resource } from '../resource';
import { list, type Properties } from '../template';
import { contains } from './cidr';
import type { Rules } from './rule';

const SERVICE = 'AWS::ECS::Service';
const GROUP = 'AWS::EC2::SecurityGroup';
const ANYWHERE = '0.0.0.0/0';
const HTTPS = 443;

type Direction = 'Egress' | 'Ingress';

/** Calls of tasks to AWS, of which each task needs one at least: to write its log. */
export const AWS_CALLS: Rules = {
  aftermath: [
    {
      id: 'calls-to-aws-cut',
      source:
        'AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint": private DNS, security group',
      takes: (before, after) =>
        before
          .of(SERVICE)
          .filter((service) => reachesAws(service, before))
          .flatMap(({ physicalId }) => after.named(physicalId, SERVICE) ?? [])
          .filter((service) => !reachesAws(service, after))
          .map((service) => ({
            resource: service,
            verdict: 'interruption',
            says:
              `tasks of ${service.logicalId} no longer reach AWS, write no log and get no secret or image, ` +
              `until ${service.stack} is deployed`,
          })),
    },
  ],
};

/** Tells if tasks in every subnet of a service reach the API of CloudWatch Logs. What is unknown is taken for a yes. */
function reachesAws({ properties }: Resource, existing: Existing): boolean {
  const { Subnets, SecurityGroups } = (properties.NetworkConfiguration?.AwsvpcConfiguration ?? {}) as Properties;
  const groups = list(SecurityGroups as string[]);
  return list(Subnets as string[])
    .flatMap((id) => existing.named(id, 'AWS::EC2::Subnet') ?? [])
    .every((subnet) => {
      const endpoint = endpointIn(subnet.properties.VpcId, existing);
      return endpoint
        ? reachesEndpoint(subnet, groups, list(endpoint.properties.SecurityGroupIds as string[]), existing)
        : hasWayOut(subnet, existing) && allows(groups, 'Egress', existing, (rule) => rule.CidrIp === ANYWHERE);
    });
}

/** Endpoint that the private name of the API stands for. */
function endpointIn(vpc: unknown, existing: Existing): Resource | undefined {
  return existing
    .of('AWS::EC2::VPCEndpoint')
    .find(
      ({ properties: { VpcId, PrivateDnsEnabled, ServiceName } }) =>
        VpcId === vpc && String(PrivateDnsEnabled) === 'true' && /\.logs$/.test(String(ServiceName)),
    );
}

function reachesEndpoint(subnet: Resource, from: string[], to: string[], existing: Existing): boolean {
  const names = (groups: string[], group: unknown) => groups.includes(group as string);
  const inside = ({ CidrIp }: Properties) => contains(String(CidrIp), String(subnet.properties.CidrBlock));
  return (
    allows(from, 'Egress', existing, (rule) => names(to, rule.DestinationSecurityGroupId) || inside(rule)) &&
    allows(to, 'Ingress', existing, (rule) => names(from, rule.SourceSecurityGroupId) || inside(rule))
  );
}

/** Tells if a rule of some security groups lets HTTPS pass, in the group itself or beside it. */
function allows(
  groups: string[],
  direction: Direction,
  existing: Existing,
  peer: (rule: Properties) => boolean,
): boolean {
  const inline = groups
    .flatMap((id) => existing.named(id, GROUP) ?? [])
    .flatMap(({ properties }) => list(properties[`SecurityGroup${direction}`] as Properties[]));
  const beside = existing
    .of(`${GROUP}${direction}`)
    .map(({ properties }) => properties)
    .filter(({ GroupId }) => groups.includes(GroupId as string));
  return [...inline, ...beside].some(
    (rule) =>
      peer(rule) &&
      (String(rule.IpProtocol) === '-1' || (Number(rule.FromPort) <= HTTPS && HTTPS <= Number(rule.ToPort))),
  );
}

/** Tells if the route table of a subnet leads to the internet. */
function hasWayOut({ physicalId }: Resource, existing: Existing): boolean {
  const tables = existing
    .of('AWS::EC2::SubnetRouteTableAssociation')
    .filter(({ properties }) => properties.SubnetId === physicalId)
    .map(({ properties }) => properties.RouteTableId as string);
  return existing
    .of('AWS::EC2::Route')
    .some(
      ({ properties: { RouteTableId, DestinationCidrBlock } }) =>
        tables.includes(RouteTableId as string) && DestinationCidrBlock === ANYWHERE,
    );
}
