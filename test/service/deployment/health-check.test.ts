import { Duration } from 'aws-cdk-lib';
import { TargetProtocolVersion, type WebHealthCheck } from '../../../src';
import { expectRefusedValue } from '../../fixtures/refusals';
import { refusal, templateOf } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

describe('The health check of a service', () => {
  test.each<[string, WebHealthCheck, string, string, string]>([
    ['a timeout not below the interval', { timeout: Duration.seconds(30) }, 'timeout', '30 seconds', 'below the interval of 30 seconds'],
    ['an interval out of range', { interval: Duration.minutes(6) }, 'interval', '6 minutes', '5 seconds to 5 minutes'],
    ['a timeout out of range', { timeout: Duration.seconds(1) }, 'timeout', '1 second', '2 seconds to 2 minutes'],
    ['a single check that makes a target healthy', { healthyThresholdCount: 1 }, 'healthyThresholdCount', '1', '2 to 10'],
    ['more failed checks than load balancers count', { unhealthyThresholdCount: 11 }, 'unhealthyThresholdCount', '11', '2 to 10'],
    ['a path without a slash', { path: 'health' }, 'path', 'health', 'begins with /'],
    ['a status that no load balancer takes as healthy', { healthyHttpCodes: '500' }, 'healthyHttpCodes', '500', 'statuses from 200 to 499'],
    ['a range of statuses beyond the last', { healthyHttpCodes: '200-599' }, 'healthyHttpCodes', '200-599', 'statuses from 200 to 499'],
    ['a range of statuses that falls', { healthyHttpCodes: '299-200' }, 'healthyHttpCodes', '299-200', 'statuses from 200 to 499'],
    ['an open range of statuses', { healthyHttpCodes: '200-' }, 'healthyHttpCodes', '200-', 'statuses from 200 to 499'],
    ['statuses with spaces', { healthyHttpCodes: '200, 204' }, 'healthyHttpCodes', '200, 204', 'separated by commas'],
    ['no status', { healthyHttpCodes: '' }, 'healthyHttpCodes', '""', 'separated by commas'],
  ])('refuses %s', (_, healthCheck, prop, value, expected) => {
    expectRefusedValue(refusal(() => serviceFixture({ healthCheck })), `healthCheck.${prop}`, value, expected);
  });

  test.each(['200', '200,204', '200-299', '200-299,404'])('takes %s as the statuses of a healthy answer', (healthyHttpCodes) => {
    const template = templateOf(serviceFixture({ healthCheck: { healthyHttpCodes } }).stack);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Matcher: { HttpCode: healthyHttpCodes } });
  });

  describe('with gRPC', () => {
    const grpc = (healthCheck: WebHealthCheck) => serviceFixture({ healthCheck, protocolVersion: TargetProtocolVersion.GRPC });

    test.each<[string, WebHealthCheck, string, string, string]>([
      ['a status above 99', { healthyGrpcCodes: '100' }, 'healthyGrpcCodes', '100', 'statuses from 0 to 99'],
      ['a status with a leading zero', { healthyGrpcCodes: '00' }, 'healthyGrpcCodes', '00', 'statuses from 0 to 99'],
      ['a path that is no method', { path: '/ready' }, 'path', '/ready', 'in the form /package.Service/Method'],
    ])('refuses %s', (_, healthCheck, prop, value, expected) => {
      expectRefusedValue(refusal(() => grpc(healthCheck)), `healthCheck.${prop}`, value, expected);
    });

    test.each(['0', '0,12', '0-99'])('takes %s as the statuses of a healthy answer', (healthyGrpcCodes) => {
      const template = templateOf(grpc({ healthyGrpcCodes, path: '/shop.v1.Orders/Check' }).stack);
      template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Matcher: { GrpcCode: healthyGrpcCodes }, HealthCheckPath: '/shop.v1.Orders/Check' });
    });
  });
});
