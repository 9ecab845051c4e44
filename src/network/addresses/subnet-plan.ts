import type { IConstruct } from 'constructs';
import { listedTiers, sizedTiers } from './plan-tiers';
import { SubnetLayout } from './subnet-layout';
import type { SubnetPlanBlocks, SubnetPlanSizes } from './subnet-plan-props';
import { checkTiers, networkBlock } from './validate-subnet-plan';

/** Context of a plan: the Availability Zones of its network. */
interface PlanContext {
  /** Number of Availability Zones, 1 to 6. */
  readonly availabilityZoneCount: number;
  /** Prop that sets the number, for messages. */
  readonly countProp: string;
}

/**
 * CIDR blocks by tier and Availability Zone.
 *
 * A plan may reserve blocks for more Availability Zones than the network uses. The others stay free for a later one.
 *
 * @example
 * new SecureVpc(this, 'Network', {
 *   plan: SubnetPlan.sized({ cidr: '10.20.0.0/16', applicationMask: 21 }),
 * });
 */
export class SubnetPlan {
  /**
   * Plan whose blocks are computed from sizes.
   *
   * The default is 10.0.0.0/16 with blocks for four Availability Zones.
   */
  public static sized(sizes: SubnetPlanSizes = {}): SubnetPlan {
    return new SubnetPlan(sizes.cidr ?? '10.0.0.0/16', sizes, undefined);
  }

  /** Plan of the given blocks. */
  public static blocks(blocks: SubnetPlanBlocks): SubnetPlan {
    return new SubnetPlan(blocks.cidr, undefined, blocks);
  }

  private constructor(
    /** CIDR block of the network. */
    public readonly cidr: string,
    private readonly sizes?: SubnetPlanSizes,
    private readonly listed?: SubnetPlanBlocks,
  ) {}

  /** Checked blocks of each tier, for a network in so many Availability Zones. @internal */
  public _bind(scope: IConstruct, { availabilityZoneCount, countProp }: PlanContext): SubnetLayout {
    const network = networkBlock(scope, this.cidr);
    const tiers = this.listed ? listedTiers(scope, this.listed) : sizedTiers(scope, network, this.sizes ?? {});
    checkTiers(scope, { network, tiers, availabilityZoneCount, countProp, sizes: this.sizes });
    return new SubnetLayout(network, tiers, availabilityZoneCount);
  }
}
