import { Duration, Lazy, Names, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type Connections, type IConnectable, InterfaceVpcEndpointAwsService, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService, Cluster, type ContainerDefinition, ContainerInsights, FargatePlatformVersion, FargateService,
  type FargateTaskDefinition, type ICluster, PropagatedTagSource, type ScalableTaskCount, type ServiceConnectProps, TaskDefinitionRevision,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListenerRule, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../acknowledgement/acknowledge';
import type { IBackingService, IBackingServiceClient } from '../binding';
import { EnvironmentProfile } from '../environment';
import { type ISecureVpc, SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/closed-security-group';
import { checkPort, checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';
import { CodeDeployRelease } from './code-deploy-release';
import { CodeDeployTraffic } from './code-deploy-traffic';
import { allowSessions, SessionLog } from './exec-session';
import { RequestsPerTask } from './requests-per-task';
import { Rollout } from './rollout';
import { RolloutHook } from './rollout-hook';
import { Route } from './route';
import { SecureLoadBalancer } from './secure-load-balancer';
import { checkCall, serviceConnect } from './service-discovery';
import type { ResolvedImage, ServiceImage } from './service-image';
import { ServiceScaling } from './service-scaling';
import { ServiceTask } from './service-task';
import type { ServiceTaskProps } from './service-task-props';
import type { SmokeTest } from './smoke-test';
import { SuccessRateAlarm } from './success-rate-alarm';
import { ResponseTimeAlarm, UnhealthyTargetsAlarm } from './target-group-alarm';
import { checkServiceName, checkTask } from './task-checks';
import { spotStrategy, type TaskRange, taskRange } from './task-range';
import { TaskReplacement } from './task-replacement';
import { TaskScaling } from './task-scaling';
import { TrafficShift } from './traffic-shift';
import { targetHealthCheck, type WebHealthCheck } from './web-health-check';
import type { WebTask } from './web-task';
import type { WebTraffic } from './web-traffic';

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
   * What a new version must answer before it gets production traffic, and again before each further step.
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

const DEFAULT_PORT = 8080;
const DEREGISTRATION_DELAY = Duration.seconds(30);
/** Half of one group's targets may be starting or failing; more is no hiccup (requirement A-13). */
const MOST_UNHEALTHY_PERCENT = 50;
const GRACE_PERIOD = Duration.seconds(60);

/**
 * A Fargate service behind a load balancer that replaces its version without anyone noticing, and goes back by itself.
 *
 * Throws a PropError for a port, size, shift or health check that AWS would refuse.
 */
export class ProductionWebService extends Construct implements IBackingServiceClient {
  /** What may connect to the tasks, and what they may connect to. */
  public readonly connections: Connections;
  /** The load balancer, shared or its own. */
  public readonly loadBalancer: SecureLoadBalancer;
  /** The cluster, shared or its own. */
  public readonly cluster: ICluster;
  /** The service. */
  public readonly service: FargateService;
  /** The task definition that CloudFormation keeps up to date. */
  public readonly taskDefinition: FargateTaskDefinition;
  /** The application's container. */
  public readonly container: ContainerDefinition;
  /** What the application may do; open for grants. */
  public readonly taskRole: Role;
  /** What starts the tasks; closed. */
  public readonly executionRole: Role;
  /** The application's log. */
  public readonly logGroup: LogGroup;
  /** The group of the tasks. */
  public readonly securityGroup: SecurityGroup;
  /** The target groups between which production moves; one alone for a rolling rollout. */
  public readonly targetGroups: ApplicationTargetGroup[];
  /** The rule that serves; none where CodeDeploy moves the listener's default action. */
  public readonly productionRule?: ApplicationListenerRule;
  /** The alarms that take a deployment back: success rate, response time, unhealthy targets. */
  public readonly rollbackAlarms: Alarm[];
  /** Moves the number of tasks. */
  public readonly taskCount: ScalableTaskCount;
  /** What ECS asks before it shifts production traffic, where there is a smoke test or a step that ECS doesn't have. */
  public readonly rolloutFunction?: LambdaFunction;
  /** What CodeDeploy deploys by, where it does. */
  public readonly deploymentGroup?: EcsDeploymentGroup;
  /** The secrets that were made for the service, by variable. */
  public readonly secrets: { [variable: string]: ISecret };
  private readonly profile: EnvironmentProfile;
  private readonly image: ResolvedImage;
  private readonly port: number;
  private readonly rollout: Rollout;
  private readonly rollbackAlarmNames: string[] = [];
  private readonly codeDeployRelease?: CodeDeployRelease;
  private readonly range: TaskRange;
  private readonly callees: ProductionWebService[] = [];

  public constructor(scope: Construct, id: string, private readonly props: ProductionWebServiceProps) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.port = props.port ?? DEFAULT_PORT;
    this.rollout = props.rollout ?? Rollout.blueGreen();
    this.checkProps();
    this.image = props.image._resolve(this, this.profile.fixedImages, props.arm64 ?? false);
    this.checkImageCanBePulled();
    this.range = taskRange(this, this.profile, props.scaling);
    this.loadBalancer = props.loadBalancer ?? this.createLoadBalancer();
    this.cluster = props.cluster ?? this.createCluster();

    const serviceTask = this.createTask();
    const { task } = serviceTask;
    this.logGroup = task.logGroup;
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.taskRole = task.taskRole;
    this.executionRole = task.executionRole;
    this.secrets = task.secrets.made;
    this.securityGroup = this.createSecurityGroup();
    this.connections = this.securityGroup.connections;
    const replaceTasksEvery = this.useBackingServices(task);
    serviceTask.reach(props.network, this.connections);

    const traffic = this.createTraffic();
    this.targetGroups = traffic.targetGroups;
    this.productionRule = traffic instanceof TrafficShift ? traffic.productionRule : undefined;
    this.rollbackAlarms = this.createRollbackAlarms();
    this.service = this.createService();
    traffic.attach(this.service, this.container.containerName);
    this.rolloutFunction = this.createRolloutHook()?.handler;
    this.codeDeployRelease = this.createCodeDeployRelease(traffic);
    this.deploymentGroup = this.codeDeployRelease?.deploymentGroup;
    this.orderFirstDeployment(traffic);
    this.taskCount = this.scaleTasks();
    this.allowSessions();
    if (replaceTasksEvery) {
      new TaskReplacement(this, 'TaskReplacement', { service: this.service, every: replaceTasksEvery });
    }
  }

  /** Where other services of the cluster call this one: `http://api:4000`. Throws without `discoverableAs`. */
  public get url(): string {
    const { discoverableAs } = this.props;
    if (discoverableAs === undefined) {
      throw new PropError(this, { prop: 'discoverableAs', value: undefined, allowed: 'a name by which other services call this one', wayOut: "set discoverableAs: 'api'" });
    }
    return `http://${discoverableAs}:${this.port}`;
  }

  /**
   * Lets this service call another one of its cluster by name, without leaving the VPC (requirements A-35, C-24): opens the other's
   * port from this service alone, joins the namespace, and is deployed after it. Returns the address, `api.url`, which the application
   * gets as `environment`. Throws for a service that has no name, stands in another namespace, or calls this one, by way of others too.
   */
  public calls(other: ProductionWebService): string {
    this.rollout._check(this, { sharedLoadBalancer: false, serviceConnect: true });
    checkCall(this, other, other.waitsFor(this));
    const { url } = other;
    other.allowCallsFrom(this);
    if (this.callees.length === 0 && this.props.discoverableAs === undefined) {
      this.service.enableServiceConnect(serviceConnect(this, { cluster: this.cluster, logGroup: this.logGroup, port: this.port }));
    }
    this.callees.push(other);
    (this.service.node.defaultChild as CfnService).node.addDependency(other.service);
    return url;
  }

  /**
   * Takes a running deployment back when this alarm fires, too. The alarm is named, not referenced, so that it may stand above the
   * service; it must exist when the service is deployed.
   */
  public rollBackOn(alarmName: string): void {
    if (this.rollbackAlarmNames.includes(alarmName)) {
      return;
    }
    this.rollbackAlarmNames.push(alarmName);
    this.codeDeployRelease?.rollBackOn(alarmName);
  }

  /**
   * Lets a client, another service for example, call the tasks directly on their port, past the load balancer (requirement A-35).
   * The rules are made in the client's stack, so that no cycle closes.
   */
  public allowCallsFrom(client: IConnectable): void {
    client.connections.allowTo(this, Port.tcp(this.port), `Calls to ${this.node.path}`);
  }

  /** Whether it is deployed after another one, because it calls it or a service that does. */
  private waitsFor(other: ProductionWebService): boolean {
    return this.callees.some((callee) => callee === other || callee.waitsFor(other));
  }

  private checkProps(): void {
    const { props } = this;
    checkServiceName(this, props.serviceName);
    checkPort(this, 'port', this.port);
    checkTask(this, props, { cpu: this.cpu, memoryMiB: this.memoryMiB, port: this.port });
    this.rollout._check(this, {
      smokeTest: props.smokeTest, sharedLoadBalancer: props.loadBalancer !== undefined, route: props.route?._name(), serviceConnect: props.discoverableAs !== undefined,
    });
    props.smokeTest?._check(this);
    checkWholeNumber(this, 'routePriority', props.routePriority, { min: 1, max: 50000, unit: 'as a priority', wayOut: 'leave it out' });
    if (props.loadBalancer && props.certificate) {
      throw new PropError(this, { prop: 'certificate', value: 'a certificate', allowed: 'certificate or loadBalancer, not both', wayOut: 'give the certificate to the SecureLoadBalancer' });
    }
    checkWholeNumber(this, 'responseTimeLimit', this.responseTimeLimit.toMilliseconds(), {
      min: 50, max: 3_600_000, unit: 'milliseconds', wayOut: 'give the time that a good answer takes, with room',
    });
    const success = props.successRatePercent ?? 99.5;
    if (!Token.isUnresolved(success) && !(success > 0 && success <= 100)) {
      throw new PropError(this, { prop: 'successRatePercent', value: success, allowed: 'above 0, up to 100', wayOut: 'give the percentage of requests that must succeed' });
    }
  }

  /** Without a way to the internet there is nothing but private ECR to pull from (requirement B-14). */
  private checkImageCanBePulled(): void {
    if (!this.props.network.reachesInternet && !this.image.repository) {
      throw new PropError(this, {
        prop: 'image', value: 'an image of a public registry', allowed: 'an image of private ECR: the network has endpoints only, and public registries have none', wayOut: 'copy it to an ImageRepository, or use a pull-through cache',
      });
    }
  }

  private get cpu(): number {
    return this.props.cpu ?? this.profile.taskCpu;
  }

  private get memoryMiB(): number {
    return this.props.memoryMiB ?? this.profile.taskMemoryMiB;
  }

  private get responseTimeLimit(): Duration {
    return this.props.responseTimeLimit ?? Duration.seconds(2);
  }

  private createLoadBalancer(): SecureLoadBalancer {
    return new SecureLoadBalancer(this, 'LoadBalancer', { network: this.props.network, certificate: this.props.certificate, profile: this.profile });
  }

  private createCluster(): Cluster {
    const { exec, scaling } = this.props;
    return new Cluster(this, 'Cluster', {
      vpc: this.props.network.vpc,
      containerInsightsV2: ContainerInsights.ENHANCED,
      enableFargateCapacityProviders: scaling?._props.spot ? true : undefined,
      executeCommandConfiguration: exec && new SessionLog(this, 'Sessions', this.profile).configuration,
    });
  }

  private createTask(): ServiceTask {
    const { network, healthCheck, logGroupName } = this.props;
    return new ServiceTask(this, this.props, {
      image: this.image,
      profile: this.profile,
      port: this.port,
      cpu: this.cpu,
      memoryMiB: this.memoryMiB,
      reachesInternet: network.reachesInternet,
      healthCommand: healthCheck?.containerCommand,
      logGroupName,
    });
  }

  /** In from the load balancer, out to what the task needs to start: nothing else (requirements A-25, B-03). */
  private createSecurityGroup(): SecurityGroup {
    const { network } = this.props;
    const group = closedSecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description: `Tasks of ${this.node.path}` });
    network.allowToAwsServices({
      client: group.connections,
      services: [InterfaceVpcEndpointAwsService.ECR, InterfaceVpcEndpointAwsService.ECR_DOCKER, InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
      purpose: `pulling and logging of ${this.node.path}`,
    });
    return group;
  }

  /** Returns how often tasks have to be replaced, because secrets that they have read change. */
  private useBackingServices(task: WebTask): Duration | undefined {
    const handovers = (this.props.backingServices ?? []).map((backing) => backing.serve(this));
    handovers.forEach(({ environment }) => Object.entries(environment).forEach(([name, value]) => task.addVariable(name, value)));
    handovers.flatMap((handover) => handover.secrets).forEach((secret) => task.addSecret(secret));
    const permissions = handovers.flatMap((handover) => handover.permissions ?? []);
    if (permissions.length > 0) {
      task.permit(permissions);
    }
    const days = handovers.flatMap(({ replaceTasksEvery }) => replaceTasksEvery?.toDays() ?? []);
    this.rollout._check(this, { sharedLoadBalancer: false, replacesTasks: days.length > 0 });
    return days.length > 0 ? Duration.days(Math.min(...days)) : undefined;
  }

  /** Behind a rule of the load balancer, or, where CodeDeploy deploys, behind its default actions. */
  private createTraffic(): TrafficShift | CodeDeployTraffic {
    const { loadBalancer, port, props } = this;
    const shared = {
      network: props.network, loadBalancer, port, deregistrationDelay: DEREGISTRATION_DELAY, healthCheck: targetHealthCheck(this, props.healthCheck ?? {}),
    };
    if (this.rollout._codeDeploy) {
      return new CodeDeployTraffic(this, 'Traffic', shared);
    }
    const route = props.route ?? Route.path('/*');
    return new TrafficShift(this, 'Traffic', {
      ...shared, route, priority: loadBalancer._claim(this, route, props.routePriority), shifts: this.rollout._shiftsTraffic,
    });
  }

  /** Their names are known beforehand, so that the service can name them without a cycle. */
  private createRollbackAlarms(): Alarm[] {
    const prefix = Names.uniqueResourceName(this, { maxLength: 200, separator: '-' }).toLowerCase();
    const watched = (name: string, threshold: number) => {
      const alarmName = `${prefix}-${name}`;
      this.rollBackOn(alarmName);
      return { alarmName, loadBalancer: this.loadBalancer.loadBalancer, targetGroups: this.targetGroups, threshold };
    };
    const alarms = [
      new SuccessRateAlarm(this, 'SuccessRate', watched('success-rate', this.props.successRatePercent ?? 99.5)),
      new ResponseTimeAlarm(this, 'ResponseTime', watched('response-time', this.responseTimeLimit.toMilliseconds() / 1000)),
      new UnhealthyTargetsAlarm(this, 'UnhealthyTargets', watched('unhealthy-targets', MOST_UNHEALTHY_PERCENT)),
    ].map(({ alarm }) => alarm);
    alarms.forEach((alarm) => acknowledgeInCompliancePacks(alarm, 'CloudWatchAlarmAction',
      'ECS watches this alarm and takes the running deployment back; people are told by the alarms of GoldenSignalAlarms.'));
    return alarms;
  }

  private createService(): FargateService {
    const { network } = this.props;
    return new FargateService(this, 'Service', {
      cluster: this.cluster,
      serviceName: this.props.serviceName,
      taskDefinition: this.taskDefinition,
      // By its family: then only a release decides which revision runs.
      taskDefinitionRevision: this.props.image._released ? TaskDefinitionRevision.LATEST : undefined,
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: network.subnets(SubnetTier.APPLICATION),
      securityGroups: [this.securityGroup],
      assignPublicIp: false,
      healthCheckGracePeriod: GRACE_PERIOD,
      propagateTags: PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      capacityProviderStrategies: spotStrategy(this.props.scaling?._props.spot),
      serviceConnectConfiguration: this.props.discoverableAs === undefined ? undefined : this.discovery(),
      ...this.rollout._deployment(Lazy.list({ produce: () => this.rollbackAlarmNames })),
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
  }

  private createRolloutHook(): RolloutHook | undefined {
    const { network, smokeTest } = this.props;
    if (!smokeTest && !this.rollout._hold) {
      return undefined;
    }
    const hook = new RolloutHook(this, 'RolloutHook', {
      network, smokeTest, hold: this.rollout._hold, profile: this.profile, cluster: this.cluster, tasks: this.securityGroup, port: this.port,
    });
    hook.attach(this.service);
    this.service.node.defaultChild!.node.addDependency(hook);
    return hook;
  }

  private createCodeDeployRelease(traffic: WebTraffic): CodeDeployRelease | undefined {
    if (!(traffic instanceof CodeDeployTraffic)) {
      return undefined;
    }
    return new CodeDeployRelease(this, 'CodeDeploy', {
      ...this.rollout._codeDeploy!,
      service: this.service,
      traffic,
      loadBalancer: this.loadBalancer,
      taskRoles: [this.taskRole, this.executionRole],
      alarmNames: this.rollbackAlarmNames,
    });
  }

  /** What the first tasks need before they start. On the resource alone: scaling hangs on the service and needs no list of its own. */
  private orderFirstDeployment(traffic: WebTraffic): void {
    const resource = this.service.node.defaultChild as CfnService;
    resource.node.addDependency(...this.rollbackAlarms, traffic, this.securityGroup, this.props.network.egressEstablished);
    if (this.props.scaling?._props.spot) {
      // The cluster's capacity providers are a resource of their own.
      resource.node.addDependency(this.cluster);
    }
  }

  private discovery(): ServiceConnectProps {
    return serviceConnect(this, { cluster: this.cluster, logGroup: this.logGroup, port: this.port, name: this.props.discoverableAs });
  }

  private scaleTasks(): ScalableTaskCount {
    const { service, range, targetGroups, loadBalancer: { loadBalancer } } = this;
    const { taskCount } = new TaskScaling(this, 'Scaling', {
      service,
      range,
      scaling: this.props.scaling ?? ServiceScaling.between(),
      requests: new RequestsPerTask({ service, loadBalancer, targetGroups }),
      nothingReleased: this.image.nothingReleased,
    });
    return taskCount;
  }

  private allowSessions(): void {
    const { exec } = this.props;
    if (exec) {
      this.taskDefinition.node.addDependency(allowSessions(this, { cluster: this.cluster, taskRole: this.taskRole, reason: exec.reason }));
      (this.service.node.defaultChild as CfnService).enableExecuteCommand = true;
    }
  }
}
