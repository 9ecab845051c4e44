import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Waiver } from '../../compliance';
import type { EnvironmentProfile } from '../../environment';
import type { WebFirewall } from '../../firewall';
import type { ISecureVpc } from '../../network';
import type { Ingress } from './ingress';
import type { ResponseHeaders } from './response-headers';
import type { TlsPolicy } from './tls-policy';

/**
 * Properties of a {@link SecureLoadBalancer}.
 *
 * A network is required, and a certificate or the reason for plain HTTP.
 */
export interface SecureLoadBalancerProps {
  /** Network of the load balancer. An internal one is in the application tier, every other one in the public tier. */
  readonly network: ISecureVpc;
  /**
   * ACM certificate of the domain names, in the region of the load balancer.
   * @default - no certificate, in which case `plainHttp` is required
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
   * Domain name of the load balancer, for example `api.example.com`. It requires `hostedZone`.
   * @default - no alias record
   */
  readonly domainName?: string;
  /**
   * Hosted zone of the alias record. It requires `domainName`.
   * @default - no alias record
   */
  readonly hostedZone?: IHostedZone;
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
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
