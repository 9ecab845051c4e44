import { Token } from 'aws-cdk-lib';
import { AddressFamily, Peer, PrefixList } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import type { Admission } from './admission';
import { CLOUDFLARE_IPV4, CLOUDFLARE_IPV6, MOST_IPV4_RANGES, MOST_IPV6_RANGES } from './cloudflare-ranges';
import { cloudFrontPrefixListId, RULES_OF_CLOUDFRONT } from './cloudfront-prefix-list';

/** What {@link Ingress.cloudflare} may be told. */
export interface CloudflareIngressProps {
  /**
   * The IPv4 blocks that Cloudflare connects from, at most 20.
   * @default - the library's table of February 2026
   */
  readonly ipv4Ranges?: string[];
  /**
   * The IPv6 blocks that Cloudflare connects from, at most 10. Only a dual-stack load balancer has them.
   * @default - the library's table of February 2026
   */
  readonly ipv6Ranges?: string[];
}

/** What {@link Ingress.cloudFront} may be told. */
export interface CloudFrontIngressProps {
  /**
   * Id of the prefix list `com.amazonaws.global.cloudfront.origin-facing` in the region of the load balancer.
   * @default - from the library's table of regions
   */
  readonly prefixListId?: string;
}

/** What the kinds of ingress differ in. */
interface Kind {
  readonly internetFacing: boolean;
  readonly fromInternet: boolean;
  readonly anyone?: boolean;
  readonly clientAddressHeader?: string;
  readonly httpsOnly?: boolean;
  admit(scope: Construct, dualStack: boolean): Admission[];
}

/** Who may open connections to a load balancer. */
export class Ingress {
  /** Anyone. The load balancer gets public addresses and a firewall. */
  public static internet(): Ingress {
    return new Ingress({
      internetFacing: true,
      fromInternet: true,
      anyone: true,
      admit: (_, dualStack) => [
        { peer: Peer.anyIpv4(), rules: 1 },
        ...(dualStack ? [{ peer: Peer.anyIpv6(), rules: 1, ipv6: true }] : []),
      ],
    });
  }

  /**
   * Cloudflare alone (requirement C-01). Its ranges stand in prefix lists of their own; 20 places on each of two ports take 40 of the
   * 60 rules of a security group. Other customers of Cloudflare come from the same ranges: what only your zone may do needs a header
   * that your zone sets (`Route.header`) or a client certificate.
   */
  public static cloudflare(props: CloudflareIngressProps = {}): Ingress {
    return new Ingress({
      internetFacing: true,
      fromInternet: true,
      clientAddressHeader: 'CF-Connecting-IP',
      admit: (scope, dualStack) => admitCloudflare(scope, dualStack, props),
    });
  }

  /**
   * CloudFront alone, through a VPC origin: the load balancer has no public address. HTTPS only, because the list of CloudFront's
   * addresses counts as 55 of the 60 rules of a security group.
   */
  public static cloudFront(props: CloudFrontIngressProps = {}): Ingress {
    return new Ingress({
      internetFacing: false,
      fromInternet: true,
      clientAddressHeader: 'X-Forwarded-For',
      httpsOnly: true,
      admit: (scope) => [
        { peer: Peer.prefixList(cloudFrontPrefixListId(scope, props.prefixListId)), rules: RULES_OF_CLOUDFRONT },
      ],
    });
  }

  /** Only these IPv4 blocks, over the internet: offices, partners. */
  public static cidrs(blocks: string[]): Ingress {
    return new Ingress({ internetFacing: true, fromInternet: true, admit: (scope) => admitBlocks(scope, blocks) });
  }

  /** Only these IPv4 blocks, inside the network and what is connected to it. No public address. */
  public static internalOnly(blocks: string[]): Ingress {
    return new Ingress({ internetFacing: false, fromInternet: false, admit: (scope) => admitBlocks(scope, blocks) });
  }

  /** Whether the load balancer has public addresses. */
  public readonly internetFacing: boolean;

  private constructor(private readonly kind: Kind) {
    this.internetFacing = kind.internetFacing;
  }

  /**
   * Whether requests come from the internet, directly or through a proxy.
   * @internal
   */
  public get _fromInternet(): boolean {
    return this.kind.fromInternet;
  }

  /**
   * Whether anyone on the internet may connect.
   * @internal
   */
  public get _anyone(): boolean {
    return this.kind.anyone ?? false;
  }

  /**
   * The header in which the proxy in front names the client.
   * @internal
   */
  public get _clientAddressHeader(): string | undefined {
    return this.kind.clientAddressHeader;
  }

  /**
   * Whether there is room for port 443 alone.
   * @internal
   */
  public get _httpsOnly(): boolean {
    return this.kind.httpsOnly ?? false;
  }

  /**
   * Who may connect; prefix lists are made in the scope.
   * @internal
   */
  public _admit(scope: Construct, dualStack: boolean): Admission[] {
    return this.kind.admit(scope, dualStack);
  }
}

function admitBlocks(scope: IConstruct, blocks: string[]): Admission[] {
  const refused = blocks.find(
    (block) => !Token.isUnresolved(block) && !/^\d{1,3}(\.\d{1,3}){3}\/([1-9]|[12]\d|3[0-2])$/.test(block),
  );
  if (refused !== undefined) {
    throw new PropError(scope, {
      prop: 'ingress',
      value: refused,
      expected: 'IPv4 blocks of /1 to /32, as 198.51.100.0/24',
      fix: 'write one address as 198.51.100.7/32; for everyone take Ingress.internet()',
    });
  }
  return blocks.map((block) => ({ peer: Peer.ipv4(block), rules: 1 }));
}

function admitCloudflare(scope: Construct, dualStack: boolean, props: CloudflareIngressProps): Admission[] {
  const ipv4 = cloudflareList(scope, 'CloudflareIpv4', {
    ranges: props.ipv4Ranges ?? CLOUDFLARE_IPV4,
    room: MOST_IPV4_RANGES,
    family: AddressFamily.IP_V4,
  });
  if (!dualStack) {
    return [ipv4];
  }
  return [
    ipv4,
    cloudflareList(scope, 'CloudflareIpv6', {
      ranges: props.ipv6Ranges ?? CLOUDFLARE_IPV6,
      room: MOST_IPV6_RANGES,
      family: AddressFamily.IP_V6,
    }),
  ];
}

function cloudflareList(
  scope: Construct,
  id: string,
  list: { ranges: string[]; room: number; family: AddressFamily },
): Admission {
  const { ranges, room, family } = list;
  if (ranges.length === 0 || ranges.length > room) {
    const prop = family === AddressFamily.IP_V4 ? 'ingress.ipv4Ranges' : 'ingress.ipv6Ranges';
    throw new PropError(scope, {
      prop,
      value: `${ranges.length} blocks`,
      expected: `1 to ${room} blocks`,
      fix: "join neighbouring blocks, or leave it out for the library's table",
    });
  }
  const peer = new PrefixList(scope, id, {
    addressFamily: family,
    maxEntries: room,
    entries: ranges.map((cidr) => ({ cidr, description: 'Cloudflare' })),
  });
  return { peer, rules: room, ipv6: family === AddressFamily.IP_V6 };
}
