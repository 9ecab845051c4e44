import { Stack } from 'aws-cdk-lib';
import {
  AlertRouting, BlueGreenPipeline, BurnRateAlarms, DeployStage, EnvironmentProfile, GoldenSignalAlarms, HardenedMysql, HardenedPostgres,
  PipelineSource, ProductionWebService, Release, Rollout, Runbooks, SecureBucket,
  SecureLoadBalancer, SecureVpc, ServiceCluster, ServiceObjective, Sidecar, WebFirewall,
} from '../../src';
import { checkKinds } from '../../src/validation/kinds';
import { routingByMail } from '../fixtures/alert-routing';
import { refusal, testStack } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

const { network, stack, web, images } = serviceFixture();
const PLAIN_HTTP = { plainHttp: { reason: '(the reason that the app gives)' } };
const alertRouting = routingByMail(stack);

type Make = (props: never) => unknown;
const service: Make = (props: object) => new ProductionWebService(stack, nextId(), { network, loadBalancer: web.loadBalancer, image: 'x', ...props } as never);
const signals: Make = (props: object) => new GoldenSignalAlarms(stack, nextId(), { services: [web], alertRouting, ...props });
const pipeline: Make = (props: object) => new BlueGreenPipeline(stack, nextId(), {
  source: PipelineSource.imagePush([images]), stages: [DeployStage.production({ services: [web] })], ...props,
} as never);
const routing: Make = (props: object) => new AlertRouting(stack, nextId(), props);
const load: Make = (props: object) => new SecureLoadBalancer(stack, nextId(), { network, ...PLAIN_HTTP, ...props });
const net: Make = (props: object) => new SecureVpc(stack, nextId(), props);
const postgres: Make = (props: object) => new HardenedPostgres(stack, nextId(), { network, ...props });

let ids = 0;
function nextId(): string {
  return `It${ids++}`;
}

/** Each prop that takes an object of a class, the class, and a construct that has it. */
const PROPS: ReadonlyArray<[string, string, Make]> = [
  ['image', 'ServiceImage', service], ['rollout', 'Rollout', service], ['smokeTest', 'SmokeTest', service], ['scaling', 'ServiceScaling', service],
  ['route', 'Route', service], ['tracing', 'Tracing', service], ['profile', 'EnvironmentProfile', service], ['secrets[0]', 'ServiceSecret', service],
  ['sidecars[0]', 'Sidecar', service], ['volumes[0]', 'ServiceVolume', service],
  ['capacity', 'PostgresCapacity', postgres], ['backup', 'BackupPolicy', postgres], ['credentials', 'CredentialRotation', postgres],
  ['capacity', 'MysqlCapacity', (props: object) => new HardenedMysql(stack, nextId(), { network, ...props })],
  ['plan', 'SubnetPlan', net], ['egress', 'Egress', net], ['connectedNetworks[0]', 'ConnectedNetwork', net],
  ['ingress', 'Ingress', load], ['domains[0]', 'Domain', load],
  ['purpose', 'BucketPurpose', (props: object) => new SecureBucket(stack, nextId(), props as never)],
  ['pathLimits[0]', 'PathLimit', (props: object) => new WebFirewall(stack, nextId(), props)],
  ['ruleOverrides[0]', 'RuleOverride', (props: object) => new WebFirewall(stack, nextId(), props)],
  ['onCritical[0]', 'AlertChannel', routing], ['onDeployment[0]', 'AlertChannel', routing], ['runbooks', 'Runbooks', routing],
  ['unnotified[0]', 'UnnotifiedAlerts', routing],
  ['objectives[0]', 'ServiceObjective', signals], ['overrides[0]', 'AlarmOverride', signals], ['disabledAlarms[0]', 'DisabledAlarm', signals],
  ['runbooks', 'Runbooks', signals],
  ['objective', 'ServiceObjective', (props: object) => new BurnRateAlarms(stack, nextId(), { service: web, alertRouting, runbooks: Runbooks.published(), ...props } as never)],
  ['migrations', 'Migration', (props: object) => new Release(stack, nextId(), { stageName: 'production', services: [web], ...props })],
  ['source', 'PipelineSource', pipeline], ['stages[0]', 'DeployStage', pipeline], ['images[0]', 'ImageBuild', pipeline], ['checks', 'PipelineChecks', pipeline],
];

describe.each<[string, unknown]>([['a number', 1], ['a text', 'nginx'], ['a plain object', { name: 'cache' }], ['null', null]])('Instead of an object, %s', (_, value) => {
  test.each(PROPS)('as %s is refused with the ways to make a %s', (prop, kind, make) => {
    const name = prop.replace('[0]', '');
    // Of the other props only those are given that are checked before.
    const message = refusal(() => make({ ...(name === 'image' || make !== service ? {} : { image: undefined }), [name]: prop.endsWith('[0]') ? [value] : value } as never));
    expect(message).toContain(`: ${prop} is ${JSON.stringify(value)}, expected an object of ${kind}. Use ${kind}.`);
  });
});

describe('Instead of what a language with types asks for', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a number of seconds', () => serviceFixture({ startupTime: 300 } as never), /startupTime is 300, expected a Duration/],
    ['a number as the interval', () => serviceFixture({ healthCheck: { interval: 10 } } as never), /healthCheck.interval is 10, expected a Duration/],
    ['a number as the idle timeout', () => load({ idleTimeout: 60 } as never), /idleTimeout is 60, expected a Duration/],
    ['a path as the health check', () => serviceFixture({ healthCheck: '/health' } as never), /healthCheck is "\/health", expected the settings of a health check. Write \{ path: '\/health' \}/],
    ['a text as the protocol', () => serviceFixture({ protocolVersion: 'grpc' } as never), /protocolVersion is "grpc", expected HTTP1, HTTP2, GRPC/],
    ['one account', () => net({ trustedAccounts: '222222222222' } as never), /trustedAccounts is "222222222222", expected a list. Write \["222222222222"\]/],
    ['one bucket', () => net({ openBuckets: 'partner' } as never), /openBuckets is "partner", expected a list/],
    ['a choice without its class', () => net({ profile: EnvironmentProfile.production().adjust({ logKeys: 'onePerGroup' as never }) } as never), /profile.logKeys is "onePerGroup", expected an object of LogKeys/],
  ])('%s is refused', (_, make, message) => {
    expect(refusal(make)).toMatch(message);
  });

  test('a VPC of CDK as the network is refused with the way to adopt it', () => {
    const { vpc } = network;
    const makers: Make[] = [service, load, postgres, (props: object) => new ServiceCluster(stack, nextId(), { network, ...props })];
    makers.forEach((make) => expect(refusal(() => make({ network: vpc } as never))).toMatch(/: network is no SecureVpc. .*SecureVpc.fromVpc/));
  });
});

test('The image of a sidecar is checked, too', () => {
  expect(refusal(() => service({ image: undefined, sidecars: [Sidecar.of('cache', { image: 'redis' as never })] } as never))).toMatch(/ServiceImage|image/);
});

test('An object of another copy of the library passes', () => {
  const copy = { Other: class {} };
  Object.defineProperty(copy.Other, 'name', { value: 'Rollout' });
  checkKinds(testStack(), { rollout: new copy.Other() }, { rollout: Rollout });
});

test('What is not given passes', () => {
  checkKinds(new Stack(), {}, { rollout: Rollout, objectives: ServiceObjective });
  expect(images.node.path).toBe('Registry/Images');
});
