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

/** Ports from which Linux opens connections (net.ipv4.ip_local_port_range), so those that replies come to. */
const LINUX_EPHEMERAL: Ports = [32768, 60999];
/** Ports from which load balancers, NAT gateways and browsers open connections, without 3389 (EC2.21 forbids it to the world). */
const ANY_EPHEMERAL: Ports[] = [
  [1024, 3388],
  [3390, 65535],
];
const ALL_TCP: Ports = [0, 65535];
const HIGH_TCP: Ports = [1024, 65535];
const HTTP: Ports = [80, 80];
const HTTPS: Ports = [443, 443];
/** Entries that a list may have a direction (AWS quota "Rules per network ACL"), less the last one that denies. */
const MOST_ENTRIES = 19;
/** Numbers of entries: fixed flows first, then a place of its own for each database port. */
const FIRST_NUMBER = 100;
const FIRST_DATABASE_NUMBER = 1000;
const DATABASE_PLACES = 2500;
/** Room for six zones of two tiers. */
const DATABASE_STRIDE = 12;

type Ports = [from: number, to: number];
/** A tier, the network's whole block, or everything. */
type Peer = SubnetTier | 'network' | 'world';
interface Flow {
  readonly peer: Peer;
  readonly ports: Ports;
}

/** What each tier's access control list lets pass, by direction; database ports come in besides. */
interface TierFlows {
  readonly inbound: Flow[];
  readonly outbound: Flow[];
  readonly databases?: Flow[];
}

/** What the lists are made from. */
interface TierAclsProps {
  readonly vpc: IVpc;
  /** Decides which tiers have a list, and from which blocks their peers come. */
  readonly layout: SubnetLayout;
  /** By tier, in the order of their zones: the ids of the associations count on it. */
  readonly subnets: Map<SubnetTier, ISubnet[]>;
  /** Whether the application tier may open connections to anywhere, or only to the network and HTTPS for gateway endpoints. */
  readonly reachesInternet: boolean;
  /** TCP ports that the application tier opens to the data tier, 1 to 65535; each has a fixed place in the list. */
  readonly dataPorts: number[];
}

/**
 * One network access control list a tier. Lists are stateless, so each documented flow needs a way
 * there and a way back; prefix lists can't be named in them, so that replies of S3 come from the world.
 * Name resolution needs no entry: lists don't see the network's own resolver.
 */
export class TierAcls extends Construct {
  /** What ties the lists to their subnets, each after its list is complete. */
  public readonly associations: SubnetNetworkAclAssociation[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TierAclsProps,
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

  /** Databases answer to the same ports as the world does, and begin nothing. What leaves for another tier is checked where it arrives. */
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
    this.checkRoom(tier, flows);
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
      'A list for each tier stands behind the security groups: no route, mistake or new group in one tier opens another. Every documented flow is tested through the lists in both directions.',
    );
  }

  /** Ids name peer and ports, so that a further zone moves no other entry; numbers only order them. */
  private addEntries(acl: NetworkAcl, direction: TrafficDirection, flows: Flow[]): NetworkAclEntry[] {
    return flows.flatMap((flow, index) => this.addEntry(acl, direction, flow, FIRST_NUMBER + index * 10));
  }

  /** A list without entries lets nothing pass: a subnet gets its list when the list is complete. */
  private associate(acl: NetworkAcl, tier: SubnetTier, entries: NetworkAclEntry[]): void {
    (this.props.subnets.get(tier) ?? []).forEach((subnet, zone) => {
      const association = new SubnetNetworkAclAssociation(acl, `Association${zone + 1}`, { networkAcl: acl, subnet });
      association.node.addDependency(...entries);
      this.associations.push(association);
    });
  }

  /**
   * A number belongs to its port, wherever the port stands in the list: CloudFormation replaces an entry whose number
   * changes by making the new one first, and AWS refuses a number that another entry still has.
   */
  private addDatabaseEntries(acl: NetworkAcl, flows: Flow[]): NetworkAclEntry[] {
    const taken = new Map<number, number>();
    return flows.flatMap((flow) => {
      const [port] = flow.ports;
      let place = port % DATABASE_PLACES;
      while ((taken.get(place) ?? port) !== port) {
        place = (place + 1) % DATABASE_PLACES;
      }
      taken.set(place, port);
      const half = flow.peer === SubnetTier.DATA ? DATABASE_STRIDE / 2 : 0;
      return this.addEntry(acl, TrafficDirection.INGRESS, flow, FIRST_DATABASE_NUMBER + place * DATABASE_STRIDE + half);
    });
  }

  private addEntry(acl: NetworkAcl, direction: TrafficDirection, flow: Flow, number: number): NetworkAclEntry[] {
    const way = direction === TrafficDirection.INGRESS ? 'In' : 'Out';
    return this.blocks(flow.peer).map((block, zone) =>
      acl.addEntry(`${way}-${flow.peer}${zone + 1}-${flow.ports.join('-')}`, {
        ruleNumber: number + zone,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(block),
        traffic: AclTraffic.tcpPortRange(...flow.ports),
      }),
    );
  }

  /** "Fragmentation needed" from a router on the way: without it a connection opens and large answers never arrive. */
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

  /** Only the data tier's list grows with a prop: a few entries a database port and zone. */
  private checkRoom(tier: SubnetTier, flows: TierFlows): void {
    const entries = [...flows.inbound, ...(flows.databases ?? [])].reduce(
      (sum, { peer }) => sum + this.blocks(peer).length,
      1,
    );
    if (entries > MOST_ENTRIES) {
      throw new PropError(this.node.scope!, {
        prop: 'dataPorts',
        value: this.props.dataPorts,
        expected: `ports that give the list of the ${tier} tier at most ${MOST_ENTRIES} entries inbound, here ${entries} in ${this.props.layout.zones} zones`,
        fix: 'name only the ports of the databases that you have, or use fewer zones',
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
        return this.props.layout.used(peer);
    }
  }
}
