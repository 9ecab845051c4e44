import { Duration } from 'aws-cdk-lib';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { ServiceSecret } from './container/service-secret';
import { Sidecar } from './container/sidecar';
import { DEFAULT_USER, type WritableMemory } from './container/task-container';
import { targetHealthCheck } from './deployment/health-check';
import { Rollout } from './deployment/rollout';
import type { RolloutBinding, RolloutContext } from './deployment/rollout-binding';
import { SmokeTest } from './deployment/smoke-test';
import type { SmokeTestBinding } from './deployment/smoke-test-binding';
import { ServiceImage } from './image/service-image';
import { Route } from './load-balancer/route';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { type TaskRange, taskRange } from './scaling/scaling-limits';
import { ServiceScaling } from './scaling/service-scaling';
import type { TaskSettings } from './task/task-settings';
import { smallestMemoryMiB } from './task/validate-task';
import { Tracing } from './tracing/tracing';
import { ALL_REQUESTS, bindSmokeTest, checkWebService } from './validate-web-service';

const DEFAULT_PORT = 8080;
const DEFAULT_WRITABLE_PATHS = ['/tmp'];
const DEFAULT_WRITABLE_MIB = 64;
/**
 * Time in which a task that stops ends its open requests.
 *
 * ECS deregisters the target and then sends SIGTERM, so the deregistration delay must not exceed the default of
 * `stopTimeout`. Both are this constant.
 */
const DRAIN_TIME = Duration.seconds(30);
/**
 * Success rate below which a deployment rolls back.
 *
 * Source: requirement B-08.
 */
const DEFAULT_SUCCESS_RATE_PERCENT = 99.5;
/**
 * Response time above which a deployment rolls back.
 *
 * Source: requirement A-13.
 */
const DEFAULT_RESPONSE_TIME_LIMIT = Duration.seconds(2);

/** Settings of a web service: its props with defaults, checked. */
export interface WebServiceSettings extends TaskSettings {
  /** File systems in memory that the application may write to. */
  readonly writable: WritableMemory;
  /** Time that open requests have to end when a task is deregistered. */
  readonly deregistrationDelay: Duration;
  /** Requests of the load balancer that reach the service. */
  readonly route: Route;
  /** Rollout strategy, bound to the service. */
  readonly rollout: RolloutBinding;
  /**
   * Smoke test of new versions, bound to the service.
   * @default - `verifyWith` may add one
   */
  readonly smokeTest?: SmokeTestBinding;
  /** Health check of the target groups. */
  readonly healthCheck: HealthCheck;
  /** Percent of requests that must succeed. Below it, a deployment rolls back. */
  readonly successRatePercent: number;
  /** Response time above which a deployment rolls back. */
  readonly responseTimeLimit: Duration;
  /** Auto scaling limits and targets. */
  readonly scaling: ServiceScaling;
  /** Checked limits of the number of tasks. */
  readonly tasks: TaskRange;
}

/** Classes of the props that are objects of one. */
const KINDS = {
  image: ServiceImage,
  profile: EnvironmentProfile,
  rollout: Rollout,
  route: Route,
  scaling: ServiceScaling,
  secrets: ServiceSecret,
  sidecars: Sidecar,
  smokeTest: SmokeTest,
  tracing: Tracing,
};

/** Settings of a web service, with defaults for what its caller left unset. Throws for props that AWS would refuse. */
export function webServiceSettings(
  service: Construct,
  props: ProductionWebServiceProps,
  context: RolloutContext,
): WebServiceSettings {
  checkAllInReach(service, props);
  checkKinds(service, props, KINDS);
  const profile = props.profile ?? EnvironmentProfile.of(service);
  const rollout = (props.rollout ?? Rollout.blueGreen())._bind(service, context);
  const values = {
    port: props.port ?? DEFAULT_PORT,
    cpu: props.cpu ?? profile.taskCpu,
    memoryMiB: props.memoryMiB ?? smallestMemoryMiB(props.cpu) ?? profile.taskMemoryMiB,
    arm64: props.arm64 ?? false,
    user: props.user ?? DEFAULT_USER,
    writable: {
      paths: props.writablePaths ?? DEFAULT_WRITABLE_PATHS,
      mebibytes: props.writableMiB ?? DEFAULT_WRITABLE_MIB,
    },
    stopTimeout: props.stopTimeout ?? DRAIN_TIME,
    deregistrationDelay: DRAIN_TIME,
    successRatePercent: props.successRatePercent ?? DEFAULT_SUCCESS_RATE_PERCENT,
    responseTimeLimit: props.responseTimeLimit ?? DEFAULT_RESPONSE_TIME_LIMIT,
  };
  checkWebService(service, props, { ...values, rollout });
  const smokeTest = props.smokeTest && bindSmokeTest(service, rollout, props.smokeTest, props);
  const scaling = props.scaling ?? ServiceScaling.targetTracking();
  const image = props.image._bind(service, {
    prop: 'image',
    arm64: values.arm64,
    immutableImageTags: profile.immutableImageTags,
    reachesInternet: props.network.reachesInternet,
  });
  return {
    ...values,
    profile,
    image,
    rollout,
    smokeTest,
    route: props.route ?? ALL_REQUESTS,
    healthCheck: targetHealthCheck(service, props.healthCheck ?? {}),
    scaling,
    tasks: taskRange(service, profile, scaling),
  };
}
