import { Duration } from 'aws-cdk-lib';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { targetHealthCheck } from './deployment/health-check';
import { Rollout } from './deployment/rollout';
import type { RolloutBinding, RolloutContext } from './deployment/rollout-binding';
import type { ResolvedImage } from './image/service-image';
import type { Route } from './load-balancer/route';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { type TaskRange, taskRange } from './scaling/scaling-limits';
import { ServiceScaling } from './scaling/service-scaling';
import { ALL_REQUESTS, checkWebService } from './validate-web-service';

const DEFAULT_PORT = 8080;
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
export interface WebServiceSettings {
  /** Environment profile that supplies defaults for unset props. */
  readonly profile: EnvironmentProfile;
  /** Image of the application's container. */
  readonly image: ResolvedImage;
  /** TCP port of the container. */
  readonly port: number;
  /** CPU units of a task. */
  readonly cpu: number;
  /** Memory of a task in MiB. */
  readonly memoryMiB: number;
  /** Requests of the load balancer that reach the service. */
  readonly route: Route;
  /** Rollout strategy, bound to the service. */
  readonly rollout: RolloutBinding;
  /** Health check of the target groups. */
  readonly healthCheck: HealthCheck;
  /** Percent of requests below which a deployment rolls back. */
  readonly successRatePercent: number;
  /** Response time above which a deployment rolls back. */
  readonly responseTimeLimit: Duration;
  /** Auto scaling limits and targets. */
  readonly scaling: ServiceScaling;
  /** Checked limits of the number of tasks. */
  readonly tasks: TaskRange;
}

/** Settings of a web service, with defaults for what its caller left unset. Throws for props that AWS would refuse. */
export function webServiceSettings(
  service: Construct,
  props: ProductionWebServiceProps,
  context: RolloutContext,
): WebServiceSettings {
  const profile = props.profile ?? EnvironmentProfile.of(service);
  const rollout = (props.rollout ?? Rollout.blueGreen())._bind(service, context);
  const values = {
    port: props.port ?? DEFAULT_PORT,
    cpu: props.cpu ?? profile.taskCpu,
    memoryMiB: props.memoryMiB ?? profile.taskMemoryMiB,
    successRatePercent: props.successRatePercent ?? DEFAULT_SUCCESS_RATE_PERCENT,
    responseTimeLimit: props.responseTimeLimit ?? DEFAULT_RESPONSE_TIME_LIMIT,
  };
  checkWebService(service, props, { ...values, rollout });
  const scaling = props.scaling ?? ServiceScaling.between();
  const image = props.image._bind(service, {
    prop: 'image',
    arm64: props.arm64 ?? false,
    fixedImages: profile.fixedImages,
    reachesInternet: props.network.reachesInternet,
  });
  return {
    ...values,
    profile,
    image,
    rollout,
    route: props.route ?? ALL_REQUESTS,
    healthCheck: targetHealthCheck(service, props.healthCheck ?? {}),
    scaling,
    tasks: taskRange(service, profile, scaling),
  };
}
