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
import type { RecordSet } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { createLate } from '../../environment/created-late';
import { WebFirewall } from '../../firewall';
import { SubnetTier } from '../../network';
import { BucketPurpose, SecureBucket } from '../../storage';
import { aliasRecords } from './alias-records';
import { logHealthChecks } from './health-check-logs';
import { Ingress, type IngressSettings } from './ingress';
import { IngressRules } from './ingress-rules';
import { ListenerPriorities } from './listener-priorities';
import { responseHeaderAttributes } from './response-headers';
import type { Route } from './route';
import type { SecureLoadBalancerProps } from './secure-load-balancer-props';
import { TlsPolicy } from './tls-policy';
import { checkFirewall, checkLoadBalancer } from './validate-load-balancer';

const HTTP = 80;
const HTTPS = 443;
/** Ports of the test listeners, on which ECS verifies a new version. No security group rule opens them. */
const TEST_HTTP = 8080;
const TEST_HTTPS = 8443;

/**
 * Application Load Balancer with TLS, redirect, response headers, logs, a firewall and a domain name.
 *
 * Any number of services share it, each by a {@link Route}. Requests that no route matches get a 404 response.
 *
 * It throws a `PropError` without a certificate and without `plainHttp`, in a stack without a region, for response
 * headers that browsers would misread, and for more ports than the rule quota allows.
 *
 * @example
 * const loadBalancer = new SecureLoadBalancer(this, 'LoadBalancer', { network, certificate });
 * new ProductionWebService(this, 'Api', { network, image, loadBalancer, route: Route.path('/api/*') });
 */
export class SecureLoadBalancer extends Construct {
  /** Application Load Balancer. */
  public readonly loadBalancer: ApplicationLoadBalancer;
  /** Security group of the load balancer. It allows connections from the clients, and to the services only. */
  public readonly securityGroup: SecurityGroup;
  /** Production listener. */
  public readonly listener: ApplicationListener;
  /** Test listener, on which new versions are verified. */
  public readonly testListener: ApplicationListener;
  /** Listener on port 80 that redirects to HTTPS, if there is one. */
  public readonly redirectListener?: ApplicationListener;
  /** Firewall of the load balancer, if there is one. */
  public readonly firewall?: WebFirewall;
  /** Alias records of the domain name, if there is one: A, and AAAA with `dualStack`. */
  public readonly aliasRecords: RecordSet[];
  private readonly priorities = new ListenerPriorities(this);
  private readonly ingress: IngressSettings;
  private readonly ingressRules: IngressRules;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureLoadBalancerProps,
  ) {
    super(scope, id);
    const { network, certificate, dualStack = false, profile = EnvironmentProfile.of(this) } = props;
    checkLoadBalancer(this, props);
    this.ingress = (props.ingress ?? Ingress.internet())._bind(this, { dualStack });
    checkFirewall(this, props, this.ingress);

    this.ingressRules = new IngressRules(this, { vpc: network.vpc, ingress: this.ingress });
    this.securityGroup = this.ingressRules.securityGroup;
    this.openPorts();
    this.loadBalancer = this.createLoadBalancer(profile);
    this.logTo(props.logBucket ?? new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs(), profile }).bucket);
    this.listener = this.addListener('Listener', certificate ? HTTPS : HTTP);
    this.testListener = this.addListener('TestListener', certificate ? TEST_HTTPS : TEST_HTTP);
    this.redirectListener = this.redirectToHttps();
    this.firewall = this.createFirewall(profile);
    this.aliasRecords = this.createAliasRecords();
    this.acknowledgePlainHttp();
  }

  /**
   * Opens another port to the clients, for a listener that you add to `loadBalancer`.
   *
   * It throws a `PropError` when the rule quota of the security group has no room for the port.
   */
  public openPort(port: number): void {
    this.ingressRules.open(port);
  }

  /**
   * Reserves the priority of a service's listener rule.
   * @internal
   */
  public _claim(owner: IConstruct, route: Route, explicit?: number): number {
    return this.priorities.claim(owner, route, explicit);
  }

  private openPorts(): void {
    const ports = this.props.certificate ? [HTTPS, ...(this.redirects() ? [HTTP] : [])] : [HTTP];
    ports.forEach((port) => this.openPort(port));
  }

  private createLoadBalancer(profile: EnvironmentProfile): ApplicationLoadBalancer {
    const { network } = this.props;
    const tier = this.ingress.internetFacing ? SubnetTier.PUBLIC : SubnetTier.APPLICATION;
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(tier),
      internetFacing: this.ingress.internetFacing,
      ipAddressType: this.props.dualStack ? IpAddressType.DUAL_STACK : undefined,
      securityGroup: this.securityGroup,
      deletionProtection: profile.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE,
    });
    if (profile.deletionProtection) {
      createLate(loadBalancer.node.defaultChild!);
    }
    return loadBalancer;
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
    return this.props.certificate !== undefined && (this.props.httpRedirect ?? !this.ingress.httpsOnly);
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

  private createFirewall(profile: EnvironmentProfile): WebFirewall | undefined {
    const { firewall, withoutFirewall } = this.props;
    if (withoutFirewall) {
      acknowledgeInCompliancePacks(this.loadBalancer, 'ALBWAFEnabled', withoutFirewall.reason);
      return undefined;
    }
    if (!firewall && !this.ingress.fromInternet) {
      acknowledgeInCompliancePacks(
        this.loadBalancer,
        'ALBWAFEnabled',
        'Only addresses inside the network reach this load balancer.',
      );
      return undefined;
    }
    const { clientAddressHeader } = this.ingress;
    const created = firewall ?? new WebFirewall(this, 'Firewall', { profile, clientAddressHeader });
    created.associate(this, this.loadBalancer.loadBalancerArn);
    return created;
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
