import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { SmokeCommand, SmokeRequest, SmokeTestBinding, SmokeTestContext } from './smoke-test-binding';
import { checkTest } from './validate-smoke-test';

/** Properties of {@link SmokeTest.http}. None is required. */
export interface SmokeTestProps {
  /**
   * HTTP status that passes, 100 to 599. Redirects are not followed.
   * @default 200
   */
  readonly expectedStatus?: number;
  /**
   * Time for the whole answer, 1 to 60 seconds.
   * @default Duration.seconds(5) - as for the health check
   */
  readonly timeout?: Duration;
  /**
   * Host header, for an application that answers by name.
   * @default - the address of the task, as in the health checks of the load balancer
   */
  readonly host?: string;
  /**
   * Time for which the new version must pass before its first traffic, 0 to 60 minutes in whole seconds.
   * @default Duration.minutes(2) - requirement A-11, which verifies for 2 to 5 minutes
   */
  readonly verifyFor?: Duration;
  /**
   * Consecutive rounds that must fail to roll back the deployment, 1 to 10. Rounds are 30 seconds apart.
   * @default 3 - the first request of a new process may be slow
   */
  readonly attempts?: number;
}

/** Properties of {@link SmokeTest.command}. None is required. */
export interface SmokeCommandProps {
  /**
   * Time for the task of the command, 1 to 60 minutes in whole seconds. It includes the pull of the images.
   *
   * A task that takes longer is stopped, and the deployment rolls back.
   * @default Duration.minutes(10) - a minute or two to start, and some minutes for an end-to-end suite
   */
  readonly timeout?: Duration;
  /**
   * Additional environment variables, none of them secret. `SMOKE_TEST_URL` is set for you.
   * @default - the variables of the service
   */
  readonly environment?: { [name: string]: string };
}

const DEFAULT_ATTEMPTS = 3;

/**
 * Smoke test that a new version must pass before it gets production traffic.
 *
 * Requests are repeated before each further shift of traffic. A command runs once. The test calls the new tasks on
 * their port, from inside the network, so it needs no load balancer, firewall or internet access. A service refuses a
 * test that can't run. docs/adr/0004-verifying-green.md has the reasons.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   certificate,
 *   smokeTest: SmokeTest.http('/health'),
 * });
 */
export class SmokeTest {
  /**
   * GET request to each new task, by path and query. It is sent in every round, so it must not change anything.
   *
   * @example
   * const smokeTest = SmokeTest.http('/health', { expectedStatus: 204 });
   */
  public static http(path: string, props: SmokeTestProps = {}): SmokeTest {
    const request = {
      path,
      status: props.expectedStatus ?? 200,
      timeoutMs: (props.timeout ?? Duration.seconds(5)).toMilliseconds(),
      host: props.host,
    };
    return new SmokeTest(
      [request],
      [],
      (props.verifyFor ?? Duration.minutes(2)).toSeconds({ integral: false }),
      props.attempts ?? DEFAULT_ATTEMPTS,
    );
  }

  /**
   * Command that must end with exit code 0, in a task of the new revision.
   *
   * It runs once for each deployment: after the requests have passed, and before the first production traffic. The task
   * has the network, roles, variables and secrets of the service. `SMOKE_TEST_URL` is the address of a new task, for
   * example `http://10.0.11.7:8080`, or `https://` with `tlsToTasks`.
   *
   * @example
   * const smokeTest = SmokeTest.command(['npm', 'run', 'test:smoke']);
   */
  public static command(command: string[], props: SmokeCommandProps = {}): SmokeTest {
    const timeoutSeconds = (props.timeout ?? Duration.minutes(10)).toSeconds({ integral: false });
    return new SmokeTest([], [{ command, environment: props.environment ?? {}, timeoutSeconds }], 0);
  }

  /**
   * Several requests, in this order, and at most one command after them.
   *
   * The longest `verifyFor` and the most `attempts` of the requests hold for all.
   *
   * @example
   * const smokeTest = SmokeTest.all([SmokeTest.http('/health'), SmokeTest.command(['npm', 'run', 'test:smoke'])]);
   */
  public static all(tests: SmokeTest[]): SmokeTest {
    return new SmokeTest(
      tests.flatMap(({ requests }) => requests),
      tests.flatMap(({ commands }) => commands),
      Math.max(0, ...tests.map(({ verifySeconds }) => verifySeconds)),
      maximum(tests.flatMap(({ attempts }) => attempts ?? [])),
    );
  }

  private constructor(
    private readonly requests: SmokeRequest[],
    private readonly commands: SmokeCommand[],
    private readonly verifySeconds: number,
    private readonly attempts?: number,
  ) {}

  /**
   * Checks the test for a service and returns what the lifecycle hook needs.
   * @internal
   */
  public _bind(scope: IConstruct, { notSecret }: SmokeTestContext): SmokeTestBinding {
    const { requests, commands, verifySeconds, attempts = DEFAULT_ATTEMPTS } = this;
    const roundSeconds = requests.reduce((sum, { timeoutMs }) => sum + timeoutMs / 1000, 0);
    checkTest(scope, { requests, commands, verifySeconds, attempts, roundSeconds }, notSecret);
    const [command] = commands;
    const maxDuration = Duration.seconds(verifySeconds + (command?.timeoutSeconds ?? 0));
    return { requests, command, verifySeconds, attempts, roundSeconds, maxDuration };
  }
}

function maximum(numbers: number[]): number | undefined {
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}
