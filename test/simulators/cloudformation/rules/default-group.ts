import type { Rules } from './rule';

/** Default security group of a VPC, which people and services use that name no other one. */
export const DEFAULT_GROUP: Rules = {
  effects: [
    {
      id: 'default-security-group-emptied',
      source:
        'Amazon VPC User Guide, "Default security groups for your VPCs"; API reference of the AWS CDK, "VpcProps": ' +
        'restrictDefaultSecurityGroup revokes its rules',
      on: ['create'],
      types: ['Custom::VpcRestrictDefaultSG'],
      effect: ({ after }, running) => {
        const [vpc, attribute] = String(after!.properties.DefaultSecurityGroupId).split('#');
        // Nothing is in the group of a VPC that is made along with it.
        return attribute && !running.named(vpc, 'AWS::EC2::VPC')
          ? undefined
          : {
            verdict: 'some affected',
            says: 'whatever somebody put into the default security group of the VPC is cut off, at once',
          };
      },
    },
  ],
};
