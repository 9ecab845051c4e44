import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkNothingSecret } from '../container/validate-environment';

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

/** What {@link SmokeTest.command} may be told. */
export interface SmokeCommandProps {
  /**
   * How long it may take from the creation of its task, the pull of its images included, 1 to 60 minutes in whole seconds. After it the
   * task is stopped and the deployment goes back.
   * @default Duration.minutes(10) - a minute or two to start, and an end-to-end suite of some minutes
   */
  readonly timeout?: Duration;
  /**
   * Variables besides those of the container; nothing secret. `SMOKE_TEST_URL` is set for you.
   * @default - those of the service
   */
  readonly environment?: { [name: string]: string };
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

/**
 * The command of a smoke test; the hook is told the container as well.
 * @internal
 */
interface SmokeCommand {
  /** As in the task definition: what the image's entry point gets. */
  readonly command: string[];
  readonly environment: { readonly [name: string]: string };
  /** Of its task, 60 to 3600 whole seconds. */
  readonly timeoutSeconds: number;
}

const MOST_SECONDS_A_ROUND = 600;
/** A function has 4 KB for its variables; the rest of the plan takes some. */
const MOST_CHARACTERS = 3500;
const DEFAULT_ATTEMPTS = 3;
const URL_VARIABLE = 'SMOKE_TEST_URL';

/**
 * What a new version must pass before it gets production traffic: requests, which are repeated before it gets more, and a command. Its tasks
 * are asked directly, on their port, from inside the network: no load balancer, firewall or way out is needed
 * (docs/adr/0004-verifying-green.md).
 */
export class SmokeTest {
  /**
   * A GET request, by path and query, for example `/health`. It must not change anything: it is sent to every new task in every round.
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
   * A command that must end with 0, for example `['npm', 'run', 'test:smoke']`. It runs once for each deployment, before the new version
   * gets its first production traffic and after the requests have passed, and not again at later steps: in a task of the new revision, with the
   * service's network, roles, variables and secrets. `SMOKE_TEST_URL` is the address of one of the new tasks, `http://10.0.11.7:8080`.
   */
  public static command(command: string[], props: SmokeCommandProps = {}): SmokeTest {
    const timeoutSeconds = (props.timeout ?? Duration.minutes(10)).toSeconds({ integral: false });
    return new SmokeTest([], [{ command, environment: props.environment ?? {}, timeoutSeconds }], 0);
  }

  /**
   * Several requests, in this order, and at most one command, which comes after them. The longest `verifyFor` and the most `attempts` among
   * the requests hold for all.
   */
  public static all(tests: SmokeTest[]): SmokeTest {
    return new SmokeTest(
      tests.flatMap(({ _requests }) => _requests),
      tests.flatMap(({ commands }) => commands),
      Math.max(0, ...tests.map(({ _verifySeconds }) => _verifySeconds)),
      mostOf(tests.flatMap(({ attempts }) => attempts ?? [])),
    );
  }

  private constructor(
    /** @internal */
    public readonly _requests: SmokeRequest[],
    private readonly commands: SmokeCommand[],
    /** @internal */
    public readonly _verifySeconds: number,
    private readonly attempts?: number,
  ) {}

  /**
   * @internal
   */
  public get _attempts(): number {
    return this.attempts ?? DEFAULT_ATTEMPTS;
  }

  /**
   * @internal
   */
  public get _command(): SmokeCommand | undefined {
    return this.commands[0];
  }

  /**
   * Before the first traffic, rounds and command, if nothing fails.
   * @internal
   */
  public get _longestSeconds(): number {
    return this._verifySeconds + (this._command?.timeoutSeconds ?? 0);
  }

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
  public _check(scope: IConstruct, notSecret: { [variable: string]: string } = {}): void {
    if (this._requests.length + this.commands.length === 0) {
      throw new PropError(scope, {
        prop: 'smokeTest',
        value: [],
        expected: 'at least one request or a command',
        fix: "name one: SmokeTest.http('/health')",
      });
    }
    if (this.commands.length > 1) {
      throw new PropError(scope, {
        prop: 'smokeTest',
        value: `${this.commands.length} commands`,
        expected: 'one command: each is a task of its own',
        fix: 'run them one after the other in one script',
      });
    }
    this._requests.forEach((request) => checkRequest(scope, request));
    this.commands.forEach((command) => checkCommand(scope, command, notSecret));
    checkWholeNumber(scope, 'smokeTest.verifyFor', this._verifySeconds, {
      min: 0,
      max: 3600,
      unit: 'seconds',
      fix: 'give Duration.minutes(2) to Duration.minutes(5)',
    });
    checkWholeNumber(scope, 'smokeTest.attempts', this._attempts, {
      min: 1,
      max: 10,
      unit: 'rounds',
      fix: 'let two or three rounds fail',
    });
    if (this._roundSeconds > MOST_SECONDS_A_ROUND) {
      throw new PropError(scope, {
        prop: 'smokeTest',
        value: `${this._roundSeconds} s`,
        expected: `timeouts of ${MOST_SECONDS_A_ROUND} seconds in all: a function ends after 15 minutes`,
        fix: 'ask for less, or shorten the timeouts',
      });
    }
    this.checkSize(scope);
  }

  private checkSize(scope: IConstruct): void {
    const { length } = JSON.stringify([this._requests, this.commands]);
    if (length > MOST_CHARACTERS) {
      throw new PropError(scope, {
        prop: 'smokeTest',
        value: `${length} characters`,
        expected: `${MOST_CHARACTERS} characters of requests, command and variables: they stand in a variable of a function, which has 4 KB`,
        fix: 'put the command into a script of the image, or ask for less',
      });
    }
  }
}

function mostOf(numbers: number[]): number | undefined {
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}

function checkCommand(
  scope: IConstruct,
  { command, environment, timeoutSeconds }: SmokeCommand,
  notSecret: { [variable: string]: string },
): void {
  if (!Token.isUnresolved(command) && (command.length === 0 || command.some((word) => word === ''))) {
    throw new PropError(scope, {
      prop: 'smokeTest.command',
      value: command,
      expected: 'a program and its arguments, none of them empty',
      fix: "name them word by word: ['npm', 'run', 'test:smoke']",
    });
  }
  checkWholeNumber(scope, 'smokeTest.timeout', timeoutSeconds, {
    min: 60,
    max: 3600,
    unit: 'seconds',
    fix: 'give Duration.minutes(10); what takes longer belongs before the release',
  });
  if (URL_VARIABLE in environment) {
    throw new PropError(scope, {
      prop: `smokeTest.environment.${URL_VARIABLE}`,
      value: environment[URL_VARIABLE],
      expected: 'no value of yours: it is the address of a task of the new version',
      fix: 'take another name',
    });
  }
  checkNothingSecret(scope, { prop: 'smokeTest.environment', environment, notSecret });
}

function checkRequest(scope: IConstruct, { path, status, timeoutMs, host }: SmokeRequest): void {
  if (!/^\/[\x21-\x7e]*$/.test(path)) {
    throw new PropError(scope, {
      prop: 'smokeTest.path',
      value: path,
      expected: 'a path that begins with /, without spaces, encoded',
      fix: "write it as in a request: '/health?full=1'",
    });
  }
  checkWholeNumber(scope, 'smokeTest.expectedStatus', status, {
    min: 100,
    max: 599,
    unit: 'as an HTTP status',
    fix: 'give the status that the application answers with',
  });
  checkWholeNumber(scope, 'smokeTest.timeout', timeoutMs, {
    min: 1000,
    max: 60000,
    unit: 'milliseconds',
    fix: 'give Duration.seconds(5)',
  });
  if (host !== undefined && !/^[A-Za-z0-9.-]+(:\d+)?$/.test(host)) {
    throw new PropError(scope, {
      prop: 'smokeTest.host',
      value: host,
      expected: 'a host name, with or without a port',
      fix: "write it as 'www.example.com'",
    });
  }
}
