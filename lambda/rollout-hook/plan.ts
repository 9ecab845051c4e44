import type { SmokeCommand as CommandOfTest, SmokeRequest } from '../../src/service/deployment/smoke-test-binding';

export type { SmokeRequest };

/** Command that runs once for each deployment, in a task of the new version. */
export interface SmokeCommand extends CommandOfTest {
  /** Container of the application. Its exit code decides. */
  readonly container: string;
}

/** Settings of the hook, which the construct passes as JSON in the variable `ROLLOUT_PLAN`. */
export interface HookPlan {
  /** Port of the containers. */
  readonly port: number;
  /** Whether the containers speak HTTPS on it, with any certificate. */
  readonly tls?: boolean;
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

/** URL of a task of the new version. */
export function urlOf({ port, tls = false }: HookPlan, address: string): string {
  return `${tls ? 'https' : 'http'}://${address}:${port}`;
}
