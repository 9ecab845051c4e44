/** One request that every task of the new version must answer. */
export interface SmokeRequest {
  /** Path and query. */
  readonly path: string;
  /** The status that counts as passed. */
  readonly status: number;
  /** Time for the whole answer. */
  readonly timeoutMs: number;
  /** The Host header; the address of the task without it, as in the load balancer's health checks. */
  readonly host?: string;
}

/** A command that runs once for each deployment, in a task of the new version. */
export interface SmokeCommand {
  /** The application's container, whose exit code decides. */
  readonly container: string;
  readonly command: string[];
  /** Variables besides those of the container and `SMOKE_TEST_URL`. */
  readonly environment: { readonly [name: string]: string };
  /** From the task's creation to its end, the pull of its images included. */
  readonly timeoutSeconds: number;
}

/** What the construct tells the hook, as JSON in the variable `ROLLOUT_PLAN`. */
export interface RolloutPlan {
  /** Port of the containers. */
  readonly port: number;
  /** Weights at which green is held for `stepSeconds`; without them ECS itself keeps the time. */
  readonly steps?: number[];
  readonly stepSeconds: number;
  /** How long green must pass without a failure before it gets its first traffic. */
  readonly verifySeconds: number;
  /** Failing rounds in a row that take the deployment back. */
  readonly attempts: number;
  readonly requests: SmokeRequest[];
  /** Runs after the rounds have passed, before the first traffic alone. */
  readonly command?: SmokeCommand;
}
