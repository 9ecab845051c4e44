import { Stack, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener, ApplicationLoadBalancer, ApplicationProtocol, DesyncMitigationMode, ListenerAction, SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { Weakening } from '../acknowledgement';
import { acknowledge, acknowledgeInCompliancePacks } from '../acknowledgement/acknowledge';
import { EnvironmentProfile } from '../environment';
import { WebFirewall } from '../firewall';
import { type ISecureVpc, SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/closed-security-group';
import { checkReason } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';
import { BucketPurpose, SecureBucket } from '../storage';
import { Ingress } from './ingress';
import type { Route } from './route';

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
  readonly plainHttp?: Weakening;
  /**
   * Whether port 80 answers with a redirect to HTTPS. Document A opens 443 only.
   * @default true - requirement B-03
   */
  readonly httpRedirect?: boolean;
  /**
   * Who may connect.
   * @default Ingress.internet()
   */
  readonly ingress?: Ingress;
  /**
   * The firewall in front, of the same stack.
   * @default - a new `WebFirewall` for one that faces the internet, none inside
   */
  readonly firewall?: WebFirewall;
  /**
   * Leaves out the firewall of a load balancer that faces the internet.
   * @default - there is one
   */
  readonly withoutFirewall?: Weakening;
  /**
   * Where access and connection logs go. The bucket must be encrypted by S3 itself, and of the same region.
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
 * What the internet sees: TLS, redirect, a 404 for what no service claims, access and connection logs, a firewall.
 * Any number of services share it, each by a `Route`.
 *
 * Throws a PropError without a certificate and without `plainHttp`, and in a stack whose region is unknown.
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
  private readonly claims = new Map<number, { route: string; owner: string }>();
  private readonly ingress: Ingress;

  public constructor(scope: Construct, id: string, private readonly props: SecureLoadBalancerProps) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    this.ingress = props.ingress ?? Ingress.internet();
    this.checkProps();

    this.securityGroup = this.createSecurityGroup();
    this.loadBalancer = this.createLoadBalancer(profile);
    this.logTo(props.logBucket ?? new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs(), profile }).bucket);
    this.listener = this.addListener('Listener', props.certificate ? HTTPS : HTTP);
    this.testListener = this.addListener('TestListener', props.certificate ? TEST_HTTPS : TEST_HTTP);
    this.redirectListener = this.redirectToHttps();
    this.firewall = this.raiseFirewall(profile);
    this.acknowledgeIngress();
  }

  /**
   * Gives out the priority of a service's rule.
   * @internal
   */
  public _claim(owner: IConstruct, route: Route, explicit?: number): number {
    const name = route._name();
    const priority = explicit ?? route._priority(owner.node.path);
    const same = [...this.claims.values()].find((claim) => claim.route === name);
    const clash = same ?? this.claims.get(priority);
    if (clash) {
      throw new PropError(owner, {
        prop: same ? 'route' : 'routePriority',
        value: same ? name : priority,
        allowed: same ? `a route that no other service of ${this.node.path} has ('${clash.owner}' has it)` : `a priority that '${clash.owner}' doesn't have`,
        wayOut: same ? 'give each service its own Route.path or Route.host' : 'set routePriority on the newer of the two, 40001 to 50000',
      });
    }
    this.claims.set(priority, { route: name, owner: owner.node.path });
    return priority;
  }

  private checkProps(): void {
    const { certificate, plainHttp, withoutFirewall } = this.props;
    if (!certificate && !plainHttp) {
      throw new PropError(this, {
        prop: 'certificate', value: undefined, allowed: 'a certificate, or plainHttp with a reason', wayOut: "import one with Certificate.fromCertificateArn, or say plainHttp: { reason: '...' }",
      });
    }
    if (certificate && plainHttp) {
      throw new PropError(this, { prop: 'plainHttp', value: plainHttp, allowed: 'certificate or plainHttp, not both', wayOut: 'leave out plainHttp' });
    }
    if (plainHttp) {
      checkReason(this, 'plainHttp.reason', plainHttp.reason);
    }
    if (withoutFirewall) {
      checkReason(this, 'withoutFirewall.reason', withoutFirewall.reason);
    }
    if (Token.isUnresolved(Stack.of(this).region)) {
      throw new PropError(this, {
        prop: 'env.region', value: undefined, allowed: 'a stack whose region is known: access logs are delivered by an account that differs by region', wayOut: "create the stack with env: { region: 'eu-central-1' }",
      });
    }
  }

  private createSecurityGroup(): SecurityGroup {
    const group = closedSecurityGroup(this, 'SecurityGroup', { vpc: this.props.network.vpc, description: `Load balancer ${this.node.path}` });
    const ports = this.props.certificate ? [HTTPS, ...this.redirects() ? [HTTP] : []] : [HTTP];
    this.ingress._peers.forEach((peer) => ports.forEach((port) => group.addIngressRule(peer, Port.tcp(port), `Clients on ${port}`)));
    return group;
  }

  private createLoadBalancer(profile: EnvironmentProfile): ApplicationLoadBalancer {
    const { network } = this.props;
    const tier = this.ingress.internetFacing ? SubnetTier.PUBLIC : SubnetTier.APPLICATION;
    return new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(tier),
      internetFacing: this.ingress.internetFacing,
      securityGroup: this.securityGroup,
      deletionProtection: profile.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.DEFENSIVE,
    });
  }

  private logTo(bucket: IBucket): void {
    this.loadBalancer.logAccessLogs(bucket, 'access');
    this.loadBalancer.logConnectionLogs(bucket, 'connections');
  }

  private addListener(id: string, port: number): ApplicationListener {
    const { certificate } = this.props;
    return new ApplicationListener(this, id, {
      loadBalancer: this.loadBalancer,
      port,
      protocol: certificate ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
      open: false,
      ...(certificate && { certificates: [certificate], sslPolicy: SslPolicy.TLS13_RES }),
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
  }

  private redirects(): boolean {
    return this.props.certificate !== undefined && (this.props.httpRedirect ?? true);
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
    acknowledgeInCompliancePacks(listener, 'ELBv2ACMCertificateRequired', 'This listener serves nothing: it answers every request with a redirect to HTTPS.');
    return listener;
  }

  private raiseFirewall(profile: EnvironmentProfile): WebFirewall | undefined {
    const { firewall, withoutFirewall } = this.props;
    if (withoutFirewall) {
      acknowledgeInCompliancePacks(this.loadBalancer, 'ALBWAFEnabled', withoutFirewall.reason);
      return undefined;
    }
    if (!firewall && !this.ingress.internetFacing) {
      acknowledgeInCompliancePacks(this.loadBalancer, 'ALBWAFEnabled', 'Only addresses inside the network reach this load balancer.');
      return undefined;
    }
    const raised = firewall ?? new WebFirewall(this, 'Firewall', { profile });
    raised.protect(this, this.loadBalancer.loadBalancerArn);
    return raised;
  }

  private acknowledgeIngress(): void {
    const { plainHttp } = this.props;
    if (plainHttp) {
      [this.listener, this.testListener].forEach((listener) => ['ELBv2ACMCertificateRequired', 'ALBHttpToHttpsRedirection'].forEach((rule) =>
        acknowledgeInCompliancePacks(listener, rule, plainHttp.reason)));
    }
    if (this.ingress._anyone) {
      acknowledge(this.securityGroup, 'AwsSolutions-EC23', 'A load balancer for the internet takes connections from anywhere, on the ports it serves.');
    }
  }
}
