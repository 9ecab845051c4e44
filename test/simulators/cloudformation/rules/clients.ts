import { attributeOf, type Existing, type Resource } from '../resource';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const USER_GUIDE = 'User Guide for Application Load Balancers';

/** Response headers by which browsers refuse something, as names of listener attributes end. */
const FORBIDDING = /\.(content_security_policy|x_frame_options)\.header_value$/;
const ALLOWING = /\.access_control_allow_\w+\.header_value$/;

/** What a change asks of clients that go on as before. */
export const CLIENTS: Rules = {
  effects: [
    {
      id: 'stricter-tls',
      source: `${USER_GUIDE}, "Security policies for your Application Load Balancer": protocols and ciphers by policy`,
      on: ['update'],
      types: [LISTENER],
      properties: ['SslPolicy'],
      effect: ({ before, after }) => {
        // Nobody used TLS on a listener of plain HTTP.
        if (before!.properties.SslPolicy === undefined) {
          return undefined;
        }
        const [was, is] = [before!, after!].map(({ properties }) => strictnessOf(properties));
        if (is.version > was.version) {
          return { verdict: 'some affected', says: `clients that know no TLS 1.${is.version} are refused` };
        }
        return is.ciphers > was.ciphers
          ? { verdict: 'some affected', says: 'clients without one of the fewer ciphers are refused' }
          : undefined;
      },
    },
    {
      id: 'default-certificate-exchanged',
      source: `${USER_GUIDE}, "SSL certificates for your Application Load Balancer": default certificate`,
      on: ['update'],
      types: [LISTENER],
      properties: ['Certificates'],
      effect: ({ before, after }, running) => {
        const former = certificatesOf(before!);
        const left = [...certificatesOf(after!), ...besideOf(before!, running)];
        return former.length > 0 && former.some((certificate) => !left.includes(certificate))
          ? { verdict: 'some affected', says: 'clients of a name that only the former certificate covers are refused' }
          : undefined;
      },
    },
    {
      id: 'browsers-refuse-more',
      source: `${USER_GUIDE}, "HTTP header modification for your Application Load Balancer"`,
      on: ['update'],
      types: [LISTENER],
      properties: ['ListenerAttributes'],
      effect: ({ before, after }) => {
        const keys = [before!, after!].flatMap(({ properties }) =>
          list(properties.ListenerAttributes as Properties[]).map(({ Key }) => String(Key)),
        );
        const headers = [...new Set(keys)]
          .filter((key) => forbidsMore(key, listenerAttribute(before!, key), listenerAttribute(after!, key)))
          .map((key) => key.split('.').at(-2)!.replaceAll('_', '-'));
        return headers.length > 0
          ? { verdict: 'some affected', says: `browsers refuse what ${headers.join(', ')} does not allow any more` }
          : undefined;
      },
    },
    {
      id: 'shorter-patience',
      source: `${USER_GUIDE}, "Edit attributes": idle timeout, and "Edit target group attributes": deregistration delay`,
      on: ['update'],
      types: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::TargetGroup'],
      properties: ['LoadBalancerAttributes', 'TargetGroupAttributes'],
      effect: ({ type, before, after }) => {
        const [name, key, cut] = type.endsWith('TargetGroup')
          ? ['TargetGroupAttributes', 'deregistration_delay.timeout_seconds', 'requests to a task that ends']
          : ['LoadBalancerAttributes', 'idle_timeout.timeout_seconds', 'connections that are silent'];
        const [was, is] = [before!, after!].map(({ properties }) => Number(attributeOf(properties[name], key)));
        return is < was
          ? { verdict: 'some affected', says: `${cut} are cut after ${is} seconds, not after ${was}` }
          : undefined;
      },
    },
  ],
};

/** Lowest minor version of TLS 1 and a rank of the ciphers, as the names of policies say. */
function strictnessOf({ SslPolicy }: Properties): { version: number; ciphers: number } {
  const name = String(SslPolicy);
  const version = Number(/TLS13-1-(\d)/.exec(name)?.[1] ?? (/TLS-1-2/.test(name) ? 2 : 0));
  return { version, ciphers: (/-Res\b/.test(name) || version === 3 ? 1 : 0) + (/FIPS/.test(name) ? 1 : 0) };
}

function certificatesOf({ properties: { Certificates } }: Resource): unknown[] {
  return list(Certificates as Properties[]).map(({ CertificateArn }) => CertificateArn as unknown);
}

/** Certificates of a listener beside its default one. */
function besideOf(listener: Resource, running: Existing): unknown[] {
  return running
    .usersOf(listener, 'AWS::ElasticLoadBalancingV2::ListenerCertificate')
    .flatMap((beside) => certificatesOf(beside));
}

/** Tells if browsers refuse more by a header: another value of one that forbids, or fewer values of one that allows. */
function forbidsMore(key: string, was: string | undefined, is: string | undefined): boolean {
  const values = (text = '') => text.split(',').map((value) => value.trim());
  return FORBIDDING.test(key)
    ? is !== undefined && was !== is
    : ALLOWING.test(key) && was !== undefined && !values(was).every((value) => values(is).includes(value));
}

function listenerAttribute({ properties }: Resource, key: string): string | undefined {
  return attributeOf(properties.ListenerAttributes, key);
}
