import {
  AclCidr, AclTraffic, Action, type ISubnet, type IVpc, NetworkAcl, type NetworkAclEntry, SubnetNetworkAclAssociation, TrafficDirection,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement/acknowledge';
import type { SubnetLayout } from './subnet-layout';
import { SubnetTier } from './subnet-tier';

/** Ports from which Linux opens connections (net.ipv4.ip_local_port_range), so those that replies come to. */
const LINUX_EPHEMERAL: Ports = [32768, 60999];
/** Ports from which load balancers, NAT gateways and browsers open connections, without 3389 (EC2.21 forbids it to the world). */
const ANY_EPHEMERAL: Ports[] = [[1024, 3388], [3390, 65535]];
const ALL_TCP: Ports = [0, 65535];
const HIGH_TCP: Ports = [1024, 65535];
const HTTP: Ports = [80, 80];
const HTTPS: Ports = [443, 443];
const WORLD = 'world';

type Ports = [from: number, to: number];
type Peer = SubnetTier | typeof WORLD;
interface Flow { readonly peer: Peer; readonly ports: Ports }

/** What each tier's access control list lets pass, by direction. */
interface TierFlows { readonly inbound: Flow[]; readonly outbound: Flow[] }

/** What the lists are made from. */
export interface TierAclsProps {
  readonly vpc: IVpc;
  readonly layout: SubnetLayout;
  readonly subnets: Map<SubnetTier, ISubnet[]>;
  readonly reachesInternet: boolean;
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

  public constructor(scope: Construct, id: string, private readonly props: TierAclsProps) {
    super(scope, id);
    const flows: Array<[SubnetTier, TierFlows]> = [
      [SubnetTier.PUBLIC, this.publicFlows()],
      [SubnetTier.APPLICATION, this.applicationFlows()],
      [SubnetTier.DATA, this.dataFlows()],
    ];
    flows.filter(([tier]) => props.layout.has(tier)).forEach(([tier, ofTier]) => this.createAcl(tier, ofTier));
  }

  private publicFlows(): TierFlows {
    const world = [HTTP, HTTPS, ...ANY_EPHEMERAL].map((ports) => ({ peer: WORLD, ports }) as Flow);
    return {
      inbound: [...world, { peer: SubnetTier.APPLICATION, ports: ALL_TCP }],
      outbound: [{ peer: WORLD, ports: ALL_TCP }],
    };
  }

  private applicationFlows(): TierFlows {
    const outside = this.props.reachesInternet ? ALL_TCP : HTTPS;
    return {
      inbound: [
        { peer: SubnetTier.PUBLIC, ports: ALL_TCP },
        { peer: SubnetTier.APPLICATION, ports: ALL_TCP },
        { peer: SubnetTier.DATA, ports: HIGH_TCP },
        { peer: WORLD, ports: LINUX_EPHEMERAL },
      ],
      outbound: [
        { peer: SubnetTier.PUBLIC, ports: HIGH_TCP },
        { peer: SubnetTier.APPLICATION, ports: ALL_TCP },
        ...this.databaseFlows(SubnetTier.DATA),
        { peer: WORLD, ports: outside },
      ],
    };
  }

  private dataFlows(): TierFlows {
    return {
      inbound: [
        ...this.databaseFlows(SubnetTier.APPLICATION),
        ...this.databaseFlows(SubnetTier.DATA),
        { peer: SubnetTier.DATA, ports: HIGH_TCP },
      ],
      outbound: [
        { peer: SubnetTier.APPLICATION, ports: HIGH_TCP },
        { peer: SubnetTier.DATA, ports: HIGH_TCP },
      ],
    };
  }

  private databaseFlows(peer: SubnetTier): Flow[] {
    return this.props.dataPorts.map((port) => ({ peer, ports: [port, port] }));
  }

  private createAcl(tier: SubnetTier, flows: TierFlows): void {
    const acl = new NetworkAcl(this, tier, { vpc: this.props.vpc });
    const entries = [
      ...this.addEntries(acl, TrafficDirection.INGRESS, flows.inbound),
      ...this.addEntries(acl, TrafficDirection.EGRESS, flows.outbound),
    ];
    this.associate(acl, tier, entries);
    acknowledge(acl, 'AwsSolutions-VPC3', 'A list for each tier stands behind the security groups: no route, mistake or new group in one tier opens another. Every documented flow is tested through the lists in both directions.');
  }

  /** Ids name peer and ports, so that a further zone or port moves no other entry; numbers only order them. */
  private addEntries(acl: NetworkAcl, direction: TrafficDirection, flows: Flow[]): NetworkAclEntry[] {
    const way = direction === TrafficDirection.INGRESS ? 'In' : 'Out';
    return flows.flatMap((flow, index) => this.blocks(flow.peer).map((block, zone) =>
      acl.addEntry(`${way}-${flow.peer}${zone + 1}-${flow.ports.join('-')}`, {
        ruleNumber: 100 + index * 10 + zone,
        direction,
        ruleAction: Action.ALLOW,
        cidr: AclCidr.ipv4(block),
        traffic: AclTraffic.tcpPortRange(...flow.ports),
      })));
  }

  /** A list without entries lets nothing pass: a subnet gets its list when the list is complete. */
  private associate(acl: NetworkAcl, tier: SubnetTier, entries: NetworkAclEntry[]): void {
    (this.props.subnets.get(tier) ?? []).forEach((subnet, zone) => {
      const association = new SubnetNetworkAclAssociation(acl, `Association${zone + 1}`, { networkAcl: acl, subnet });
      association.node.addDependency(...entries);
      this.associations.push(association);
    });
  }

  private blocks(peer: Peer): string[] {
    return peer === WORLD ? ['0.0.0.0/0'] : this.props.layout.used(peer);
  }
}
