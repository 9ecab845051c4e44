import type { Properties } from '../template';
import { type Case, resource, type Resources, STACK, template } from './case';

const WAY_OUT = { RouteTableId: { Ref: 'Table' }, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' };

/** Network with a way out, whose subnet and groups are known to other stacks. */
const network = (more: Resources = {}) => ({
  ...template({
    Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }),
    Subnet: resource('AWS::EC2::Subnet', { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' }),
    Table: resource('AWS::EC2::RouteTable', { VpcId: { Ref: 'Vpc' } }),
    Association: resource('AWS::EC2::SubnetRouteTableAssociation', {
      SubnetId: { Ref: 'Subnet' },
      RouteTableId: { Ref: 'Table' },
    }),
    ...more,
  }),
  Outputs: { Vpc: { Value: { Ref: 'Vpc' } }, Subnet: { Value: { Ref: 'Subnet' } } },
});
const output = (OutputName: string) => ({ 'Fn::GetStackOutput': { StackName: STACK, OutputName } });
/** Service of another stack in that network, with HTTPS to everywhere. */
const SERVICE = template({
  Tasks: resource('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Tasks',
    VpcId: output('Vpc'),
    SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
  }),
  Service: resource('AWS::ECS::Service', {
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [output('Subnet')], SecurityGroups: [{ Ref: 'Tasks' }] } },
  }),
});
/** Endpoint with a private name, and the addresses that its group admits. */
const endpoint = (CidrIp: string): Resources => ({
  Group: resource('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Endpoints',
    VpcId: { Ref: 'Vpc' },
    SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp }],
  }),
  Logs: resource('AWS::EC2::VPCEndpoint', {
    VpcId: { Ref: 'Vpc' },
    VpcEndpointType: 'Interface',
    PrivateDnsEnabled: true,
    ServiceName: 'com.amazonaws.eu-central-1.logs',
    SecurityGroupIds: [{ Ref: 'Group' }],
  }),
});
const out = (properties: Properties = WAY_OUT): Resources => ({ Out: resource('AWS::EC2::Route', properties) });

/** Play that changes the network below a service of another stack. */
const changing = (after: Resources): Case['play'] => (account) => {
  account.deploy(STACK, network(out()));
  account.deploy('Service', SERVICE);
  return account.update(STACK, network(after));
};


/** Play that adds an endpoint which admits some addresses, or nothing. */
export function changingWaysToAws(admitted?: string): Case['play'] {
  return changing({ ...out(), ...admitted === undefined ? {} : endpoint(admitted) });
}

/** Documented behaviour of the ways on which tasks call AWS. */
export const AWS_CALL_CASES: readonly Case[] = [
  {
    rule: 'calls-to-aws-cut',
    verdict: 'interruption',
    shows: 'an endpoint takes over the private name at once, also for tasks that its security group does not admit',
    play: changingWaysToAws('10.9.0.0/16'),
  },
  {
    rule: 'calls-to-aws-cut',
    verdict: 'interruption',
    shows: 'without a route to the internet nothing but an endpoint leads to AWS',
    play: changing({}),
  },
  {
    rule: 'interface-in-a-place',
    verdict: 'refused by AWS',
    shows: 'a subnet stays as long as a load balancer of another stack is in it',
    play: (account) => {
      const subnet = resource('AWS::EC2::Subnet', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' });
      account.deploy(STACK, { ...template({ Subnet: subnet }), Outputs: { Subnet: { Value: { Ref: 'Subnet' } } } });
      account.deploy('Edge', template({
        Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: [output('Subnet'), 'subnet-2'] }),
      }));
      return account.remove(STACK);
    },
  },
  {
    rule: 'group-named-by-a-rule',
    verdict: 'refused by AWS',
    shows: 'a security group stays as long as a rule of another one names it',
    play: (account) => {
      const group = resource('AWS::EC2::SecurityGroup', { GroupDescription: 'Endpoints' });
      account.deploy(STACK, { ...template({ Group: group }), Outputs: { Group: { Value: { Ref: 'Group' } } } });
      const https = { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
      const peer = { ...https, DestinationSecurityGroupId: output('Group') };
      account.deploy('Client', template({ Rule: resource('AWS::EC2::SecurityGroupEgress', peer) }));
      return account.remove(STACK);
    },
  },
];
