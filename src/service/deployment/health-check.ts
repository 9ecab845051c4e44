import { Duration } from 'aws-cdk-lib';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { checkDuration, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Health checks of a service, by the load balancer and in the container. None is required. */
export interface WebHealthCheck {
  /**
   * Path that the load balancer requests, beginning with `/`.
   * @default '/ready' - requirement A-20: a task that can't reach its database gets no traffic, and is not stopped
   */
  readonly path?: string;
  /**
   * Time between two checks of one target, 5 to 300 whole seconds.
   * @default Duration.seconds(30) - requirements A-20 and B-05
   */
  readonly interval?: Duration;
  /**
   * Time for an answer, 2 to 120 whole seconds, below `interval`.
   * @default Duration.seconds(5) - requirement A-20
   */
  readonly timeout?: Duration;
  /**
   * Consecutive successful checks that make a target healthy, 2 to 10.
   * @default 2 - requirement A-20
   */
  readonly healthyThresholdCount?: number;
  /**
   * Consecutive failed checks that make a target unhealthy, 2 to 10.
   * @default 3 - requirement A-20
   */
  readonly unhealthyThresholdCount?: number;
  /**
   * Command that the container runs to check itself, for example `['CMD', 'node', 'live.js']`.
   *
   * Check the process alone and not its database, because a failed check stops the task.
   * @default - no command, because an image may lack the program that a default would run
   */
  readonly containerCommand?: string[];
}

/**
 * Health check of the target groups, checked.
 * @internal
 */
export function targetHealthCheck(scope: IConstruct, check: WebHealthCheck): HealthCheck {
  const {
    path = '/ready',
    interval = Duration.seconds(30),
    timeout = Duration.seconds(5),
    healthyThresholdCount = 2,
    unhealthyThresholdCount = 3,
  } = check;
  const whole = 'seconds';
  checkDuration(scope, 'healthCheck.interval', interval, {
    min: Duration.seconds(5),
    max: Duration.minutes(5),
    whole,
    fix: 'give Duration.seconds(30)',
  });
  checkDuration(scope, 'healthCheck.timeout', timeout, {
    min: Duration.seconds(2),
    max: Duration.minutes(2),
    whole,
    fix: 'give Duration.seconds(5)',
  });
  const counts = { min: 2, max: 10, unit: 'health checks', fix: 'give 2 or 3' };
  checkWholeNumber(scope, 'healthCheck.healthyThresholdCount', healthyThresholdCount, counts);
  checkWholeNumber(scope, 'healthCheck.unhealthyThresholdCount', unhealthyThresholdCount, counts);
  if (timeout.toSeconds() >= interval.toSeconds()) {
    throw new PropError(scope, {
      prop: 'healthCheck.timeout',
      problem: `is ${timeout.toSeconds()} seconds, expected below the interval of ${interval.toSeconds()} seconds`,
      fix: 'shorten the timeout or lengthen the interval',
    });
  }
  if (!path.startsWith('/')) {
    throw new PropError(scope, {
      prop: 'healthCheck.path',
      value: path,
      expected: 'a path that begins with /',
      fix: `write '/${path}'`,
    });
  }
  return { path, interval, timeout, healthyThresholdCount, unhealthyThresholdCount };
}
