import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { checkRules, type Rule } from '../../validation/rules';
import { MOST_AVAILABILITY_ZONES } from './availability-zones';
import { Cidr } from './cidr';
import type { TierBlocks } from './subnet-layout';
import type { SubnetPlanSizes } from './subnet-plan-props';
import { SubnetTier } from './subnet-tier';

/** Prefix lengths that AWS supports for VPCs and subnets. */
const LARGEST_MASK = 16;
const SMALLEST_MASK = 28;

type Masks = { readonly [tier in SubnetTier]: number };

/** Sizes of a plan, defaults included. */
interface PlanSizes {
  readonly reservedAzs: number;
  readonly masks: Masks;
}

/** Space that a sized plan needs. */
interface PlanSpace extends PlanSizes {
  readonly network: Cidr;
  readonly addresses: number;
}

/** Blocks of a plan, and the network that will use them. */
interface PlanTiers {
  readonly network: Cidr;
  readonly tiers: TierBlocks;
  readonly availabilityZoneCount: number;
  /** Prop that sets the number of Availability Zones, for messages. */
  readonly countProp: string;
  /**
   * Sizes as the caller wrote them.
   * @default - the caller lists the blocks
   */
  readonly sizes?: SubnetPlanSizes;
}

interface TierBlock {
  readonly tier: SubnetTier;
  readonly block: Cidr;
}

/** Checked CIDR block of the network. */
export function networkBlock(scope: IConstruct, text: string): Cidr {
  return parsedBlock(scope, 'plan.cidr', text);
}

/** Checked CIDR block of one subnet. */
export function subnetBlock(scope: IConstruct, tier: SubnetTier, text: string): Cidr {
  return parsedBlock(scope, propOf(tier), text);
}

/** Refuses sizes that AWS does not support. */
export function checkSizes(scope: IConstruct, { reservedAzs, masks }: PlanSizes): void {
  checkRules(scope, [
    {
      condition: !isWholeBetween(reservedAzs, 1, MOST_AVAILABILITY_ZONES),
      prop: 'plan.reservedAzs',
      value: reservedAzs,
      expected: `a whole number from 1 to ${MOST_AVAILABILITY_ZONES}`,
      fix: 'reserve as many Availability Zones as the network may ever use',
    },
    ...Object.entries(masks).map(
      ([tier, mask]): Rule => ({
        condition: !isWholeBetween(mask, LARGEST_MASK, SMALLEST_MASK),
        prop: `plan.${tier}Mask`,
        value: mask,
        expected: `a whole number from ${LARGEST_MASK} to ${SMALLEST_MASK}`,
        fix: 'give a prefix length that AWS supports for subnets',
      }),
    ),
  ]);
}

/** Refuses a network that is too small for its subnets. */
export function checkFits(scope: IConstruct, { network, addresses, reservedAzs, masks }: PlanSpace): void {
  checkRules(scope, [
    {
      condition: addresses > network.size,
      prop: 'plan',
      problem:
        `needs ${addresses} addresses for ${reservedAzs} subnets each of /${masks.public}, /${masks.application} ` +
        `and /${masks.data}, expected at most the ${network.size} of ${network}`,
      fix: 'use a larger cidr, fewer reservedAzs or smaller subnets',
    },
  ]);
}

/** Refuses blocks that are outside the network, overlap, or are too few. */
export function checkTiers(scope: IConstruct, plan: PlanTiers): void {
  const blocks = [...plan.tiers].flatMap(([tier, ofTier]) => ofTier.map((block): TierBlock => ({ tier, block })));
  checkRules(scope, [
    ...blocks.map((block) => insideNetwork(plan.network, block)),
    ...blocks.flatMap((block, index) => apartFromAll(block, blocks.slice(0, index))),
    ...[...plan.tiers.keys()].map((tier) => enoughBlocks(plan, tier)),
  ]);
}

function insideNetwork(network: Cidr, { tier, block }: TierBlock): Rule {
  return {
    condition: !network.contains(block),
    prop: propOf(tier),
    value: block.toString(),
    expected: `blocks inside ${network}`,
    fix: 'move the block, or widen plan.cidr',
  };
}

function apartFromAll({ tier, block }: TierBlock, others: TierBlock[]): Rule[] {
  return others.map((other) => ({
    condition: other.block.overlaps(block),
    prop: propOf(tier),
    value: block.toString(),
    expected: `blocks that overlap no other (${other.block} is in ${propOf(other.tier)})`,
    fix: 'give each tier a dedicated block in each Availability Zone',
  }));
}

function enoughBlocks(plan: PlanTiers, tier: SubnetTier): Rule {
  const { tiers, availabilityZoneCount, sizes } = plan;
  const blocks = tiers.get(tier) ?? [];
  const omitted = blocks.length === 0 && tier !== SubnetTier.APPLICATION;
  const condition = blocks.length < availabilityZoneCount && !omitted;
  return sizes
    ? { condition, ...tooFewReserved(plan, sizes, blocks.length) }
    : {
      condition,
      prop: propOf(tier),
      value: blocks.map(String),
      expected: `one block for each of the ${availabilityZoneCount} Availability Zones`,
      fix: 'add a block for each Availability Zone, or use fewer Availability Zones',
    };
}

/** Error about the number that the caller wrote: either may be a default, and never are both. */
function tooFewReserved({ availabilityZoneCount, countProp }: PlanTiers, sizes: SubnetPlanSizes, reserved: number) {
  return sizes.reservedAzs === undefined
    ? {
      prop: countProp,
      value: availabilityZoneCount,
      expected: `at most the ${reserved} Availability Zones that the plan reserves`,
      fix: `set plan: SubnetPlan.sized({ reservedAzs: ${availabilityZoneCount} })`,
    }
    : {
      prop: 'plan.reservedAzs',
      value: reserved,
      expected: `at least the ${availabilityZoneCount} Availability Zones of the network`,
      fix: 'raise reservedAzs before the network is deployed, or use fewer Availability Zones',
    };
}

function propOf(tier: SubnetTier): string {
  return `plan.${tier}Blocks`;
}

function parsedBlock(scope: IConstruct, prop: string, text: string): Cidr {
  const block = Cidr.parse(text);
  if (!block || block.mask < LARGEST_MASK || block.mask > SMALLEST_MASK) {
    throw new PropError(scope, {
      prop,
      value: text,
      expected:
        `a block from /${LARGEST_MASK} to /${SMALLEST_MASK} whose address is the first of the block, ` +
        'for example 10.0.1.0/24',
      fix: 'write the block with its first address',
    });
  }
  return block;
}

function isWholeBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
