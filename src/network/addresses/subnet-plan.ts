import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { Cidr } from './cidr';
import { SubnetLayout } from './subnet-layout';
import { SubnetTier } from './subnet-tier';

/** Sizes from which {@link SubnetPlan.sized} computes the blocks. */
export interface SubnetPlanSizes {
  /**
   * The network's own block.
   * @default '10.0.0.0/16' (requirements B-01, C-13, D-15)
   */
  readonly cidr?: string;
  /**
   * Zones that the plan has room for, 1 to 6. Slots of zones not yet used stay free, so that a
   * further zone renumbers nothing. Changing this later does renumber.
   * @default 4 - one more than the default number of zones
   */
  readonly reservedAzs?: number;
  /**
   * Prefix length of a public subnet, 16 to 28.
   * @default 24 - 251 addresses for load balancers and NAT gateways
   */
  readonly publicMask?: number;
  /**
   * Prefix length of an application subnet, 16 to 28.
   * @default 20 - 4091 addresses: every task takes one, and a blue/green deployment takes twice as many
   */
  readonly applicationMask?: number;
  /**
   * Prefix length of a data subnet, 16 to 28.
   * @default 24
   */
  readonly dataMask?: number;
}

/** Blocks written out, one a zone, for {@link SubnetPlan.blocks}. */
export interface SubnetPlanBlocks {
  /** The network's own block, for example `10.0.0.0/16`. */
  readonly cidr: string;
  /**
   * Blocks of the public tier, in the order of the zones.
   * @default - no public tier: nothing can be reached from the internet
   */
  readonly publicBlocks?: string[];
  /** Blocks of the application tier, in the order of the zones. */
  readonly applicationBlocks: string[];
  /**
   * Blocks of the data tier, in the order of the zones.
   * @default - no data tier: the network takes no database
   */
  readonly dataBlocks?: string[];
}

const TIERS = [SubnetTier.PUBLIC, SubnetTier.APPLICATION, SubnetTier.DATA];
const SMALLEST_MASK = 28;
const LARGEST_MASK = 16;
const MOST_SLOTS = 6;

/**
 * Which block each tier has in each zone. A plan has slots; a network uses as many of them as it
 * has zones, and what is left over stays free.
 */
export class SubnetPlan {
  /** Computes the blocks from sizes; without arguments: 10.0.0.0/16 with four slots in each tier. */
  public static sized(sizes: SubnetPlanSizes = {}): SubnetPlan {
    return new SubnetPlan(sizes.cidr ?? '10.0.0.0/16', sizes, undefined);
  }

  /** Takes the blocks as they are written down. */
  public static blocks(blocks: SubnetPlanBlocks): SubnetPlan {
    return new SubnetPlan(blocks.cidr, undefined, blocks);
  }

  private constructor(
    /** The network's own block. */
    public readonly cidr: string,
    private readonly sizes?: SubnetPlanSizes,
    private readonly written?: SubnetPlanBlocks,
  ) {}

  /**
   * The blocks of each tier, checked for a network of so many zones.
   * @internal
   */
  public _layout(scope: IConstruct, zones: number): SubnetLayout {
    const network = parsed(scope, 'plan.cidr', this.cidr, 16, 28);
    const tiers = this.written ? writtenTiers(scope, this.written) : sizedTiers(scope, network, this.sizes ?? {});
    checkInside(scope, network, tiers);
    checkApart(scope, tiers);
    checkSlots(scope, zones, tiers, this.written !== undefined);
    return new SubnetLayout(network, tiers, zones);
  }
}

function propOf(tier: SubnetTier): string {
  return `plan.${tier}Blocks`;
}

function writtenTiers(scope: IConstruct, blocks: SubnetPlanBlocks): Map<SubnetTier, Cidr[]> {
  const lists = {
    public: blocks.publicBlocks ?? [],
    application: blocks.applicationBlocks,
    data: blocks.dataBlocks ?? [],
  };
  return new Map(
    TIERS.map((tier) => [
      tier,
      lists[tier].map((block) => parsed(scope, propOf(tier), block, LARGEST_MASK, SMALLEST_MASK)),
    ]),
  );
}

/** The largest blocks come first: then every block starts at a multiple of its own size. */
function sizedTiers(scope: IConstruct, network: Cidr, sizes: SubnetPlanSizes): Map<SubnetTier, Cidr[]> {
  const slots = sizes.reservedAzs ?? 4;
  checkBetween(scope, 'plan.reservedAzs', slots, 1, MOST_SLOTS, 'a region has at most 6 zones');
  const masks = {
    public: sizes.publicMask ?? 24,
    application: sizes.applicationMask ?? 20,
    data: sizes.dataMask ?? 24,
  };
  TIERS.forEach((tier) =>
    checkBetween(
      scope,
      `plan.${tier}Mask`,
      masks[tier],
      LARGEST_MASK,
      SMALLEST_MASK,
      'AWS takes subnets from /16 to /28',
    ),
  );

  const tiers = new Map<SubnetTier, Cidr[]>();
  let next = network.start;
  for (const tier of [...TIERS].sort((a, b) => masks[a] - masks[b])) {
    const size = 2 ** (32 - masks[tier]);
    tiers.set(
      tier,
      Array.from({ length: slots }, (_, slot) => new Cidr(next + slot * size, masks[tier])),
    );
    next += slots * size;
  }
  if (next > network.end) {
    throw new PropError(scope, {
      prop: 'plan.cidr',
      value: network.toString(),
      expected: `a block of at least ${next - network.start} addresses for ${slots} slots of /${masks.public}, /${masks.application} and /${masks.data}`,
      fix: 'take a larger block, fewer slots or smaller subnets: SubnetPlan.sized({ cidr, slots, publicMask, applicationMask, dataMask })',
    });
  }
  return tiers;
}

function parsed(scope: IConstruct, prop: string, text: string, largest: number, smallest: number): Cidr {
  const block = Cidr.parse(text);
  if (!block || block.mask < largest || block.mask > smallest) {
    throw new PropError(scope, {
      prop,
      value: text,
      expected: `a block from /${largest} to /${smallest} whose address is the first of the block, as 10.0.1.0/24`,
      fix: 'write the block with its first address',
    });
  }
  return block;
}

function checkBetween(scope: IConstruct, prop: string, value: number, min: number, max: number, fix: string): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new PropError(scope, { prop, value, expected: `${min} to ${max}, whole`, fix });
  }
}

function checkInside(scope: IConstruct, network: Cidr, tiers: Map<SubnetTier, Cidr[]>): void {
  for (const [tier, blocks] of tiers) {
    const outside = blocks.find((block) => !network.contains(block));
    if (outside) {
      throw new PropError(scope, {
        prop: propOf(tier),
        value: outside.toString(),
        expected: `blocks inside ${network}`,
        fix: 'move the block, or widen plan.cidr',
      });
    }
  }
}

function checkApart(scope: IConstruct, tiers: Map<SubnetTier, Cidr[]>): void {
  const seen: Array<{ tier: SubnetTier; block: Cidr }> = [];
  for (const [tier, blocks] of tiers) {
    for (const block of blocks) {
      const clash = seen.find((other) => other.block.overlaps(block));
      if (clash) {
        throw new PropError(scope, {
          prop: propOf(tier),
          value: block.toString(),
          expected: `blocks that overlap no other (${clash.block} is in ${propOf(clash.tier)})`,
          fix: 'give each zone of each tier a block of its own',
        });
      }
      seen.push({ tier, block });
    }
  }
}

function checkSlots(scope: IConstruct, zones: number, tiers: Map<SubnetTier, Cidr[]>, written: boolean): void {
  for (const [tier, blocks] of tiers) {
    const optional = tier !== SubnetTier.APPLICATION;
    if (blocks.length < zones && !(optional && blocks.length === 0)) {
      throw new PropError(scope, {
        prop: written ? propOf(tier) : 'plan.reservedAzs',
        value: written ? blocks.map(String) : blocks.length,
        expected: `one ${written ? 'block' : 'slot'} for each of the ${zones} zones`,
        fix: written
          ? 'add a block for each zone, or use fewer zones'
          : 'give the plan more slots, before the network is deployed, or use fewer zones',
      });
    }
  }
}
