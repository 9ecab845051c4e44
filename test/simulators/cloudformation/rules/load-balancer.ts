import { attributeOf, type Existing, type Resource } from '../resource';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** Refusals of Elastic Load Balancing. Effects on requests are in `traffic.ts`. */
export const LOAD_BALANCER_RULES: Rules = {
  unique: [
    {
      id: 'unique-listener-port',
      source: 'API reference of Elastic Load Balancing, "CreateListener": DuplicateListener',
      types: [LISTENER],
      what: 'port',
      key: ({ properties: { LoadBalancerArn, Port } }) => `${Port} of ${LoadBalancerArn}`,
    },
    {
      id: 'unique-rule-priority',
      source: 'API reference of Elastic Load Balancing, "CreateRule": PriorityInUse',
      types: [RULE],
      what: 'priority',
      key: ({ properties: { ListenerArn, Priority } }) => `${Priority} of ${ListenerArn}`,
    },
  ],
  refusals: [
    {
      id: 'target-group-of-one-load-balancer',
      source: 'API reference of Elastic Load Balancing, "CreateListener": TargetGroupAssociationLimit',
      types: [LISTENER, RULE],
      refuses: ({ resource }, existing) => {
        const balancer = balancerOf(resource, existing);
        const other = existing
          .of(LISTENER, RULE)
          .find(
            (user) =>
              // What exists beside an updated listener does not include the listener itself.
              user.properties.ListenerArn !== resource.physicalId &&
              balancerOf(user, existing) !== balancer &&
              forwarded(user.properties).some((group) => forwarded(resource.properties).includes(group)),
          );
        return other && `its target group is associated with another load balancer, by ${other.logicalId}`;
      },
    },
    {
      id: 'two-zones-of-a-load-balancer',
      source: 'User Guide for Application Load Balancers, "Subnets for your load balancer"',
      types: [LOAD_BALANCER],
      refuses: ({ resource: { properties } }, existing) => {
        const zones = zonesOf(properties, existing);
        return isApplication(properties) && zones.length > 0 && new Set(zones).size < 2
          ? `at least two Availability Zones, found ${zones.join(', ')}`
          : undefined;
      },
    },
    {
      id: 'one-subnet-a-zone',
      source: 'User Guide for Application Load Balancers, "Subnets for your load balancer"',
      types: [LOAD_BALANCER],
      refuses: ({ resource: { properties } }, existing) => {
        const zones = zonesOf(properties, existing);
        return new Set(zones).size < zones.length
          ? `a load balancer cannot be attached to several subnets in one Availability Zone: ${zones.join(', ')}`
          : undefined;
      },
    },
    {
      id: 'values-of-a-listener-rule',
      source: 'User Guide for Application Load Balancers, "Quotas": condition values per rule',
      types: [RULE],
      refuses: ({ resource: { properties } }) => {
        const values = list(properties.Conditions as object[])
          .flatMap((condition) => Object.values(condition))
          .flatMap((config: Properties) => list(config.Values as string[]));
        return values.length > 5 ? `${values.length} condition values, at most five` : undefined;
      },
    },
    {
      id: 'health-check-timeout',
      source: 'API reference of Elastic Load Balancing, "CreateTargetGroup": HealthCheckTimeoutSeconds',
      types: [TARGET_GROUP],
      refuses: ({
        resource: {
          properties: { HealthCheckTimeoutSeconds, HealthCheckIntervalSeconds },
        },
      }) =>
        Number(HealthCheckTimeoutSeconds) >= Number(HealthCheckIntervalSeconds)
          ? 'the health check timeout must be smaller than the interval'
          : undefined,
    },
    {
      id: 'sticky-group-behind-weights',
      source:
        'Issue kubernetes-sigs/aws-load-balancer-controller#2734, message of "ModifyTargetGroupAttributes": ' +
        'enable group stickiness before target stickiness',
      types: [TARGET_GROUP, RULE],
      refuses: ({ resource }, existing) =>
        resource.type === RULE
          ? stickyBehind(resource, existing.of(TARGET_GROUP))
          : existing
            .of(RULE)
            .filter(({ properties }) => forwarded(properties).includes(resource.physicalId))
            .map((rule) => stickyBehind(rule, [resource]))
            .find((refusal) => refusal !== undefined),
    },
    {
      id: 'certificate-of-the-region',
      source: 'AWS Certificate Manager User Guide, "Supported regions": certificates are regional resources',
      types: [LISTENER, 'AWS::ElasticLoadBalancingV2::ListenerCertificate', 'AWS::CloudFront::Distribution'],
      refuses: ({ resource: { type, properties } }, { place }) => {
        const region = type === 'AWS::CloudFront::Distribution' ? 'us-east-1' : place.region;
        const other = JSON.stringify(properties)
          .match(/arn:aws[\w-]*:acm:[\w-]+:/g)
          ?.find((arn) => arn.split(':')[3] !== region);
        return other && `certificate is of ${other.split(':')[3]}, must be of ${region}`;
      },
    },
  ],
  deletions: [
    {
      id: 'protected-load-balancer',
      source: 'User Guide for Application Load Balancers, "Deletion protection"',
      types: [LOAD_BALANCER],
      refuses: ({ properties }) =>
        attributeOf(properties.LoadBalancerAttributes, 'deletion_protection.enabled') === 'true'
          ? 'the load balancer cannot be deleted because deletion protection is enabled'
          : undefined,
    },
  ],
};

/** Target groups that a listener or rule forwards to. */
export function forwarded({ DefaultActions, Actions }: Properties): string[] {
  return list((DefaultActions ?? Actions) as Properties[]).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...list(TargetGroupArn as string),
    ...list(ForwardConfig?.TargetGroups as Properties[]).map((group) => group.TargetGroupArn as string),
  ]);
}

function balancerOf({ type, properties }: Resource, existing: Existing): unknown {
  return type === LISTENER
    ? properties.LoadBalancerArn
    : existing.named(properties.ListenerArn, LISTENER)?.properties.LoadBalancerArn;
}

/** Refusal of a rule with weights and without group stickiness, one of whose groups is sticky. */
function stickyBehind({ logicalId, properties }: Resource, groups: readonly Resource[]): string | undefined {
  const names = forwarded(properties);
  const weighted = names.length > 1 && !JSON.stringify(properties).includes('TargetGroupStickinessConfig');
  const sticky = groups.find(
    (group) =>
      names.includes(group.physicalId) &&
      attributeOf(group.properties.TargetGroupAttributes, 'stickiness.enabled') === 'true',
  );
  return weighted && sticky
    ? `${sticky.logicalId} is behind ${logicalId}, a rule with group stickiness disabled`
    : undefined;
}

function isApplication({ Type }: Properties): boolean {
  return (Type ?? 'application') === 'application';
}

/** Availability Zones of a load balancer's subnets, as far as the subnets are known. */
export function zonesOf({ Subnets }: Properties, existing: Existing): string[] {
  return list(Subnets as string[])
    .flatMap((id) => existing.named(id, 'AWS::EC2::Subnet') ?? [])
    .flatMap(({ properties }) => (properties.AvailabilityZone ?? []) as string);
}
