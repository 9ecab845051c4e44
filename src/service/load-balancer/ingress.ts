import { Token } from 'aws-cdk-lib';
import { AddressFamily, type IPeer, Peer, PrefixList } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IConstruct } from 'constructs';
import { Cidr } from '../../network/addresses/cidr';
import { PropError } from '../../validation/prop-error';
import { CLOUDFLARE_IPV4, CLOUDFLARE_IPV6, MAX_IPV4_RANGES, MAX_IPV6_RANGES } from './cloudflare-ranges';
import { cloudFrontPrefixListId, RULES_OF_CLOUDFRONT } from './cloudfront-prefix-list';

/** Properties of {@link Ingress.cloudflare}. None is required. */
export interface CloudflareIngressProps {
  /**
   * IPv4 blocks of Cloudflare, at most 20.
   * @default - the library's table of February 2026
   */
  readonly ipv4Ranges?: string[];
  /**
   * IPv6 blocks of Cloudflare, at most 10. Only a dual-stack load balancer uses them.
   * @default - the library's table of February 2026
   */
  readonly ipv6Ranges?: string[];
}

/** Properties of {@link Ingress.cloudFront}. None is required. */
export interface CloudFrontIngressProps {
  /**
   * Id of CloudFront's origin-facing prefix list in the region of the load balancer.
   *
   * The name of the list is `com.amazonaws.global.cloudfront.origin-facing`.
   * @default - from the library's table of regions
   */
  readonly prefixListId?: string;
}

/**
 * Source of a security group rule, and its share of the rule quota.
 * @internal
 */
export interface IngressPeer {
  /** CIDR block, prefix list or everyone. */
  readonly peer: IPeer;
  /** Number of rules that the peer counts as on each port. A prefix list counts as its maximum number of entries. */
  readonly rules: number;
  /**
   * True for a peer that counts in the separate IPv6 quota.
   * @default false
   */
  readonly ipv6?: boolean;
}

/**
 * Load balancer that an ingress is bound to.
 * @internal
 */
export interface IngressContext {
  /** True where clients may connect over IPv6. */
  readonly dualStack: boolean;
}

/**
 * Settings of a load balancer's clients.
 * @internal
 */
export interface IngressSettings {
  /** True for a load balancer with public addresses. */
  readonly internetFacing: boolean;
  /** True where requests come from the internet, directly or through a proxy. */
  readonly fromInternet: boolean;
  /**
   * True where anyone on the internet may connect.
   * @default false
   */
  readonly anyone?: boolean;
  /**
   * Header in which the proxy passes the client's address.
   * @default - no proxy
   */
  readonly clientAddressHeader?: string;
  /**
   * True where the rule quota leaves room for port 443 only.
   * @default false
   */
  readonly httpsOnly?: boolean;
  /** Peers that may connect. */
  readonly peers: IngressPeer[];
}

/** Properties in which the kinds of ingress differ. */
interface IngressKind extends Omit<IngressSettings, 'peers'> {
  /** Creates the prefix lists, if any, and returns the peers. */
  peers(scope: Construct, context: IngressContext): IngressPeer[];
}

/**
 * Clients that may connect to a load balancer.
 *
 * @example
 * new SecureLoadBalancer(this, 'LoadBalancer', { network, certificate, ingress: Ingress.cloudflare() });
 */
export class Ingress {
  /**
   * Everyone on the internet. The load balancer gets public addresses and a firewall.
   *
   * @example
   * const ingress = Ingress.internet();
   */
  public static internet(): Ingress {
    return new Ingress({
      internetFacing: true,
      fromInternet: true,
      anyone: true,
      peers: (_, { dualStack }) => [
        { peer: Peer.anyIpv4(), rules: 1 },
        ...(dualStack ? [{ peer: Peer.anyIpv6(), rules: 1, ipv6: true }] : []),
      ],
    });
  }

  /**
   * Cloudflare only.
   *
   * Dedicated prefix lists hold Cloudflare's ranges. Their 20 entries on each of two ports take 40 of the 60 rules of
   * a security group. Other customers of Cloudflare connect from the same ranges. To accept your zone only, require a
   * header that your zone sets (`Route.header`) or a client certificate. Source: requirement C-01.
   *
   * @example
   * const ingress = Ingress.cloudflare();
   */
  public static cloudflare(props: CloudflareIngressProps = {}): Ingress {
    return new Ingress({
      internetFacing: true,
      fromInternet: true,
      clientAddressHeader: 'CF-Connecting-IP',
      peers: (scope, context) => cloudflarePeers(scope, context, props),
    });
  }

  /**
   * CloudFront only, through a VPC origin. The load balancer has no public address.
   *
   * It serves HTTPS only, because CloudFront's prefix list counts as 55 of the 60 rules of a security group.
   *
   * The network ACLs of a `SecureVpc` then admit 443 from any address to the application tier. Its plan needs public
   * blocks, because AWS requires an internet gateway in the VPC, through which no packet passes.
   *
   * @example
   * const ingress = Ingress.cloudFront();
   */
  public static cloudFront(props: CloudFrontIngressProps = {}): Ingress {
    return new Ingress({
      internetFacing: false,
      fromInternet: true,
      clientAddressHeader: 'X-Forwarded-For',
      httpsOnly: true,
      peers: (scope) => [
        { peer: Peer.prefixList(cloudFrontPrefixListId(scope, props.prefixListId)), rules: RULES_OF_CLOUDFRONT },
      ],
    });
  }

  /**
   * IPv4 blocks on the internet, for example of offices and partners.
   *
   * @example
   * const ingress = Ingress.cidrs(['198.51.100.0/24']);
   */
  public static cidrs(blocks: string[]): Ingress {
    return new Ingress({ internetFacing: true, fromInternet: true, peers: (scope) => blockPeers(scope, blocks) });
  }

  /**
   * IPv4 blocks of the network and of networks that are connected to it. The load balancer has no public address.
   *
   * @example
   * const ingress = Ingress.internalOnly(['10.0.0.0/16']);
   */
  public static internalOnly(blocks: string[]): Ingress {
    return new Ingress({ internetFacing: false, fromInternet: false, peers: (scope) => blockPeers(scope, blocks) });
  }

  /** True for a load balancer with public addresses. */
  public readonly internetFacing: boolean;

  private constructor(private readonly kind: IngressKind) {
    this.internetFacing = kind.internetFacing;
  }

  /**
   * Checks the props, creates prefix lists in the scope and returns the settings of the load balancer.
   * @internal
   */
  public _bind(scope: Construct, context: IngressContext): IngressSettings {
    return { ...this.kind, peers: this.kind.peers(scope, context) };
  }
}

function blockPeers(scope: IConstruct, blocks: string[]): IngressPeer[] {
  const literal = blocks.filter((block) => !Token.isUnresolved(block));
  const read = literal.map((block) => ({ block, cidr: Cidr.around(block) }));
  const known = new Set<string>();
  const refused = read.find(({ cidr }) => {
    const again = known.has(String(cidr));
    known.add(String(cidr));
    return cidr === undefined || cidr.mask === 0 || again;
  });
  if (refused !== undefined || blocks.length === 0) {
    throw new PropError(scope, {
      prop: 'ingress',
      value: refused?.block ?? blocks,
      expected: 'IPv4 blocks of /1 to /32, each once, for example 198.51.100.0/24',
      fix: 'write a single address as 198.51.100.7/32, or use Ingress.internet() for everyone',
    });
  }
  return blocks.map((block) => ({ peer: Peer.ipv4(block), rules: 1 }));
}

function cloudflarePeers(
  scope: Construct,
  { dualStack }: IngressContext,
  props: CloudflareIngressProps,
): IngressPeer[] {
  const ipv4 = cloudflareList(scope, 'CloudflareIpv4', {
    ranges: props.ipv4Ranges ?? CLOUDFLARE_IPV4,
    maxEntries: MAX_IPV4_RANGES,
    addressFamily: AddressFamily.IP_V4,
  });
  if (!dualStack) {
    return [ipv4];
  }
  return [
    ipv4,
    cloudflareList(scope, 'CloudflareIpv6', {
      ranges: props.ipv6Ranges ?? CLOUDFLARE_IPV6,
      maxEntries: MAX_IPV6_RANGES,
      addressFamily: AddressFamily.IP_V6,
    }),
  ];
}

/** Properties of a prefix list of Cloudflare's ranges. */
interface CloudflareList {
  readonly ranges: string[];
  readonly maxEntries: number;
  readonly addressFamily: AddressFamily;
}

function cloudflareList(scope: Construct, id: string, list: CloudflareList): IngressPeer {
  const { ranges, maxEntries, addressFamily } = list;
  const ipv6 = addressFamily === AddressFamily.IP_V6;
  if (ranges.length === 0 || ranges.length > maxEntries) {
    throw new PropError(scope, {
      prop: ipv6 ? 'ingress.ipv6Ranges' : 'ingress.ipv4Ranges',
      value: `${ranges.length} blocks`,
      expected: `1 to ${maxEntries} blocks`,
      fix: "merge adjacent blocks, or remove it for the library's table",
    });
  }
  const peer = new PrefixList(scope, id, {
    addressFamily,
    maxEntries,
    entries: ranges.map((cidr) => ({ cidr, description: 'Cloudflare' })),
  });
  return { peer, rules: maxEntries, ipv6 };
}
