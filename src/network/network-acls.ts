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
import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetTier } from './addresses/subnet-tier';

/** Ephemeral ports of Linux (net.ipv4.ip_local_port_range), to which replies return. */
const LINUX_EPHEMERAL: Ports = [32768, 60999];
/** Ephemeral ports of load balancers, NAT gateways and browsers, without 3389, which EC2.21 forbids. */
const ANY_EPHEMERAL: Ports[] = [
  [1024, 3388],
  [3390, 65535],
];
const ALL_TCP: Ports = [0, 65535];
const HIGH_TCP: Ports = [1024, 65535];
const HTTP: Ports = [80, 80];
const HTTPS: Ports = [443, 443];
/** AWS quota "Rules per network ACL" for each direction, less the final rule that denies. */
const MOST_ENTRIES = 19;
/** Rule numbers of the fixed flows. */
const FIRST_NUMBER = 100;
/** Rule numbers of the database ports, which follow. Each port has a fixed range. */
const FIRST_DATABASE_NUMBER = 1000;
const DATABASE_RANGES = 2500;
/** Rule numbers of one range: six Availability Zones of two tiers. */
const RANGE_LENGTH = 12;

type Ports = [from: number, to: number];
/** Other end of a flow: a tier, the CIDR block of the network, or any address. */
type Peer = SubnetTier | 'network' | 'world';

/** TCP connections that a network ACL allows in one direction. */
interface Flow {
  readonly peer: Peer;
  readonly ports: Ports;
}

/** Flows that the network ACL of a tier allows, by direction. */
interface TierFlows {
  readonly inbound: Flow[];
  readonly outbound: Flow[];
  /** Inbound flows to databases, which have fixed rule numbers. */
  readonly databases?: Flow[];
}

/** Properties of {@link NetworkAcls}. */
interface NetworkAclsProps {
  readonly vpc: IVpc;
  /** Tiers of the network, and their CIDR blocks. */
  readonly layout: SubnetLayout;
  /** Subnets by tier, in the order of the Availability Zones. The ids of the associations depend on it. */
  readonly subnets: Map<SubnetTier, ISubnet[]>;
  /** True to allow the application tier any address, false to allow the network and HTTPS alone. */
  readonly reachesInternet: boolean;
  /** TCP ports on which the data tier accepts connections, 1 to 65535. */
  readonly dataPorts: number[];
}

/**
 * One network ACL for each tier.
 *
 * Network ACLs are stateless, so each documented flow needs a rule in both directions. They can't refer to prefix
 * lists, so the rules allow replies of S3 from any address. Queries to the resolver of the VPC bypass network ACLs.
 */
export class NetworkAcls extends Construct {
  /** Associations with the subnets. Each depends on all rules of its network ACL. */
  public readonly associations: SubnetNetworkAclAssociation[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkAclsProps,
  ) {
    super(scope, id);
    const flows: Array<[SubnetTier, TierFlows]> = [
      [SubnetTier.PUBLIC, this.publicFlows()],
      [SubnetTier.APPLICATION, this.applicationFlows()],
      [SubnetTier.DATA, this.dataFlows()],
    ];
    flows.filter(([tier]) => props.layout.has(tier)).forEach(([tier, ofTier]) => this.createAcl(tier, ofTier));
  }

  private publicFlows(): TierFlows {
    const world = [HTTP, HTTPS, ...ANY_EPHEMERAL].map((ports) => ({ peer: 'world', ports }) as Flow);
    return {
      inbound: [...world, { peer: SubnetTier.APPLICATION, ports: ALL_TCP }],
      outbound: [{ peer: 'world', ports: ALL_TCP }],
    };
  }

  /** Includes the replies of databases, which arrive on the same ports as those from the internet. */
  private applicationFlows(): TierFlows {
    return {
      inbound: [
        { peer: SubnetTier.PUBLIC, ports: ALL_TCP },
        { peer: SubnetTier.APPLICATION, ports: ALL_TCP },
        { peer: 'world', ports: LINUX_EPHEMERAL },
      ],
      outbound: this.props.reachesInternet
        ? [{ peer: 'world', ports: ALL_TCP }]
        : [
          { peer: 'network', ports: ALL_TCP },
          { peer: 'world', ports: HTTPS },
        ],
    };
  }

  private dataFlows(): TierFlows {
    const fromApplication = this.props.dataPorts.map((port): Flow => ({
      peer: SubnetTier.APPLICATION,
      ports: [port, port],
    }));
    const low = this.props.dataPorts.filter((port) => port < HIGH_TCP[0]);
    return {
      inbound: [{ peer: SubnetTier.DATA, ports: HIGH_TCP }],
      outbound: [
        { peer: SubnetTier.APPLICATION, ports: HIGH_TCP },
        { peer: SubnetTier.DATA, ports: HIGH_TCP },
        ...(low.length > 0 ? [{ peer: SubnetTier.DATA, ports: [1, HIGH_TCP[0] - 1] as Ports }] : []),
      ],
      databases: [...fromApplication, ...low.map((port): Flow => ({ peer: SubnetTier.DATA, ports: [port, port] }))],
    };
  }

  private createAcl(tier: SubnetTier, flows: TierFlows): void {
    this.checkRuleCount(tier, flows);
    const acl = new NetworkAcl(this, tier, { vpc: this.props.vpc });
    const entries = [
      ...this.addEntries(acl, TrafficDirection.INGRESS, flows.inbound),
      ...this.addEntries(acl, TrafficDirection.EGRESS, flows.outbound),
      ...this.addDatabaseEntries(acl, flows.databases ?? []),
      ...this.addPathMtuDiscovery(acl, tier === SubnetTier.DATA ? 'network' : 'world'),
    ];
    this.associate(acl, tier, entries);
    acknowledge(
      acl,
      'AwsSolutions-VPC3',
      'A network ACL for each tier complements the security groups: no route, mistake or new group in one tier ' +
        'opens another. Every documented flow is tested through the network ACLs in both directions.',
    );
  }

  /** Ids name peer and ports, so that another Availability Zone changes no existing rule. */
  private addEntries(acl: NetworkAcl, direction: TrafficDirection, flows: Flow[]): NetworkAclEntry[] {
    return flows.flatMap((flow, index) => this.addEntry(acl, direction, flow, FIRST_NUMBER + index * 10));
  }

  /** An ACL without rules denies everything, so a subnet gets its ACL after the last rule. */
  private associate(acl: NetworkAcl, tier: SubnetTier, entries: NetworkAclEntry[]): void {
    (this.props.subnets.get(tier) ?? []).forEach((subnet, zone) => {
      const association = new SubnetNetworkAclAssociation(acl, `Association${zone + 1}`, { networkAcl: acl, subnet });
      association.node.addDependency(...entries);
      this.associations.push(association);
    });
  }

  /**
   * Adds rules whose numbers follow from the port, not from its position in the prop.
   *
   * CloudFormation replaces a rule whose number changes: it creates the new rule first, and AWS refuses a number that
   * another rule still has.
   */
  private addDatabaseEntries(acl: NetworkAcl, flows: Flow[]): NetworkAclEntry[] {
    const portsByRange = new Map<number, number>();
    return flows.flatMap((flow) => {
      const [port] = flow.ports;
      let range = port % DATABASE_RANGES;
      while ((portsByRange.get(range) ?? port) !== port) {
        range = (range + 1) % DATABASE_RANGES;
      }
      portsByRange.set(range, port);
      const offset = flow.peer === SubnetTier.DATA ? RANGE_LENGTH / 2 : 0;
      return this.addEntry(acl, TrafficDirection.INGRESS, flow, FIRST_DATABASE_NUMBER + range * RANGE_LENGTH + offset);
    });
  }

  private addEntry(acl: NetworkAcl, direction: TrafficDirection, flow: Flow, number: number): NetworkAclEntry[] {
    const prefix = direction === TrafficDirection.INGRESS ? 'In' : 'Out';
    return this.blocks(flow.peer).map((block, zone) =>
      acl.addEntry(`${prefix}-${flow.peer}${zone + 1}-${flow.ports.join('-')}`, {
        ruleNumber: number + zone,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(block),
        traffic: AclTraffic.tcpPortRange(...flow.ports),
      }),
    );
  }

  /** Allows ICMP "fragmentation needed" of routers, without which large responses never arrive. */
  private addPathMtuDiscovery(acl: NetworkAcl, peer: Peer): NetworkAclEntry[] {
    return [TrafficDirection.INGRESS, TrafficDirection.EGRESS].map((direction) =>
      acl.addEntry(direction === TrafficDirection.INGRESS ? 'In-PathMtu' : 'Out-PathMtu', {
        ruleNumber: FIRST_NUMBER - 10,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(this.blocks(peer)[0]),
        traffic: AclTraffic.icmp({ type: 3, code: 4 }),
      }),
    );
  }

  /** Only the ACL of the data tier grows with a prop: each port adds rules for each Availability Zone. */
  private checkRuleCount(tier: SubnetTier, flows: TierFlows): void {
    const entries = [...flows.inbound, ...(flows.databases ?? [])].reduce(
      (sum, { peer }) => sum + this.blocks(peer).length,
      1,
    );
    if (entries > MOST_ENTRIES) {
      throw new PropError(this.node.scope!, {
        prop: 'dataPorts',
        problem:
          `needs ${entries} inbound rules in the network ACL of the ${tier} tier in ` +
          `${this.props.layout.availabilityZoneCount} Availability Zones, expected at most ${MOST_ENTRIES}`,
        fix: 'set dataPorts to the ports of the databases that you have, or use fewer Availability Zones',
      });
    }
  }

  private blocks(peer: Peer): string[] {
    switch (peer) {
      case 'world':
        return ['0.0.0.0/0'];
      case 'network':
        return [this.props.layout.network.toString()];
      default:
        return this.props.layout.blocksInUse(peer);
    }
  }
}
