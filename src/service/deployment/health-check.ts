import { Duration, Token } from 'aws-cdk-lib';
import { type HealthCheck, Protocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { checkDuration, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';
import type { TargetProtocol } from './target-protocol';
import { TargetProtocolVersion } from './target-protocol-version';

/** Health checks of a service, by the load balancer and in the container. None is required. */
export interface WebHealthCheck {
  /**
   * Path that the load balancer requests, beginning with `/`. With gRPC it is a method: `/package.Service/Method`.
   *
   * A change applies to the running tasks at once, with the former version of the application in them. First deploy a
   * version that answers both paths, then change the path.
   * @default '/ready' - requirement A-20: a task that can't reach its database gets no traffic, and is not stopped;
   * with gRPC the standard method '/grpc.health.v1.Health/Check'
   */
  readonly path?: string;
  /**
   * HTTP status of a healthy answer, 200 to 499.
   *
   * It is one, several or a range: `'200'`, `'200,204'` or `'200-299'`. A change applies to the running tasks at once.
   * With gRPC, `healthyGrpcCodes` takes its place.
   * @default - 200, the default of load balancers
   */
  readonly healthyHttpCodes?: string;
  /**
   * Status of a healthy answer with gRPC, 0 to 99.
   *
   * It is one, several or a range: `'0'`, `'0,12'` or `'0-5'`. A change applies to the running tasks at once.
   * It requires `protocolVersion: TargetProtocolVersion.GRPC`.
   * @default '0' - OK
   */
  readonly healthyGrpcCodes?: string;
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

/** Path of the health check in gRPC's own protocol for it. */
const GRPC_HEALTH = '/grpc.health.v1.Health/Check';

/**
 * Health check of the target groups, checked.
 * @internal
 */
export function targetHealthCheck(scope: IConstruct, check: WebHealthCheck, protocol: TargetProtocol): HealthCheck {
  if (typeof check !== 'object') {
    throw new PropError(scope, {
      prop: 'healthCheck',
      value: check,
      expected: 'the settings of a health check',
      fix: `write { path: '${String(check)}' }`,
    });
  }
  const grpc = protocol.version === TargetProtocolVersion.GRPC;
  const {
    path = grpc ? GRPC_HEALTH : '/ready',
    interval = Duration.seconds(30),
    timeout = Duration.seconds(5),
    healthyThresholdCount = 2,
    unhealthyThresholdCount = 3,
    healthyHttpCodes,
    healthyGrpcCodes = grpc ? '0' : undefined,
  } = check;
  checkTimes(scope, interval, timeout);
  const counts = { min: 2, max: 10, unit: 'health checks', fix: 'give 2 or 3' };
  checkWholeNumber(scope, 'healthCheck.healthyThresholdCount', healthyThresholdCount, counts);
  checkWholeNumber(scope, 'healthCheck.unhealthyThresholdCount', unhealthyThresholdCount, counts);
  checkPath(scope, path, grpc);
  checkCodes(scope, 'healthyHttpCodes', healthyHttpCodes, { min: 200, max: 499, fix: "give '200' or '200-299'" });
  checkCodes(scope, 'healthyGrpcCodes', healthyGrpcCodes, { min: 0, max: 99, fix: "give '0', which is OK" });
  return {
    path,
    interval,
    timeout,
    healthyThresholdCount,
    unhealthyThresholdCount,
    healthyHttpCodes,
    healthyGrpcCodes,
    // Load balancers check by plain HTTP unless told otherwise, whatever the protocol of the requests.
    protocol: protocol.tls ? Protocol.HTTPS : undefined,
  };
}

function checkTimes(scope: IConstruct, interval: Duration, timeout: Duration): void {
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
  if (timeout.toSeconds() >= interval.toSeconds()) {
    throw new PropError(scope, {
      prop: 'healthCheck.timeout',
      problem: `is ${timeout.toSeconds()} seconds, expected below the interval of ${interval.toSeconds()} seconds`,
      fix: 'shorten the timeout or lengthen the interval',
    });
  }
}

function checkPath(scope: IConstruct, path: string, grpc: boolean): void {
  if (Token.isUnresolved(path)) {
    return;
  }
  checkRules(scope, [
    {
      condition: !path.startsWith('/'),
      prop: 'healthCheck.path',
      value: path,
      expected: 'a path that begins with /',
      fix: `write '/${path}'`,
    },
    {
      condition: grpc && !/^\/[\w.]+\/\w+$/.test(path),
      prop: 'healthCheck.path',
      value: path,
      expected: 'a gRPC method in the form /package.Service/Method',
      fix: `give '${GRPC_HEALTH}', or remove path`,
    },
  ]);
}

/** Refuses what is no list of statuses and ranges, such as `200,202` and `200-299`. */
function checkCodes(
  scope: IConstruct,
  prop: string,
  codes: string | undefined,
  { min, max, fix }: { readonly min: number; readonly max: number; readonly fix: string },
): void {
  if (codes === undefined || Token.isUnresolved(codes)) {
    return;
  }
  const isCode = (code: string) => /^(0|[1-9]\d{0,2})$/.test(code) && Number(code) >= min && Number(code) <= max;
  const isRange = ([from, to, ...more]: string[]) =>
    isCode(from) && (to === undefined || (isCode(to) && Number(from) < Number(to))) && more.length === 0;
  checkRules(scope, [
    {
      condition: !codes.split(',').every((part) => isRange(part.split('-'))),
      prop: `healthCheck.${prop}`,
      value: codes,
      expected: `statuses from ${min} to ${max}, separated by commas, or a range`,
      fix,
    },
  ]);
}
