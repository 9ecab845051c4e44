import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetTier } from './addresses/subnet-tier';
import type { ConnectedNetworkSettings } from './connected-network';

/** First and last port. */
export type Ports = readonly [from: number, to: number];

/** Other end of a flow: a tier, the CIDR block of the network, or any address. */
export type Peer = SubnetTier | 'network' | 'world';

/** Packets that a network ACL allows in one direction. */
export interface Packets {
  /** Destination ports. ICMP has none. */
  readonly ports: Ports;
  /**
   * UDP, or ICMP "fragmentation needed", which path MTU discovery depends on.
   * @default - TCP
   */
  readonly protocol?: 'udp' | 'path-mtu';
}

/**
 * Flow that every network ACL of a tier numbers alike.
 *
 * The entry of the first Availability Zone has the number, and those of the others follow.
 */
export interface NumberedFlow extends Packets {
  /** Rule number of the entry of the first Availability Zone. */
  readonly number: number;
  /** Other end of the flow. */
  readonly peer: Peer;
}

/** Flow from or to a connected network. Its number follows from its content. */
export interface ConnectedFlow extends Packets {
  /** IPv4 block, or a token. */
  readonly block: string;
}

/** Flows that the network ACL of a tier allows in one direction. */
export interface Flows {
  /** Flows inside the network, and to and from any address. */
  readonly numbered: readonly NumberedFlow[];
  /** Flows to and from connected networks. */
  readonly connected: readonly ConnectedFlow[];
}

/** Flows that the network ACL of a tier allows, by direction. */
export interface TierFlows {
  /** Flows into the tier. */
  readonly inbound: Flows;
  /** Flows out of the tier. */
  readonly outbound: Flows;
}

/** Network whose flows are listed. */
export interface FlowContext {
  /** Tiers of the network, and their CIDR blocks. */
  readonly layout: SubnetLayout;
  /** True to allow the application tier any address, false to allow the network and HTTPS alone. */
  readonly reachesInternet: boolean;
  /** TCP ports on which the data tier accepts connections, 1 to 65535. */
  readonly dataPorts: readonly number[];
  /** Networks that are connected by a peering, a transit gateway or a VPN. */
  readonly connectedNetworks: readonly ConnectedNetworkSettings[];
}

const ALL: Ports = [0, 65535];
/** Source ports of functions, NAT gateways and load balancers, which include those of Linux and Windows. */
const EPHEMERAL: Ports = [1024, 65535];
/** The same without 3389, which EC2.21 forbids to the world. */
const EPHEMERAL_LOW: Ports = [1024, 3388];
const EPHEMERAL_HIGH: Ports = [3390, 65535];
const BELOW_EPHEMERAL: Ports = [1, 1023];
const HTTP: Ports = [80, 80];
const HTTPS: Ports = [443, 443];

/** Rule numbers of the database ports. Each port has a fixed range. */
const FIRST_DATABASE_NUMBER = 1000;
const DATABASE_RANGES = 2500;
/** Rule numbers of one range: six Availability Zones of two tiers. */
const RANGE_LENGTH = 12;

/**
 * Allowed flows of a tier by direction, each with its rule number.
 *
 * A flow keeps its number for ever, and a number never gets another flow, whatever the props are. CloudFormation
 * creates the rule of a new flow before it deletes the rule of a former one, and AWS refuses a number that is taken.
 * Numbers of former releases stay unused.
 */
export function flowsOf(tier: SubnetTier, context: FlowContext): TierFlows {
  switch (tier) {
    case SubnetTier.PUBLIC:
      return publicFlows(context);
    case SubnetTier.APPLICATION:
      return applicationFlows(context);
    case SubnetTier.DATA:
      return dataFlows(context);
  }
}

/**
 * Flows of the application tier for VPC origins of CloudFront.
 *
 * They send from CloudFront's public addresses. Security groups decide who connects. No route leads from the internet
 * to the tier.
 */
export function cloudFrontFlows({ reachesInternet }: FlowContext): TierFlows {
  return {
    inbound: fixed({ number: 180, peer: 'world', ports: HTTPS }),
    outbound: fixed(...when(!reachesInternet, { number: 160, peer: 'world', ports: EPHEMERAL })),
  };
}

/** Two ports that share their rule numbers, if there are any. */
export function portsOfOneRange(ports: readonly number[]): number[] | undefined {
  return ports
    .map((port) => ports.filter((other) => rangeOf(other) === rangeOf(port)))
    .find((sharing) => sharing.length > 1);
}

/** UDP passes where a NAT gateway forwards it. */
function publicFlows({ reachesInternet }: FlowContext): TierFlows {
  return {
    inbound: fixed(
      { number: 100, peer: 'world', ports: HTTP },
      { number: 110, peer: 'world', ports: HTTPS },
      { number: 120, peer: 'world', ports: EPHEMERAL_LOW },
      { number: 130, peer: 'world', ports: EPHEMERAL_HIGH },
      { number: 140, peer: SubnetTier.APPLICATION, ports: ALL },
      ...when(
        reachesInternet,
        { number: 150, peer: 'world', ports: EPHEMERAL_LOW, protocol: 'udp' },
        { number: 160, peer: 'world', ports: EPHEMERAL_HIGH, protocol: 'udp' },
        { number: 170, peer: 'network', ports: ALL, protocol: 'udp' },
      ),
    ),
    outbound: fixed(
      { number: 100, peer: 'world', ports: ALL },
      ...when(reachesInternet, { number: 110, peer: 'world', ports: ALL, protocol: 'udp' }),
    ),
  };
}

/**
 * Replies from the internet, from S3 and from databases arrive on the same ports.
 *
 * Former releases used 120 inbound for replies to Linux alone, and 100 outbound for two flows. {@link cloudFrontFlows}
 * uses 180 inbound and 160 outbound.
 */
function applicationFlows({ reachesInternet, connectedNetworks }: FlowContext): TierFlows {
  return {
    inbound: {
      numbered: [
        { number: 100, peer: SubnetTier.PUBLIC, ports: ALL },
        { number: 110, peer: SubnetTier.APPLICATION, ports: ALL },
        { number: 130, peer: 'world', ports: EPHEMERAL_LOW },
        { number: 140, peer: 'world', ports: EPHEMERAL_HIGH },
        ...when(
          reachesInternet,
          { number: 150, peer: 'world', ports: EPHEMERAL_LOW, protocol: 'udp' },
          { number: 160, peer: 'world', ports: EPHEMERAL_HIGH, protocol: 'udp' },
        ),
        { number: 170, peer: 'network', ports: ALL, protocol: 'udp' },
      ],
      connected: connectedNetworks.flatMap(({ block, applicationPorts, applicationUdpPorts }) => [
        ...applicationPorts.map((port): ConnectedFlow => ({ block, ports: [port, port] })),
        ...applicationUdpPorts.map((port): ConnectedFlow => ({ block, ports: [port, port], protocol: 'udp' })),
        // With NAT, replies by UDP may come from any address.
        ...(reachesInternet ? [] : [{ block, ports: EPHEMERAL, protocol: 'udp' } as ConnectedFlow]),
      ]),
    },
    outbound: {
      numbered: [
        ...when(
          reachesInternet,
          { number: 120, peer: 'world', ports: ALL },
          { number: 140, peer: 'world', ports: ALL, protocol: 'udp' },
        ),
        ...when(
          !reachesInternet,
          { number: 110, peer: 'world', ports: HTTPS },
          { number: 130, peer: 'network', ports: ALL },
          { number: 150, peer: 'network', ports: ALL, protocol: 'udp' },
        ),
      ],
      connected: connectedNetworks.flatMap(({ block }) => [
        { block, ports: ALL },
        { block, ports: ALL, protocol: 'udp' },
      ]),
    },
  };
}

function dataFlows({ dataPorts, connectedNetworks }: FlowContext): TierFlows {
  const low = dataPorts.filter((port) => port < EPHEMERAL[0]);
  const clients = connectedNetworks.filter(({ dataPorts: ports }) => ports.length > 0);
  return {
    inbound: {
      numbered: [
        { number: 100, peer: SubnetTier.DATA, ports: EPHEMERAL },
        ...dataPorts.map((port) => databaseFlow(SubnetTier.APPLICATION, port)),
        ...low.map((port) => databaseFlow(SubnetTier.DATA, port)),
      ],
      connected: clients.flatMap(({ block, dataPorts: ports }) => [
        ...ports.map((port): ConnectedFlow => ({ block, ports: [port, port] })),
        { block, ports: ALL, protocol: 'path-mtu' },
      ]),
    },
    outbound: {
      numbered: [
        { number: 100, peer: SubnetTier.APPLICATION, ports: EPHEMERAL },
        { number: 110, peer: SubnetTier.DATA, ports: EPHEMERAL },
        ...when(low.length > 0, { number: 120, peer: SubnetTier.DATA, ports: BELOW_EPHEMERAL }),
      ],
      connected: clients.map(({ block }) => ({ block, ports: EPHEMERAL })),
    },
  };
}

/** Connections to a database port. Their rule numbers follow from the port, not from its position in the prop. */
function databaseFlow(peer: SubnetTier, port: number): NumberedFlow {
  const offset = peer === SubnetTier.DATA ? RANGE_LENGTH / 2 : 0;
  return { number: FIRST_DATABASE_NUMBER + rangeOf(port) * RANGE_LENGTH + offset, peer, ports: [port, port] };
}

function rangeOf(port: number): number {
  return port % DATABASE_RANGES;
}

function fixed(...numbered: NumberedFlow[]): Flows {
  return { numbered, connected: [] };
}

function when(condition: boolean, ...flows: NumberedFlow[]): NumberedFlow[] {
  return condition ? flows : [];
}
