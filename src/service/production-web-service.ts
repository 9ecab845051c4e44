import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import {
  type Connections,
  type IConnectable,
  InterfaceVpcEndpointAwsService,
  Port,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService,
  Cluster,
  type ContainerDefinition,
  ContainerInsights,
  FargatePlatformVersion,
  FargateService,
  type FargateTaskDefinition,
  type ICluster,
  PropagatedTagSource,
  type ScalableTaskCount,
  type ServiceConnectProps,
  TaskDefinitionRevision,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListenerRule, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct } from 'constructs';
import type {
  IBackingServiceClient,
  IMonitoredService,
  IReleasedService,
  ReleaseTarget,
  ServiceSignals,
} from '../contracts';
import { EnvironmentProfile } from '../environment';
import type { TargetGroupNames } from '../metrics/target-group-metrics';
import { SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/closed-security-group';
import { PropError } from '../validation/prop-error';
import { allowSessions, SessionLog } from './cluster/ecs-exec';
import { checkCall, serviceConnect } from './cluster/service-connect';
import { CodeDeployGroup } from './deployment/code-deploy-group';
import { CodeDeployTraffic } from './deployment/code-deploy-traffic';
import { TrafficShift } from './deployment/ecs-traffic';
import { targetHealthCheck } from './deployment/health-check';
import { RolloutHook } from './deployment/lifecycle-hook';
import { rollbackAlarms } from './deployment/rollback-alarms';
import { Rollout } from './deployment/rollout';
import type { SmokeTest } from './deployment/smoke-test';
import type { WebTraffic } from './deployment/target-groups';
import type { ResolvedImage } from './image/service-image';
import { Route } from './load-balancer/route';
import { SecureLoadBalancer } from './load-balancer/secure-load-balancer';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { webReleaseTarget } from './release-target';
import { RequestsPerTask } from './scaling/requests-per-task';
import { spotStrategy, type TaskRange, taskRange } from './scaling/scaling-limits';
import { ServiceScaling } from './scaling/service-scaling';
import { TaskScaling } from './scaling/task-scaling';
import { bind, shortestReplacement } from './task/apply-binding';
import { TaskReplacement } from './task/scheduled-redeployment';
import { ServiceTask } from './task/task-builder';
import type { WebTask } from './task/task-definition';
import { checkWebService } from './validate-web-service';

const DEFAULT_PORT = 8080;
const DEREGISTRATION_DELAY = Duration.seconds(30);
const GRACE_PERIOD = Duration.seconds(60);

/**
 * A Fargate service behind a load balancer that replaces its version without anyone noticing, and goes back by itself.
 *
 * Throws a PropError for a port, size, shift or health check that AWS would refuse.
 */
export class ProductionWebService
  extends Construct
  implements IBackingServiceClient, IMonitoredService, IReleasedService {
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
  /** What CodeDeploy deploys by, where it does. */
  public readonly deploymentGroup?: EcsDeploymentGroup;
  /** The secrets that were made for the service, by variable. */
  public readonly secrets: { [variable: string]: ISecret };
  private readonly profile: EnvironmentProfile;
  private readonly image: ResolvedImage;
  private readonly port: number;
  private readonly rollout: Rollout;
  private readonly rollbackAlarmNames: string[] = [];
  private readonly codeDeployRelease?: CodeDeployGroup;
  private readonly range: TaskRange;
  private rolloutHook?: RolloutHook;
  private smokeTest?: SmokeTest;
  private readonly callees: ProductionWebService[] = [];
  private readonly stores: IConstruct[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ProductionWebServiceProps,
  ) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.port = props.port ?? DEFAULT_PORT;
    this.rollout = props.rollout ?? Rollout.blueGreen();
    const { port, rollout, cpu, memoryMiB, successRatePercent, responseTimeLimit } = this;
    checkWebService(this, props, { port, rollout, cpu, memoryMiB, successRatePercent, responseTimeLimit });
    this.image = props.image._bind(this, {
      prop: 'image',
      arm64: props.arm64 ?? false,
      fixedImages: this.profile.fixedImages,
      reachesInternet: props.network.reachesInternet,
    });
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
    this.smokeTest = props.smokeTest;
    this.rolloutHook = this.createRolloutHook();
    this.codeDeployRelease = this.createCodeDeployRelease(traffic);
    this.deploymentGroup = this.codeDeployRelease?.deploymentGroup;
    this.orderFirstDeployment(traffic);
    this.taskCount = this.scaleTasks();
    this.allowSessions();
    if (replaceTasksEvery) {
      new TaskReplacement(this, 'TaskReplacement', { service: this.service, every: replaceTasksEvery });
    }
  }

  /** What ECS asks before it shifts production traffic, where there is a smoke test or a step that ECS doesn't have. */
  public get rolloutFunction(): LambdaFunction | undefined {
    return this.rolloutHook?.handler;
  }

  /** Where other services of the cluster call this one: `http://api:4000`. Throws without `discoverableAs`. */
  public get url(): string {
    const { discoverableAs } = this.props;
    if (discoverableAs === undefined) {
      throw new PropError(this, {
        prop: 'discoverableAs',
        value: undefined,
        expected: 'a name by which other services call this one',
        fix: "set discoverableAs: 'api'",
      });
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
      this.service.enableServiceConnect(
        serviceConnect(this, { cluster: this.cluster, logGroup: this.logGroup, port: this.port }),
      );
    }
    this.callees.push(other);
    (this.service.node.defaultChild as CfnService).node.addDependency(other.service);
    return url;
  }

  /** What alarms and dashboards have to know of it. */
  public get signals(): ServiceSignals {
    return {
      source: this,
      clusterName: this.cluster.clusterName,
      serviceName: this.service.serviceName,
      ...this.traffic,
      loadBalancer: this.loadBalancer,
      // One that doesn't scale is always at its ceiling.
      maxTasks: this.range.maxTasks === this.range.minTasks ? undefined : this.range.maxTasks,
      deploymentGroup: this.deploymentGroup,
      logGroups: [this.logGroup],
      stores: this.stores,
    };
  }

  /** What a release must know of it. */
  public get releaseTarget(): ReleaseTarget {
    const {
      props,
      image,
      rollout,
      smokeTest,
      range: { minTasks },
      rollbackAlarmNames,
      stores,
    } = this;
    return { ...webReleaseTarget(this, { props, image, rollout, smokeTest, minTasks, rollbackAlarmNames }), stores };
  }

  /**
   * Takes a running deployment back when this alarm fires, too, and tells that it does. The alarm is named, not referenced, so that it may
   * stand above the service; it must exist when the service is deployed.
   *
   * @param alarmName the alarm's literal name
   * @param alarm deployed before the service, where it stands in its stack
   */
  public rollBackOn(alarmName: string, alarm?: IAlarm): boolean {
    if (!this.rollbackAlarmNames.includes(alarmName)) {
      this.rollbackAlarmNames.push(alarmName);
      this.codeDeployRelease?.rollBackOn(alarmName);
    }
    if (alarm && Stack.of(alarm) === Stack.of(this)) {
      this.service.node.defaultChild!.node.addDependency(alarm);
    }
    return true;
  }

  /**
   * Verifies a new version before it gets production traffic, as the prop `smokeTest` does: for a stage of a pipeline, which knows what it
   * expects of its services. Throws where there is a test already, and for a rollout that has no hooks.
   */
  public verifyWith(smokeTest: SmokeTest): void {
    if (this.smokeTest) {
      throw new PropError(this, {
        prop: 'smokeTest',
        value: 'a second smoke test',
        expected: 'one for each service',
        fix: 'give it to the service or to one stage, and name all requests in it: SmokeTest.all([...])',
      });
    }
    this.rollout._check(this, { smokeTest, sharedLoadBalancer: false });
    smokeTest._check(this, this.props.notSecret);
    this.rolloutHook ??= this.makeRolloutHook();
    this.rolloutHook.verifyWith(smokeTest);
    this.smokeTest = smokeTest;
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

  /** Where CloudWatch counts its traffic. */
  private get traffic(): TargetGroupNames {
    return {
      loadBalancerFullName: this.loadBalancer.loadBalancer.loadBalancerFullName,
      targetGroupFullNames: this.targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
    };
  }

  private get cpu(): number {
    return this.props.cpu ?? this.profile.taskCpu;
  }

  private get memoryMiB(): number {
    return this.props.memoryMiB ?? this.profile.taskMemoryMiB;
  }

  private get successRatePercent(): number {
    return this.props.successRatePercent ?? 99.5;
  }

  private get responseTimeLimit(): Duration {
    return this.props.responseTimeLimit ?? Duration.seconds(2);
  }

  private createLoadBalancer(): SecureLoadBalancer {
    return new SecureLoadBalancer(this, 'LoadBalancer', {
      network: this.props.network,
      certificate: this.props.certificate,
      profile: this.profile,
    });
  }

  private createCluster(): Cluster {
    const { ecsExec, scaling } = this.props;
    return new Cluster(this, 'Cluster', {
      vpc: this.props.network.vpc,
      containerInsightsV2: ContainerInsights.ENHANCED,
      enableFargateCapacityProviders: scaling?._props.spot ? true : undefined,
      executeCommandConfiguration: ecsExec && new SessionLog(this, 'Sessions', this.profile).configuration,
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
    const group = closedSecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `Tasks of ${this.node.path}`,
    });
    network.allowToAwsServices({
      client: group.connections,
      services: [
        InterfaceVpcEndpointAwsService.ECR,
        InterfaceVpcEndpointAwsService.ECR_DOCKER,
        InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
      ],
      purpose: `pulling and logging of ${this.node.path}`,
    });
    return group;
  }

  /** Returns how often tasks have to be replaced, because secrets that they have read change. */
  private useBackingServices(task: WebTask): Duration | undefined {
    const bindings = (this.props.backingServices ?? []).map((backing) => backing.bind(this));
    this.stores.push(...bindings.flatMap(({ store }) => store ?? []));
    bind(task, bindings);
    const replaceTasksEvery = shortestReplacement(bindings);
    this.rollout._check(this, { sharedLoadBalancer: false, replacesTasks: replaceTasksEvery !== undefined });
    return replaceTasksEvery;
  }

  /** Behind a rule of the load balancer, or, where CodeDeploy deploys, behind its default actions. */
  private createTraffic(): TrafficShift | CodeDeployTraffic {
    const { loadBalancer, port, props } = this;
    const shared = {
      network: props.network,
      loadBalancer,
      port,
      deregistrationDelay: DEREGISTRATION_DELAY,
      healthCheck: targetHealthCheck(this, props.healthCheck ?? {}),
    };
    if (this.rollout._codeDeploy) {
      return new CodeDeployTraffic(this, 'Traffic', shared);
    }
    const route = props.route ?? Route.path('/*');
    return new TrafficShift(this, 'Traffic', {
      ...shared,
      route,
      priority: loadBalancer._claim(this, route, props.routePriority),
      shifts: this.rollout._shiftsTraffic,
    });
  }

  private createRollbackAlarms(): Alarm[] {
    const { traffic, successRatePercent, responseTimeLimit } = this;
    const { alarms, alarmNames } = rollbackAlarms(this, { names: traffic, successRatePercent, responseTimeLimit });
    alarmNames.forEach((alarmName) => this.rollBackOn(alarmName));
    return alarms;
  }

  private createService(): FargateService {
    const { network } = this.props;
    return new FargateService(this, 'Service', {
      cluster: this.cluster,
      serviceName: this.props.serviceName,
      taskDefinition: this.taskDefinition,
      // By its family: then only a release decides which revision runs.
      taskDefinitionRevision: this.image.nothingReleased ? TaskDefinitionRevision.LATEST : undefined,
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
    const { smokeTest } = this;
    if (!smokeTest && !this.rollout._hold) {
      return undefined;
    }
    const hook = this.makeRolloutHook();
    if (smokeTest) {
      hook.verifyWith(smokeTest);
    }
    return hook;
  }

  private makeRolloutHook(): RolloutHook {
    const { profile, cluster, port, securityGroup: tasks, taskDefinition } = this;
    const hook = new RolloutHook(this, 'RolloutHook', {
      network: this.props.network,
      hold: this.rollout._hold,
      container: this.container.containerName,
      profile,
      cluster,
      tasks,
      taskDefinition,
      port,
    });
    hook.attach(this.service);
    this.service.node.defaultChild!.node.addDependency(hook);
    return hook;
  }

  private createCodeDeployRelease(traffic: WebTraffic): CodeDeployGroup | undefined {
    if (!(traffic instanceof CodeDeployTraffic)) {
      return undefined;
    }
    return new CodeDeployGroup(this, 'CodeDeploy', {
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
    resource.node.addDependency(
      ...this.rollbackAlarms,
      traffic,
      this.securityGroup,
      this.props.network.egressEstablished,
    );
    if (this.props.scaling?._props.spot) {
      // The cluster's capacity providers are a resource of their own.
      resource.node.addDependency(this.cluster);
    }
  }

  private discovery(): ServiceConnectProps {
    return serviceConnect(this, {
      cluster: this.cluster,
      logGroup: this.logGroup,
      port: this.port,
      name: this.props.discoverableAs,
    });
  }

  private scaleTasks(): ScalableTaskCount {
    const {
      service,
      range,
      targetGroups,
      loadBalancer: { loadBalancer },
    } = this;
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
    const { ecsExec } = this.props;
    if (ecsExec) {
      this.taskDefinition.node.addDependency(
        allowSessions(this, { cluster: this.cluster, taskRole: this.taskRole, reason: ecsExec.reason }),
      );
      (this.service.node.defaultChild as CfnService).enableExecuteCommand = true;
    }
  }
}
