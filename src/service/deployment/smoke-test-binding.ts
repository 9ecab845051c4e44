import type { Duration } from 'aws-cdk-lib';

/** One request of a smoke test, as the hook reads it. */
export interface SmokeRequest {
  /** Path with its query, encoded. */
  readonly path: string;
  /** Status that passes, 100 to 599. */
  readonly status: number;
  /** Time for the whole answer, 1000 to 60000 milliseconds. */
  readonly timeoutMs: number;
  /**
   * Host header, for applications that answer by name.
   * @default - the address of the task
   */
  readonly host?: string;
}

/** Command of a smoke test. The hook knows the container, too. */
export interface SmokeCommand {
  /** Command as in the task definition: what the entry point of the image gets. */
  readonly command: string[];
  /** Environment variables in addition to those of the container. */
  readonly environment: { readonly [name: string]: string };
  /** Time for the task of the command, 60 to 3600 whole seconds. */
  readonly timeoutSeconds: number;
}

/** Service that a `SmokeTest` is bound to. */
export interface SmokeTestContext {
  /** Reasons for environment variables that only sound like a secret. */
  readonly notSecret: { readonly [variable: string]: string };
}

/** Settings of a checked smoke test, for the lifecycle hook. */
export interface SmokeTestBinding {
  /** Requests of a round, in order. */
  readonly requests: SmokeRequest[];
  /**
   * Command that runs once, after the rounds.
   * @default - only requests
   */
  readonly command?: SmokeCommand;
  /** Time in seconds for which rounds must pass before the first traffic. */
  readonly verifySeconds: number;
  /** Consecutive failed rounds that roll the deployment back. */
  readonly attempts: number;
  /** Time in seconds of a round in which no request is answered. */
  readonly roundSeconds: number;
  /** Time of rounds and command before the first traffic, if nothing fails. */
  readonly maxDuration: Duration;
}
