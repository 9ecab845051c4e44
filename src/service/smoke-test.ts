import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';

/** What {@link SmokeTest.http} may be told. */
export interface SmokeTestProps {
  /**
   * The status that counts as passed, 100 to 599. Redirects are not followed.
   * @default 200
   */
  readonly expectedStatus?: number;
  /**
   * Time for the whole answer, 1 to 60 seconds.
   * @default Duration.seconds(5) - as the health check's
   */
  readonly timeout?: Duration;
  /**
   * The Host header, for an application that answers by name.
   * @default - the address of the task, as in the load balancer's health checks
   */
  readonly host?: string;
  /**
   * How long the new version must pass, round after round, before it gets its first traffic, 0 to 60 minutes in whole seconds.
   * @default Duration.minutes(2) - requirement A-11: green is verified for 2 to 5 minutes
   */
  readonly verifyFor?: Duration;
  /**
   * Failing rounds in a row that take the deployment back, 1 to 10. Rounds are 30 seconds apart.
   * @default 3 - the first request of a cold process may be slow
   */
  readonly attempts?: number;
}

/**
 * One request of a smoke test, as the hook reads it.
 * @internal
 */
interface SmokeRequest {
  /** With its query, encoded. */
  readonly path: string;
  /** The one that passes, 100 to 599. */
  readonly status: number;
  /** For the whole answer, 1000 to 60000 milliseconds. */
  readonly timeoutMs: number;
  /**
   * The Host header, for applications that answer by name.
   * @default - the address of the task
   */
  readonly host?: string;
}

const MOST_SECONDS_A_ROUND = 600;

/**
 * What a new version must answer before it gets production traffic, and again before it gets more. Each of its tasks is asked directly, on
 * its port, from inside the network: no load balancer, firewall or way out is needed (docs/adr/0004-verifying-green.md).
 */
export class SmokeTest {
  /**
   * A GET request, by path and query, for example `/health`. It must not change anything: it is sent to every new task in every round.
   */
  public static http(path: string, props: SmokeTestProps = {}): SmokeTest {
    const request = { path, status: props.expectedStatus ?? 200, timeoutMs: (props.timeout ?? Duration.seconds(5)).toMilliseconds(), host: props.host };
    return new SmokeTest([request], (props.verifyFor ?? Duration.minutes(2)).toSeconds({ integral: false }), props.attempts ?? 3);
  }

  /** Several requests, in this order. The longest `verifyFor` and the most `attempts` among them hold for all. */
  public static all(tests: SmokeTest[]): SmokeTest {
    return new SmokeTest(
      tests.flatMap(({ _requests }) => _requests),
      Math.max(0, ...tests.map(({ _verifySeconds }) => _verifySeconds)),
      Math.max(1, ...tests.map(({ _attempts }) => _attempts)),
    );
  }

  private constructor(
    /** @internal */
    public readonly _requests: SmokeRequest[],
    /** @internal */
    public readonly _verifySeconds: number,
    /** @internal */
    public readonly _attempts: number,
  ) {}

  /**
   * How long a round takes when nothing answers.
   * @internal
   */
  public get _roundSeconds(): number {
    return this._requests.reduce((sum, { timeoutMs }) => sum + timeoutMs / 1000, 0);
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    if (this._requests.length === 0) {
      throw new PropError(scope, { prop: 'smokeTest', value: [], allowed: 'at least one request', wayOut: "name one: SmokeTest.http('/health')" });
    }
    this._requests.forEach((request) => checkRequest(scope, request));
    checkWholeNumber(scope, 'smokeTest.verifyFor', this._verifySeconds, { min: 0, max: 3600, unit: 'seconds', wayOut: 'give Duration.minutes(2) to Duration.minutes(5)' });
    checkWholeNumber(scope, 'smokeTest.attempts', this._attempts, { min: 1, max: 10, unit: 'rounds', wayOut: 'let two or three rounds fail' });
    if (this._roundSeconds > MOST_SECONDS_A_ROUND) {
      throw new PropError(scope, {
        prop: 'smokeTest', value: `${this._roundSeconds} s`, allowed: `timeouts of ${MOST_SECONDS_A_ROUND} seconds in all: a function ends after 15 minutes`, wayOut: 'ask for less, or shorten the timeouts',
      });
    }
  }
}

function checkRequest(scope: IConstruct, { path, status, timeoutMs, host }: SmokeRequest): void {
  if (!/^\/[\x21-\x7e]*$/.test(path)) {
    throw new PropError(scope, { prop: 'smokeTest.path', value: path, allowed: 'a path that begins with /, without spaces, encoded', wayOut: "write it as in a request: '/health?full=1'" });
  }
  checkWholeNumber(scope, 'smokeTest.expectedStatus', status, { min: 100, max: 599, unit: 'as an HTTP status', wayOut: 'give the status that the application answers with' });
  checkWholeNumber(scope, 'smokeTest.timeout', timeoutMs, { min: 1000, max: 60000, unit: 'milliseconds', wayOut: 'give Duration.seconds(5)' });
  if (host !== undefined && !/^[A-Za-z0-9.-]+(:\d+)?$/.test(host)) {
    throw new PropError(scope, { prop: 'smokeTest.host', value: host, allowed: 'a host name, with or without a port', wayOut: "write it as 'www.example.com'" });
  }
}
