import type { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IBackingService } from '../contracts';
import type { EnvironmentProfile } from '../environment';
import type { ISecureVpc } from '../network';
import type { WebHealthCheck } from './deployment/health-check';
import type { Rollout } from './deployment/rollout';
import type { SmokeTest } from './deployment/smoke-test';
import type { ServiceImage } from './image/service-image';
import type { Route } from './load-balancer/route';
import type { SecureLoadBalancer } from './load-balancer/secure-load-balancer';
import type { ServiceScaling } from './scaling/service-scaling';
import type { ServiceTaskProps } from './task/service-task-props';

/** What a {@link ProductionWebService} may be told. A network, an image and a certificate (or a load balancer) are enough. */
export interface ProductionWebServiceProps extends ServiceTaskProps {
  /** The network whose application tier holds the tasks. */
  readonly network: ISecureVpc;
  /** The image, and by it who deploys. */
  readonly image: ServiceImage;
  /**
   * The load balancer, shared with other services.
   * @default - one of its own, with `certificate`
   */
  readonly loadBalancer?: SecureLoadBalancer;
  /**
   * The certificate of the service's own load balancer. Not together with `loadBalancer`.
   * @default - none: then `loadBalancer` is needed
   */
  readonly certificate?: ICertificate;
  /**
   * Which requests go to the service.
   * @default Route.path('/*') - all
   */
  readonly route?: Route;
  /**
   * Priority of the route's rule, 1 to 50000. It can't be changed while a second version is live.
   * @default - from the route and the path of this construct, specific routes first
   */
  readonly routePriority?: number;
  /**
   * TCP port on which the container listens, 1 to 65535.
   * @default 8080 - a port that needs no root
   */
  readonly port?: number;
  /**
   * Databases and caches that the service is given: each opens its port to this service alone and hands over its credentials.
   * @default - none
   */
  readonly backingServices?: IBackingService[];
  /**
   * How health is checked.
   * @default - `/ready` every 30 s
   */
  readonly healthCheck?: WebHealthCheck;
  /**
   * How a new version takes over.
   * @default Rollout.blueGreen()
   */
  readonly rollout?: Rollout;
  /**
   * What a new version must pass before it gets production traffic: requests, again before each further step, and a command, once.
   * @default - none: it must be healthy for the load balancer
   */
  readonly smokeTest?: SmokeTest;
  /**
   * Percent of requests that must succeed while a new version takes over and bakes, 0 to 100; below it the deployment goes back.
   * @default 99.5 - requirement B-08
   */
  readonly successRatePercent?: number;
  /**
   * Response time that nine of ten requests must stay within while a new version takes over and bakes, 50 ms to 1 hour; three minutes above
   * it take the deployment back. A service that answers slowly on purpose (long polling, exports) needs more.
   * @default Duration.seconds(2) - requirement A-13
   */
  readonly responseTimeLimit?: Duration;
  /**
   * Between how many tasks the service moves by itself.
   * @default ServiceScaling.between()
   */
  readonly scaling?: ServiceScaling;
  /**
   * The cluster, shared with other services.
   * @default - one of its own with enhanced Container Insights (requirement B-04)
   */
  readonly cluster?: ICluster;
  /**
   * Physical name of the service, where a document asks for one (requirement C-30): letters, digits, `-` and `_`, at most 255. A change
   * that replaces the service then needs another name, too.
   * @default - one that CloudFormation makes up
   */
  readonly serviceName?: string;
  /**
   * Physical name of the log group, where a document asks for one (requirements A-15, C-14, E-15).
   * @default - one that CloudFormation makes up
   */
  readonly logGroupName?: string;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}
