import type { AllocateCidrRequest, IIpAddresses, SubnetIpamOptions, VpcIpamOptions } from 'aws-cdk-lib/aws-ec2';
import type { SubnetLayout } from './subnet-layout';
import type { SubnetTier } from './subnet-tier';

/** Hands the VPC of CDK the blocks of a plan instead of the consecutive ones that it would cut itself. */
export class PlannedAddresses implements IIpAddresses {
  public constructor(private readonly layout: SubnetLayout) {}

  public allocateVpcCidr(): VpcIpamOptions {
    return { cidrBlock: this.layout.network.toString() };
  }

  public allocateSubnetsCidr(request: AllocateCidrRequest): SubnetIpamOptions {
    const taken = new Map<string, number>();
    return {
      allocatedSubnets: request.requestedSubnets.map(({ configuration: { name } }) => {
        const zone = taken.get(name) ?? 0;
        taken.set(name, zone + 1);
        return { cidr: this.layout.used(name as SubnetTier)[zone] };
      }),
    };
  }
}
