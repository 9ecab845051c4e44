import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { toAsciiName } from './ascii-name';

/** Properties of {@link Domain.of}. None is required. */
export interface DomainProps {
  /**
   * Hosted zone of the name, in which the alias records are created.
   * @default - no records, for a name whose DNS is elsewhere or points at a proxy
   */
  readonly hostedZone?: IHostedZone;
  /**
   * ACM certificate of the name, in the region of the load balancer. Several domains may share one.
   * @default - the prop `certificate` of the load balancer covers the name
   */
  readonly certificate?: ICertificate;
}

/**
 * Domain name of a load balancer, with its certificate and its alias records.
 *
 * @example
 * new SecureLoadBalancer(this, 'LoadBalancer', {
 *   network,
 *   domains: [Domain.of('api.example.com', { hostedZone, certificate })],
 * });
 */
export class Domain {
  /**
   * Domain of this name, for example `api.example.com`, `*.example.com` or `bücher.example`.
   *
   * A name beyond ASCII is converted to Punycode. The load balancer refuses a name that DNS does not allow, and one
   * that is not in the hosted zone.
   *
   * @param name fully qualified name, known at synthesis, without a trailing dot
   *
   * @example
   * const domain = Domain.of('api.example.com', { hostedZone, certificate });
   */
  public static of(name: string, props: DomainProps = {}): Domain {
    return new Domain(name, props);
  }

  /** Name in ASCII, as DNS has it. */
  public readonly name: string;
  /**
   * Hosted zone of the alias records.
   * @internal
   */
  public readonly _hostedZone?: IHostedZone;
  /**
   * Certificate of the name.
   * @internal
   */
  public readonly _certificate?: ICertificate;

  private constructor(name: string, { hostedZone, certificate }: DomainProps) {
    this.name = toAsciiName(name);
    this._hostedZone = hostedZone;
    this._certificate = certificate;
  }
}
