import { createHash } from 'crypto';
import { Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type ApplicationListener, CfnListenerCertificate } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LoadBalancerSettings } from './load-balancer-settings';

/** Certificate for all names that no other certificate covers, if there is any. */
export function defaultCertificate(props: LoadBalancerSettings): ICertificate | undefined {
  return props.certificate ?? domainCertificates(props)[0];
}

/** ARNs of all certificates of a load balancer, each once. */
export function certificateArns(props: LoadBalancerSettings): string[] {
  const certificates = [defaultCertificate(props), ...domainCertificates(props)];
  return [...new Set(certificates.flatMap((certificate) => certificate?.certificateArn ?? []))];
}

/**
 * Adds the certificates of the domains to a listener, each once, the default one too.
 *
 * So a change of the default certificate takes none away: the listener changes before its further certificates.
 * Their ids follow from the certificate and not from the domain. With another id, CloudFormation would add the
 * certificate a second time, which has no effect, and then remove it.
 */
export function addDomainCertificates(listener: ApplicationListener, props: LoadBalancerSettings): void {
  const arns = new Set(domainCertificates(props).map(({ certificateArn }) => certificateArn));
  arns.forEach((certificateArn) => {
    new CfnListenerCertificate(listener, `Certificate-${hashOf(listener, certificateArn)}`, {
      listenerArn: listener.listenerArn,
      certificates: [{ certificateArn }],
    });
  });
}

function domainCertificates({ domains = [] }: LoadBalancerSettings): ICertificate[] {
  return domains.flatMap(({ _certificate }) => _certificate ?? []);
}

function hashOf(listener: ApplicationListener, arn: string): string {
  const resolved = JSON.stringify(Stack.of(listener).resolve(arn));
  return createHash('sha256').update(resolved).digest('hex').slice(0, 8);
}
