import { type DeployRule, list, referred, repeated, resources } from './template-json';

/** Entries a list may have in a direction beside the one that denies: 20 by default. */
const ACL_ENTRIES = 19;

export const NETWORK_RULES: DeployRule[] = [
  {
    id: 'one-private-endpoint-per-service',
    why: 'A VPC takes one interface endpoint with private DNS for a service; the second one fails.',
    check: (template) => repeated(resources(template, 'AWS::EC2::VPCEndpoint')
      .filter(({ p }) => p.VpcEndpointType === 'Interface' && p.PrivateDnsEnabled === true)
      .map(({ p }) => `${JSON.stringify(p.ServiceName)} in ${JSON.stringify(p.VpcId)}`)),
  },
  {
    id: 'network-acl-quota',
    why: 'An access control list takes 20 entries a direction, the default one included; the next fails with NetworkAclEntryLimitExceeded.',
    check: (template) => {
      const entries = resources(template, 'AWS::EC2::NetworkAclEntry').map(({ p }) => `${JSON.stringify(p.NetworkAclId)} ${p.Egress === true ? 'out' : 'in'}`);
      return [...new Set(entries)].filter((key) => entries.filter((other) => other === key).length > ACL_ENTRIES);
    },
  },
  {
    id: 'network-acl-numbers',
    why: 'Two entries of one list and direction with one number: the second fails with NetworkAclEntryAlreadyExists.',
    check: (template) => repeated(resources(template, 'AWS::EC2::NetworkAclEntry')
      .map(({ p }) => `${JSON.stringify(p.NetworkAclId)} ${p.Egress === true ? 'out' : 'in'} ${p.RuleNumber}`)),
  },
  {
    id: 'regional-nat-after-attachment',
    why: 'A regional NAT gateway is refused in a VPC to which no internet gateway is attached yet.',
    check: (template) => resources(template, 'AWS::EC2::NatGateway')
      .filter(({ p, resource }) => p.AvailabilityMode === 'regional'
        && !list(resource.DependsOn).some((id) => referred(template, { Ref: id }, 'AWS::EC2::VPCGatewayAttachment')))
      .map(({ id }) => id),
  },
  {
    id: 'described-security-group-rules',
    why: 'Rules without a description fail the reviews that read them (CKV_AWS_23, Trivy AWS-0124), and AWS keeps no other note of why they exist.',
    check: (template) => [
      ...resources(template, 'AWS::EC2::SecurityGroup').flatMap(({ id, p }) =>
        [...list(p.SecurityGroupIngress), ...list(p.SecurityGroupEgress)].filter(({ Description }) => !Description).map((rule) => `${id} ${JSON.stringify(rule)}`)),
      ...resources(template, 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress').filter(({ p }) => !p.Description).map(({ id }) => id),
    ],
  },
  {
    id: 'security-group-names-its-egress',
    why: 'EC2 gives every new group a rule that lets everything out, and takes it away only where the group itself names another one; rules that are resources of their own come too late.',
    check: (template) => resources(template, 'AWS::EC2::SecurityGroup').filter(({ p }) => list(p.SecurityGroupEgress).length === 0).map(({ id }) => id),
  },
  {
    id: 'load-balancer-in-two-subnets',
    why: 'An application load balancer needs subnets in at least two zones.',
    check: (template) => resources(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .filter(({ p }) => p.Type === 'application' && Array.isArray(p.Subnets) && p.Subnets.length < 2).map(({ id }) => id),
  },
  {
    id: 'load-balancer-one-subnet-per-zone',
    why: 'An application load balancer takes one subnet of a zone; a second one fails with InvalidConfigurationRequest.',
    check: (template) => resources(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap(({ id, p }) => {
      const zones = list(p.Subnets).map((subnet) => referred(template, subnet, 'AWS::EC2::Subnet')?.p.AvailabilityZone as unknown);
      return repeated(zones.filter((zone) => zone !== undefined).map((zone) => `${id} ${JSON.stringify(zone)}`));
    }),
  },
];
