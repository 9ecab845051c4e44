import type { Template } from 'aws-cdk-lib/assertions';

/** A packet on its way, by TCP unless it says UDP. */
export interface Packet {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  readonly udp?: boolean;
}

/** The packet that answers. */
export function reply({ from, fromPort, to, toPort, udp }: Packet): Packet {
  return { from: to, fromPort: toPort, to: from, toPort: fromPort, udp };
}

interface Entry {
  readonly egress: boolean;
  readonly number: number;
  readonly allow: boolean;
  readonly protocol: number;
  readonly cidr: string;
  readonly from: number;
  readonly to: number;
}
interface Subnet { readonly id: string; readonly cidr: string; readonly entries: Entry[] }

const TCP = 6;
const UDP = 17;
const EVERYTHING = -1;

/**
 * Decides what the network access control lists of a template let pass, as AWS does: stateless, entries in the order
 * of their numbers, the first that matches wins, and what matches none is refused.
 */
export class NetworkAcls {
  private readonly subnets: Subnet[];

  public constructor(template: Template) {
    const lists = entriesByList(template);
    const listOf = new Map(Object.values(template.findResources('AWS::EC2::SubnetNetworkAclAssociation'))
      .map(({ Properties: { SubnetId, NetworkAclId } }) => [SubnetId.Ref as string, lists.get(NetworkAclId.Ref) ?? []]));
    this.subnets = Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => {
      const entries = listOf.get(id);
      if (!entries) {
        throw new Error(`subnet ${id} has no list of its own: the default one lets everything pass`);
      }
      return { id, cidr: Properties.CidrBlock, entries };
    });
  }

  /** Whether a packet gets from the subnet of its sender to that of its receiver; addresses outside the network have no list. */
  public pass(packet: Packet): boolean {
    const source = this.subnetOf(packet.from);
    const target = this.subnetOf(packet.to);
    return source === target || (this.leave(packet.from, packet) && this.enter(packet.to, packet));
  }

  /** Whether a packet, wherever it goes, may leave the subnet of an address. */
  public leave(address: string, packet: Packet): boolean {
    return this.decide(address, true, packet.to, packet);
  }

  /** Whether a packet, wherever it comes from, may enter the subnet of an address. */
  public enter(address: string, packet: Packet): boolean {
    return this.decide(address, false, packet.from, packet);
  }

  /** Entries of the fullest list in either direction, without the one that AWS adds. */
  public get mostEntries(): number {
    const counts = this.subnets.flatMap(({ entries }) => [true, false].map((egress) => entries.filter((entry) => entry.egress === egress).length));
    return Math.max(...counts);
  }

  private subnetOf(address: string): Subnet | undefined {
    return this.subnets.find(({ cidr }) => inBlock(address, cidr));
  }

  private decide(address: string, egress: boolean, peer: string, { toPort: port, udp }: Packet): boolean {
    const subnet = this.subnetOf(address);
    const first = subnet?.entries.find((entry) => entry.egress === egress && [udp ? UDP : TCP, EVERYTHING].includes(entry.protocol)
      && inBlock(peer, entry.cidr) && entry.from <= port && port <= entry.to);
    return subnet === undefined || (first?.allow ?? false);
  }
}

function entriesByList(template: Template): Map<string, Entry[]> {
  const lists = new Map<string, Entry[]>();
  Object.values(template.findResources('AWS::EC2::NetworkAclEntry')).forEach(({ Properties: p }) => {
    const entry = {
      egress: p.Egress === true,
      number: p.RuleNumber,
      allow: p.RuleAction === 'allow',
      protocol: p.Protocol,
      cidr: p.CidrBlock,
      from: p.PortRange?.From ?? 0,
      to: p.PortRange?.To ?? 65535,
    };
    lists.set(p.NetworkAclId.Ref, [...lists.get(p.NetworkAclId.Ref) ?? [], entry].sort((a, b) => a.number - b.number));
  });
  return lists;
}

function inBlock(address: string, cidr: string): boolean {
  const [base, mask] = cidr.split('/');
  const size = 2 ** (32 - Number(mask));
  return Math.floor(numeric(address) / size) === Math.floor(numeric(base) / size);
}

function numeric(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
