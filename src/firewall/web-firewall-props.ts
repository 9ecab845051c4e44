import type { Waiver } from '../compliance';
import type { EnvironmentProfile } from '../environment';
import type { OriginSecret } from './origin-secret';
import type { PathLimit } from './path-limit';
import type { RuleOverride } from './rule-override';

/** Properties of a {@link WebFirewall}. None is required. */
export interface WebFirewallProps {
  /**
   * Requests that one address may send within a minute, 10 to 2,000,000,000.
   *
   * AWS counts approximately, with a delay. An office, a school or a mobile network has one address for everyone in
   * it. Give paths that attackers guess at, such as the login, a limit of their own in `pathLimits`. Document A asks
   * for 100. Source: requirement A-28.
   * @default 10000 - an office of 140 people, each of whom loads a page of 70 files every minute
   */
  readonly requestsPerMinute?: number;
  /**
   * Lower limits for some paths, such as the login. Each path occurs once.
   *
   * Each limit takes 34 capacity units. Three limits fit, or five behind a proxy.
   * @default - none
   */
  readonly pathLimits?: PathLimit[];
  /**
   * Beginnings of the paths that accept bodies of more than 8 KB, for example `/api/upload/*`.
   *
   * WAF inspects only the first 8 KB of these bodies.
   * @default - none; larger bodies are blocked everywhere
   */
  readonly allowLargeBodiesOn?: string[];
  /**
   * Rules of managed rule groups that count instead of blocking, each with its reason.
   *
   * They match requests on all paths. Each rule occurs once.
   * @default - none; every group blocks, except the list of anonymous addresses
   */
  readonly ruleOverrides?: RuleOverride[];
  /**
   * Waiver that makes every rule count, so that the firewall blocks nothing.
   *
   * Use it for the first days of an application that had no firewall. Metrics, samples and log show what would be
   * blocked.
   * @default - rules block
   */
  readonly countOnly?: Waiver;
  /**
   * Header in which a proxy names the client.
   *
   * Cloudflare sends `CF-Connecting-IP`, and CloudFront sends `X-Forwarded-For`. Requests are then counted by this
   * header. AWS's lists of bad addresses are omitted, because they would evaluate the proxy. Use it only for a load
   * balancer that accepts requests of the proxy alone. Any other client could write the header and escape the limit.
   * WAF takes the first address in `X-Forwarded-For`, which the client wrote. Whoever writes the address of another
   * client there uses up its limit (docs/firewall.md).
   * @default - none; the address that connects is the client
   */
  readonly clientAddressHeader?: string;
  /**
   * Secret in a header of each request, by which a CDN shows that it sends for this application.
   *
   * Requests without it are answered with 403, before any other rule. The CDN must send it before this is deployed.
   * It takes 12 capacity units, and 24 while two versions are admitted.
   * @default - none; every customer of the CDN reaches the application
   */
  readonly originSecret?: OriginSecret;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
