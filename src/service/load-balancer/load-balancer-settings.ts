import type { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Waiver } from '../../compliance';
import type { WebFirewall } from '../../firewall';
import type { Domain } from './domain';
import type { Ingress } from './ingress';
import type { ResponseHeaders } from './response-headers';
import type { TlsPolicy } from './tls-policy';

/**
 * Settings of a load balancer, shared or dedicated to a service.
 *
 * A certificate is required, here or in `domains`, or the reason for plain HTTP.
 */
export interface LoadBalancerSettings {
  /**
   * ACM certificate in the region of the load balancer.
   *
   * It serves all names that no certificate of `domains` covers.
   * @default - the first certificate of `domains`. Without one, `plainHttp` is required
   */
  readonly certificate?: ICertificate;
  /**
   * Reason to serve plain HTTP on port 80 only. Others on the path can read and change the traffic.
   * @default - HTTPS on port 443
   */
  readonly plainHttp?: Waiver;
  /**
   * TLS versions and ciphers.
   * @default TlsPolicy.TLS_1_2_AND_1_3 - requirement C-04. Requirements A-02 and D-16 ask for TLS 1.3 only
   */
  readonly tlsPolicy?: TlsPolicy;
  /**
   * Redirects port 80 to HTTPS.
   * @default - true (requirement B-03). False behind CloudFront, where the rule quota has room for one port
   */
  readonly httpRedirect?: boolean;
  /**
   * Clients that may connect.
   * @default Ingress.internet()
   */
  readonly ingress?: Ingress;
  /**
   * Lets clients connect over IPv6. The subnets need IPv6 blocks, which only an adopted network can have.
   * @default false
   */
  readonly dualStack?: boolean;
  /**
   * Domain names of the load balancer, each with its certificate and its alias records.
   *
   * Names that are added or removed leave the others alone.
   * @default - no alias records, and no certificate but `certificate`
   */
  readonly domains?: Domain[];
  /**
   * Headers that the load balancer adds to every response.
   * @default - HSTS for one year, X-Content-Type-Options nosniff, X-Frame-Options SAMEORIGIN
   */
  readonly responseHeaders?: ResponseHeaders;
  /**
   * Firewall in the same stack. Behind Cloudflare or CloudFront it needs their `clientAddressHeader`.
   * @default - a new `WebFirewall` for requests from the internet, none for an internal load balancer
   */
  readonly firewall?: WebFirewall;
  /**
   * Reason for no firewall on a load balancer that receives requests from the internet.
   * @default - the firewall is created
   */
  readonly withoutFirewall?: Waiver;
  /**
   * Bucket of the access, connection and health check logs.
   *
   * It must use S3 managed encryption and be in the same region. The policy of an imported bucket must let load
   * balancers write to it.
   * @default - a new `SecureBucket` with `BucketPurpose.logs()`
   */
  readonly logBucket?: IBucket;
  /**
   * Time for which a connection may carry no data before it is closed, 1 to 4000 whole seconds.
   *
   * It applies to clients and tasks. Raise it for slow responses and quiet websockets. The application must keep idle
   * connections open for longer, or some requests fail with status 502.
   * @default Duration.seconds(60) - the default of AWS
   */
  readonly idleTimeout?: Duration;
  /**
   * Time after which a client must open a new connection, 60 seconds to 7 days, in whole seconds.
   * @default Duration.hours(1) - the default of AWS
   */
  readonly clientKeepAlive?: Duration;
}
