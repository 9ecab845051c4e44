import type { Properties, TemplateResource } from '../template';
import { type Case, changed, created, removed, resource, updating } from './case';

const ELB = 'AWS::ElasticLoadBalancingV2';
const balancer = (properties: Properties = {}) =>
  resource(`${ELB}::LoadBalancer`, {
    Scheme: 'internet-facing',
    Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }],
    ...properties,
  });
const group = (properties: Properties = {}) =>
  resource(`${ELB}::TargetGroup`, {
    Port: 80,
    Protocol: 'HTTP',
    TargetType: 'ip',
    HealthCheckPath: '/health',
    ...properties,
  });
const to = (...groups: string[]) => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map((Ref, index) => ({ TargetGroupArn: { Ref }, Weight: index === 0 ? 1 : 0 })),
    },
  },
];
const listener = (properties: Properties = {}) =>
  resource(`${ELB}::Listener`, {
    LoadBalancerArn: { Ref: 'Balancer' },
    Port: 443,
    Protocol: 'HTTPS',
    DefaultActions: to('Blue'),
    ...properties,
  });
const rule = (properties: Properties = {}) =>
  resource(`${ELB}::ListenerRule`, {
    ListenerArn: { Ref: 'Listener' },
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: to('Blue', 'Green'),
    ...properties,
  });
const STICKY = [{ Key: 'stickiness.enabled', Value: 'true' }];
const tags = [{ Key: 'team', Value: 'shop' }];

const subnet = (CidrBlock: string, AvailabilityZone: string) =>
  resource('AWS::EC2::Subnet', { VpcId: 'vpc-1', CidrBlock, AvailabilityZone });
const SUBNETS = {
  SubnetA: subnet('10.0.1.0/24', 'eu-central-1a'),
  SubnetB: subnet('10.0.2.0/24', 'eu-central-1b'),
  SubnetC: subnet('10.0.3.0/24', 'eu-central-1a'),
};
const BALANCED = { ...SUBNETS, Balancer: balancer(), Blue: group(), Green: group() };
const LISTENED = { ...BALANCED, Listener: listener() };
const USED = {
  ...SUBNETS,
  Balancer: balancer(),
  Green: group(),
  Listener: listener({ DefaultActions: to('Subject') }),
};

function beside(
  ruleId: string,
  shows: string,
  others: { readonly [id: string]: TemplateResource },
  subject: TemplateResource,
): Case {
  return created(ruleId, 'refused by AWS', shows, subject, others);
}

/** Documented refusals of Elastic Load Balancing. */
export const LOAD_BALANCER_CASES: readonly Case[] = [
  beside('unique-listener-port', 'a load balancer has one listener on a port', LISTENED, listener()),
  {
    rule: 'unique-listener-port',
    verdict: 'refused by AWS',
    shows: 'a listener that moves to another port may still hold the former one when its successor is made',
    play: updating(
      { ...BALANCED, Listener: listener({ Port: 80 }) },
      { ...LISTENED, Redirect: listener({ Port: 80 }) },
    ),
  },
  beside('unique-rule-priority', 'a listener has one rule of a priority', { ...LISTENED, Rule: rule() }, rule()),
  beside(
    'target-group-of-one-load-balancer',
    'a target group belongs to one load balancer',
    { ...LISTENED, Second: balancer() },
    listener({ LoadBalancerArn: { Ref: 'Second' } }),
  ),
  beside(
    'two-zones-of-a-load-balancer',
    'an application load balancer stands in two zones',
    SUBNETS,
    balancer({ Subnets: [{ Ref: 'SubnetA' }] }),
  ),
  beside(
    'one-subnet-a-zone',
    'a load balancer takes one subnet of a zone',
    SUBNETS,
    balancer({ Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }, { Ref: 'SubnetC' }] }),
  ),
  beside(
    'values-of-a-listener-rule',
    'a rule has at most five condition values',
    LISTENED,
    rule({
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/1', '/2', '/3'] } },
        { Field: 'host-header', HostHeaderConfig: { Values: ['a', 'b', 'c'] } },
      ],
    }),
  ),
  beside(
    'health-check-timeout',
    'a health check ends before the next one begins',
    {},
    group({ HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 }),
  ),
  beside(
    'sticky-group-behind-weights',
    'a rule with weights takes no sticky group',
    { ...LISTENED, Blue: group({ TargetGroupAttributes: STICKY }) },
    rule(),
  ),
  {
    rule: 'sticky-group-behind-weights',
    verdict: 'refused by AWS',
    shows: 'a group behind weights does not become sticky',
    play: updating(
      { ...LISTENED, Rule: rule() },
      { ...LISTENED, Rule: rule(), Blue: group({ TargetGroupAttributes: STICKY }) },
    ),
  },
  beside(
    'certificate-of-the-region',
    'a listener takes certificates of its own region',
    BALANCED,
    listener({ Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1' }] }),
  ),
  beside(
    'certificate-of-the-region',
    'a distribution takes certificates of us-east-1',
    {},
    resource('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        ViewerCertificate: { AcmCertificateArn: 'arn:aws:acm:eu-central-1:111111111111:certificate/1' },
      },
    }),
  ),
  removed(
    'protected-load-balancer',
    'in place',
    'a cleanup leaves a protected load balancer',
    balancer({ LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }] }),
    SUBNETS,
  ),
];

const name = (properties: Properties) =>
  resource('AWS::Route53::RecordSet', {
    Name: 'a.example.com',
    Type: 'A',
    HostedZoneId: 'Z1',
    TTL: '60',
    ResourceRecords: ['192.0.2.2'],
    ...properties,
  });

/** Documented effects on requests. */
export const TRAFFIC_CASES: readonly Case[] = [
  changed(
    'shifted-rule-edited',
    'interruption',
    'a tag on a rule with two groups writes its weights',
    rule(),
    rule({ Tags: tags }),
    LISTENED,
  ),
  changed(
    'shifted-rule-edited',
    'interruption',
    'a listener of CodeDeploy gets its template action back',
    listener({ Protocol: 'HTTP' }),
    listener({ Protocol: 'HTTP', Tags: tags }),
    {
      ...BALANCED,
      Deployments: resource('AWS::CodeDeploy::DeploymentGroup', {
        LoadBalancerInfo: { TargetGroupPairInfoList: [{ ProdTrafficRoute: { ListenerArns: [{ Ref: 'Subject' }] } }] },
      }),
    },
  ),
  changed(
    'shifted-rule-edited',
    'interruption',
    'a rule with one group is shifted by ECS where a service names it',
    rule({ Actions: to('Blue') }),
    rule({ Actions: to('Blue'), Tags: tags }),
    {
      ...LISTENED,
      Service: resource('AWS::ECS::Service', {
        LoadBalancers: [{ AdvancedConfiguration: { ProductionListenerRule: { Ref: 'Subject' } } }],
      }),
    },
  ),
  changed(
    'plain-rule-edited',
    'in place',
    'a rule with one group is edited in place',
    rule({ Actions: to('Blue') }),
    rule({ Actions: to('Blue'), Priority: 2 }),
    LISTENED,
  ),
  changed(
    'listener-replaced',
    'interruption',
    'a rule of another listener is another rule',
    rule(),
    rule({ ListenerArn: { Ref: 'Other' } }),
    { ...LISTENED, Other: listener({ Port: 8443 }) },
  ),
  changed(
    'load-balancer-replaced',
    'interruption',
    'an internal load balancer is another one',
    balancer(),
    balancer({ Scheme: 'internal' }),
    SUBNETS,
  ),
  changed(
    'load-balancer-settings',
    'in place',
    'attributes apply to the running load balancer',
    balancer(),
    balancer({ LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '90' }] }),
    SUBNETS,
  ),
  changed(
    'zone-of-a-load-balancer-removed',
    'interruption',
    'a removed zone gets no traffic',
    balancer({ Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }, { Ref: 'SubnetD' }] }),
    balancer(),
    { ...SUBNETS, SubnetD: subnet('10.0.4.0/24', 'eu-central-1c') },
  ),
  changed(
    'target-group-replaced',
    'interruption',
    'a group of another port is another group',
    group(),
    group({ Port: 8080 }),
    USED,
  ),
  changed(
    'target-group-replaced',
    'in place',
    'a group without listeners may be replaced',
    group(),
    group({ Port: 8080 }),
  ),
  changed(
    'health-check-changed',
    'interruption',
    'targets in production are checked on the new path',
    group(),
    group({ HealthCheckPath: '/ready' }),
    USED,
  ),
  ...[{ HealthCheckTimeoutSeconds: 3 }, { HealthCheckIntervalSeconds: 10 }, { UnhealthyThresholdCount: 2 }].map((after) =>
    changed(
      'stricter-health-check',
      'some affected',
      `targets in production have less time with ${JSON.stringify(after)}`,
      group({ UnhealthyThresholdCount: 5 }),
      group({ UnhealthyThresholdCount: 5, ...after }),
      USED,
    ),
  ),
  changed(
    'target-group-settings',
    'in place',
    'a longer interval applies to running targets',
    group({ HealthCheckIntervalSeconds: 10 }),
    group({ HealthCheckIntervalSeconds: 30 }),
    USED,
  ),
  changed(
    'ipv6-ends',
    'some affected',
    'a load balancer without IPv6 has no address for some clients',
    resource(`${ELB}::LoadBalancer`, { IpAddressType: 'dualstack' }),
    resource(`${ELB}::LoadBalancer`, { IpAddressType: 'ipv4' }),
  ),
  changed(
    'load-balancer-settings',
    'in place',
    'a load balancer keeps its IPv4 addresses beside those of IPv6',
    resource(`${ELB}::LoadBalancer`, { IpAddressType: 'ipv4' }),
    resource(`${ELB}::LoadBalancer`, { IpAddressType: 'dualstack' }),
  ),
  changed('name-follows', 'in place', 'a name takes another value', name({ ResourceRecords: ['192.0.2.1'] }), name({})),
  changed('name-ends', 'interruption', 'another name ends the former one', name({}), name({ Name: 'b.example.com' })),
  removed('traffic-removed', 'interruption', 'without its listener a port is closed', listener(), BALANCED),
  removed(
    'certificate-removed',
    'interruption',
    'without its certificate a name gets the default one',
    resource(`${ELB}::ListenerCertificate`, {
      ListenerArn: { Ref: 'Listener' },
      Certificates: [{ CertificateArn: 'arn:aws:acm:eu-central-1:111111111111:certificate/1' }],
    }),
    LISTENED,
  ),
];
