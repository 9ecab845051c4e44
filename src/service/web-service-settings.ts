import { Duration } from 'aws-cdk-lib';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { checkNetwork } from '../network/check-network';
import { checkMember } from '../validation/checks';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { ServiceSecret } from './container/service-secret';
import { ServiceVolume } from './container/service-volume';
import { Sidecar } from './container/sidecar';
import { DEFAULT_USER, type WritableMemory } from './container/task-container';
import { targetHealthCheck } from './deployment/health-check';
import { Rollout } from './deployment/rollout';
import type { RolloutBinding, RolloutContext } from './deployment/rollout-binding';
import { DEFAULT_STARTUP_TIME } from './deployment/service-deployment';
import { SmokeTest } from './deployment/smoke-test';
import type { SmokeTestBinding } from './deployment/smoke-test-binding';
import { appProtocolOf, type TargetProtocol } from './deployment/target-protocol';
import { TargetProtocolVersion } from './deployment/target-protocol-version';
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
/** Time from SIGTERM to SIGKILL. A target drains for as long, because the task is killed then. */
const DEFAULT_STOP_TIMEOUT = Duration.seconds(30);
/** ECS refuses a longer start period of a container's health check. */
const MAX_START_PERIOD = Duration.seconds(300);
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
  /** Protocol in which the load balancer speaks to the tasks. */
  readonly protocol: TargetProtocol;
  /** Time that open requests have to end when a task is deregistered. */
  readonly deregistrationDelay: Duration;
  /** Time in which a new task may fail its health checks. */
  readonly startupTime: Duration;
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
  volumes: ServiceVolume,
};

/** Settings of a web service, with defaults for what its caller left unset. Throws for props that AWS would refuse. */
export function webServiceSettings(
  service: Construct,
  props: ProductionWebServiceProps,
  context: RolloutContext,
): WebServiceSettings {
  checkAllInReach(service, props);
  checkNetwork(service, props.network);
  checkKinds(service, props, KINDS);
  checkMember(service, 'protocolVersion', props.protocolVersion, TargetProtocolVersion);
  const profile = props.profile ?? EnvironmentProfile.of(service);
  const rollout = (props.rollout ?? Rollout.blueGreen())._bind(service, context);
  const protocol = {
    version: props.protocolVersion ?? TargetProtocolVersion.HTTP1,
    tls: props.tlsToTasks ?? false,
  };
  const stopTimeout = props.stopTimeout ?? DEFAULT_STOP_TIMEOUT;
  const values = {
    port: props.port ?? DEFAULT_PORT,
    protocol,
    appProtocol: appProtocolOf(protocol),
    cpu: props.cpu ?? profile.taskCpu,
    memoryMiB: props.memoryMiB ?? smallestMemoryMiB(props.cpu) ?? profile.taskMemoryMiB,
    arm64: props.arm64 ?? false,
    user: props.user ?? DEFAULT_USER,
    writable: {
      paths: props.writablePaths ?? DEFAULT_WRITABLE_PATHS,
      mebibytes: props.writableMiB ?? DEFAULT_WRITABLE_MIB,
      owner: props.user ?? DEFAULT_USER,
      executable: props.executableWritablePaths !== undefined,
    },
    stopTimeout,
    deregistrationDelay: props.deregistrationDelay ?? stopTimeout,
    startupTime: props.startupTime ?? DEFAULT_STARTUP_TIME,
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
    production: profile._isProduction,
    reachesInternet: props.network.reachesInternet,
  });
  return {
    ...values,
    startPeriod: startPeriodOf(props.startupTime),
    profile,
    image,
    rollout,
    smokeTest,
    route: props.route ?? ALL_REQUESTS,
    healthCheck: targetHealthCheck(service, props.healthCheck ?? {}, protocol),
    scaling,
    tasks: taskRange(service, profile, scaling),
  };
}

/**
 * Start period of the container's health check.
 *
 * A service without `startupTime` keeps its check as it is, because a change of it is a rollout.
 */
function startPeriodOf(startupTime: Duration | undefined): Duration | undefined {
  if (startupTime === undefined || startupTime.isUnresolved()) {
    return undefined;
  }
  return startupTime.toMilliseconds() > MAX_START_PERIOD.toMilliseconds() ? MAX_START_PERIOD : startupTime;
}
