import { Duration, type Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Domain, type IBackingService, Ingress, type LoadBalancerSettings, type ProductionWebServiceProps, Rollout, Route, SecureLoadBalancer, SecureVpc, ServiceCluster,
  SmokeTest, TlsPolicy, WebFirewall,
} from '../../src';
import { expectRefusedCombination, expectRefusedValue } from '../fixtures/refusals';
import { refusal, templateOf, testStack } from '../fixtures/test-stack';
import { certificate, serviceFixture } from '../fixtures/web-service';

const HEALTH = SmokeTest.http('/health');
const COMMAND = SmokeTest.command(['npm', 'test']);
const ROTATING: IBackingService = { bind: () => ({ environment: {}, secrets: [], replaceTasksEvery: Duration.days(7) }) };

type Props = Partial<ProductionWebServiceProps>;
const refused = (props: Props) => refusal(() => serviceFixture(props));

describe('ProductionWebService', () => {
  test.each<[string, Props, string, string, string]>([
    ['a port out of range', { port: 70000 }, 'port', '70000', '1 to 65535'],
    ['a port that is no whole number', { port: 30.5 }, 'port', '30.5', '1 to 65535'],
    ['memory that Fargate lacks for the CPU', { cpu: 256, memoryMiB: 4096 }, 'memoryMiB', '4096', '512 to 2048 MiB for 256 CPU units'],
    ['memory between two steps', { cpu: 1024, memoryMiB: 2500 }, 'memoryMiB', '2500', '2048 to 8192 MiB for 1024 CPU units, in steps of 1024'],
    ['CPU that Fargate lacks', { cpu: 300 }, 'cpu', '300', '256, 512, 1024, 2048, 4096, 8192, 16384'],
    ['root as the user', { user: '0' }, 'user', '"0"', 'other than 0'],
    ['a user by name, which Fargate may map to root', { user: 'root:root' }, 'user', 'root:root', 'numeric'],
    ['a writable path that is not absolute', { writablePaths: ['tmp'] }, 'writablePaths', 'tmp', 'absolute paths'],
    ['writable paths larger than the task', { writableMiB: 1024 }, 'writableMiB', '1024', 'less than 1024 MiB'],
    ['a service name that ECS refuses', { serviceName: 'the shop' }, 'serviceName', 'the shop', 'letters, digits, - and _'],
    ['a response time that no service keeps', { responseTimeLimit: Duration.millis(5) }, 'responseTimeLimit', '5 milliseconds', '50 milliseconds to 1 hour'],
    ['a success rate above 100 %', { successRatePercent: 101 }, 'successRatePercent', '101', 'up to 100'],
    ['a success rate of nothing', { successRatePercent: 0 }, 'successRatePercent', '0', 'above 0'],
    ['a priority out of range', { routePriority: 50001 }, 'routePriority', '50001', '1 to 50000'],
    ['a tag whose key is AWS\'s own', { listenerRuleTags: { 'aws:team': 'shop' } }, 'listenerRuleTags', 'aws:team', 'do not begin with aws:'],
    ['a tag without a key', { listenerRuleTags: { '': 'shop' } }, 'listenerRuleTags', '""', '1 to 128'],
    ['a tag with a value that is too long', { listenerRuleTags: { team: 'a'.repeat(257) } }, 'listenerRuleTags.team', 'aaa', 'at most 256'],
    ['more tags than a rule takes', { listenerRuleTags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`tag${i}`, ''])) }, 'listenerRuleTags', '51 tags', 'at most 50 tags'],
    ['stickiness of no time', { rollout: Rollout.rolling(), stickiness: Duration.seconds(0) }, 'stickiness', '0 seconds', '1 second to 7 days'],
    ['stickiness of more than a week', { rollout: Rollout.rolling(), stickiness: Duration.days(8) }, 'stickiness', '8 days', '1 second to 7 days'],
  ])('refuses %s', (_, props, prop, value, expected) => expectRefusedValue(refused(props), prop, value, expected));

  test.each<[string, Props, string, string, string]>([
    ['a certificate and a load balancer', { certificate: undefined }, 'certificate', 'a certificate, or a loadBalancer', 'set plainHttp: {'],
    // Only plain JavaScript can leave these out.
    ['a network', { network: undefined }, 'network', 'a network', "new SecureVpc(this, 'Network')"],
    ['an image', { image: undefined }, 'image', 'an image', 'ServiceImage.fromRepository'],
  ])('refuses a service without %s', (_, props, prop, expected, fix) => {
    expectRefusedValue(refused(props), prop, 'not given', expected);
    expect(refused(props)).toContain(fix);
  });

  test('has the smallest memory that Fargate offers for its CPU, where only the CPU is set', () => {
    const [cpu, memory] = ['Cpu', 'Memory'].map((prop) =>
      Object.values(templateOf(serviceFixture({ cpu: 2048 }).stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties[prop]);
    expect([cpu, memory]).toEqual(['2048', '4096']);
  });

  /** All of them, because the type requires each. */
  const settings = (stack: Stack): Required<LoadBalancerSettings> => ({
    certificate: certificate(stack),
    plainHttp: { reason: 'An internal demonstration until 2027' },
    tlsPolicy: TlsPolicy.TLS_1_3,
    httpRedirect: false,
    ingress: Ingress.cloudflare(),
    dualStack: false,
    domains: [Domain.of('api.example.com')],
    responseHeaders: {},
    firewall: new WebFirewall(stack, 'Firewall'),
    withoutFirewall: { reason: 'The proxy in front has the firewall' },
    logBucket: new Bucket(stack, 'Logs'),
    idleTimeout: Duration.minutes(5),
    clientKeepAlive: Duration.hours(2),
  });

  test.each(Object.keys(settings(testStack())))('refuses %s together with a load balancer, which has its own', (prop) => {
    const message = refusal(() => serviceFixture(({ stack, network }) => {
      const given = settings(stack);
      return {
        loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, certificate: given.certificate }),
        [prop]: given[prop as keyof LoadBalancerSettings],
      };
    }));
    expectRefusedCombination(message, prop, 'not supported together with loadBalancer', `Give ${prop} to the SecureLoadBalancer`);
  });

  test('refuses stickiness where two target groups take turns, because clients would stay with the former one', () => {
    [Rollout.blueGreen(), Rollout.canary(), Rollout.codeDeploy()].forEach((rollout) =>
      expectRefusedCombination(refused({ rollout, stickiness: Duration.hours(1) }), 'stickiness', 'requires Rollout.rolling()', 'Use Rollout.rolling()'));
  });

  test('refuses endpoints-only egress of an adopted network that lacks an endpoint (B-14)', () => {
    const message = refusal(() => serviceFixture(({ stack }) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['p1', 'p2'], isolatedSubnetIds: ['i1', 'i2'] });
      const [publicSubnets, applicationSubnets] = [{ subnets: vpc.publicSubnets }, { subnets: vpc.isolatedSubnets }];
      return { network: SecureVpc.fromVpc(stack, 'Adopted', { vpc, publicSubnets, applicationSubnets, reachesInternet: false }) };
    }));
    expect(message).toMatch(/^AdoptedVpc 'Test\/Adopted': interfaceEndpoints is \[\], expected a list with ecr\.api, which pulling and logging of Test\/Web needs/);
  });
});

describe('A rollout without lifecycle hooks', () => {
  test.each<[string, Rollout, SmokeTest, string]>([
    ['rolling', Rollout.rolling(), HEALTH, 'not supported with Rollout.rolling()'],
    ['rolling', Rollout.rolling(), COMMAND, 'not supported with Rollout.rolling()'],
    ['CodeDeploy', Rollout.codeDeploy(), HEALTH, 'not supported with Rollout.codeDeploy()'],
    ['CodeDeploy', Rollout.codeDeploy(), COMMAND, 'not supported with Rollout.codeDeploy()'],
  ])('refuses a smoke test, as a prop and as a call: %s', (_, rollout, smokeTest, problem) => {
    expectRefusedCombination(refused({ rollout, smokeTest }), 'smokeTest', problem, 'Use Rollout.');
    expectRefusedCombination(refusal(() => serviceFixture({ rollout }).web.verifyWith(smokeTest)), 'smokeTest', problem, 'Use Rollout.');
  });
});

describe('Rollout.codeDeploy', () => {
  test('is refused with a route, because CodeDeploy moves the default action of a listener', () => {
    const message = refused({ rollout: Rollout.codeDeploy(), route: Route.path('/api/*') });
    expectRefusedCombination(message, 'route', 'not supported with Rollout.codeDeploy()', 'Remove route');
    expect(() => serviceFixture({ rollout: Rollout.codeDeploy(), route: Route.path('/*') })).not.toThrow();
  });

  test('is refused behind a shared load balancer, whose default action it would move', () => {
    const message = refusal(() => serviceFixture(({ stack, network }) => ({
      rollout: Rollout.codeDeploy(), loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) }),
    })));
    expectRefusedCombination(message, 'loadBalancer', 'not supported with Rollout.codeDeploy()', 'Set certificate instead of loadBalancer');
  });

  test('is refused with a secret that rotates, because ECS forces no new deployment there and tasks would keep the old secret (A-34)', () => {
    const message = refused({ rollout: Rollout.codeDeploy(), backingServices: [ROTATING] });
    expectRefusedCombination(message, 'backingServices', 'has a secret that rotates', 'Use Rollout.linear()');
  });

  test('is refused with a name for Service Connect, which ECS offers to its own deployments alone', () => {
    const message = refused({ rollout: Rollout.codeDeploy(), discoveryName: 'web' });
    expectRefusedCombination(message, 'rollout', 'does not support Service Connect', 'Use Rollout.linear()');
  });
});

test('A rollout of ECS supports a smoke test, Service Connect, a shared load balancer, a route and rotating secrets together', () => {
  expect(() => serviceFixture(({ stack, network }) => ({
    rollout: Rollout.linear(),
    smokeTest: HEALTH,
    discoveryName: 'web',
    cluster: new ServiceCluster(stack, 'Cluster', { network }).cluster,
    loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) }),
    route: Route.path('/api/*'),
    backingServices: [ROTATING],
  }))).not.toThrow();
});
