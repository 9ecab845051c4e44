import type { IConstruct } from 'constructs';
import { Cidr } from './cidr';
import type { TierBlocks } from './subnet-layout';
import type { SubnetPlanBlocks, SubnetPlanSizes } from './subnet-plan';
import { SubnetTier } from './subnet-tier';
import { checkFits, checkSizes, subnetBlock } from './validate-subnet-plan';

const TIERS = [SubnetTier.PUBLIC, SubnetTier.APPLICATION, SubnetTier.DATA];

/** Blocks of each tier as the caller lists them. */
export function listedTiers(scope: IConstruct, blocks: SubnetPlanBlocks): TierBlocks {
  const lists = {
    public: blocks.publicBlocks ?? [],
    application: blocks.applicationBlocks,
    data: blocks.dataBlocks ?? [],
  };
  return new Map(TIERS.map((tier) => [tier, lists[tier].map((block) => subnetBlock(scope, tier, block))]));
}

/** Blocks of each tier by size, largest first, so that each starts at a multiple of its size. */
export function sizedTiers(scope: IConstruct, network: Cidr, sizes: SubnetPlanSizes): TierBlocks {
  const reservedAzs = sizes.reservedAzs ?? 4;
  const masks = {
    public: sizes.publicMask ?? 24,
    application: sizes.applicationMask ?? 20,
    data: sizes.dataMask ?? 24,
  };
  checkSizes(scope, { reservedAzs, masks });

  const tiers = new Map<SubnetTier, Cidr[]>();
  let next = network.start;
  for (const tier of [...TIERS].sort((a, b) => masks[a] - masks[b])) {
    const size = 2 ** (32 - masks[tier]);
    tiers.set(
      tier,
      Array.from({ length: reservedAzs }, (_, zone) => new Cidr(next + zone * size, masks[tier])),
    );
    next += reservedAzs * size;
  }
  checkFits(scope, { network, addresses: next - network.start, reservedAzs, masks });
  return tiers;
}
