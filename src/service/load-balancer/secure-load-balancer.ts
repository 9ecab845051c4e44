import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type CfnListener,
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
import { checkNetwork } from '../../network/check-network';
import { BucketPurpose, SecureBucket } from '../../storage';
import { checkKinds } from '../../validation/kinds';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';
import { aliasRecords } from './alias-records';
import { Domain } from './domain';
import { Ingress, type IngressSettings } from './ingress';
import { IngressRules } from './ingress-rules';
import { ListenerPriorities } from './listener-priorities';
import { admitVpcOrigin, checkClientsPass, loadBalancerSubnets } from './load-balancer-network';
import { deliverLogs } from './log-delivery';
import { responseHeaderAttributes } from './response-headers';
import type { Route } from './route';
import type { SecureLoadBalancerProps } from './secure-load-balancer-props';
import { addDomainCertificates, certificateArns, defaultCertificate } from './server-certificates';
import { TlsPolicy } from './tls-policy';
import { checkFirewall, checkLoadBalancer, checkServed } from './validate-load-balancer';

const HTTP = 80;
const HTTPS = 443;
/** Ports of the test listeners, on which ECS verifies a new version. No security group rule opens them. */
const TEST_HTTP = 8080;
const TEST_HTTPS = 8443;
/** Port of the redirect listener over plain HTTP, where it is out of the way. No security group rule opens it. */
const UNUSED = 65080;

/**
 * Application Load Balancer with TLS, redirect, response headers, logs, a firewall and domain names.
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
  /** True for a load balancer with public addresses. */
  public readonly internetFacing: boolean;
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
  /** Alias records of the domains that have a hosted zone: A, and AAAA with `dualStack`. */
  public readonly aliasRecords: RecordSet[];
  private readonly certificate?: ICertificate;
  private readonly priorities = new ListenerPriorities(this);
  private readonly ingress: IngressSettings;
  private readonly ingressRules: IngressRules;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureLoadBalancerProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    checkKinds(this, props, { ingress: Ingress, domains: Domain, profile: EnvironmentProfile });
    checkNetwork(this, props.network);
    const { network, dualStack = false, profile = EnvironmentProfile.of(this) } = props;
    this.certificate = defaultCertificate(props);
    checkLoadBalancer(this, props);
    this.ingress = (props.ingress ?? Ingress.internet())._bind(this, { dualStack });
    checkFirewall(this, props, this.ingress);
    checkServed(this, props, this.ingress);
    this.internetFacing = this.ingress.internetFacing;

    this.ingressRules = new IngressRules(this, { vpc: network.vpc, ingress: this.ingress });
    this.securityGroup = this.ingressRules.securityGroup;
    this.openPorts();
    this.loadBalancer = this.createLoadBalancer(profile);
    admitVpcOrigin(this, network, this.ingress);
    deliverLogs(this.loadBalancer, props.logBucket ?? this.createLogBucket(profile));
    this.listener = this.addListener('Listener', this.certificate ? HTTPS : HTTP);
    this.testListener = this.addListener('TestListener', this.certificate ? TEST_HTTPS : TEST_HTTP);
    this.redirectListener = this.redirectToHttps();
    this.firewall = this.createFirewall(profile);
    this.aliasRecords = this.createAliasRecords();
    this.acknowledgePlainHttp();
  }

  /**
   * URL of the first domain without a wildcard.
   *
   * Without domains, it has the load balancer's own name, which no certificate covers.
   */
  public get url(): string {
    return this._urlOf(this.props.domains?.find(({ name }) => !name.startsWith('*'))?.name);
  }

  /**
   * Opens another port to the clients, for a listener that you add to `loadBalancer`.
   *
   * It throws a `PropError` when the rule quota of the security group has no room for the port, and when the network
   * ACLs of a `SecureVpc` let the clients not reach it.
   */
  public openPort(port: number): void {
    checkRules(this, [
      {
        condition: [TEST_HTTP, TEST_HTTPS, UNUSED].includes(port),
        prop: 'port',
        value: port,
        expected: 'a port of a further listener, because a listener of the library has this one',
        fix: 'choose another port',
      },
    ]);
    checkClientsPass(this, this.props.network, this.ingress, port);
    this.ingressRules.open(port);
  }

  /**
   * True where the production and the test listener speak HTTPS.
   * @internal
   */
  public get _servesHttps(): boolean {
    return this.certificate !== undefined;
  }

  /**
   * ARNs of the certificates of the listeners.
   * @internal
   */
  public get _certificateArns(): string[] {
    return certificateArns(this.props);
  }

  /**
   * Reserves the priority of a service's listener rule.
   * @internal
   */
  public _claim(owner: IConstruct, route: Route, explicit?: number): number {
    return this.priorities.claim(owner, route, explicit);
  }

  /**
   * URL of a host name, or of the load balancer's own name.
   * @internal
   */
  public _urlOf(host: string = this.loadBalancer.loadBalancerDnsName): string {
    return `${this._servesHttps ? 'https' : 'http'}://${host}`;
  }

  private openPorts(): void {
    const ports = this._servesHttps ? [HTTPS, ...(this.redirects() ? [HTTP] : [])] : [HTTP];
    ports.forEach((port) => this.openPort(port));
  }

  private createLoadBalancer(profile: EnvironmentProfile): ApplicationLoadBalancer {
    const { network } = this.props;
    const tier = this.internetFacing ? SubnetTier.PUBLIC : SubnetTier.APPLICATION;
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: loadBalancerSubnets(this, network, tier),
      internetFacing: this.internetFacing,
      ipAddressType: this.props.dualStack ? IpAddressType.DUAL_STACK : undefined,
      securityGroup: this.securityGroup,
      idleTimeout: this.props.idleTimeout,
      clientKeepAlive: this.props.clientKeepAlive,
      deletionProtection: profile.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE,
    });
    if (profile.deletionProtection) {
      createLate(loadBalancer.node.defaultChild!);
    }
    return loadBalancer;
  }

  private createLogBucket(profile: EnvironmentProfile): IBucket {
    return new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs(), profile }).bucket;
  }

  private addListener(id: string, port: number): ApplicationListener {
    const { certificate } = this;
    const { responseHeaders = {}, tlsPolicy = TlsPolicy.TLS_1_2_AND_1_3 } = this.props;
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
    addDomainCertificates(listener, this.props);
    return listener;
  }

  private redirects(): boolean {
    return this._servesHttps && (this.props.httpRedirect ?? !this.ingress.httpsOnly);
  }

  /**
   * Creates the redirect, also where the production listener has port 80 itself.
   *
   * Between plain HTTP and a certificate, one of the two must leave port 80 before the other takes it. CloudFormation
   * deletes only at the end of an update, so a redirect that is removed would still hold the port. It moves instead.
   */
  private redirectToHttps(): ApplicationListener | undefined {
    const serves = this.redirects();
    if (this.certificate && !serves) {
      return undefined;
    }
    const listener = new ApplicationListener(this, 'RedirectListener', {
      loadBalancer: this.loadBalancer,
      port: serves ? HTTP : UNUSED,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: `${HTTPS}`, permanent: true }),
    });
    const [leaves, takes] = serves ? [this.listener, listener] : [listener, this.listener];
    (takes.node.defaultChild as CfnListener).addResourceDependency(leaves.node.defaultChild as CfnListener);
    acknowledgeInCompliancePacks(
      listener,
      'ELBv2ACMCertificateRequired',
      'This listener serves nothing: it answers every request with a redirect to HTTPS.',
    );
    return serves ? listener : undefined;
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
    const { domains = [], dualStack = false } = this.props;
    const records = domains.flatMap(({ name: domainName, _hostedZone: hostedZone }) =>
      hostedZone ? aliasRecords(this, { domainName, hostedZone, dualStack, loadBalancer: this.loadBalancer }) : [],
    );
    records.forEach((record) => record.node.addDependency(this.listener));
    return records;
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
