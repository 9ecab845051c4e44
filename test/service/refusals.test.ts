import { Duration } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ProductionWebService, type ProductionWebServiceProps, Rollout, Route, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, ServiceImage, ServiceScaling,
} from '../../src';
import { refusal, testApp, testStack } from '../support/test-stack';
import { certificate, serviceFixture } from '../support/web-service';

/** The one line that every refusal is: what, where, prop, value, what would be right, and what to write. */
const LINE = /^(\w+) '([\w/-]+)': ([\w.]+) is (.+), expected (.+)\. ([A-Z].+\.)$/;

const ofService = (props: Partial<ProductionWebServiceProps>) => refusal(() => serviceFixture(props));

describe('ProductionWebService refuses, in one line that names path, prop, value, range and way out,', () => {
  test.each<[string, Partial<ProductionWebServiceProps>, string, string, string]>([
    ['a port out of range', { port: 70000 }, 'port', '70000', '1 to 65535'],
    ['a port that is no whole number', { port: 30.5 }, 'port', '30.5', '1 to 65535'],
    ['memory that Fargate lacks for the CPU', { cpu: 256, memoryMiB: 4096 }, 'memoryMiB', '4096', '512 to 2048 MiB for 256 CPU units'],
    ['memory between two steps', { cpu: 1024, memoryMiB: 2500 }, 'memoryMiB', '2500', '2048 to 8192 MiB for 1024 CPU units, in steps of 1024'],
    ['CPU that Fargate lacks', { cpu: 300 }, 'cpu', '300', '256, 512, 1024, 2048, 4096, 8192, 16384'],
    ['a linear step below 3 %', { rollout: Rollout.linear({ stepPercent: 2 }) }, 'rollout.stepPercent', '2', '3 to 100 percent'],
    ['a linear step finer than a tenth', { rollout: Rollout.linear({ stepPercent: 10.05 }) }, 'rollout.stepPercent', '10.05', 'steps of 0.1'],
    ['a canary of everything', { rollout: Rollout.canary({ percent: 100 }) }, 'rollout.percent', '100', '0.1 to 99.9 percent'],
    ['a bake of more than a day', { rollout: Rollout.blueGreen({ bakeTime: Duration.hours(25) }) }, 'rollout.bakeTime', '1500', '0 to 1440 minutes'],
    ['a step of half minutes', { rollout: Rollout.linear({ stepBakeTime: Duration.seconds(90) }) }, 'rollout.stepBakeTime', '1.5', '0 to 1440 minutes, whole'],
    ['more than 33 hours in all', { rollout: Rollout.linear({ stepPercent: 3, stepBakeTime: Duration.hours(2) }) }, 'rollout', 'minutes', 'at most 33 hours'],
    ['a health-check timeout not below its interval', { healthCheck: { timeout: Duration.seconds(30) } }, 'healthCheck.timeout', '30 s', 'below the interval of 30 s'],
    ['a health-check interval out of range', { healthCheck: { interval: Duration.minutes(6) } }, 'healthCheck.interval', '360', '5 to 300 seconds'],
    ['a health-check path without a slash', { healthCheck: { path: 'health' } }, 'healthCheck.path', 'health', 'begins with /'],
    ['root as the user', { user: '0' }, 'user', '"0"', 'other than 0'],
    ['a user by name, which Fargate may map to root', { user: 'root:root' }, 'user', 'root:root', 'numeric'],
    ['a writable path that is not absolute', { writablePaths: ['tmp'] }, 'writablePaths', 'tmp', 'absolute paths'],
    ['writable paths larger than the task', { writableMiB: 1024 }, 'writableMiB', '1024', 'less than 1024 MiB'],
    ['fewer tasks at most than at least', { scaling: ServiceScaling.between({ minTasks: 5, maxTasks: 2 }) }, 'scaling.maxTasks', '2', '5 to 5000 tasks'],
    ['no task at all', { scaling: ServiceScaling.between({ minTasks: 0 }) }, 'scaling.minTasks', '0', '1 to 5000 tasks'],
    ['a response time that no service keeps', { responseTimeLimit: Duration.millis(5) }, 'responseTimeLimit', '5', '50 to 3600000 milliseconds'],
    ['a success rate above 100 %', { successRatePercent: 101 }, 'successRatePercent', '101', 'up to 100'],
    ['a priority out of range', { routePriority: 50001 }, 'routePriority', '50001', '1 to 50000'],
  ])('%s', (_, props, prop, value, allowed) => {
    const [, construct, path, refusedProp, refusedValue, range] = LINE.exec(ofService(props))!;
    expect([construct, path, refusedProp]).toEqual(['ProductionWebService', 'Test/Web', prop]);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
  });

  test.each<[string, Partial<ProductionWebServiceProps>, string, string]>([
    ['without a certificate or a load balancer', { certificate: undefined }, 'certificate', 'a SecureLoadBalancer without one takes plainHttp'],
    // What only plain JavaScript leaves out.
    ['without a network', { network: undefined }, 'network', "new SecureVpc(this, 'Network')"],
    ['without an image', { image: undefined }, 'image', 'ServiceImage.fromRepository'],
  ])('a service %s', (_, props, prop, way) => {
    const [, construct, path, refusedProp, value, , fix] = LINE.exec(ofService(props))!;
    expect([construct, path, refusedProp, value]).toEqual(['ProductionWebService', 'Test/Web', prop, 'not given']);
    expect(fix).toContain(way);
  });

  test('a certificate beside a load balancer', () => {
    expect(refusal(() => serviceFixture(({ stack, network }) => ({
      loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) }),
      certificate: certificate(testStack()),
    })))).toMatch(/'Test\/Web': certificate is .* expected certificate or loadBalancer, not both/);
  });

  test('B-14: endpoints-only egress of an adopted network that lacks an endpoint', () => {
    const message = refusal(() => serviceFixture(({ stack }) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['p1', 'p2'], isolatedSubnetIds: ['i1', 'i2'] });
      const [publicSubnets, applicationSubnets] = [{ subnets: vpc.publicSubnets }, { subnets: vpc.isolatedSubnets }];
      return { network: SecureVpc.fromVpc(stack, 'Adopted', { vpc, publicSubnets, applicationSubnets, reachesInternet: false }) };
    }));
    expect(message).toMatch(/^AdoptedVpc 'Test\/Adopted': interfaceEndpoints is \[\], expected a list with ecr\.api, which pulling and logging of Test\/Web needs/);
  });
});

describe('SecureLoadBalancer refuses', () => {
  const balancer = (props: Partial<SecureLoadBalancerProps>, env?: { region: string } | 'unknown') => refusal(() => {
    const stack = testStack({ app: testApp(), ...(env === 'unknown' ? { env: undefined } : {}) });
    new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), ...props });
  });

  test('plain HTTP without a reason', () => {
    expect(balancer({})).toMatch(/^SecureLoadBalancer 'Test\/Balancer': certificate is not given, expected a certificate, or plainHttp with a reason\. /);
    expect(balancer({ plainHttp: { reason: 'because' } })).toMatch(/plainHttp\.reason is "because", expected a sentence/);
  });

  test('a certificate together with plain HTTP', () => {
    expect(balancer({ certificate: certificate(testStack()), plainHttp: { reason: 'A demonstration without data' } })).toContain('certificate or plainHttp, not both');
  });

  test('no firewall without a reason', () => {
    expect(balancer({ certificate: certificate(testStack()), withoutFirewall: { reason: '' } })).toContain('withoutFirewall.reason is ""');
  });

  test('a stack whose region is unknown, because logs are delivered by an account of the region', () => {
    expect(balancer({ certificate: certificate(testStack()) }, 'unknown')).toMatch(/'Test\/Balancer': env\.region is not given, expected a stack whose region is known.*env: \{ region: 'eu-central-1' \}/);
  });

  test('two services with one route, and two with one priority', () => {
    const two = (first: Partial<ProductionWebServiceProps>, second: Partial<ProductionWebServiceProps>) => refusal(() => {
      const { stack, network, images, web } = serviceFixture(first);
      new ProductionWebService(stack, 'Second', { network, image: ServiceImage.fromRepository(images, { tag: '1.0.0' }), loadBalancer: web.loadBalancer, ...second });
    });
    expect(two({}, {})).toMatch(/^ProductionWebService 'Test\/Second': route is "\/\*", expected a route that no other service of Test\/Web\/LoadBalancer has \('Test\/Web' has it\)/);
    expect(two({ routePriority: 7 }, { routePriority: 7, route: Route.path('/b') })).toMatch(/'Test\/Second': routePriority is 7, expected a priority that 'Test\/Web' doesn't have/);
  });
});
