import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { Egress, SecureVpc, type SecureVpcProps, SubnetPlan, type SubnetPlanBlocks, type SubnetPlanSizes, SubnetTier } from '../../../src';
import { ENV, refusal, templateOf, testStack } from '../../fixtures/test-stack';

const DISRUPTIVE = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE, ResourceImpact.WILL_DESTROY, ResourceImpact.WILL_ORPHAN];
const TIERS = [SubnetTier.PUBLIC, SubnetTier.APPLICATION, SubnetTier.DATA];

interface Block { readonly start: number; readonly end: number; readonly mask: number }

function block(text: string): Block {
  const [address, mask] = text.split('/');
  const start = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { start, end: start + 2 ** (32 - Number(mask)), mask: Number(mask) };
}

/** Without validation, where only the blocks matter. */
function bareStack(): Stack {
  return new Stack(new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': false } }), 'Test', { env: ENV });
}

function blocksByTier(plan: SubnetPlan, zones: number): { [tier: string]: string[] } {
  const layout = plan._bind(bareStack(), { availabilityZoneCount: zones, countProp: 'availabilityZoneCount' });
  return Object.fromEntries(TIERS.map((tier) => [tier, layout.blocksInUse(tier)]));
}

function blocksOf(template: Template): { [tier: string]: string[] } {
  const subnets = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => ({
    tier: (Properties.Tags as Array<{ Key: string; Value: string }>).find(({ Key }) => Key === 'aws-cdk:subnet-name')!.Value,
    cidr: Properties.CidrBlock as string,
  }));
  return Object.fromEntries(TIERS.map((tier) => [tier, subnets.filter((subnet) => subnet.tier === tier).map(({ cidr }) => cidr)]));
}

function networkOf(plan: SubnetPlan | undefined, availabilityZoneCount: number, egress?: Egress): Template {
  const stack = bareStack();
  new SecureVpc(stack, 'Network', { plan, availabilityZoneCount, egress });
  return Template.fromStack(stack);
}

function refusalOf(plan: SubnetPlan, zones = 3): string {
  return refusal(() => new SecureVpc(bareStack(), 'Network', { plan, availabilityZoneCount: zones }));
}

describe('A plan of given blocks', () => {
  test.each<[string, SubnetPlanBlocks]>([
    ['document B (B-01)', {
      cidr: '10.0.0.0/16',
      publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
      applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
    }],
    ['document C (C-13)', {
      cidr: '10.0.0.0/16',
      publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
      applicationBlocks: ['10.0.10.0/24', '10.0.20.0/24', '10.0.30.0/24'],
    }],
    ['document D, which has a data tier (D-15)', {
      cidr: '10.0.0.0/16',
      publicBlocks: ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'],
      applicationBlocks: ['10.0.16.0/20', '10.0.32.0/20', '10.0.48.0/20'],
      dataBlocks: ['10.0.128.0/24', '10.0.129.0/24', '10.0.130.0/24'],
    }],
  ])('creates the subnets of %s', (_document, blocks) => {
    const stack = testStack();
    new SecureVpc(stack, 'Network', { plan: SubnetPlan.blocks(blocks) });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: blocks.cidr });
    expect(blocksOf(template)).toEqual({ public: blocks.publicBlocks, application: blocks.applicationBlocks, data: blocks.dataBlocks ?? [] });
  });

  test('keeps a block free for a later Availability Zone', () => {
    const plan = SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'] });
    expect(blocksByTier(plan, 2).application).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
  });
});

describe('A plan of sizes', () => {
  test('has by default 10.0.0.0/16, three tiers, and blocks for one more Availability Zone than the network (A-26, B-01, C-13, D-15)', () => {
    const used = { public: ['10.0.64.0/24', '10.0.65.0/24', '10.0.66.0/24'], application: ['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20'], data: ['10.0.68.0/24', '10.0.69.0/24', '10.0.70.0/24'] };
    expect(blocksOf(networkOf(undefined, 3))).toEqual(used);
    expect(blocksByTier(SubnetPlan.sized(), 4).application[3]).toBe('10.0.48.0/20');
  });

  const sizes: fc.Arbitrary<Required<SubnetPlanSizes>> = fc.record({
    cidr: fc.constantFrom('10.0.0.0/16', '172.16.0.0/16', '10.3.64.0/18', '192.168.16.0/20'),
    reservedAzs: fc.integer({ min: 1, max: 6 }),
    publicMask: fc.integer({ min: 20, max: 28 }),
    applicationMask: fc.integer({ min: 18, max: 28 }),
    dataMask: fc.integer({ min: 20, max: 28 }),
  });

  function allBlocks(given: SubnetPlanSizes): Block[] | undefined {
    try {
      return Object.values(blocksByTier(SubnetPlan.sized(given), given.reservedAzs!)).flat().map(block);
    } catch (error) {
      expect((error as Error).message).toMatch(/: plan needs \d+ addresses/);
      return undefined;
    }
  }

  test('has blocks inside the network that do not overlap, each at a multiple of its size', () => {
    fc.assert(fc.property(sizes, (given) => {
      const network = block(given.cidr);
      const blocks = [...allBlocks(given) ?? []].sort((a, b) => a.start - b.start);
      blocks.forEach(({ start, end }, index) => {
        expect(start).toBeGreaterThanOrEqual(index === 0 ? network.start : blocks[index - 1].end);
        expect(end).toBeLessThanOrEqual(network.end);
        expect(start % (end - start)).toBe(0);
      });
    }), { numRuns: 300 });
  });

  test('is refused only when the sum of its blocks is larger than the network', () => {
    fc.assert(fc.property(sizes, (given) => {
      const sum = given.reservedAzs * [given.publicMask, given.applicationMask, given.dataMask].reduce((total, mask) => total + 2 ** (32 - mask), 0);
      const network = block(given.cidr);
      expect(allBlocks(given) === undefined).toBe(sum > network.end - network.start);
    }), { numRuns: 300 });
  });

  test('keeps its blocks when an Availability Zone is added', () => {
    fc.assert(fc.property(sizes, fc.integer({ min: 1, max: 5 }), (given, zones) => {
      fc.pre(zones < given.reservedAzs && allBlocks(given) !== undefined);
      const before = blocksByTier(SubnetPlan.sized(given), zones);
      const after = blocksByTier(SubnetPlan.sized(given), zones + 1);
      TIERS.forEach((tier) => expect(after[tier].slice(0, zones)).toEqual(before[tier]));
    }), { numRuns: 200 });
  });

  test.each([
    ['NAT in each zone', Egress.natGatewayPerZone()],
    ['one NAT', Egress.singleNatGateway()],
    ['regional NAT', Egress.regionalNatGateway()],
    ['endpoints only', Egress.endpointsOnly()],
  ])('replaces and removes no resource when an Availability Zone is added, with %s', (_egress, egress) => {
    const templates = [1, 2, 3, 4].map((zones) => networkOf(undefined, zones, egress).toJSON());
    templates.slice(1).forEach((after, index) => {
      const changed: string[] = [];
      fullDiff(templates[index], after).resources.forEachDifference((id, change) => {
        if (DISRUPTIVE.includes(change.changeImpact)) {
          changed.push(`${id}: ${change.changeImpact}`);
        }
      });
      expect(changed).toEqual([]);
    });
  });

  test('replaces subnets when reservedAzs changes, which the comparison detects', () => {
    const moved = fullDiff(networkOf(SubnetPlan.sized({ reservedAzs: 3 }), 3).toJSON(), networkOf(SubnetPlan.sized({ reservedAzs: 4 }), 3).toJSON());
    const replaced = moved.resources.logicalIds.filter((id) => moved.resources.get(id).changeImpact === ResourceImpact.WILL_REPLACE);
    expect(replaced.some((id) => id.includes('Subnet'))).toBe(true);
  });
});

describe('A plan is refused', () => {
  test('when the network is too small for its tiers', () => {
    expect(refusalOf(SubnetPlan.sized({ cidr: '10.0.0.0/20' }))).toBe(
      "SecureVpc 'Test/Network': plan needs 18432 addresses for 4 subnets each of /24, /20 and /24, expected at most the 4096 of 10.0.0.0/20. "
      + 'Use a larger cidr, fewer reservedAzs or smaller subnets.');
  });

  test('when its subnets are too large for the default block, which the caller has not written', () => {
    expect(refusalOf(SubnetPlan.sized({ applicationMask: 17 }))).toMatch(/: plan needs \d+ addresses for 4 subnets each of \/24, \/17 and \/24, /);
  });

  test('when blocks overlap, in one tier and across tiers', () => {
    expect(refusalOf(SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.0.0/20', '10.0.8.0/24', '10.0.32.0/20'] }))).toBe(
      "SecureVpc 'Test/Network': plan.applicationBlocks is \"10.0.8.0/24\", expected blocks that overlap no other (10.0.0.0/20 is in plan.applicationBlocks). Give each tier a dedicated block in each Availability Zone.");
    expect(refusalOf(SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.0.0/20'], dataBlocks: ['10.0.0.0/24'] }), 1)).toContain(
      'plan.dataBlocks is "10.0.0.0/24", expected blocks that overlap no other (10.0.0.0/20 is in plan.applicationBlocks)');
  });

  test.each(['10.0.1.5/24', '10.0.1.0/23', '10.0.300.0/24', '10.0.1.0', 'ten', '10.0.1.0/29', '10.0.0.0/15', '10.0.1.0/33'])('when a block is misaligned or invalid: %s', (wrong) => {
    expect(refusalOf(SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: [wrong] }), 1)).toBe(
      `SecureVpc 'Test/Network': plan.applicationBlocks is "${wrong}", expected a block from /16 to /28 whose address is the first of the block, for example 10.0.1.0/24. Write the block with its first address.`);
  });

  test('when the block of the network is misaligned', () => {
    expect(refusalOf(SubnetPlan.sized({ cidr: '10.0.1.0/16' }))).toContain('plan.cidr is "10.0.1.0/16", expected a block from /16 to /28');
  });

  test('when a block is outside the network', () => {
    expect(refusalOf(SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.1.0.0/24'] }), 1)).toBe(
      "SecureVpc 'Test/Network': plan.applicationBlocks is \"10.1.0.0/24\", expected blocks inside 10.0.0.0/16. Move the block, or widen plan.cidr.");
  });

  test('when the network has more Availability Zones than the plan', () => {
    expect(refusalOf(SubnetPlan.sized({ reservedAzs: 2 }))).toBe(
      "SecureVpc 'Test/Network': plan.reservedAzs is 2, expected at least the 3 Availability Zones of the network. Raise reservedAzs before the network is deployed, or use fewer Availability Zones.");
    expect(refusalOf(SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24', '10.0.2.0/24'] }))).toBe(
      "SecureVpc 'Test/Network': plan.applicationBlocks is [\"10.0.1.0/24\",\"10.0.2.0/24\"], expected one block for each of the 3 Availability Zones. Add a block for each Availability Zone, or use fewer Availability Zones.");
  });

  test('when the network has more Availability Zones than a plan without reservedAzs', () => {
    const networkWith = (props: SecureVpcProps) => refusal(() => new SecureVpc(bareStack(), 'Network', props));
    expect(networkWith({ availabilityZoneCount: 5 })).toBe(
      "SecureVpc 'Test/Network': availabilityZoneCount is 5, expected at most the 4 Availability Zones that the plan reserves. Set plan: SubnetPlan.sized({ reservedAzs: 5 }).");
    expect(networkWith({ availabilityZones: ['a', 'b', 'c', 'd', 'e'] })).toContain('availabilityZones.length is 5, expected at most the 4');
  });

  test.each<[SubnetPlanSizes, string]>([
    [{ reservedAzs: 0 }, 'plan.reservedAzs is 0, expected a whole number from 1 to 6'],
    [{ reservedAzs: 7 }, 'plan.reservedAzs is 7, expected a whole number from 1 to 6'],
    [{ publicMask: 29 }, 'plan.publicMask is 29, expected a whole number from 16 to 28'],
    [{ dataMask: 15 }, 'plan.dataMask is 15, expected a whole number from 16 to 28'],
  ])('when sizes are out of range: %j', (sized, message) => {
    expect(refusalOf(SubnetPlan.sized(sized))).toContain(message);
  });

  test('when a construct needs a tier that it lacks', () => {
    const network = new SecureVpc(bareStack(), 'Network', {
      plan: SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24'] }), availabilityZoneCount: 1, egress: Egress.endpointsOnly(),
    });
    expect(network.hasTier(SubnetTier.DATA)).toBe(false);
    expect(refusal(() => network.subnets(SubnetTier.DATA))).toBe(
      "SecureVpc 'Test/Network': plan.dataBlocks is not given, expected blocks of the data tier, which a construct in this network needs. Add them to the plan.");
  });
});
