import type { Cidr } from './cidr';
import type { SubnetTier } from './subnet-tier';

/** The blocks of a plan that are in use, and those that are kept free. */
export class SubnetLayout {
  public constructor(
    public readonly network: Cidr,
    private readonly tiers: Map<SubnetTier, Cidr[]>,
    public readonly zones: number,
  ) {}

  public has(tier: SubnetTier): boolean {
    return this.used(tier).length > 0;
  }

  public used(tier: SubnetTier): string[] {
    return (this.tiers.get(tier) ?? []).slice(0, this.zones).map(String);
  }
}
