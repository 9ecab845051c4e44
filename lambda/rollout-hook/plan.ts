/** HTTP request that every task of the new version must answer. */
export interface SmokeRequest {
  /** Path and query. */
  readonly path: string;
  /** Expected status. */
  readonly status: number;
  /** Timeout of the complete response. */
  readonly timeoutMs: number;
  /** Host header. Without it, the address of the task is sent, as by health checks of the load balancer. */
  readonly host?: string;
}

/** Command that runs once for each deployment, in a task of the new version. */
export interface SmokeCommand {
  /** Container of the application. Its exit code decides. */
  readonly container: string;
  readonly command: string[];
  /** Variables in addition to those of the container and `SMOKE_TEST_URL`. */
  readonly environment: { readonly [name: string]: string };
  /** Timeout from the creation of the task to its end, including the pull of its images. */
  readonly timeoutSeconds: number;
}

/** Settings of the hook, which the construct passes as JSON in the variable `ROLLOUT_PLAN`. */
export interface HookPlan {
  /** Port of the containers. */
  readonly port: number;
  /** Weights of green that are held for `stepSeconds`. Without them, ECS times the steps itself. */
  readonly steps?: number[];
  readonly stepSeconds: number;
  /** Time without a failure before green gets its first traffic. */
  readonly verifySeconds: number;
  /** Consecutive failed rounds that roll the deployment back. */
  readonly attempts: number;
  readonly requests: SmokeRequest[];
  /** Command that runs after the rounds have passed, before the first traffic only. */
  readonly command?: SmokeCommand;
}
