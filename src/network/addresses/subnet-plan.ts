import type { IConstruct } from 'constructs';
import { listedTiers, sizedTiers } from './plan-tiers';
import { SubnetLayout } from './subnet-layout';
import { checkTiers, networkBlock } from './validate-subnet-plan';

/** Properties of {@link SubnetPlan.sized}; none is required. */
export interface SubnetPlanSizes {
  /**
   * CIDR block of the network, /16 to /28.
   *
   * Source: requirements B-01, C-13 and D-15.
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;
  /**
   * Number of Availability Zones that the plan reserves blocks for, 1 to 6.
   *
   * Blocks of unused Availability Zones stay free. A network can grow into them, and no subnet moves.
   * A later change of this number moves subnets, which replaces them.
   * @default 4 - one more than the default number of Availability Zones
   */
  readonly reservedAzs?: number;
  /**
   * Prefix length of each public subnet, 16 to 28.
   * @default 24 - 251 addresses for load balancers and NAT gateways
   */
  readonly publicMask?: number;
  /**
   * Prefix length of each application subnet, 16 to 28.
   *
   * Every task takes an address, and twice as many tasks run during a blue/green deployment.
   * @default 20 - 4091 addresses
   */
  readonly applicationMask?: number;
  /**
   * Prefix length of each data subnet, 16 to 28.
   * @default 24 - 251 addresses
   */
  readonly dataMask?: number;
}

/** Properties of {@link SubnetPlan.blocks}; `cidr` and `applicationBlocks` are required. */
export interface SubnetPlanBlocks {
  /** CIDR block of the network, for example `10.0.0.0/16`. */
  readonly cidr: string;
  /**
   * CIDR blocks of the public tier, in the order of the Availability Zones.
   * @default - no public tier; nothing can be reached from the internet
   */
  readonly publicBlocks?: string[];
  /** CIDR blocks of the application tier, in the order of the Availability Zones. */
  readonly applicationBlocks: string[];
  /**
   * CIDR blocks of the data tier, in the order of the Availability Zones.
   * @default - no data tier; the network takes no database
   */
  readonly dataBlocks?: string[];
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

  /**
   * Checked blocks of each tier, for a network in so many Availability Zones.
   * @internal
   */
  public _layout(scope: IConstruct, availabilityZoneCount: number): SubnetLayout {
    const network = networkBlock(scope, this.cidr);
    const tiers = this.listed ? listedTiers(scope, this.listed) : sizedTiers(scope, network, this.sizes ?? {});
    checkTiers(scope, { network, tiers, availabilityZoneCount, listed: this.listed !== undefined });
    return new SubnetLayout(network, tiers, availabilityZoneCount);
  }
}
