import { createHash } from 'crypto';
import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ConnectedFlow, Flows, NumberedFlow, Packets } from './acl-flows';
import { Cidr } from './addresses/cidr';
import type { SubnetLayout } from './addresses/subnet-layout';

/** Rule numbers of connected networks, which no other flow uses. AWS accepts numbers up to 32766. */
const FIRST_CONNECTED_NUMBER = 31000;
const CONNECTED_NUMBERS = 1700;

/** Entry of a network ACL in one direction. */
export interface AclEntry extends Packets {
  /** End of the construct id. In each direction, a number always has the same id. */
  readonly id: string;
  /** Rule number, which no other entry of the direction has. */
  readonly number: number;
  /** IPv4 block, or a token. */
  readonly block: string;
}

/** Entries for the flows of one direction. */
export function entriesOf(scope: IConstruct, layout: SubnetLayout, flows: Flows): AclEntry[] {
  const numbered = flows.numbered.flatMap((flow) => numberedEntries(layout, flow));
  return [...numbered, ...connectedEntries(scope, uncovered(flows.connected, numbered))];
}

/** True where an entry allows a TCP port to all addresses of a block. */
export function allowsTcp(entries: readonly AclEntry[], block: Cidr, port: number): boolean {
  return entries.some((entry) => covers(entry, { block: block.toString(), ports: [port, port] }));
}

/** Ids name peer and ports, so that another Availability Zone changes no existing entry. */
function numberedEntries(layout: SubnetLayout, { number, peer, ports, protocol }: NumberedFlow): AclEntry[] {
  return blocksOf(layout, peer).map((block, zone) => ({
    id: [`${peer}${zone + 1}`, ...ports, ...(protocol ? [protocol] : [])].join('-'),
    number: number + zone,
    block,
    ports,
    protocol,
  }));
}

/**
 * Numbers come from the content of a flow, not from its position in the prop, and ids from the numbers.
 *
 * Two flows may ask for one number. The second one then takes the next free one. If the first one goes, the entry of
 * its number changes in place, because its id stays.
 */
function connectedEntries(scope: IConstruct, flows: readonly ConnectedFlow[]): AclEntry[] {
  const taken = new Set<number>();
  const keyed = flows.map((flow) => ({ flow, key: keyOf(scope, flow) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.map(({ flow, key }) => {
    let slot = createHash('sha256').update(key).digest().readUInt32BE(0) % CONNECTED_NUMBERS;
    while (taken.has(slot)) {
      slot = (slot + 1) % CONNECTED_NUMBERS;
    }
    taken.add(slot);
    const number = FIRST_CONNECTED_NUMBER + slot;
    return { ...flow, id: `connected-${number}`, number };
  });
}

/** A token is not part of the key, because its text depends on the number of tokens before it. */
function keyOf(scope: IConstruct, { block, ports, protocol }: ConnectedFlow): string {
  return JSON.stringify([Stack.of(scope).resolve(block), ports, protocol ?? 'tcp']);
}

/** Flows that nothing else allows already, so that they take no more of the quota than they need. */
function uncovered(flows: readonly ConnectedFlow[], entries: readonly AclEntry[]): ConnectedFlow[] {
  return flows.filter((flow, index) => {
    const wider = flows.some((other, place) => covers(other, flow) && (!covers(flow, other) || place < index));
    return !wider && !entries.some((entry) => covers(entry, flow));
  });
}

function covers(wide: ConnectedFlow, narrow: ConnectedFlow): boolean {
  return (
    wide.protocol === narrow.protocol &&
    wide.ports[0] <= narrow.ports[0] &&
    narrow.ports[1] <= wide.ports[1] &&
    containsBlock(wide.block, narrow.block)
  );
}

function containsBlock(wide: string, narrow: string): boolean {
  const [outer, inner] = [wide, narrow].map((block) => Cidr.parse(block));
  return wide === narrow || wide === '0.0.0.0/0' || (outer && inner ? outer.contains(inner) : false);
}

function blocksOf(layout: SubnetLayout, peer: NumberedFlow['peer']): string[] {
  switch (peer) {
    case 'world':
      return ['0.0.0.0/0'];
    case 'network':
      return [layout.network.toString()];
    default:
      return layout.blocksInUse(peer);
  }
}
