import { Duration } from 'aws-cdk-lib';
import type { WebHealthCheck } from '../../../src';
import { expectRefusedValue } from '../../fixtures/refusals';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

describe('The health check of a service', () => {
  test.each<[string, WebHealthCheck, string, string, string]>([
    ['a timeout not below the interval', { timeout: Duration.seconds(30) }, 'timeout', '30 seconds', 'below the interval of 30 seconds'],
    ['an interval out of range', { interval: Duration.minutes(6) }, 'interval', '6 minutes', '5 seconds to 5 minutes'],
    ['a timeout out of range', { timeout: Duration.seconds(1) }, 'timeout', '1 second', '2 seconds to 2 minutes'],
    ['a single check that makes a target healthy', { healthyThresholdCount: 1 }, 'healthyThresholdCount', '1', '2 to 10'],
    ['more failed checks than load balancers count', { unhealthyThresholdCount: 11 }, 'unhealthyThresholdCount', '11', '2 to 10'],
    ['a path without a slash', { path: 'health' }, 'path', 'health', 'begins with /'],
  ])('refuses %s', (_, healthCheck, prop, value, expected) => {
    expectRefusedValue(refusal(() => serviceFixture({ healthCheck })), `healthCheck.${prop}`, value, expected);
  });
});
