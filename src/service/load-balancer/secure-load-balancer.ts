import { Stack, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  DesyncMitigationMode,
  IpAddressType,
  ListenerAction,
  type SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IHostedZone, RecordSet } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { WebFirewall } from '../../firewall';
import { type ISecureVpc, SecureVpc, SubnetTier } from '../../network';
import { BucketPurpose, SecureBucket } from '../../storage';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { aliasRecords, checkDomainName } from './alias-records';
import { logHealthChecks } from './health-check-logs';
import { Ingress } from './ingress';
import { ClientPorts } from './ingress-rules';
import { RouteTable } from './listener-priorities';
import { responseHeaderAttributes, type ResponseHeaders } from './response-headers';
import type { Route } from './route';
import { TlsPolicy } from './tls-policy';

/** What a {@link SecureLoadBalancer} may be told. A network, and a certificate or the reason for none. */
export interface SecureLoadBalancerProps {
  /** The network whose public tier it stands in; an internal one stands in the application tier. */
  readonly network: ISecureVpc;
  /**
   * The ACM certificate of its names, of the same region.
   * @default - none: then `plainHttp` must say why
   */
  readonly certificate?: ICertificate;
  /**
   * Serves plain HTTP on port 80 and nothing else. What travels can be read and changed on the way.
   * @default - HTTPS on 443
   */
  readonly plainHttp?: Waiver;
  /**
   * Versions and ciphers of TLS.
   * @default TlsPolicy.TLS_1_2_AND_1_3 - requirement C-04; documents A and D ask for TLS 1.3 alone (requirements A-02, D-16)
   */
  readonly tlsPolicy?: TlsPolicy;
  /**
   * Whether port 80 answers with a redirect to HTTPS. Document A opens 443 only.
   * @default - true (requirement B-03); false behind CloudFront, where there is room for one port
   */
  readonly httpRedirect?: boolean;
  /**
   * Who may connect.
   * @default Ingress.internet()
   */
  readonly ingress?: Ingress;
  /**
   * Whether clients may also come over IPv6. The subnets need IPv6 blocks, which only an adopted network can have.
   * @default false
   */
  readonly dualStack?: boolean;
  /**
   * The name under which clients find it, as `api.example.com`. Needs `hostedZone`.
   * @default - none: no record is made
   */
  readonly domainName?: string;
  /**
   * The zone in which the alias record is made, beside the load balancer. Needs `domainName`.
   * @default - none
   */
  readonly hostedZone?: IHostedZone;
  /**
   * Headers that it adds to every response.
   * @default - HSTS for one year, no sniffing of content types, frames of the same origin alone
   */
  readonly responseHeaders?: ResponseHeaders;
  /**
   * The firewall in front, of the same stack. Behind Cloudflare or CloudFront it needs their `clientAddressHeader`.
   * @default - a new `WebFirewall` for requests from the internet, none inside
   */
  readonly firewall?: WebFirewall;
  /**
   * Leaves out the firewall of a load balancer that takes requests from the internet.
   * @default - there is one
   */
  readonly withoutFirewall?: Waiver;
  /**
   * Where access, connection and health check logs go. The bucket must be encrypted by S3 itself, of the same
   * region, and, where it is imported, let load balancers write to it.
   * @default - a new `SecureBucket` with `BucketPurpose.logs()`
   */
  readonly logBucket?: IBucket;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

const HTTP = 80;
const HTTPS = 443;
/** The second listeners, on which ECS offers a new version before anyone sees it. No security group rule leads to them. */
const TEST_HTTP = 8080;
const TEST_HTTPS = 8443;

/**
 * What the internet sees: TLS, redirect, a 404 for what no service claims, response headers, logs, a firewall, a name.
 * Any number of services share it, each by a `Route`.
 *
 * Throws a PropError without a certificate and without `plainHttp`, in a stack whose region is unknown, for response headers that
 * browsers would not understand, and for more ports than the ingress has room for.
 */
export class SecureLoadBalancer extends Construct {
  /** The load balancer. */
  public readonly loadBalancer: ApplicationLoadBalancer;
  /** Its security group: in from the ingress, out to the services alone. */
  public readonly securityGroup: SecurityGroup;
  /** The listener that serves. */
  public readonly listener: ApplicationListener;
  /** The listener that offers new versions for verification. */
  public readonly testListener: ApplicationListener;
  /** The listener on port 80 that redirects, where there is one. */
  public readonly redirectListener?: ApplicationListener;
  /** The firewall in front, where there is one. */
  public readonly firewall?: WebFirewall;
  /** The records of its name, where it has one: A, and AAAA with `dualStack`. */
  public readonly aliasRecords: RecordSet[];
  private readonly routes = new RouteTable(this);
  private readonly ingress: Ingress;
  private readonly clientPorts: ClientPorts;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureLoadBalancerProps,
  ) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    this.ingress = props.ingress ?? Ingress.internet();
    this.checkProps();

    this.clientPorts = new ClientPorts(this, {
      vpc: props.network.vpc,
      ingress: this.ingress,
      dualStack: props.dualStack ?? false,
    });
    this.securityGroup = this.clientPorts.securityGroup;
    (props.certificate ? [HTTPS, ...(this.redirects() ? [HTTP] : [])] : [HTTP]).forEach((port) => this.openPort(port));
    this.loadBalancer = this.createLoadBalancer(profile);
    this.logTo(props.logBucket ?? new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs(), profile }).bucket);
    this.listener = this.addListener('Listener', props.certificate ? HTTPS : HTTP);
    this.testListener = this.addListener('TestListener', props.certificate ? TEST_HTTPS : TEST_HTTP);
    this.redirectListener = this.redirectToHttps();
    this.firewall = this.raiseFirewall(profile);
    this.aliasRecords = this.createAliasRecords();
    this.acknowledgePlainHttp();
  }

  /**
   * Opens a further port to whoever may connect, for a listener that you add to `loadBalancer` yourself.
   * Throws a PropError when the security group has no room for it.
   */
  public openPort(port: number): void {
    this.clientPorts.open(port);
  }

  /**
   * Gives out the priority of a service's rule.
   * @internal
   */
  public _claim(owner: IConstruct, route: Route, explicit?: number): number {
    return this.routes.claim(owner, route, explicit);
  }

  private checkProps(): void {
    const { certificate, plainHttp, tlsPolicy, withoutFirewall } = this.props;
    if (!certificate && !plainHttp) {
      throw new PropError(this, {
        prop: 'certificate',
        value: undefined,
        expected: 'a certificate, or plainHttp with a reason',
        fix: "import one with Certificate.fromCertificateArn, or say plainHttp: { reason: '...' }",
      });
    }
    if (certificate && plainHttp) {
      throw new PropError(this, {
        prop: 'plainHttp',
        value: plainHttp,
        expected: 'certificate or plainHttp, not both',
        fix: 'leave out plainHttp',
      });
    }
    if (plainHttp && tlsPolicy) {
      throw new PropError(this, {
        prop: 'tlsPolicy',
        value: tlsPolicy,
        expected: 'tlsPolicy with a certificate',
        fix: 'leave out plainHttp or tlsPolicy',
      });
    }
    if (plainHttp) {
      checkReason(this, 'plainHttp.reason', plainHttp.reason);
    }
    if (withoutFirewall) {
      checkReason(this, 'withoutFirewall.reason', withoutFirewall.reason);
    }
    if (Token.isUnresolved(Stack.of(this).region)) {
      throw new PropError(this, {
        prop: 'env.region',
        value: undefined,
        expected: 'a stack whose region is known: access logs are delivered by an account that differs by region',
        fix: "create the stack with env: { region: 'eu-central-1' }",
      });
    }
    checkDomainName(this, this.props);
    this.checkDualStack();
    this.checkFirewallSeesClients();
  }

  private checkDualStack(): void {
    const { dualStack, network } = this.props;
    if (dualStack && network instanceof SecureVpc) {
      throw new PropError(this, {
        prop: 'dualStack',
        value: true,
        expected: `false in ${network.node.path}: a SecureVpc has no IPv6 blocks`,
        fix: 'adopt a network that has them with SecureVpc.fromVpc, or put CloudFront or Cloudflare in front',
      });
    }
  }

  /** Behind a proxy all requests come from its addresses: counted by them, one busy minute would shut everyone out. */
  private checkFirewallSeesClients(): void {
    const { firewall } = this.props;
    const expected = this.ingress._clientAddressHeader;
    const matters = expected !== undefined || this.ingress._anyone;
    if (firewall && matters && firewall.clientAddressHeader !== expected) {
      throw new PropError(this, {
        prop: 'firewall.clientAddressHeader',
        value: firewall.clientAddressHeader,
        expected: expected ?? 'none, because anyone can connect and write the header',
        fix: expected
          ? `make it with new WebFirewall(this, 'Firewall', { clientAddressHeader: '${expected}' })`
          : 'leave out clientAddressHeader',
      });
    }
  }

  private createLoadBalancer(profile: EnvironmentProfile): ApplicationLoadBalancer {
    const { network } = this.props;
    const tier = this.ingress.internetFacing ? SubnetTier.PUBLIC : SubnetTier.APPLICATION;
    return new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(tier),
      internetFacing: this.ingress.internetFacing,
      ipAddressType: this.props.dualStack ? IpAddressType.DUAL_STACK : undefined,
      securityGroup: this.securityGroup,
      deletionProtection: profile.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE,
    });
  }

  private logTo(bucket: IBucket): void {
    this.loadBalancer.logAccessLogs(bucket, 'access');
    this.loadBalancer.logConnectionLogs(bucket, 'connections');
    logHealthChecks(this.loadBalancer, bucket, 'health');
  }

  private addListener(id: string, port: number): ApplicationListener {
    const { certificate, responseHeaders = {}, tlsPolicy = TlsPolicy.TLS_1_2_AND_1_3 } = this.props;
    const listener = new ApplicationListener(this, id, {
      loadBalancer: this.loadBalancer,
      port,
      protocol: certificate ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
      open: false,
      ...(certificate && { certificates: [certificate], sslPolicy: tlsPolicy as string as SslPolicy }),
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
    const attributes = responseHeaderAttributes(this, responseHeaders, certificate !== undefined);
    Object.entries(attributes).forEach(([attribute, value]) => listener.setAttribute(attribute, value));
    return listener;
  }

  private redirects(): boolean {
    return this.props.certificate !== undefined && (this.props.httpRedirect ?? !this.ingress._httpsOnly);
  }

  private redirectToHttps(): ApplicationListener | undefined {
    if (!this.redirects()) {
      return undefined;
    }
    const listener = new ApplicationListener(this, 'RedirectListener', {
      loadBalancer: this.loadBalancer,
      port: HTTP,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: `${HTTPS}`, permanent: true }),
    });
    acknowledgeInCompliancePacks(
      listener,
      'ELBv2ACMCertificateRequired',
      'This listener serves nothing: it answers every request with a redirect to HTTPS.',
    );
    return listener;
  }

  private raiseFirewall(profile: EnvironmentProfile): WebFirewall | undefined {
    const { firewall, withoutFirewall } = this.props;
    if (withoutFirewall) {
      acknowledgeInCompliancePacks(this.loadBalancer, 'ALBWAFEnabled', withoutFirewall.reason);
      return undefined;
    }
    if (!firewall && !this.ingress._fromInternet) {
      acknowledgeInCompliancePacks(
        this.loadBalancer,
        'ALBWAFEnabled',
        'Only addresses inside the network reach this load balancer.',
      );
      return undefined;
    }
    const raised =
      firewall ??
      new WebFirewall(this, 'Firewall', { profile, clientAddressHeader: this.ingress._clientAddressHeader });
    raised.protect(this, this.loadBalancer.loadBalancerArn);
    return raised;
  }

  private createAliasRecords(): RecordSet[] {
    const { domainName, hostedZone, dualStack = false } = this.props;
    return domainName && hostedZone
      ? aliasRecords(this, { domainName, hostedZone, dualStack, loadBalancer: this.loadBalancer })
      : [];
  }

  private acknowledgePlainHttp(): void {
    const { plainHttp } = this.props;
    if (plainHttp) {
      [this.listener, this.testListener].forEach((listener) =>
        ['ELBv2ACMCertificateRequired', 'ALBHttpToHttpsRedirection'].forEach((rule) =>
          acknowledgeInCompliancePacks(listener, rule, plainHttp.reason),
        ),
      );
    }
  }
}
