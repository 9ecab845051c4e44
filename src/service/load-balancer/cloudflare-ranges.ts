/**
 * IPv4 blocks from which Cloudflare connects to origins, as of February 2026.
 *
 * Cloudflare changes them every few years. To refresh the table, compare it with https://www.cloudflare.com/ips-v4 and
 * https://www.cloudflare.com/ips-v6. An app that can't wait passes the blocks to `Ingress.cloudflare`.
 * A new block updates the prefix list in place and changes no security group rule.
 */
export const CLOUDFLARE_IPV4 = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
];

/** IPv6 blocks from which Cloudflare connects to origins, as of February 2026. */
export const CLOUDFLARE_IPV6 = [
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
];

/**
 * Maximum number of entries of the IPv4 prefix list.
 * All of them count as rules of the security group, used or not, so the list leaves little room for growth.
 */
export const MAX_IPV4_RANGES = 20;
/** Maximum number of entries of the IPv6 prefix list. */
export const MAX_IPV6_RANGES = 10;
