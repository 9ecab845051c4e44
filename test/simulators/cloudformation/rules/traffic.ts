import { type Existing, mentions, type Resource } from '../resource';
import { forwarded, zonesOf } from './load-balancer';
import type { Rules } from './rule';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** Properties by which a target group decides on a target's health. */
const HEALTH = ['HealthCheckPath', 'HealthCheckPort', 'HealthCheckProtocol', 'Matcher'];
/** Properties by which a target has less time, or fewer tries, if they are lower. Absent, they have these values. */
const PATIENCE: { readonly [property: string]: number } = {
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  UnhealthyThresholdCount: 2,
};
/** Other properties of a target group that change in place. */
const SETTINGS = [
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'TargetGroupAttributes',
  'Tags',
];

/** Effects of changes on requests. */
export const TRAFFIC: Rules = {
  effects: [
    {
      id: 'shifted-rule-edited',
      source:
        'Issue aws/aws-cdk#36649 and aws/containers-roadmap#2853: CloudFormation writes all actions of an edited rule',
      on: ['update'],
      types: [RULE, LISTENER],
      effect: ({ before }, running) =>
        isShifted(before!, running)
          ? {
            verdict: 'interruption',
            says: 'the weights of the template come back: production may go to an empty group',
          }
          : undefined,
    },
    {
      id: 'plain-rule-edited',
      source: 'API reference of Elastic Load Balancing, "ModifyRule" and "ModifyListener"',
      on: ['update'],
      types: [RULE, LISTENER],
      effect: ({ before }, running) =>
        isShifted(before!, running) ? undefined : { verdict: 'in place', says: 'no deployment shifts its weights' },
    },
    {
      id: 'listener-replaced',
      source:
        'Template reference, "AWS::ElasticLoadBalancingV2::Listener" and "ListenerRule": update requires replacement',
      on: ['replace'],
      types: [RULE, LISTENER],
      effect: () => ({ verdict: 'interruption', says: 'a new one with the weights of the template takes over' }),
    },
    {
      id: 'certificate-removed',
      source:
        'API reference of Elastic Load Balancing, "RemoveListenerCertificates"; User Guide, "SSL certificates": default',
      on: ['replace', 'delete'],
      types: ['AWS::ElasticLoadBalancingV2::ListenerCertificate'],
      effect: () => ({
        verdict: 'interruption',
        says: 'names that no other certificate of the listener covers get the default one, which clients refuse',
      }),
    },
    {
      id: 'load-balancer-replaced',
      source:
        'Template reference, "AWS::ElasticLoadBalancingV2::LoadBalancer": Scheme, Type and Name require replacement',
      on: ['replace'],
      types: [LOAD_BALANCER],
      effect: () => ({
        verdict: 'interruption',
        says: 'clients reach the old address until their DNS entries end, and nobody answers there after the cleanup',
      }),
    },
    {
      id: 'load-balancer-settings',
      source:
        'API reference of Elastic Load Balancing, "ModifyLoadBalancerAttributes", "SetSecurityGroups" and "SetSubnets"',
      on: ['update'],
      types: [LOAD_BALANCER],
      properties: ['LoadBalancerAttributes', 'SecurityGroups', 'Subnets', 'Tags', 'IpAddressType'],
      effect: () => ({ verdict: 'in place', says: 'settings of the load balancer change' }),
    },
    {
      id: 'ipv6-ends',
      source: 'User Guide for Application Load Balancers, "IP address types": ipv4, clients by IPv4 addresses alone',
      on: ['update'],
      types: [LOAD_BALANCER],
      properties: ['IpAddressType'],
      effect: ({ before, after }) =>
        /^dualstack/.test(String(before!.properties.IpAddressType)) && (after!.properties.IpAddressType ?? 'ipv4') === 'ipv4'
          ? { verdict: 'some affected', says: 'clients that have no IPv4 are refused, and connections by IPv6 are cut' }
          : undefined,
    },
    {
      id: 'zone-of-a-load-balancer-removed',
      source: 'User Guide for Application Load Balancers, "Availability Zones": disabled zones',
      on: ['update'],
      types: [LOAD_BALANCER],
      properties: ['Subnets'],
      effect: ({ before, after }, running) =>
        zonesOf(before!.properties, running).length > zonesOf(after!.properties, running).length
          ? { verdict: 'interruption', says: 'connections in a removed zone are cut, and its targets get no traffic' }
          : undefined,
    },
    {
      id: 'target-group-replaced',
      source: 'Template reference, "AWS::ElasticLoadBalancingV2::TargetGroup": what requires replacement',
      on: ['replace'],
      types: [TARGET_GROUP],
      effect: ({ before }, running) =>
        running.usersOf(before!).length > 0
          ? { verdict: 'interruption', says: 'rules point at an empty group until tasks have registered in it' }
          : { verdict: 'in place', says: 'nothing forwards to the group' },
    },
    {
      id: 'health-check-changed',
      source: 'User Guide for Application Load Balancers, "Health checks for target groups"',
      on: ['update'],
      types: [TARGET_GROUP],
      properties: HEALTH,
      effect: ({ before }, running) =>
        running.usersOf(before!).length > 0
          ? {
            verdict: 'interruption',
            says: 'targets in production are checked in the new manner at once, and replaced if they fail it',
          }
          : { verdict: 'in place', says: 'nothing forwards to the group' },
    },
    {
      id: 'stricter-health-check',
      source: 'User Guide for Application Load Balancers, "Health check settings": timeout, interval and thresholds',
      on: ['update'],
      types: [TARGET_GROUP],
      properties: Object.keys(PATIENCE),
      effect: ({ before, after }, running) => {
        const stricter = Object.keys(PATIENCE).filter((name) => {
          const [was, is] = [before!, after!].map(({ properties }) => Number(properties[name] ?? PATIENCE[name]));
          return is < was;
        });
        return stricter.length > 0 && running.usersOf(before!).length > 0
          ? {
            verdict: 'some affected',
            says:
              'tasks in production that answer the check late or not each time are replaced, ' +
              'with no deployment to roll back',
          }
          : undefined;
      },
    },
    {
      id: 'target-group-settings',
      source: 'API reference of Elastic Load Balancing, "ModifyTargetGroup" and "ModifyTargetGroupAttributes"',
      on: ['update'],
      types: [TARGET_GROUP],
      properties: SETTINGS,
      effect: () => ({ verdict: 'in place', says: 'settings of the group change' }),
    },
    {
      id: 'name-follows',
      source: 'Template reference, "AWS::Route53::RecordSet": no interruption',
      on: ['update'],
      types: ['AWS::Route53::RecordSet'],
      effect: () => ({ verdict: 'in place', says: 'clients follow when their DNS entries end' }),
    },
    {
      id: 'name-ends',
      source: 'Template reference, "AWS::Route53::RecordSet": Name, Type and HostedZoneId require replacement',
      on: ['replace', 'delete'],
      types: ['AWS::Route53::RecordSet'],
      effect: () => ({ verdict: 'interruption', says: 'the former name no longer resolves' }),
    },
    {
      id: 'traffic-removed',
      source: 'API reference of Elastic Load Balancing, "DeleteListener", "DeleteRule" and "DeleteLoadBalancer"',
      on: ['delete'],
      types: [LOAD_BALANCER, LISTENER, RULE, TARGET_GROUP],
      effect: ({ logicalId }) => ({ verdict: 'interruption', says: `requests by ${logicalId} are no longer answered` }),
    },
  ],
};

/** Tells if ECS or CodeDeploy moves the weights of a listener or rule. */
function isShifted(resource: Resource, running: Existing): boolean {
  const groups = forwarded(resource.properties);
  const deployers = running
    .of('AWS::ECS::Service')
    .filter(({ properties }) => JSON.stringify(properties.LoadBalancers ?? '').includes('AdvancedConfiguration'));
  return (
    groups.length > 1 ||
    deployers.some((service) => mentions(service, resource.physicalId)) ||
    running.usersOf(resource, 'AWS::CodeDeploy::DeploymentGroup').length > 0
  );
}
