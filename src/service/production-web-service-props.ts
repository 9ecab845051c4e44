import type { Duration } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IBackingService } from '../contracts';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { WebHealthCheck } from './deployment/health-check';
import type { Rollout } from './deployment/rollout';
import type { SmokeTest } from './deployment/smoke-test';
import type { TargetProtocolVersion } from './deployment/target-protocol-version';
import type { ServiceImage } from './image/service-image';
import type { LoadBalancerSettings } from './load-balancer/load-balancer-settings';
import type { Route } from './load-balancer/route';
import type { SecureLoadBalancer } from './load-balancer/secure-load-balancer';
import type { ServiceScaling } from './scaling/service-scaling';
import type { ServiceTaskProps } from './task/service-task-props';

/**
 * Properties of a {@link ProductionWebService}.
 *
 * `network` and `image` are required, and one of `certificate`, `domains` and `loadBalancer`. The settings of a load
 * balancer are those of the dedicated one.
 */
export interface ProductionWebServiceProps extends ServiceTaskProps, LoadBalancerSettings {
  /** Network whose application tier holds the tasks. */
  readonly network: ISecureVpc;
  /** Container image, and with it the deployer: `cdk deploy` or a `Release`. */
  readonly image: ServiceImage;
  /**
   * Load balancer, which other services may share. It has its own certificate, ingress and other settings.
   * @default - a dedicated one, with the settings in these props
   */
  readonly loadBalancer?: SecureLoadBalancer;
  /**
   * Requests of the load balancer that reach the service. Don't change it while a deployment shifts traffic.
   * @default Route.path('/*') - all requests
   */
  readonly route?: Route;
  /**
   * Priority of the route's listener rule, 1 to 50000. Don't change it while a deployment shifts traffic.
   * @default - from the route and the path of this construct, specific routes first
   */
  readonly routePriority?: number;
  /**
   * Tags of the listener rules, for organizations whose tag policies block resources without tags.
   *
   * Set them before the first deployment and leave them, because a change resets the weights of the rules. With
   * `Rollout.codeDeploy()`, they are the tags of both listeners.
   * @default - no tags, not even those of `Tags.of(...)`, because a changed tag would edit the rules
   */
  readonly listenerRuleTags?: { [key: string]: string };
  /**
   * Time for which a client stays with the same task by a cookie, 1 second to 7 days, in whole seconds.
   *
   * It requires `Rollout.rolling()`. Set it before the first deployment, because AWS refuses to switch it on for a
   * running service. A change of the duration applies at once.
   * @default - requests go to any task
   */
  readonly stickiness?: Duration;
  /**
   * TCP port on which the container listens, 1 to 65535. The container gets it as the environment variable `PORT`.
   *
   * A change is a rollout, which `cdk deploy` starts, of a released image, too. Old tasks are reached on their own port
   * until it has ended.
   * @default 8080 - a port that needs no root
   */
  readonly port?: number;
  /**
   * Encrypts requests between the load balancer and the tasks: the application speaks HTTPS on its port.
   *
   * The load balancer accepts any certificate, a self-signed or expired one, too. A change replaces the target groups
   * while they serve, so it needs a second service. docs/service.md has the procedure.
   * @default false - HTTP within the network, where only the load balancer reaches the tasks
   */
  readonly tlsToTasks?: boolean;
  /**
   * Version of the protocol in which the load balancer sends requests to the tasks.
   *
   * HTTP/2 and gRPC need a load balancer with a certificate. A change replaces the target groups while they serve, so
   * it needs a second service. docs/service.md has the procedure.
   * @default TargetProtocolVersion.HTTP1
   */
  readonly protocolVersion?: TargetProtocolVersion;
  /**
   * Databases and caches that the service uses.
   *
   * Each opens its port to this service alone, and provides its host, port and credentials as environment variables.
   * A database provides DB_HOST, DB_PORT, DB_NAME, DB_USERNAME and DB_PASSWORD, unless its props rename them.
   * @default - the service uses none
   */
  readonly backingServices?: IBackingService[];
  /**
   * Health checks of the load balancer and the container.
   * @default - the load balancer requests `/ready` every 30 seconds
   */
  readonly healthCheck?: WebHealthCheck;
  /**
   * Time in which a new task may fail its health checks, 0 to 7200 whole seconds.
   *
   * Give the longest time from the start of a task to its first good answer, with some margin. ECS then replaces no
   * task that still starts, and the alarms on unhealthy targets wait for as long. If it is set, it is also the start
   * period of `healthCheck.containerCommand`, up to five minutes. A change starts no deployment, unless there is such a
   * command.
   * @default Duration.seconds(60) - two health checks that pass, and some time to start
   */
  readonly startupTime?: Duration;
  /**
   * Time that open requests have to end when a task leaves its target group, 0 to 3600 whole seconds.
   *
   * The task is killed `stopTimeout` after SIGTERM. A delay above `stopTimeout` keeps requests open only if ECS drains
   * before it sends SIGTERM, which is not measured. A change applies at once and starts no deployment.
   * @default - `stopTimeout`, or 30 seconds without one
   */
  readonly deregistrationDelay?: Duration;
  /**
   * Rollout strategy: how a new version replaces the running one.
   *
   * Don't change it while a deployment shifts traffic.
   * @default Rollout.blueGreen()
   */
  readonly rollout?: Rollout;
  /**
   * Smoke test that a new version must pass before it gets production traffic.
   * @default - the new version must be healthy for the load balancer
   */
  readonly smokeTest?: SmokeTest;
  /**
   * Percent of requests that must succeed during a deployment, above 0, up to 100. Below it the deployment rolls back.
   * @default 99.5 - requirement B-08
   */
  readonly successRatePercent?: number;
  /**
   * Response time that 90 percent of requests must stay within during a deployment, 50 ms to 1 hour.
   *
   * After three minutes above it the deployment rolls back. Raise it for a service that answers slowly by design, for
   * example with long polling or exports.
   * @default Duration.seconds(2) - requirement A-13
   */
  readonly responseTimeLimit?: Duration;
  /**
   * Auto scaling limits and targets.
   * @default ServiceScaling.targetTracking()
   */
  readonly scaling?: ServiceScaling;
  /**
   * Cluster, which other services may share.
   * @default - a dedicated one, with enhanced Container Insights (requirement B-04)
   */
  readonly cluster?: ICluster;
  /**
   * Physical name of the service: letters, digits, `-` and `_`, at most 255.
   *
   * A change that replaces the service then needs another name, too. Source: requirement C-30.
   * @default - CloudFormation generates a name
   */
  readonly serviceName?: string;
  /**
   * Physical name of the log group, 1 to 512 letters, digits and `_-/.#`.
   *
   * A change replaces the log group. The old one is kept or deleted by the removal policy of the environment.
   * Source: requirements A-15, C-14 and E-15.
   * @default - CloudFormation generates a name
   */
  readonly logGroupName?: string;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
