import { PHYSICAL_NAMES } from './physical-names';
import type { Resource } from './resource';
import { TEXT_LIMITS } from './rules/text';
import type { Properties } from './template';

/** Place in which a resource is made. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /**
   * Quota of Elastic IP addresses.
   * @default 5
   */
  readonly addresses?: number;
}

/** Prefixes of EC2's ids. */
const PREFIXES: { readonly [type: string]: string } = {
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EC2::NetworkAcl': 'acl',
  'AWS::EC2::NatGateway': 'nat',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::InternetGateway': 'igw',
  'AWS::EC2::VPCEndpoint': 'vpce',
  'AWS::EC2::PrefixList': 'pl',
  'AWS::EC2::EIP': 'eipalloc',
};

/** Types whose Ref is an ARN: service and kind of resource in it. */
const ARNS: { readonly [type: string]: string } = {
  'AWS::CertificateManager::Certificate': 'acm:certificate/',
  'AWS::ECS::Service': 'ecs:service/',
  'AWS::ECS::TaskDefinition': 'ecs:task-definition/',
  'AWS::ElasticLoadBalancingV2::Listener': 'elasticloadbalancing:listener/app/',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'elasticloadbalancing:listener-rule/app/',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'elasticloadbalancing:loadbalancer/app/',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'elasticloadbalancing:targetgroup/',
  'AWS::IAM::ManagedPolicy': 'iam:policy/',
  'AWS::SecretsManager::Secret': 'secretsmanager:secret:',
  'AWS::SNS::Topic': 'sns:',
  'AWS::StepFunctions::StateMachine': 'states:stateMachine:',
};

/** Attributes that change although the resource is updated in place. */
const CHANGING: { readonly [type: string]: readonly string[] } = {
  'AWS::EC2::LaunchTemplate': ['LatestVersionNumber', 'DefaultVersionNumber'],
  'AWS::StepFunctions::StateMachine': ['StateMachineRevisionId'],
};

/** Value of Ref for a new resource. `serial` makes it different from all others. */
export function physicalId(
  place: Place,
  stack: string,
  logicalId: string,
  type: string,
  properties: Properties,
  serial: number,
): string {
  const hex = serial.toString(16).padStart(17, '0');
  const prefix = PREFIXES[type];
  if (prefix) {
    return `${prefix}-${hex}`;
  }
  const given = PHYSICAL_NAMES.find((row) => row.type === type && properties[row.property] !== undefined);
  const name = given ? String(properties[given.property]) : generatedName(type, stack, logicalId, serial);
  return ARNS[type]
    ? arn(
      place,
      ARNS[type],
      type === 'AWS::ECS::TaskDefinition' ? `${properties.Family ?? name}:${serial}` : withHash(type, name, hex),
    )
    : name;
}

/** Value of Fn::GetAtt. It always contains the physical id, so that a use of it can be found. */
export function attribute(place: Place, resource: Resource, name: string): string {
  const { type, physicalId: id, updates } = resource;
  if (/(^|\.)(Arn|GroupId|AllocationId)$/.test(name)) {
    return id.startsWith('arn:') || !name.endsWith('Arn') ? id : arn(place, `${service(type)}:${kind(type)}/`, id);
  }
  const version = CHANGING[type]?.includes(name) || type.startsWith('Custom::') ? `.v${updates}` : '';
  return `${id}#${name}${version}`;
}

/** Name that CloudFormation makes: stack and logical id, cut where the service takes no more, and twelve letters. */
function generatedName(type: string, stack: string, logicalId: string, serial: number): string {
  const property = PHYSICAL_NAMES.find((row) => row.type === type)?.property;
  const longest = TEXT_LIMITS.find((row) => row.type === type && row.property === property)?.longest ?? Infinity;
  const letters = serial.toString(36).toUpperCase().padStart(12, 'X');
  return `${`${stack}-${logicalId}`.slice(0, longest - letters.length - 1)}-${letters}`;
}

/** ARNs of load balancers and secrets end in a part that no name repeats. */
function withHash(type: string, name: string, hex: string): string {
  return type.startsWith('AWS::ElasticLoadBalancingV2::') ? `${name}/${hex.slice(1)}` : name;
}

function arn({ account, region }: Place, path: string, name: string): string {
  const [of, ...rest] = path.split(':');
  return `arn:aws:${of}:${of === 'iam' ? '' : region}:${account}:${rest.join(':')}${name}`;
}

function service(type: string): string {
  return type.split('::')[1].toLowerCase();
}

function kind(type: string): string {
  return (type.split('::')[2] ?? type).toLowerCase();
}
