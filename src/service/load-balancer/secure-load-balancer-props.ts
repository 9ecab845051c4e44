import type { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import type { LoadBalancerSettings } from './load-balancer-settings';

/**
 * Properties of a {@link SecureLoadBalancer}.
 *
 * A network is required, and a certificate or the reason for plain HTTP.
 */
export interface SecureLoadBalancerProps extends LoadBalancerSettings {
  /** Network of the load balancer. An internal one is in the application tier, every other one in the public tier. */
  readonly network: ISecureVpc;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
