import { Duration } from 'aws-cdk-lib';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** How a load balancer and the container find out whether a task is well. */
export interface WebHealthCheck {
  /**
   * What the load balancer asks for, beginning with `/`.
   * @default '/ready' - requirement A-20: a task that can't reach its database gets no traffic, and is not killed for it
   */
  readonly path?: string;
  /**
   * Time between two checks of one target, 5 to 300 seconds.
   * @default Duration.seconds(30) - requirements A-20 and B-05
   */
  readonly interval?: Duration;
  /**
   * Time to wait for an answer, 2 to 120 seconds, below `interval`.
   * @default Duration.seconds(5) - requirement A-20
   */
  readonly timeout?: Duration;
  /**
   * Good answers in a row that make a target healthy, 2 to 10.
   * @default 2 - requirement A-20
   */
  readonly healthyCount?: number;
  /**
   * Bad answers in a row that make it unhealthy, 2 to 10.
   * @default 3 - requirement A-20
   */
  readonly unhealthyCount?: number;
  /**
   * Command that the container runs to check itself, for example `['CMD', 'node', 'live.js']`. Ask for the process alone, not for
   * its database: a failing check kills the task.
   * @default - none: an image need not have the program that a default would call
   */
  readonly containerCommand?: string[];
}

const FIX = 'see what load balancers allow for the health checks of target groups';

/**
 * The target groups' health check, checked.
 * @internal
 */
export function targetHealthCheck(scope: IConstruct, check: WebHealthCheck): HealthCheck {
  const {
    path = '/ready',
    interval = Duration.seconds(30),
    timeout = Duration.seconds(5),
    healthyCount = 2,
    unhealthyCount = 3,
  } = check;
  checkWholeNumber(scope, 'healthCheck.interval', interval.toSeconds(), {
    min: 5,
    max: 300,
    unit: 'seconds',
    fix: FIX,
  });
  checkWholeNumber(scope, 'healthCheck.timeout', timeout.toSeconds(), { min: 2, max: 120, unit: 'seconds', fix: FIX });
  checkWholeNumber(scope, 'healthCheck.healthyCount', healthyCount, { min: 2, max: 10, unit: 'answers', fix: FIX });
  checkWholeNumber(scope, 'healthCheck.unhealthyCount', unhealthyCount, { min: 2, max: 10, unit: 'answers', fix: FIX });
  if (timeout.toSeconds() >= interval.toSeconds()) {
    throw new PropError(scope, {
      prop: 'healthCheck.timeout',
      value: `${timeout.toSeconds()} s`,
      expected: `below the interval of ${interval.toSeconds()} s`,
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
  return { path, interval, timeout, healthyThresholdCount: healthyCount, unhealthyThresholdCount: unhealthyCount };
}
