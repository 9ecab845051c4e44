import type { Properties } from '../template';
import { type Case, changed, resource } from './case';

const ELB = 'AWS::ElasticLoadBalancingV2';
const listener = (properties: Properties) => resource(`${ELB}::Listener`, { Port: 443, ...properties });
const policy = (name: string) => listener({ SslPolicy: `ELBSecurityPolicy-${name}` });
const certificate = (id: string) => ({
  Certificates: [{ CertificateArn: `arn:aws:acm:eu-central-1:111111111111:certificate/${id}` }],
});
const header = (name: string, Value: string) =>
  listener({ ListenerAttributes: [{ Key: `routing.http.response.${name}.header_value`, Value }] });
const group = (seconds: string) =>
  resource(`${ELB}::TargetGroup`, {
    TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: seconds }],
  });
const balancer = (seconds: string) =>
  resource(`${ELB}::LoadBalancer`, {
    LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: seconds }],
  });

/** Documented effects on clients that go on as before. */
export const CLIENT_CASES: readonly Case[] = [
  changed(
    'stricter-tls',
    'some affected',
    'a policy without TLS 1.2 refuses who knows no later version',
    policy('TLS13-1-2-Res-2021-06'),
    policy('TLS13-1-3-2021-06'),
  ),
  changed(
    'stricter-tls',
    'some affected',
    'a restricted policy has fewer ciphers',
    policy('TLS13-1-2-2021-06'),
    policy('TLS13-1-2-Res-2021-06'),
  ),
  changed(
    'plain-rule-edited',
    'in place',
    'a policy that also offers TLS 1.2 refuses nobody',
    policy('TLS13-1-3-2021-06'),
    policy('TLS13-1-2-Res-2021-06'),
  ),
  changed(
    'plain-rule-edited',
    'in place',
    'a listener of plain HTTP has no clients of TLS to refuse',
    listener({ Protocol: 'HTTP' }),
    listener({ Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' }),
  ),
  changed(
    'default-certificate-exchanged',
    'some affected',
    'names that only the former default certificate covers are refused',
    listener(certificate('shop')),
    listener(certificate('store')),
  ),
  changed(
    'plain-rule-edited',
    'in place',
    'a former default certificate that stays beside the new one covers its names',
    listener(certificate('shop')),
    listener(certificate('store')),
    { Beside: resource(`${ELB}::ListenerCertificate`, { ListenerArn: { Ref: 'Subject' }, ...certificate('shop') }) },
  ),
  changed(
    'browsers-refuse-more',
    'some affected',
    'a policy for content forbids what it does not name',
    listener({ ListenerAttributes: [] }),
    header('content_security_policy', "default-src 'self'"),
  ),
  changed(
    'browsers-refuse-more',
    'some affected',
    'an origin that is allowed no more is refused',
    header('access_control_allow_origin', 'https://a.example.com'),
    header('access_control_allow_origin', 'https://b.example.com'),
  ),
  changed('shorter-patience', 'some affected', 'a shorter idle timeout cuts silent connections', balancer('300'), balancer('60')),
  changed('shorter-patience', 'some affected', 'a shorter delay cuts long requests', group('120'), group('10')),
];
