import type { Template } from 'aws-cdk-lib/assertions';
import {
  type ProductionWebServiceProps, Rollout, SecureLoadBalancer, ServiceCluster, SmokeTest, TargetProtocolVersion,
} from '../../../src';
import { expectRefusedCombination } from '../../fixtures/refusals';
import { refusal, templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';
import { flows } from '../../simulators/security-group-flows';

const { HTTP1, HTTP2, GRPC } = TargetProtocolVersion;

type Props = Partial<ProductionWebServiceProps>;
const template = (props: Props = {}): Template => templateOf(serviceFixture(props).stack);
const groupsOf = (of: Template) => Object.values(of.findResources('AWS::ElasticLoadBalancingV2::TargetGroup')).map(({ Properties }) => Properties);
const hookPlanOf = (of: Template) => JSON.parse(Object.values(of.findResources('AWS::Lambda::Function'))[0].Properties.Environment.Variables.ROLLOUT_PLAN);

describe('The protocol between load balancer and tasks', () => {
  test('is HTTP/1.1, which the template leaves to the default of load balancers', () => {
    expect(groupsOf(template())).toMatchObject([{ Protocol: 'HTTP' }, { Protocol: 'HTTP' }]);
    groupsOf(template()).forEach((group) => ['ProtocolVersion', 'HealthCheckProtocol', 'Matcher'].forEach((name) => expect(group[name]).toBeUndefined()));
    expect(groupsOf(template({ protocolVersion: HTTP1, tlsToTasks: false }))).toEqual(groupsOf(template()));
  });

  test('is HTTPS by a prop, for requests and for health checks (C-03)', () => {
    expect(groupsOf(template({ tlsToTasks: true }))).toMatchObject([
      { Protocol: 'HTTPS', HealthCheckProtocol: 'HTTPS', HealthCheckPath: '/ready' }, { Protocol: 'HTTPS', HealthCheckProtocol: 'HTTPS' },
    ]);
  });

  test('is HTTPS for both groups, whoever deploys', () => {
    expect(groupsOf(template({ tlsToTasks: true, rollout: Rollout.codeDeploy() })).map(({ Protocol }) => Protocol)).toEqual(['HTTPS', 'HTTPS']);
    expect(groupsOf(template({ tlsToTasks: true, rollout: Rollout.rolling() })).map(({ Protocol }) => Protocol)).toEqual(['HTTPS', 'HTTPS']);
  });

  test('is HTTPS for the requests of a smoke test, too, and a plan without it is as before', () => {
    const smokeTest = SmokeTest.http('/health');
    expect(hookPlanOf(template({ tlsToTasks: true, smokeTest })).tls).toBe(true);
    expect(hookPlanOf(template({ smokeTest }))).not.toHaveProperty('tls');
  });

  test('opens the same ports with TLS as without it (A-25)', () => {
    expect(flows(template({ tlsToTasks: true }))).toEqual(flows(template()));
  });

  test('is HTTP/2 by a prop, with the health check of HTTP', () => {
    expect(groupsOf(template({ protocolVersion: HTTP2 }))).toMatchObject([{ ProtocolVersion: 'HTTP2', HealthCheckPath: '/ready' }, { ProtocolVersion: 'HTTP2' }]);
  });

  test('is gRPC by a prop, whose health check calls the standard method and expects OK', () => {
    expect(groupsOf(template({ protocolVersion: GRPC }))).toMatchObject(Array.from({ length: 2 }, () => ({
      Protocol: 'HTTP', ProtocolVersion: 'GRPC', HealthCheckPath: '/grpc.health.v1.Health/Check', Matcher: { GrpcCode: '0' },
    })));
  });

  test.each([[HTTP1, 'http'], [HTTP2, 'http2'], [GRPC, 'grpc']])('is %s for Service Connect, too: %s', (protocolVersion, appProtocol) => {
    const made = templateOf(serviceFixture(({ stack, network }) => ({
      protocolVersion, discoveryName: 'web', cluster: new ServiceCluster(stack, 'Cluster', { network }).cluster,
    })).stack);
    const [{ Properties }] = Object.values(made.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].PortMappings).toEqual([{ AppProtocol: appProtocol, ContainerPort: 3000, Name: 'http', Protocol: 'tcp' }]);
  });

  test.each<[string, Props]>([['TLS', { tlsToTasks: true }], ['gRPC', { protocolVersion: GRPC }]])('leaves nothing of the four packs unacknowledged with %s (B-14)', (_, props) => {
    expect(unacknowledged(serviceFixture(props).stack)).toEqual([]);
  });
});

describe('A service refuses', () => {
  test.each([HTTP2, GRPC])('%s behind a load balancer without a certificate', (protocolVersion) => {
    const message = refusal(() => serviceFixture(({ stack, network }) => ({
      loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, plainHttp: { reason: 'Shown in the report of this test' } }), protocolVersion,
    })));
    expectRefusedCombination(message, 'protocolVersion', `is ${protocolVersion}, which a load balancer forwards from HTTPS listeners only`, 'certificate');
  });

  test.each<[string, Props, string, string, string]>([
    ['HTTP statuses with gRPC', { protocolVersion: GRPC, healthCheck: { healthyHttpCodes: '200' } }, 'healthCheck.healthyHttpCodes', 'not supported with TargetProtocolVersion.GRPC', 'healthyGrpcCodes'],
    ['gRPC statuses without gRPC', { healthCheck: { healthyGrpcCodes: '0' } }, 'healthCheck.healthyGrpcCodes', 'without protocolVersion', 'healthyHttpCodes'],
    ['a name for other services with TLS', { tlsToTasks: true, discoveryName: 'web' }, 'discoveryName', 'not supported with tlsToTasks', 'tlsToTasks'],
    ['requests of a smoke test with gRPC', { protocolVersion: GRPC, smokeTest: SmokeTest.http('/') }, 'smokeTest', 'has requests, which are HTTP/1.1', 'SmokeTest.command'],
    ['requests of a smoke test with HTTP/2', { protocolVersion: HTTP2, smokeTest: SmokeTest.http('/') }, 'smokeTest', 'has requests, which are HTTP/1.1', 'SmokeTest.command'],
  ])('%s', (_, props, prop, problem, fix) => expectRefusedCombination(refusal(() => serviceFixture(props)), prop, problem, fix));

  test('requests that a stage adds to a service with gRPC', () => {
    const { web } = serviceFixture({ protocolVersion: GRPC });
    expectRefusedCombination(refusal(() => web.verifyWith(SmokeTest.http('/'))), 'smokeTest', 'has requests', 'SmokeTest.command');
    expect(() => web.verifyWith(SmokeTest.command(['verify']))).not.toThrow();
  });
});
