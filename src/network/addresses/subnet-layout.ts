import type { Cidr } from './cidr';
import type { SubnetTier } from './subnet-tier';

/** CIDR blocks of a tier, in the order of the Availability Zones. */
export type TierBlocks = ReadonlyMap<SubnetTier, Cidr[]>;

/** CIDR blocks of a plan that a network uses. Blocks of reserved Availability Zones stay free. */
export class SubnetLayout {
  public constructor(
    public readonly network: Cidr,
    private readonly tiers: TierBlocks,
    public readonly availabilityZoneCount: number,
  ) {}

  public has(tier: SubnetTier): boolean {
    return this.blocksInUse(tier).length > 0;
  }

  public blocksInUse(tier: SubnetTier): string[] {
    return (this.tiers.get(tier) ?? []).slice(0, this.availabilityZoneCount).map(String);
  }
}
