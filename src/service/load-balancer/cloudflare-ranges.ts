/**
 * The blocks from which Cloudflare connects to origins, as of February 2026. They change every few years. To refresh the table, compare
 * https://www.cloudflare.com/ips-v4 and https://www.cloudflare.com/ips-v6 with it; an app that can't wait gives them to `Ingress.cloudflare`.
 * A new block is an update of the prefix list in place: no rule of a security group changes.
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

/** The same for IPv6. */
export const CLOUDFLARE_IPV6 = [
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
];

/** Room in the prefix lists. All of it counts as rules of the security group, used or not, so it is no larger than growth needs. */
export const MOST_IPV4_RANGES = 20;
export const MOST_IPV6_RANGES = 10;
