import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SecureVpc } from '../../network';
import { checkDuration, checkReason } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import type { IngressSettings } from './ingress';
import type { SecureLoadBalancerProps } from './secure-load-balancer-props';
import { defaultCertificate } from './server-certificates';
import { checkDomains } from './validate-domains';

/** Refuses props that contradict each other, and props that AWS would refuse. */
export function checkLoadBalancer(scope: Construct, props: SecureLoadBalancerProps): void {
  const { certificate, plainHttp, tlsPolicy, withoutFirewall, dualStack, network, domains = [] } = props;
  checkDomains(scope, domains, plainHttp !== undefined);
  checkRules(scope, [
    {
      condition: !defaultCertificate(props) && !plainHttp,
      prop: 'certificate',
      value: undefined,
      expected: 'a certificate, or plainHttp with a reason',
      fix: "import one with Certificate.fromCertificateArn, or set plainHttp: { reason: '...' }",
    },
    {
      condition: Boolean(certificate && plainHttp),
      prop: 'plainHttp',
      problem: 'is not supported together with certificate',
      fix: 'remove one of the two',
    },
    {
      condition: Boolean(plainHttp && tlsPolicy),
      prop: 'tlsPolicy',
      problem: 'is not supported with plainHttp',
      fix: 'remove tlsPolicy, or give a certificate',
    },
    {
      condition: Token.isUnresolved(Stack.of(scope).region),
      prop: 'env.region',
      value: undefined,
      expected: 'a stack whose region is known, because the account that delivers access logs depends on it',
      fix: "create the stack with env: { region: 'eu-central-1' }",
    },
    {
      condition: dualStack === true && network instanceof SecureVpc,
      prop: 'dualStack',
      value: true,
      expected: `false in ${network.node.path}, because a SecureVpc has no IPv6 blocks`,
      fix: 'adopt a network with IPv6 blocks by SecureVpc.fromVpc, or use CloudFront or Cloudflare',
    },
  ]);
  if (plainHttp) {
    checkReason(scope, 'plainHttp.reason', plainHttp.reason);
  }
  if (withoutFirewall) {
    checkReason(scope, 'withoutFirewall.reason', withoutFirewall.reason);
  }
  checkTimeouts(scope, props);
}

function checkTimeouts(scope: Construct, { idleTimeout, clientKeepAlive }: SecureLoadBalancerProps): void {
  checkDuration(scope, 'idleTimeout', idleTimeout, {
    min: Duration.seconds(1),
    max: Duration.seconds(4000),
    whole: 'seconds',
    fix: 'write Duration.minutes(5), and let clients send something within that time',
  });
  checkDuration(scope, 'clientKeepAlive', clientKeepAlive, {
    min: Duration.minutes(1),
    max: Duration.days(7),
    whole: 'seconds',
    fix: 'write Duration.hours(1)',
  });
}

/**
 * Refuses a firewall that doesn't see the clients of a proxy, or trusts a header that clients can set.
 * Behind a proxy, all requests come from its addresses, so one busy minute would block everyone.
 */
export function checkFirewall(
  scope: Construct,
  { firewall }: Pick<SecureLoadBalancerProps, 'firewall'>,
  { anyone, clientAddressHeader }: IngressSettings,
): void {
  const counts = clientAddressHeader !== undefined || anyone === true;
  checkRules(scope, [
    {
      condition: firewall !== undefined && counts && firewall.clientAddressHeader !== clientAddressHeader,
      prop: 'firewall.clientAddressHeader',
      value: firewall?.clientAddressHeader,
      expected: clientAddressHeader ?? 'none, because anyone can connect and write the header',
      fix: clientAddressHeader
        ? `use new WebFirewall(this, 'Firewall', { clientAddressHeader: '${clientAddressHeader}' })`
        : 'remove clientAddressHeader',
    },
  ]);
}

/** Refuses plain HTTP to proxies that are admitted on port 443 alone. */
export function checkServed(
  scope: Construct,
  { plainHttp }: Pick<SecureLoadBalancerProps, 'plainHttp'>,
  { httpsOnly = false }: IngressSettings,
): void {
  checkRules(scope, [
    {
      condition: httpsOnly && plainHttp !== undefined,
      prop: 'plainHttp',
      problem: 'is not supported with Ingress.cloudFront(), which is admitted on port 443 alone',
      fix: 'give a certificate and remove plainHttp',
    },
  ]);
}
