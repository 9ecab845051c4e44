import { Duration, Lazy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import {
  Domain, Ingress, ProductionWebService, type ResponseHeaders, Route, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, ServiceImage, TlsPolicy,
  WebFirewall,
} from '../../../src';
import { refusal, testStack } from '../../fixtures/test-stack';
import { certificate, serviceFixture } from '../../fixtures/web-service';

/** The one line that every refusal is: what, where, prop, value, what would be right, and what to write. */
const LINE = /^(\w+) '([\w/-]+)': ([\w.]+) is (.+), expected (.+)\. ([A-Z].+\.)$/;

type Props = Partial<SecureLoadBalancerProps>;
type Stack = ReturnType<typeof testStack>;

const ofBalancer = (props: Props | ((stack: Stack) => Props), env?: { region: string }) => refusal(() => {
  const stack = testStack(env ? { env } : {});
  const given = typeof props === 'function' ? props(stack) : props;
  new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), ...('plainHttp' in given ? {} : { certificate: certificate(stack) }), ...given });
});

const zone = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.com' });

const certificateOf = (stack: Stack, id: string) => Certificate.fromCertificateArn(stack, `Certificate${id}`, `arn:aws:acm:eu-central-1:111111111111:certificate/${id}`);

describe('SecureLoadBalancer refuses, in one line with path, prop, value, expected values and fix,', () => {
  test.each<[string, Props | ((stack: Stack) => Props), string, string, string]>([
    ['a name of another zone (E-02)', (stack) => ({ domains: [Domain.of('api.example.org', { hostedZone: zone(stack) })] }), 'domains', 'api.example.org', 'example.com or a name below it'],
    ['a name that only ends like the zone (E-02)', (stack) => ({ domains: [Domain.of('badexample.com', { hostedZone: zone(stack) })] }), 'domains', 'badexample.com', 'example.com or a name below it'],
    ['an address as a name (E-02)', { domains: [Domain.of('https://api.example.com')] }, 'domains', 'https://', 'fully qualified names in lower case'],
    ['a name with a label that Punycode cannot hold (E-02)', { domains: [Domain.of('bü cher.example')] }, 'domains', 'bü cher', 'fully qualified names in lower case'],
    ['a name that is unknown at synthesis (E-02)', { domains: [Domain.of(Lazy.string({ produce: () => 'api.example.com' }))] }, 'domains', 'Token', 'known at synthesis'],
    ['a name twice, once in Unicode (E-02)', { domains: [Domain.of('bücher.example'), Domain.of('xn--bcher-kva.example')] }, 'domains', 'xn--bcher-kva.example', 'each name once'],
    ['more certificates than a load balancer takes', (stack) => ({ domains: Array.from({ length: 26 }, (_, i) => Domain.of(`a${i}.example.com`, { certificate: certificateOf(stack, `${i}`) })) }), 'domains', '26 certificates', 'at most 25'],
    ['no idle time', { idleTimeout: Duration.seconds(0) }, 'idleTimeout', '0 ', '1 second to 4000 seconds, in whole seconds'],
    ['an idle time beyond the limit', { idleTimeout: Duration.seconds(4001) }, 'idleTimeout', '4001 seconds', 'to 4000 seconds'],
    ['an idle time in fractions of a second', { idleTimeout: Duration.millis(1500) }, 'idleTimeout', '1 second 500 milliseconds', 'in whole seconds'],
    ['clients that connect anew too often', { clientKeepAlive: Duration.seconds(59) }, 'clientKeepAlive', '59 seconds', '1 minute to 7 days'],
    ['IPv6 in a network that has none', { dualStack: true }, 'dualStack', 'true', 'a SecureVpc has no IPv6 blocks'],
    ['more Cloudflare ranges than the list has room for (C-01)', { ingress: Ingress.cloudflare({ ipv4Ranges: Array.from({ length: 21 }, (_, i) => `198.51.100.${i}/32`) }) }, 'ingress.ipv4Ranges', '21 blocks', '1 to 20 blocks'],
    ['no Cloudflare range (C-01)', { ingress: Ingress.cloudflare({ ipv4Ranges: [] }) }, 'ingress.ipv4Ranges', '0 blocks', '1 to 20 blocks'],
    ['a block that is everyone', { ingress: Ingress.cidrs(['0.0.0.0/0']) }, 'ingress', '0.0.0.0/0', 'IPv4 blocks of /1 to /32'],
    ['an address without a prefix length', { ingress: Ingress.internalOnly(['10.0.0.1']) }, 'ingress', '10.0.0.1', 'IPv4 blocks of /1 to /32'],
    ['a firewall that would treat Cloudflare as one client (A-28)', (stack) => ({ ingress: Ingress.cloudflare(), firewall: new WebFirewall(stack, 'Firewall') }), 'firewall.clientAddressHeader', 'not given', 'CF-Connecting-IP'],
    ['a firewall that trusts a header which anyone can write (A-28)', (stack) => ({ firewall: new WebFirewall(stack, 'Firewall', { clientAddressHeader: 'X-Forwarded-For' }) }), 'firewall.clientAddressHeader', 'X-Forwarded-For', 'none, because anyone can connect'],
  ])('%s', (_, props, prop, value, allowed) => {
    const [, construct, path, refusedProp, refusedValue, range] = LINE.exec(ofBalancer(props))!;
    expect([construct, path, refusedProp]).toEqual(['SecureLoadBalancer', 'Test/Balancer', prop]);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
  });

  test.each<[string, ResponseHeaders, string, string, string]>([
    ['a CSP with a directive that browsers don\'t know', { contentSecurityPolicy: "defaultsrc 'self'" }, 'contentSecurityPolicy', "defaultsrc 'self'", 'default-src'],
    ['a CSP with a comma for a semicolon', { contentSecurityPolicy: "default-src 'self'; , img-src *" }, 'contentSecurityPolicy', ', img-src *', 'separated by ;'],
    ['a CSP with a directive twice', { contentSecurityPolicy: "img-src 'self'; img-src data:" }, 'contentSecurityPolicy', 'img-src data:', 'each directive once'],
    ['a CSP whose keyword lacks its quotes', { contentSecurityPolicy: 'default-src self' }, 'contentSecurityPolicy', 'default-src self', "'self' in single quotes"],
    ['a CSP of two lines', { contentSecurityPolicy: "default-src 'self';\nimg-src *" }, 'contentSecurityPolicy', '\\n', 'one line'],
    ['a CSP with double quotes', { contentSecurityPolicy: 'default-src "self"' }, 'contentSecurityPolicy', 'self', 'one line of letters'],
    ['an empty CSP', { contentSecurityPolicy: '' }, 'contentSecurityPolicy', '""', 'one line'],
    ['several origins', { cors: { allowOrigins: ['https://a.example.com', 'https://b.example.com'] } }, 'cors.allowOrigins', 'a.example.com', 'exactly one origin'],
    ['no origin', { cors: { allowOrigins: [] } }, 'cors.allowOrigins', '[]', 'exactly one origin'],
    ['every origin', { cors: { allowOrigins: ['*'] } }, 'cors.allowOrigins', '*', 'protocol and host'],
    ['an origin with a slash at its end', { cors: { allowOrigins: ['https://app.example.com/'] } }, 'cors.allowOrigins', 'https://app.example.com/', 'protocol and host'],
    ['an origin without protocol', { cors: { allowOrigins: ['app.example.com'] } }, 'cors.allowOrigins', 'app.example.com', 'protocol and host'],
    ['a method that is none', { cors: { allowOrigins: ['https://app.example.com'], allowMethods: ['put'] } }, 'cors.allowMethods', 'put', 'GET, HEAD'],
    ['headers in one string', { cors: { allowOrigins: ['https://app.example.com'], allowHeaders: ['a, b'] } }, 'cors.allowHeaders', 'a, b', 'one in each entry'],
    ['an empty list of headers', { cors: { allowOrigins: ['https://app.example.com'], exposeHeaders: [] } }, 'cors.exposeHeaders', '[]', 'one in each entry'],
    ['a permission for more than a day', { cors: { allowOrigins: ['https://app.example.com'], maxAge: Duration.days(2) } }, 'cors.maxAge', '2 days', '0 seconds to 1 day'],
    ['HSTS for more than two years', { hstsMaxAge: Duration.days(1000) }, 'hstsMaxAge', '1000 days', '0 seconds to 730 days'],
  ])('%s (A-29)', (_, responseHeaders, prop, value, allowed) => {
    const [, , path, refusedProp, refusedValue, range] = LINE.exec(ofBalancer({ responseHeaders }))!;
    expect([path, refusedProp]).toEqual(['Test/Balancer', `responseHeaders.${prop}`]);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
  });

  test('a TLS policy without TLS (A-02)', () => {
    expect(ofBalancer({ plainHttp: { reason: 'An internal demonstration until 2027' }, tlsPolicy: TlsPolicy.TLS_1_3 })).toMatch(
      /tlsPolicy is not supported with plainHttp\. Remove tlsPolicy, or give a certificate\.$/);
  });

  test('a certificate of a domain without TLS (A-02)', () => {
    expect(ofBalancer((stack) => ({
      plainHttp: { reason: 'An internal demonstration until 2027' }, domains: [Domain.of('api.example.com', { certificate: certificate(stack) })],
    }))).toMatch(/domains has a certificate for api\.example\.com, which is not supported with plainHttp\. Remove the certificate, or plainHttp\.$/);
  });

  test('a header of more than 1 KB (A-29)', () => {
    expect(ofBalancer({ responseHeaders: { contentSecurityPolicy: `img-src ${'https://cdn.example.com '.repeat(50).trim()}` } })).toMatch(
      /responseHeaders is "content_security_policy of \d+ bytes", expected at most 1024 bytes\. Let the application send this header/);
  });

  test('several origins, and names the two alternatives (A-29)', () => {
    expect(ofBalancer({ responseHeaders: { cors: { allowOrigins: ['https://a.example.com', 'https://b.example.com'] } } })).toMatch(/Answer several by CloudFront .* or by the application/);
  });

  test('CloudFront in a region whose prefix list is not in the table', () => {
    expect(ofBalancer({ ingress: Ingress.cloudFront() }, { region: 'eu-south-1' })).toMatch(
      /ingress\.prefixListId is not given, expected the id of the prefix list .*origin-facing.*\(eu-south-1\).*Pass Ingress\.cloudFront the id/);
  });
});

describe('A service refuses a route that its load balancer would refuse:', () => {
  test.each<[string, Route, string, string]>([
    ['a path without a slash', Route.path('api/*'), 'api/*', 'begins with / or *'],
    ['a path with a fragment', Route.path('/search#top'), '/search#top', 'at most 128 characters'],
    ['a path with a space', Route.path('/my files/*'), '/my files/*', 'letters, digits'],
    ['a path of more than 128 characters', Route.path(`/${'a'.repeat(128)}`), 'aaa', 'at most 128 characters'],
    ['an empty path', Route.path(''), '""', 'begins with / or *'],
    ['a host with a protocol', Route.host('https://api.example.com'), 'https://', 'a host name'],
    ['a host with a port', Route.host('api.example.com:443'), ':443', 'a host name'],
    ['a host without a dot', Route.host('localhost'), 'localhost', 'with a dot'],
    ['a host that ends in a wildcard', Route.host('api.example.*'), 'api.example.*', 'only letters after the last dot'],
    ['a host of more than 128 characters', Route.host(`${'a'.repeat(125)}.com`), 'aaa', 'at most 128 characters'],
    ['the Host header', Route.header('Host', ['api.example.com']), 'Host', 'other than Host'],
    ['a header with a space', Route.header('X Zone', ['a']), 'X Zone', 'name of a header'],
    ['a header of more than 40 characters', Route.header(`X-${'a'.repeat(39)}`, ['a']), 'X-aaa', 'at most 40 characters'],
    ['a header without values', Route.header('X-Zone', []), '[]', 'at least one value'],
    ['a header with an empty value', Route.header('X-Zone', ['']), '[""]', '1 to 128 characters'],
    ['six values', Route.path('/a').onPath('/b').onPath('/c').onHost('a.example.com').withHeader('X-Zone', ['a', 'b']), '/a /b /c', 'at most 5 paths, hosts and header values'],
    ['six wildcards', Route.path('/*/*/*').onHost('*.example.com').withHeader('X-Zone', ['?', '?']), '/*/*/*', 'at most 5 wildcards'],
  ])('%s', (_, route, value, allowed) => {
    const [, construct, path, prop, refusedValue, range] = LINE.exec(refusal(() => serviceFixture({ route })))!;
    expect([construct, path, prop]).toEqual(['ProductionWebService', 'Test/Web', 'route']);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
  });

  test('the route of another service, in whatever order it is written (A-01)', () => {
    const { stack, network, images, web } = serviceFixture({ route: Route.path('/a').onPath('/b').withHeader('X-Zone', ['x', 'y']) });
    const message = refusal(() => new ProductionWebService(stack, 'Second', {
      network, image: ServiceImage.fromRepository(images, { tag: '1.0.0' }), loadBalancer: web.loadBalancer, route: Route.path('/b').onPath('/a').withHeader('x-zone', ['y', 'x']),
    }));
    expect(message).toMatch(/^ProductionWebService 'Test\/Second': route is "\/a \/b x-zone=x\|y", expected a route that no other service of Test\/Web\/LoadBalancer has/);
  });

  test('a route that the route of another service hides, such as any route behind `/*` (A-01)', () => {
    const { stack, network, images, web } = serviceFixture();
    const message = refusal(() => new ProductionWebService(stack, 'Second', {
      network, image: ServiceImage.fromRepository(images, { tag: '1.0.0' }), loadBalancer: web.loadBalancer, route: Route.path('/api/*'), routePriority: 45000,
    }));
    expect(message).toMatch(/^ProductionWebService 'Test\/Second': routePriority is 45000, expected below \d+: 'Test\/Web' receives all requests of '\/api\/\*' first/);
  });
});
