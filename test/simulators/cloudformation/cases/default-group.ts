import { type Case, created, resource, updating } from './case';

const VPC = { Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }) };
const restricted = resource('Custom::VpcRestrictDefaultSG', {
  DefaultSecurityGroupId: { 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] },
});

/** Behaviour of the function that empties the default security group. */
export const DEFAULT_GROUP_CASES: readonly Case[] = [
  {
    rule: 'default-security-group-emptied',
    verdict: 'some affected',
    shows: 'the rules of the default group of a running VPC go',
    play: updating(VPC, { ...VPC, Restricted: restricted }),
  },
  created('added', 'in place', 'nothing is in the default group of a new VPC', restricted, VPC),
];
