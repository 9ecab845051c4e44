import type { AllocateCidrRequest, IIpAddresses, SubnetIpamOptions, VpcIpamOptions } from 'aws-cdk-lib/aws-ec2';
import type { SubnetLayout } from './subnet-layout';
import type { SubnetTier } from './subnet-tier';

/** Addresses of a VPC from a subnet plan, instead of the consecutive blocks that CDK allocates. */
export class PlannedAddresses implements IIpAddresses {
  public constructor(private readonly layout: SubnetLayout) {}

  public allocateVpcCidr(): VpcIpamOptions {
    return { cidrBlock: this.layout.network.toString() };
  }

  public allocateSubnetsCidr(request: AllocateCidrRequest): SubnetIpamOptions {
    const allocated = new Map<string, number>();
    return {
      allocatedSubnets: request.requestedSubnets.map(({ configuration: { name } }) => {
        const zone = allocated.get(name) ?? 0;
        allocated.set(name, zone + 1);
        return { cidr: this.layout.blocksInUse(name as SubnetTier)[zone] };
      }),
    };
  }
}
