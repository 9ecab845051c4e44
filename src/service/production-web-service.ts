import { type Duration, Lazy } from 'aws-cdk-lib';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type Connections, type IConnectable, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListenerRule, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import type {
  IBackingServiceClient,
  IMonitoredService,
  IReleasedService,
  ReleaseTarget,
  ServiceBinding,
  ServiceSignals,
} from '../contracts';
import { withoutGrants } from '../iam/without-grants';
import { allowTo } from '../network/security-groups/allow-to';
import { stackPath } from '../text/stack-path';
import { checkAllInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';
import { dedicatedCluster } from './cluster/dedicated-cluster';
import { allowSessions } from './cluster/ecs-exec';
import { ServiceCalls } from './cluster/service-calls';
import { serviceConnect } from './cluster/service-connect';
import { ServiceDeployment } from './deployment/service-deployment';
import type { SmokeTest } from './deployment/smoke-test';
import { SecureLoadBalancer } from './load-balancer/secure-load-balancer';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { releaseTarget } from './release-target';
import { RequestsPerTask } from './scaling/requests-per-task';
import { scalingThresholds } from './scaling/scaling-thresholds';
import { spotStrategy } from './scaling/spot-share';
import { TaskScaling } from './scaling/task-scaling';
import { applyBindings, checkVariables, shortestReplacement } from './task/apply-binding';
import { OneOffTask, type OneOffTaskOptions } from './task/one-off-task';
import { ScheduledRedeployment } from './task/scheduled-redeployment';
import { TaskBuilder } from './task/task-builder';
import type { ServiceTaskDefinition } from './task/task-definition';
import { taskSecurityGroup } from './task/task-security-group';
import { checkBackingServices, checkNoOwner } from './task/validate-backing-services';
import { bindSmokeTest, checkRolloutSupports } from './validate-web-service';
import { type WebServiceSettings, webServiceSettings } from './web-service-settings';

/** Id of the schedule that replaces tasks. */
const REPLACEMENT = 'TaskReplacement';

/**
 * Fargate service behind a load balancer, with zero-downtime rollouts and automatic rollback.
 *
 * It creates the task with its roles and log, the security group, target groups, rollback alarms and auto scaling. It
 * also creates a load balancer and a cluster where none are given. Throws a PropError for a port, size, rollout or
 * health check that AWS would refuse, and for props that contradict each other.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   certificate,
 *   image: ServiceImage.fromRepository(images, { tag: '1.4.2' }),
 * });
 */
export class ProductionWebService
  extends Construct
  implements IBackingServiceClient, IMonitoredService, IReleasedService {
  /** Connections of the tasks. */
  public readonly connections: Connections;
  /** Load balancer, shared or dedicated. */
  public readonly loadBalancer: SecureLoadBalancer;
  /** Cluster, shared or dedicated. */
  public readonly cluster: ecs.ICluster;
  /** ECS service. */
  public readonly service: ecs.FargateService;
  /** Task definition that CloudFormation keeps up to date. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** Container of the application. */
  public readonly container: ecs.ContainerDefinition;
  /** Role of the application. It accepts further grants. */
  public readonly taskRole: Role;
  /** Role that starts the tasks. Its policy allows what the service needs, and nothing else. */
  public readonly executionRole: Role;
  /** Log group of the application. */
  public readonly logGroup: LogGroup;
  /** Security group of the tasks. */
  public readonly securityGroup: SecurityGroup;
  /** Target groups between which production traffic moves. With `stickiness` there is a single one. */
  public readonly targetGroups: ApplicationTargetGroup[];
  /** Listener rule of production traffic. Undefined where CodeDeploy moves the default action of the listener. */
  public readonly productionRule?: ApplicationListenerRule;
  /** Alarms that roll back a deployment: success rate, response time, unhealthy targets. */
  public readonly rollbackAlarms: Alarm[];
  /** Scalable number of tasks. */
  public readonly taskCount: ecs.ScalableTaskCount;
  /** CodeDeploy deployment group, if CodeDeploy deploys the service. */
  public readonly deploymentGroup?: EcsDeploymentGroup;
  /** Secrets that the service created, by environment variable. */
  public readonly secrets: { [variable: string]: ISecret };
  private readonly settings: WebServiceSettings;
  private readonly serviceCalls: ServiceCalls;
  private readonly deployment: ServiceDeployment;
  private readonly stores: IConstruct[] = [];
  /** Connections to the backing services. @internal */
  public readonly _bindings: ServiceBinding[] = [];
  /** Setups of backing services, for which the first tasks wait. */
  private readonly startAfter: IDependable[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ProductionWebServiceProps,
  ) {
    super(scope, id);
    // Lazy, because the deployment adds alarms until synthesis.
    const alarmNames = Lazy.list({ produce: () => this.deployment.rollbackAlarmNames });
    this.settings = webServiceSettings(this, props, { alarmNames });
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
    this.securityGroup = taskSecurityGroup(this, props.network);
    this.connections = this.securityGroup.connections;
    const replaceTasksEvery = this.bindBackingServices(task);
    serviceTask.reach(props.network, this.connections);

    this.deployment = withoutGrants([this.executionRole], () => this.createDeployment());
    this.service = this.deployment.service;
    this.targetGroups = this.deployment.traffic.targetGroups;
    this.productionRule = this.deployment.traffic.productionRule;
    this.rollbackAlarms = this.deployment.rollbackAlarms;
    this.deploymentGroup = this.deployment.codeDeploy?.deploymentGroup;
    this.serviceCalls = new ServiceCalls(this, { port: this.settings.port, name: props.discoveryName });
    this.taskCount = this.createScaling().taskCount;
    this.allowSessions();
    if (replaceTasksEvery) {
      new ScheduledRedeployment(this, REPLACEMENT, { service: this.service, every: replaceTasksEvery });
    }
  }

  /** Lambda function of the lifecycle hook, where a smoke test or `Rollout.steps` needs one. */
  public get rolloutFunction(): LambdaFunction | undefined {
    return this.deployment.hook?.handler;
  }

  /** Most tasks that auto scaling starts. A deployment runs up to twice as many. */
  public get maxTasks(): number | undefined {
    return this.settings.tasks.maxTasks;
  }

  /** URL by which other services of the cluster call this one: `http://api:4000`. Throws without `discoveryName`. */
  public get url(): string {
    return this.serviceCalls.url;
  }

  /**
   * Lets this service call another one of its cluster by name, within the VPC.
   *
   * It opens the other's port to this service alone, joins the namespace, and deploys this service after the other. It
   * returns the URL of the other service, which the application gets through `environment`. Throws for a service that
   * has no name, belongs to another namespace, or calls this one, directly or by way of others. Source: requirements
   * A-35 and C-24.
   */
  public calls(other: ProductionWebService): string {
    checkRolloutSupports(this, this.settings.rollout, { serviceConnect: true });
    const url = withoutGrants([this.executionRole], () => this.serviceCalls.add(other.serviceCalls));
    other.allowCallsFrom(this);
    return url;
  }

  /** Metrics and logs of the service, for alarms and dashboards. */
  public get signals(): ServiceSignals {
    const { tasks: { minTasks, maxTasks }, startupTime, scaling } = this.settings;
    const scales = maxTasks !== minTasks;
    const { cpuPercent, memoryPercent } = scalingThresholds(this, scaling._props);
    return {
      source: this,
      clusterName: this.cluster.clusterName,
      serviceName: this.service.serviceName,
      ...this.deployment.targetGroupNames,
      loadBalancer: this.loadBalancer,
      certificateArns: this.loadBalancer._certificateArns,
      // A service that doesn't scale is always at its maximum.
      maxTasks: scales ? maxTasks : undefined,
      cpuTargetPercent: scales ? cpuPercent : undefined,
      memoryTargetPercent: scales ? memoryPercent : undefined,
      startupTime,
      deploymentGroup: this.deploymentGroup,
      logGroups: [this.logGroup],
      stores: this.stores,
    };
  }

  /** Identity and resources of the service for releases. Throws if the image comes from a public registry. */
  public get releaseTarget(): ReleaseTarget {
    return releaseTarget(this, {
      network: this.props.network,
      image: this.settings.image,
      arm64: this.settings.arm64,
      engine: this.settings.rollout.engine,
      longestDeployment: this.deployment.maxDuration,
      minTasks: this.settings.tasks.minTasks,
      rollbackAlarmNames: this.deployment.rollbackAlarmNames,
      targetGroupAlarms: this.deployment.targetGroupAlarms,
      stores: this.stores,
    });
  }

  /**
   * Rolls back a running deployment when this alarm fires, too. Returns true, because the service supports it.
   *
   * The service names the alarm and doesn't refer to it, so the alarm may refer to the service. It must exist when the
   * service is deployed.
   *
   * @param alarmName the alarm's literal name
   * @param alarm the alarm itself, which is deployed before the service if both are in one stack
   */
  public rollBackOn(alarmName: string, alarm?: IAlarm): boolean {
    this.deployment.rollBackOn(alarmName, alarm);
    return true;
  }

  /**
   * Verifies new versions before they get production traffic, as the prop `smokeTest` does.
   *
   * A stage of a pipeline calls it for its services. Throws where the service has a smoke test already, and where its
   * rollout has no lifecycle hooks.
   */
  public verifyWith(smokeTest: SmokeTest): void {
    if (this.deployment.smokeTest) {
      throw new PropError(this, {
        prop: 'smokeTest',
        problem: 'is set already: a service has a single smoke test',
        fix: 'set it on the service or on one stage, with all requests in it: SmokeTest.all([...])',
      });
    }
    this.deployment.verifyWith(bindSmokeTest(this, this.settings.rollout, smokeTest, this.props));
  }

  /**
   * Lets a client call the tasks directly on their port, past the load balancer.
   *
   * The rules belong to the client's stack, so no dependency cycle arises. Source: requirement A-35.
   */
  public allowCallsFrom(client: IConnectable): void {
    allowTo(client.connections, this, Port.tcp(this.settings.port), `Calls to ${stackPath(this)}`);
  }

  /** Ends the replacement of tasks by this service, and returns its interval. A release goes on with it. @internal */
  public _handOverReplacement(): Duration | undefined {
    const replacement = this.node.tryFindChild(REPLACEMENT) as ScheduledRedeployment | undefined;
    this.node.tryRemoveChild(REPLACEMENT);
    return replacement?.every;
  }

  /** Props about variables, which tasks of a release share. @internal */
  public get _variables(): Pick<ProductionWebServiceProps, 'secrets' | 'notSecret'> {
    return this.props;
  }

  /** Task that runs once in a release, with a family, roles and secrets of its own. @internal */
  public _oneOffTask(id: string, options: OneOffTaskOptions): OneOffTask {
    const { props, settings, _bindings: bindings } = this;
    return new OneOffTask(this, id, { ...options, service: this, props, settings, bindings });
  }

  private createLoadBalancer(): SecureLoadBalancer {
    return new SecureLoadBalancer(this, 'LoadBalancer', { ...this.props, profile: this.settings.profile });
  }

  private createCluster(): ecs.Cluster {
    const { network, ecsExec } = this.props;
    const { profile, scaling } = this.settings;
    const spot = scaling._props.spot !== undefined;
    return dedicatedCluster(this, { network, profile, spot, ecsExec: ecsExec !== undefined });
  }

  private createTask(): TaskBuilder {
    const { network, healthCheck, logGroupName } = this.props;
    return new TaskBuilder(this, this.props, {
      ...this.settings,
      reachesInternet: network.reachesInternet,
      healthCommand: healthCheck?.containerCommand,
      logGroupName,
    });
  }

  /** Returns the longest time for which a task may run, because secrets that it has read change. */
  private bindBackingServices(task: ServiceTaskDefinition): Duration | undefined {
    checkBackingServices(this, this.props.backingServices);
    const bindings = (this.props.backingServices ?? []).map((backing) => backing.bind(this));
    checkNoOwner(this, bindings);
    this._bindings.push(...bindings);
    this.stores.push(...bindings.flatMap(({ store }) => store ?? []));
    this.startAfter.push(...bindings.flatMap(({ startAfter }) => startAfter ?? []));
    checkAllInReach(this, { backingServices: this.stores });
    checkVariables(this, bindings, this.props);
    applyBindings(task, bindings);
    const replaceTasksEvery = shortestReplacement(bindings);
    checkRolloutSupports(this, this.settings.rollout, { replacesTasks: replaceTasksEvery !== undefined });
    return replaceTasksEvery;
  }

  private createDeployment(): ServiceDeployment {
    const { loadBalancer, cluster, logGroup, taskDefinition, securityGroup, settings, startAfter } = this;
    const { network, routePriority, listenerRuleTags, stickiness, serviceName, discoveryName: name } = this.props;
    const { spot } = settings.scaling._props;
    return new ServiceDeployment(this, {
      ...settings,
      network,
      loadBalancer,
      dedicatedLoadBalancer: this.props.loadBalancer === undefined,
      routePriority,
      listenerRuleTags,
      stickiness,
      cluster,
      taskDefinition,
      securityGroup,
      startAfter,
      serviceName,
      released: settings.image.nothingReleased !== undefined,
      capacityProviders: spot && spotStrategy(spot),
      serviceConnect: name === undefined ? undefined : serviceConnect(this, { ...settings, cluster, logGroup, name }),
    });
  }

  private createScaling(): TaskScaling {
    const { service, targetGroups } = this;
    const { scaling, tasks: range, image } = this.settings;
    const { nothingReleased } = image;
    const requests = new RequestsPerTask({ service, loadBalancer: this.loadBalancer.loadBalancer, targetGroups });
    return new TaskScaling(this, 'Scaling', { service, range, scaling, requests, nothingReleased });
  }

  private allowSessions(): void {
    const { cluster, taskRole, taskDefinition, service } = this;
    const { ecsExec } = this.props;
    if (ecsExec) {
      taskDefinition.node.addDependency(allowSessions(this, { cluster, taskRole, reason: ecsExec.reason }));
      (service.node.defaultChild as ecs.CfnService).enableExecuteCommand = true;
    }
  }
}
