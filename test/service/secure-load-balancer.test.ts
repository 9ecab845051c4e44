import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as fc from 'fast-check';
import { Ingress, Route, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, WebFirewall } from '../../src';
import { templateOf, testStack, unacknowledged } from '../support/test-stack';
import { certificate } from '../support/web-service';

const balancer = (props: Partial<SecureLoadBalancerProps> | ((network: SecureVpc) => Partial<SecureLoadBalancerProps>) = {}) => {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  const given = typeof props === 'function' ? props(network) : props;
  const made = new SecureLoadBalancer(stack, 'Balancer', { network, ...('plainHttp' in given ? {} : { certificate: certificate(stack) }), ...given });
  return { stack, network, made, template: () => templateOf(stack) };
};

describe('SecureLoadBalancer', () => {
  test('A-02, B-12, D-16: serves TLS 1.2 and 1.3 with restricted ciphers on 443, and redirects 80', () => {
    const template = balancer().template();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06' });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80, DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
  });

  test('A-02, A-25: opens 443 alone where the redirect is left out', () => {
    const template = balancer({ httpRedirect: false }).template();
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'Load balancer Test/Balancer', SecurityGroupIngress: [Match.objectLike({ FromPort: 443, ToPort: 443 })] });
    template.resourcePropertiesCountIs('AWS::ElasticLoadBalancingV2::Listener', { Port: 80 }, 0);
  });

  test('answers 404 to what no service claims', () => {
    balancer().template().hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }] });
  });

  test('C-04, ELB.4, ELB.5, ELB.6, ELB.12: logs access and connections, drops invalid headers, resists deletion and desync', () => {
    balancer().template().hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'deletion_protection.enabled', Value: 'true' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'routing.http.desync_mitigation_mode', Value: 'defensive' },
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'connection_logs.s3.enabled', Value: 'true' },
      ]),
    });
  });

  test('B-12, ELB.16: has a firewall of its own when it faces the internet, and takes one', () => {
    balancer().template().resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network');
    const firewall = new WebFirewall(stack, 'Firewall');
    const made = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), firewall });
    expect(made.firewall).toBe(firewall);
    templateOf(stack).resourceCountIs('AWS::WAFv2::WebACL', 1);
  });

  test('logs into a bucket that is given', () => {
    const stack = testStack();
    const logBucket = new Bucket(stack, 'Given');
    new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), logBucket });
    templateOf(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });

  test.each<[string, Partial<SecureLoadBalancerProps>]>([
    ['facing the internet', {}],
    ['facing the internet by name', { ingress: Ingress.internet() }],
    ['with plain HTTP and a reason', { plainHttp: { reason: 'An internal demonstration until 2027' } }],
    ['without a firewall and with a reason', { withoutFirewall: { reason: 'CloudFront in front has the firewall' } }],
    ['inside the network', { ingress: Ingress.internalOnly(['10.0.0.0/8']) }],
    ['for offices', { ingress: Ingress.cidrs(['198.51.100.0/24']) }],
  ])('nothing of the four packs is left unacknowledged %s', (_, props) => {
    expect(unacknowledged(balancer(props).stack)).toEqual([]);
  });

  test('shows the reason of a weakening where the report shows acknowledgements', () => {
    const reason = 'An internal demonstration until 2027';
    const { made } = balancer({ plainHttp: { reason } });
    expect(JSON.stringify(made.listener.node.metadata)).toContain(reason);
  });

  test('serves plain HTTP on 80 and offers new versions on 8080', () => {
    const template = balancer({ plainHttp: { reason: 'An internal demonstration until 2027' } }).template();
    const ports = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => [Properties.Port, Properties.Protocol]);
    expect(ports).toEqual([[80, 'HTTP'], [8080, 'HTTP']]);
  });

  test('stands in the application tier, without public addresses, when it is internal', () => {
    const template = balancer({ ingress: Ingress.internalOnly(['10.0.0.0/16']) }).template();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal', Subnets: Match.arrayWith([{ Ref: Match.stringLikeRegexp('applicationSubnet1') }]),
    });
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('waits for the routes to the internet gateway', () => {
    const [resource] = Object.values(balancer().template().findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    expect((resource.DependsOn as string[]).filter((id) => /publicSubnet.DefaultRoute/.test(id))).toHaveLength(3);
  });
});

describe('A route\'s priority', () => {
  const priority = (route: Route, owner = 'App/Api') => route._priority(owner);

  test('puts specific routes before general ones', () => {
    const inOrder = [Route.host('api.example.com'), Route.path('/api/orders/*'), Route.path('/api/*'), Route.path('/*')].map((route) => priority(route));
    expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
  });

  test('depends on the route and its owner alone, so that adding a route moves no other', () => {
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.string({ minLength: 1 }), (path, owner) => {
      const first = priority(Route.path(`/${path}`), owner);
      expect(priority(Route.path(`/${path}`), owner)).toBe(first);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(40000);
    }));
  });
});
