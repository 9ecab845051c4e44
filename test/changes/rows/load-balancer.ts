import { Duration } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  BucketPurpose, type CloudflareIngressProps, Domain, type DomainProps, type CloudFrontIngressProps, type CorsProps, EnvironmentProfile, FramePolicy, Ingress, type ISecureVpc,
  OriginSecret,
  type OriginSecretProps, PathLimit,
  type PathLimitProps, type ResponseHeaders, RuleOverride, SecureBucket, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, TlsPolicy, type Waiver, WebFirewall,
  type WebFirewallProps,
} from '../../../src';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import { KEPT_NAME, PROCEDURES } from '../procedures';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';
import { WEB } from './service';

type BalancerProps = SecureLoadBalancerProps;

/** Load balancer with a service behind it. */
const BALANCER: Subject<BalancerProps> = {
  name: 'SecureLoadBalancer',
  make: (site, id, props) => {
    const loadBalancer = new SecureLoadBalancer(site.scope, id, {
      network: site.network, ...('plainHttp' in props ? {} : { certificate: site.certificate }), ...props,
    });
    WEB.make(site, `${id}Web`, { loadBalancer, network: props.network ?? site.network });
  },
  without: ({ network, images }) => [network, images],
};

const FIREWALL: Subject<WebFirewallProps> = {
  name: 'WebFirewall',
  make: (site, id, props) => {
    const firewall = new WebFirewall(site.scope, id, props);
    new SecureLoadBalancer(site.stack, `${id}Balancer`, { network: site.network, certificate: site.certificate, firewall });
  },
  // The load balancer makes a firewall of its own.
  without: (site) => new SecureLoadBalancer(site.stack, 'SubjectBalancer', { network: site.network, certificate: site.certificate }),
};

const REASON = 'reason that the team gives, long enough';
const EXCHANGE = `${PROCEDURES['firewall-before-what-runs']} ${KEPT_NAME}`;
const ORIGIN = 'Requests with the former value are answered with 403. Admit both by nextVersionId until the CDN has changed.';
const MOVE = 'Create a second load balancer with services of its own, move the domain to it, then remove the first one.';

export const BALANCER_ROWS: readonly Row[] = [
  ...changesOf<BalancerProps>({
    subject: BALANCER,
    struct: 'SecureLoadBalancerProps',
    changes: {
      network: [undefined, (site: Site) => new SecureVpc(site.stack, 'Other'), { procedure: MOVE }],
      certificate: [undefined, (site: Site) => site.otherCertificate],
      plainHttp: [undefined, { reason: REASON }, {
        procedure: 'Clients of `https://` are cut, and port 80 answers nobody for some seconds: move them to `http://` first, at a quiet hour.',
      }],
      tlsPolicy: [undefined, () => TlsPolicy.TLS_1_3],
      httpRedirect: [undefined, false, { note: 'Links to `http://` end.' }],
      ingress: [undefined, () => Ingress.cidrs(['192.0.2.0/24'])],
      dualStack: [false, true, { with: (site) => ({ network: dualStackOf(site) }), note: 'The subnets of the network need IPv6 blocks.' }],
      domains: {
        several: [
          [undefined, () => [Domain.of('shop.example.com')], { note: 'Without a hosted zone and a certificate it is a name for readers.' }],
          [(site: Site) => [domainOf(site, 'shop')], (site: Site) => [domainOf(site, 'store')], { note: 'The former name ends.' }],
          [(site: Site) => [domainOf(site, 'shop')], (site: Site) => [domainOf(site, 'shop'), domainOf(site, 'store')]],
        ],
      },
      idleTimeout: [undefined, Duration.minutes(5), { note: 'Applications must keep idle connections open for longer.' }],
      clientKeepAlive: [undefined, Duration.hours(2)],
      responseHeaders: [undefined, { contentSecurityPolicy: "default-src 'self'" }],
      firewall: [undefined, (site: Site) => new WebFirewall(site.stack, 'Other', { requestsPerMinute: 100 }), { procedure: EXCHANGE }],
      withoutFirewall: [undefined, { reason: REASON }, { procedure: `${PROCEDURES['firewall-taken-away']} The way back: ${EXCHANGE}` }],
      logBucket: [undefined, (site: Site) => new SecureBucket(site.stack, 'Logs', { purpose: BucketPurpose.logs() }).bucket],
      profile: [undefined, () => EnvironmentProfile.development()],
    },
  }),
  ...changesOf<Waiver, BalancerProps>({
    subject: BALANCER,
    struct: 'Waiver',
    at: 'plainHttp',
    within: (plainHttp) => ({ plainHttp }),
    changes: { reason: [REASON, `${REASON} and longer`, { note: 'A reason is for readers.' }] },
  }),
  ...changesOf<DomainProps, BalancerProps>({
    subject: BALANCER,
    struct: 'DomainProps',
    at: 'Domain.of',
    within: (props) => ({ domains: [Domain.of('shop.example.com', props)] }),
    changes: {
      hostedZone: {
        several: [
          [undefined, (site: Site) => zoneOf(site)],
          [(site: Site) => zoneOf(site), (site: Site) => zoneOf(site, 'Z9876543210ABCDEFGHIJ'), { note: 'Clients follow the zone that the parent names.' }],
        ],
      },
      certificate: {
        several: [
          [undefined, (site: Site) => site.otherCertificate],
          [(site: Site) => site.certificateOf('shop'), (site: Site) => site.certificateOf('store')],
        ],
      },
    },
  }),
  ...choicesOf<Ingress, BalancerProps>({
    subject: BALANCER,
    class: 'Ingress',
    prop: 'ingress',
    each: true,
    within: (ingress) => ({ ingress }),
    values: {
      internet: () => Ingress.internet(),
      cidrs: () => Ingress.cidrs(['192.0.2.0/24']),
      cloudflare: () => Ingress.cloudflare(),
      cloudFront: () => Ingress.cloudFront(),
      internalOnly: () => Ingress.internalOnly(['10.0.0.0/16']),
    },
    remarks: {
      'cloudFront → internalOnly': { procedure: `Move clients away first. ${KEPT_NAME}` },
      '* → internalOnly': { procedure: MOVE },
      '* → cloudFront': { procedure: MOVE },
    },
  }),
  ...parametersOf<Ingress, BalancerProps>({
    subject: BALANCER,
    prop: 'ingress',
    within: (ingress) => ({ ingress }),
    changes: {
      'Ingress.cidrs': [() => Ingress.cidrs(['192.0.2.0/24']), () => Ingress.cidrs(['192.0.2.0/24', '198.51.100.0/24'])],
      'Ingress.internalOnly': [() => Ingress.internalOnly(['10.0.0.0/17']), () => Ingress.internalOnly(['10.0.0.0/17', '10.0.128.0/17'])],
    },
  }),
  ...changesOf<CloudflareIngressProps, BalancerProps>({
    subject: BALANCER,
    struct: 'CloudflareIngressProps',
    at: 'Ingress.cloudflare',
    within: (props) => ({ ingress: Ingress.cloudflare(props) }),
    changes: {
      ipv4Ranges: [['173.245.48.0/20'], ['173.245.48.0/20', '103.21.244.0/22']],
      ipv6Ranges: [undefined, ['2400:cb00::/32'], { note: 'It has an effect with `dualStack`.' }],
    },
  }),
  ...changesOf<CloudFrontIngressProps, BalancerProps>({
    subject: BALANCER,
    struct: 'CloudFrontIngressProps',
    at: 'Ingress.cloudFront',
    within: (props) => ({ ingress: Ingress.cloudFront(props) }),
    changes: { prefixListId: [undefined, 'pl-22222222', { note: 'Requests by addresses of the former list end.' }] },
  }),
  ...changesOf<ResponseHeaders, BalancerProps>({
    subject: BALANCER,
    struct: 'ResponseHeaders',
    at: 'responseHeaders',
    within: (responseHeaders) => ({ responseHeaders }),
    changes: {
      contentSecurityPolicy: [undefined, "default-src 'self'"],
      cors: [undefined, { allowOrigins: ['https://app.example.com'] }],
      frames: [undefined, () => FramePolicy.NOBODY],
      hstsIncludesSubdomains: [undefined, true, { note: 'The way back reaches a browser with its next visit alone.' }],
      hstsMaxAge: { several: [[undefined, Duration.days(30)], [Duration.hours(1), Duration.days(30)]] },
    },
  }),
  ...changesOf<CorsProps, BalancerProps>({
    subject: BALANCER,
    struct: 'CorsProps',
    at: 'responseHeaders.cors',
    required: { allowOrigins: ['https://app.example.com'] },
    within: (cors) => ({ responseHeaders: { cors } }),
    changes: {
      allowOrigins: [['https://app.example.com'], ['https://shop.example.com']],
      allowCredentials: [undefined, true],
      allowHeaders: [undefined, ['authorization']],
      allowMethods: [undefined, ['PUT']],
      exposeHeaders: [undefined, ['etag']],
      maxAge: [undefined, Duration.hours(1)],
    },
  }),
  ...callsOf<SecureLoadBalancer, BalancerProps>({
    subject: BALANCER, class: 'SecureLoadBalancer', calls: { openPort: [(balancer) => balancer.openPort(9443)] },
  }),
  ...changesAround(BALANCER),
];

export const FIREWALL_ROWS: readonly Row[] = [
  ...changesOf<WebFirewallProps>({
    subject: FIREWALL,
    struct: 'WebFirewallProps',
    changes: {
      requestsPerMinute: [undefined, 100],
      pathLimits: [undefined, () => [PathLimit.of('/login', { requestsPerMinute: 10 })]],
      allowLargeBodiesOn: [undefined, ['/api/upload/*']],
      ruleOverrides: [undefined, () => [RuleOverride.count('AWSManagedRulesCommonRuleSet', 'CrossSiteScripting_BODY', { reason: 'Editors send HTML, which is sanitized' })]],
      countOnly: [{ reason: REASON }, undefined],
      originSecret: [undefined, (site: Site) => OriginSecret.header('X-Origin-Key', originKey(site)), {
        note: 'Requests without the header are answered with 403. Let the CDN send it first, and let the firewall count for a day.',
      }],
      clientAddressHeader: { exempt: 'it belongs to an ingress by Cloudflare or CloudFront, whose rows change it' },
      profile: [undefined, () => EnvironmentProfile.development()],
    },
  }),
  ...changesOf<PathLimitProps, WebFirewallProps>({
    subject: FIREWALL,
    struct: 'PathLimitProps',
    at: 'PathLimit.of',
    within: (props) => ({ pathLimits: [PathLimit.of('/login', props)] }),
    changes: { requestsPerMinute: [10, 20] },
  }),
  ...parametersOf<PathLimit, WebFirewallProps>({
    subject: FIREWALL,
    prop: 'pathLimits',
    within: (limit) => ({ pathLimits: [limit] }),
    changes: { 'PathLimit.of': [() => PathLimit.of('/login', { requestsPerMinute: 10 }), () => PathLimit.of('/signup', { requestsPerMinute: 10 })] },
  }),
  ...changesOf<OriginSecretProps, WebFirewallProps>({
    subject: FIREWALL,
    struct: 'OriginSecretProps',
    at: 'OriginSecret.header',
    required: originKey,
    within: (props) => ({ originSecret: OriginSecret.header('X-Origin-Key', props) }),
    changes: {
      secret: [undefined, (site: Site) => secretNamed(site, 'Other'), { note: ORIGIN }],
      versionId: [undefined, '66666666-7777-8888-9999-000000000000', { note: ORIGIN }],
      nextVersionId: [undefined, '66666666-7777-8888-9999-000000000000', { note: 'The values of both versions are admitted, and none that was before is blocked.' }],
      field: [undefined, 'value', { note: ORIGIN }],
    },
  }),
  ...parametersOf<OriginSecret, WebFirewallProps>({
    subject: FIREWALL,
    prop: 'originSecret',
    within: (originSecret) => ({ originSecret }),
    changes: {
      'OriginSecret.header': [
        (site) => OriginSecret.header('X-Origin-Key', originKey(site)), (site) => OriginSecret.header('X-Shop-Key', originKey(site)), { note: ORIGIN },
      ],
    },
  }),
  ...callsOf<WebFirewall, WebFirewallProps>({
    subject: FIREWALL,
    class: 'WebFirewall',
    calls: {
      associate: [(firewall, site) => firewall.associate(site.scope, 'arn:aws:apigateway:eu-central-1::/restapis/abcdef1234/stages/live'), {
        note: 'The way back leaves the resource without a firewall.',
      }],
    },
  }),
  ...changesAround(FIREWALL),
];

function domainOf(site: Site, name: string): Domain {
  return Domain.of(`${name}.example.com`, { hostedZone: zoneOf(site), certificate: site.otherCertificate });
}

function zoneOf(site: Site, hostedZoneId = 'Z0123456789ABCDEFGHIJ') {
  return site.part(hostedZoneId, (scope, id) => HostedZone.fromHostedZoneAttributes(scope, id, { hostedZoneId, zoneName: 'example.com' }));
}

/** Secret of the CDN, and the version that the firewall admits. */
function originKey(site: Site): OriginSecretProps {
  return { secret: secretNamed(site, 'OriginKey'), versionId: '11111111-2222-3333-4444-555555555555' };
}

function secretNamed(site: Site, name: string): ISecret {
  return site.part(name, (scope, id) => Secret.fromSecretCompleteArn(scope, id, `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${name}-AbCdEf`));
}

/** Adopted network with IPv6 blocks. */
function dualStackOf(site: Site): ISecureVpc {
  return site.part('DualStack', (scope, id) => SecureVpc.fromVpc(scope, id, {
    vpc: Vpc.fromVpcAttributes(scope, 'DualStackVpc', {
      vpcId: 'vpc-11111111',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      publicSubnetIds: ['subnet-11111111', 'subnet-22222222'],
      privateSubnetIds: ['subnet-33333333', 'subnet-44444444'],
    }),
    publicSubnets: { subnetType: SubnetType.PUBLIC },
    applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  }));
}
