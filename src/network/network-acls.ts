import {
  AclCidr,
  AclTraffic,
  Action,
  type ISubnet,
  type IVpc,
  NetworkAcl,
  type NetworkAclEntry,
  SubnetNetworkAclAssociation,
  TrafficDirection,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../compliance/acknowledge';
import { PropError } from '../validation/prop-error';
import { type AclEntry, allowsTcp, entriesOf } from './acl-entries';
import { cloudFrontFlows, type FlowContext, flowsOf, type Packets, type TierFlows } from './acl-flows';
import type { Cidr } from './addresses/cidr';
import { SubnetTier } from './addresses/subnet-tier';

/** AWS quota "Rules per network ACL" for each direction, less the final rule that denies. */
const MOST_ENTRIES = 19;
/** Rule number of path MTU discovery in every network ACL and direction. */
const PATH_MTU_NUMBER = 90;

/** Properties of {@link NetworkAcls}. */
interface NetworkAclsProps extends FlowContext {
  readonly vpc: IVpc;
  /** Subnets by tier, in the order of the Availability Zones. The ids of the associations depend on it. */
  readonly subnets: Map<SubnetTier, ISubnet[]>;
}

/** Entries of a network ACL by direction. */
interface TierEntries {
  readonly inbound: AclEntry[];
  readonly outbound: AclEntry[];
}

/**
 * One network ACL for each tier.
 *
 * Network ACLs are stateless, so each documented flow needs a rule in both directions. They can't refer to prefix
 * lists, so the rules allow replies of S3 from any address. Queries to the resolver of the VPC bypass network ACLs, and
 * so does the time service.
 */
export class NetworkAcls extends Construct {
  /** Associations with the subnets. Each depends on all rules of its network ACL. */
  public readonly associations: SubnetNetworkAclAssociation[] = [];
  private readonly entries: ReadonlyMap<SubnetTier, TierEntries>;
  private admitsCloudFront = false;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkAclsProps,
  ) {
    super(scope, id);
    const tiers = Object.values(SubnetTier).filter((tier) => props.layout.has(tier));
    this.entries = new Map(tiers.map((tier) => [tier, this.entriesOf(tier)]));
    this.entries.forEach((ofTier, tier) => this.createAcl(tier, ofTier));
  }

  /** True where all hosts of a block outside the network may connect to a TCP port of a tier. */
  public admits(tier: SubnetTier, block: Cidr, port: number): boolean {
    return allowsTcp(this.entries.get(tier)?.inbound ?? [], block, port);
  }

  /** Lets VPC origins of CloudFront connect to the application tier. Doing it again has no effect. */
  public admitCloudFront(): void {
    if (!this.admitsCloudFront) {
      this.admitsCloudFront = true;
      const added = this.resolve(cloudFrontFlows(this.props));
      const all = this.entries.get(SubnetTier.APPLICATION)!;
      all.inbound.push(...added.inbound);
      all.outbound.push(...added.outbound);
      this.checkRuleCounts(SubnetTier.APPLICATION, all);
      const acl = this.node.findChild(SubnetTier.APPLICATION) as NetworkAcl;
      this.addEntries(acl, TrafficDirection.INGRESS, added.inbound);
      this.addEntries(acl, TrafficDirection.EGRESS, added.outbound);
    }
  }

  private entriesOf(tier: SubnetTier): TierEntries {
    const entries = this.resolve(flowsOf(tier, this.props));
    this.checkRuleCounts(tier, entries);
    return entries;
  }

  private resolve({ inbound, outbound }: TierFlows): TierEntries {
    return {
      inbound: entriesOf(this, this.props.layout, inbound),
      outbound: entriesOf(this, this.props.layout, outbound),
    };
  }

  private checkRuleCounts(tier: SubnetTier, { inbound, outbound }: TierEntries): void {
    this.checkRuleCount(tier, 'inbound', inbound);
    this.checkRuleCount(tier, 'outbound', outbound);
  }

  private createAcl(tier: SubnetTier, { inbound, outbound }: TierEntries): void {
    const acl = new NetworkAcl(this, tier, { vpc: this.props.vpc });
    const entries = [
      ...this.addEntries(acl, TrafficDirection.INGRESS, inbound),
      ...this.addEntries(acl, TrafficDirection.EGRESS, outbound),
      ...this.addPathMtuDiscovery(acl, tier === SubnetTier.DATA ? this.props.layout.network.toString() : '0.0.0.0/0'),
    ];
    this.associate(acl, tier, entries);
    acknowledge(
      acl,
      'AwsSolutions-VPC3',
      'A network ACL for each tier complements the security groups: no route, mistake or new group in one tier ' +
        'opens another. Every documented flow is tested through the network ACLs in both directions.',
    );
  }

  private addEntries(acl: NetworkAcl, direction: TrafficDirection, entries: AclEntry[]): NetworkAclEntry[] {
    const prefix = direction === TrafficDirection.INGRESS ? 'In' : 'Out';
    return entries.map((entry) =>
      acl.addEntry(`${prefix}-${entry.id}`, {
        ruleNumber: entry.number,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(entry.block),
        traffic: trafficOf(entry),
      }),
    );
  }

  /** An ACL without rules denies everything, so a subnet gets its ACL after the last rule. */
  private associate(acl: NetworkAcl, tier: SubnetTier, entries: NetworkAclEntry[]): void {
    (this.props.subnets.get(tier) ?? []).forEach((subnet, zone) => {
      const association = new SubnetNetworkAclAssociation(acl, `Association${zone + 1}`, { networkAcl: acl, subnet });
      association.node.addDependency(...entries);
      this.associations.push(association);
    });
  }

  /** Allows ICMP "fragmentation needed" of routers, without which large responses never arrive. */
  private addPathMtuDiscovery(acl: NetworkAcl, block: string): NetworkAclEntry[] {
    return [TrafficDirection.INGRESS, TrafficDirection.EGRESS].map((direction) =>
      acl.addEntry(direction === TrafficDirection.INGRESS ? 'In-PathMtu' : 'Out-PathMtu', {
        ruleNumber: PATH_MTU_NUMBER,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(block),
        traffic: trafficOf({ protocol: 'path-mtu', ports: [0, 65535] }),
      }),
    );
  }

  /** Counts the entry of path MTU discovery, too. Two props add entries: ports of databases, and connected networks. */
  private checkRuleCount(tier: SubnetTier, direction: keyof TierEntries, entries: AclEntry[]): void {
    const count = entries.length + 1;
    if (count > MOST_ENTRIES) {
      const connected = entries.some(({ id }) => id.startsWith('connected'));
      throw new PropError(this.node.scope!, {
        prop: connected ? 'connectedNetworks' : 'dataPorts',
        problem:
          `needs ${count} ${direction} rules in the network ACL of the ${tier} tier in ` +
          `${this.props.layout.availabilityZoneCount} Availability Zones, expected at most ${MOST_ENTRIES}`,
        fix: connected
          ? 'join adjacent blocks, or name fewer ports of connected networks'
          : 'set dataPorts to the ports of the databases that you have, or use fewer Availability Zones',
      });
    }
  }
}

function trafficOf({ protocol, ports: [from, to] }: Packets): AclTraffic {
  switch (protocol) {
    case 'udp':
      return AclTraffic.udpPortRange(from, to);
    case 'path-mtu':
      return AclTraffic.icmp({ type: 3, code: 4 });
    default:
      return AclTraffic.tcpPortRange(from, to);
  }
}
