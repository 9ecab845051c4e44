import { Duration, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Domain, Ingress, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, TlsPolicy, WebFirewall } from '../../../src';
import { templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';
import { flows } from '../../simulators/security-group-flows';

/** Parts of a resource, and resources that CloudFormation knows no tags for. */
const CANNOT_BE_TAGGED = [
  'AWS::EC2::NetworkAclEntry', 'AWS::EC2::Route', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPCGatewayAttachment', 'AWS::ElasticLoadBalancingV2::Listener', 'AWS::IAM::ManagedPolicy', 'AWS::KMS::Alias', 'AWS::S3::BucketPolicy',
  'AWS::WAFv2::LoggingConfiguration', 'AWS::WAFv2::WebACLAssociation',
];

const balancer = (props: Partial<SecureLoadBalancerProps> | ((network: SecureVpc) => Partial<SecureLoadBalancerProps>) = {}) => {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  const given = typeof props === 'function' ? props(network) : props;
  const made = new SecureLoadBalancer(stack, 'Balancer', { network, ...('plainHttp' in given ? {} : { certificate: certificate(stack) }), ...given });
  return { stack, network, made, template: () => templateOf(stack) };
};

interface DomainParts {
  readonly zone: IHostedZone;
  readonly one: ICertificate;
  readonly two: ICertificate;
  /** Certificate of the load balancer itself, where it has one. */
  readonly own: ICertificate;
}

const domains = (of: (parts: DomainParts) => Domain[], withOwn = false) => {
  const stack = testStack();
  const named = (name: string) => Certificate.fromCertificateArn(stack, name, `arn:aws:acm:eu-central-1:111111111111:certificate/${name}`);
  const parts = { zone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.com' }), one: named('one'), two: named('two'), own: named('own') };
  const made = new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: withOwn ? parts.own : undefined, domains: of(parts) });
  return { stack, made, template: templateOf(stack) };
};

describe('SecureLoadBalancer', () => {
  test('serves TLS 1.2 and 1.3 with restricted ciphers on 443, and redirects 80 (A-02, B-12, D-16)', () => {
    const template = balancer().template();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06' });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80, DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
  });

  test.each([
    ['A-02', TlsPolicy.TLS_1_3, 'ELBSecurityPolicy-TLS13-1-3-2021-06'],
    ['D-16', TlsPolicy.TLS_1_3_POST_QUANTUM, 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09'],
    ['B-12', TlsPolicy.TLS_1_2_AND_1_3_FIPS, 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04'],
  ])('serves the configured TLS policy on both listeners (%s)', (_, tlsPolicy, name) => {
    const template = balancer({ tlsPolicy }).template();
    template.resourcePropertiesCountIs('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: name }, 2);
  });

  test('offers no TLS policy that allows a version before 1.2 or ciphers without forward secrecy (C-04)', () => {
    Object.values(TlsPolicy).forEach((policy) => expect(policy).toMatch(/^ELBSecurityPolicy-TLS13-1-(3|2-Res)-/));
  });

  test('opens only port 443 without the redirect (A-02, A-25)', () => {
    const template = balancer({ httpRedirect: false }).template();
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'Load balancer Test/Balancer', SecurityGroupIngress: [Match.objectLike({ FromPort: 443, ToPort: 443 })] });
    template.resourcePropertiesCountIs('AWS::ElasticLoadBalancingV2::Listener', { Port: 80 }, 0);
  });

  test('answers requests that no route matches with 404', () => {
    balancer().template().hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }] });
  });

  test('logs access and connections, drops invalid headers, resists deletion and desync (C-04, ELB.4, ELB.5, ELB.6, ELB.12)', () => {
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

  test('logs health checks to a prefix that load balancers may write to (C-04)', () => {
    const template = balancer().template();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'health_check_logs.s3.enabled', Value: 'true' },
        { Key: 'health_check_logs.s3.bucket', Value: { Ref: Match.stringLikeRegexp('^BalancerLogsBucket') } },
        { Key: 'health_check_logs.s3.prefix', Value: 'health' },
      ]),
    });
    const [policy] = Object.entries(template.findResources('AWS::S3::BucketPolicy')).filter(([id]) => id.startsWith('BalancerLogs')).map(([, { Properties }]) => Properties);
    const writers = policy.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) => JSON.stringify(Resource).includes('/health/AWSLogs/111111111111/*'));
    expect(writers.map(({ Action }: { Action: string }) => Action)).toEqual(['s3:PutObject']);
    expect(writers[0].Principal.Service).toBe('logdelivery.elasticloadbalancing.amazonaws.com');
    expect(JSON.stringify(writers[0].Principal.AWS)).toContain(':iam::054676820928:root');
  });

  test('has alias records, also in a zone that is imported by its id alone (E-02)', () => {
    const stack = testStack();
    const hostedZone = HostedZone.fromHostedZoneId(stack, 'Zone', 'Z0123456789');
    const made = new SecureLoadBalancer(stack, 'Balancer', {
      network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), domains: [Domain.of('api.example.com', { hostedZone })],
    });
    expect(made.aliasRecords).toHaveLength(1);
    templateOf(stack).hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'api.example.com.', Type: 'A', HostedZoneId: 'Z0123456789', AliasTarget: { DNSName: Match.anyValue(), HostedZoneId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BalancerLoadBalancer'), 'CanonicalHostedZoneID'] } },
    });
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('has a record of each domain with a zone, and each certificate once on both listeners (E-02)', () => {
    const { template } = domains(({ zone, one, two }) => [
      Domain.of('api.example.com', { hostedZone: zone, certificate: one }),
      Domain.of('www.example.com', { hostedZone: zone, certificate: two }),
      Domain.of('bücher.example', { certificate: two }),
    ]);
    expect(Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties }) => Properties.Name)).toEqual(['api.example.com.', 'www.example.com.']);
    const listeners = Object.entries(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).filter(([, { Properties }]) => Properties.Protocol === 'HTTPS');
    listeners.forEach(([, { Properties }]) => expect(JSON.stringify(Properties.Certificates)).toContain('certificate/one'));
    const added = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerCertificate')).map(({ Properties }) => Properties);
    expect(added).toEqual(listeners.flatMap(([id]) => ['one', 'two'].map((name) => (
      { ListenerArn: { Ref: id }, Certificates: [{ CertificateArn: expect.stringContaining(`certificate/${name}`) }] }))));
  });

  test('creates a record after the listener and its certificates, so that no client meets the wrong one (E-02)', () => {
    const { template } = domains(({ zone, one, two }) => [Domain.of('api.example.com', { certificate: one }), Domain.of('www.example.com', { hostedZone: zone, certificate: two })]);
    const [record] = Object.values(template.findResources('AWS::Route53::RecordSet'));
    const certificates = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerCertificate'));
    expect(record.DependsOn).toEqual(expect.arrayContaining([certificates.find((id) => id.startsWith('BalancerListener'))]));
  });

  test('keeps records and certificates of the other domains when one comes first, and when one goes (E-02)', () => {
    const made = (...names: string[]) => {
      const { Resources } = domains(({ zone, one, two }) => names.map((name) => Domain.of(name, { hostedZone: zone, certificate: name.startsWith('a') ? one : two })), true).template.toJSON();
      return Object.keys(Resources).filter((id) => /Domain|Certificate/.test(id));
    };
    const both = made('a.example.com', 'b.example.com');
    expect(made('b.example.com', 'a.example.com').sort()).toEqual([...both].sort());
    expect(both).toEqual(expect.arrayContaining(made('b.example.com')));
    expect(made('c.example.com', 'b.example.com')).toEqual(expect.arrayContaining(made('b.example.com')));
  });

  test('keeps the certificate of a domain that was the default and is no longer (E-02)', () => {
    const added = (...names: string[]) => Object.keys(domains(({ one, two }) => names.map((name) => Domain.of(name, { certificate: name.startsWith('a') ? one : two })))
      .template.findResources('AWS::ElasticLoadBalancingV2::ListenerCertificate'));
    expect(added('b.example.com')).toHaveLength(2);
    expect(added('a.example.com', 'b.example.com')).toEqual(expect.arrayContaining(added('b.example.com')));
  });

  test('has a URL: of the first domain without a wildcard, else of its own name', () => {
    expect(domains(() => [Domain.of('*.example.com'), Domain.of('bücher.example')], true).made.url).toBe('https://xn--bcher-kva.example');
    const { made, stack } = balancer();
    expect(JSON.stringify(stack.resolve(made.url))).toContain('"https://",{"Fn::GetAtt":["BalancerLoadBalancer');
  });

  test('closes idle connections after 60 seconds and client connections after an hour, as AWS does, or as the props say', () => {
    const attributes = (props: Partial<SecureLoadBalancerProps>) => JSON.stringify(balancer(props).template().findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    expect(attributes({})).not.toMatch(/idle_timeout|client_keep_alive/);
    const set = attributes({ idleTimeout: Duration.seconds(4000), clientKeepAlive: Duration.days(7) });
    expect(set).toContain('{"Key":"idle_timeout.timeout_seconds","Value":"4000"}');
    expect(set).toContain('{"Key":"client_keep_alive.seconds","Value":"604800"}');
  });

  test('has no alias record without a domain name (E-02)', () => {
    balancer().template().resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('passes the tags Environment and Application to everything that can be tagged (D-10)', () => {
    const { stack, template } = balancer({ ingress: Ingress.cloudflare() });
    Tags.of(stack).add('Environment', 'production');
    Tags.of(stack).add('Application', 'shop');
    const resources = Object.values<{ Type: string; Properties?: { Tags?: Array<{ Key: string; Value: string }> } }>(template().toJSON().Resources);
    const untagged = resources.filter(({ Properties }) => {
      const tags = (Properties?.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`);
      return !tags.includes('Environment=production') || !tags.includes('Application=shop');
    }).map(({ Type }) => Type);
    expect([...new Set(untagged)].filter((type) => !CANNOT_BE_TAGGED.includes(type))).toEqual([]);
  });

  test('creates a firewall when it faces the internet, or uses the given one (B-12, ELB.16)', () => {
    balancer().template().resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network');
    const firewall = new WebFirewall(stack, 'Firewall');
    const made = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), firewall });
    expect(made.firewall).toBe(firewall);
    templateOf(stack).resourceCountIs('AWS::WAFv2::WebACL', 1);
  });

  test('logs to the given bucket', () => {
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
    ['inside the network', { ingress: Ingress.internalOnly(['10.0.0.0/16']) }],
    ['for offices', { ingress: Ingress.cidrs(['198.51.100.0/24']) }],
  ])('leaves no finding of the four packs unacknowledged %s', (_, props) => {
    expect(unacknowledged(balancer(props).stack)).toEqual([]);
  });

  test('shows the reason of a waiver in the validation report', () => {
    const reason = 'An internal demonstration until 2027';
    const { made } = balancer({ plainHttp: { reason } });
    expect(JSON.stringify(made.listener.node.metadata)).toContain(reason);
  });

  test('serves plain HTTP on port 80, new versions on port 8080, and keeps the redirect on a closed port', () => {
    const template = balancer({ plainHttp: { reason: 'An internal demonstration until 2027' } }).template();
    const ports = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => [Properties.Port, Properties.Protocol]);
    expect(ports).toEqual([[80, 'HTTP'], [8080, 'HTTP'], [65080, 'HTTP']]);
    expect(flows(template).filter((flow) => flow.startsWith('BalancerSecurityGroup'))).toEqual(['BalancerSecurityGroup in 80 0.0.0.0/0']);
  });

  test('is in the application tier, without public addresses, when it is internal', () => {
    const template = balancer({ ingress: Ingress.internalOnly(['10.0.0.0/16']) }).template();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal', Subnets: Match.arrayWith([{ Ref: Match.stringLikeRegexp('applicationSubnet1') }]),
    });
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('depends on the routes to the internet gateway', () => {
    const [resource] = Object.values(balancer().template().findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    expect((resource.DependsOn as string[]).filter((id) => /publicSubnet.DefaultRoute/.test(id))).toHaveLength(3);
  });
});
