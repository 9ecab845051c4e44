import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type CapacityProviderStrategy,
  type CfnService,
  FargatePlatformVersion,
  FargateService,
  type FargateTaskDefinition,
  type ICluster,
  PropagatedTagSource,
  type ServiceConnectProps,
  TaskDefinitionRevision,
} from 'aws-cdk-lib/aws-ecs';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IDependable } from 'constructs';
import { DeploymentEngine, TargetGroupAlarms } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import type { TargetGroupNames } from '../../metrics/target-group-metrics';
import type { ISecureVpc } from '../../network';
import { checkStackTags } from '../../validation/stack-tags';
import type { Route } from '../load-balancer/route';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { CodeDeployGroup } from './code-deploy-group';
import { CodeDeployTraffic } from './code-deploy-traffic';
import { EcsTraffic } from './ecs-traffic';
import type { FixedTags } from './fixed-tags';
import { LifecycleHook } from './lifecycle-hook';
import { type RollbackAlarms, rollbackAlarms, warnOfShortBake } from './rollback-alarms';
import type { RolloutBinding } from './rollout-binding';
import { serviceSubnets } from './service-subnets';
import type { SmokeTestBinding } from './smoke-test-binding';
import type { TargetGroups } from './target-groups';
import type { TargetProtocol } from './target-protocol';
import { createUrlOutput } from './url-output';

/** Properties of a {@link ServiceDeployment}. All are checked. */
export interface ServiceDeploymentProps {
  /** Strategy by which a new version replaces the one that serves. */
  readonly rollout: RolloutBinding;
  /** Network whose application tier holds the tasks. */
  readonly network: ISecureVpc;
  /** Supplies the log retention of the lifecycle hook. */
  readonly profile: EnvironmentProfile;
  /** Load balancer, dedicated where CodeDeploy deploys. */
  readonly loadBalancer: SecureLoadBalancer;
  /** Requests of the load balancer that reach the service. */
  readonly route: Route;
  /**
   * Priority of the route, 1 to 50000.
   * @default - from the route and the path of the service
   */
  readonly routePriority?: number;
  /**
   * Tags of the listener rules, which never change.
   * @default - no tags
   */
  readonly listenerRuleTags?: FixedTags;
  /**
   * Time for which a client stays with one task.
   * @default - requests go to any task
   */
  readonly stickiness?: Duration;
  /** Health check of the target groups. */
  readonly healthCheck: HealthCheck;
  /** Time that open requests have to end when a task is deregistered. */
  readonly deregistrationDelay: Duration;
  /** Time in which a new task may fail its health checks. */
  readonly startupTime: Duration;
  /** Protocol in which the load balancer speaks to the tasks. */
  readonly protocol: TargetProtocol;
  /** TCP port of the container, 1 to 65535. */
  readonly port: number;
  /** Percent of requests that must succeed, above 0, up to 100. Below it, a deployment rolls back. */
  readonly successRatePercent: number;
  /** Response time of the 90th percentile above which a deployment rolls back. */
  readonly responseTimeLimit: Duration;
  /** True where no other service is behind the load balancer. */
  readonly dedicatedLoadBalancer: boolean;
  /** Cluster of the service. */
  readonly cluster: ICluster;
  /** Task definition of the service. Its default container receives the traffic. */
  readonly taskDefinition: FargateTaskDefinition;
  /** Security group of the tasks. */
  readonly securityGroup: SecurityGroup;
  /** Setups of backing services, which tasks need when they start. */
  readonly startAfter: IDependable[];
  /**
   * Physical name of the service.
   * @default - CloudFormation generates one
   */
  readonly serviceName?: string;
  /** True where a release decides which revision runs, instead of `cdk deploy`. */
  readonly released: boolean;
  /**
   * Capacity providers of the tasks.
   * @default - the launch type Fargate
   */
  readonly capacityProviders?: CapacityProviderStrategy[];
  /**
   * Service Connect of the service.
   * @default - no other service calls it by name
   */
  readonly serviceConnect?: ServiceConnectProps;
  /**
   * Smoke test of new versions.
   * @default - {@link ServiceDeployment.verifyWith} may add one
   */
  readonly smokeTest?: SmokeTestBinding;
}

/** Time in which a new task may fail its health checks, unless the service says another. */
export const DEFAULT_STARTUP_TIME = Duration.seconds(60);
/** Time of draining that the limits of a deployment already have room for. */
const USUAL_DELAY = Duration.seconds(30);

/** Fargate service with the traffic, alarms and hook by which new versions replace old ones. */
export class ServiceDeployment {
  public readonly service: FargateService;
  public readonly traffic: TargetGroups;
  /** Alarms of the service itself. `rollbackAlarmNames` also has those that were added by name. */
  public readonly rollbackAlarms: Alarm[];
  /** Names of all alarms that roll back a deployment. It grows until synthesis. */
  public readonly rollbackAlarmNames: string[];
  /** Alarms that judge the version of one target group alone. Empty where there are none. */
  public readonly targetGroupAlarms: TargetGroupAlarms[];
  public readonly codeDeploy?: CodeDeployGroup;
  private lifecycleHook?: LifecycleHook;
  private verification?: SmokeTestBinding;

  public constructor(
    private readonly scope: Construct,
    private readonly props: ServiceDeploymentProps,
  ) {
    this.traffic = this.createTraffic();
    createUrlOutput(scope, props.loadBalancer, props.route);
    const { alarms, alarmNames, ofTargetGroups } = this.createRollbackAlarms();
    this.rollbackAlarms = alarms;
    this.targetGroupAlarms = ofTargetGroups.map((names, index) =>
      TargetGroupAlarms.of(this.traffic.targetGroups[index].targetGroupArn, names),
    );
    this.rollbackAlarmNames = [...alarmNames];
    this.service = this.createService();
    this.traffic.attach(this.service, props.taskDefinition.defaultContainer!.containerName);
    if (props.rollout.hold) {
      this.lifecycleHook = this.createLifecycleHook();
    }
    if (props.smokeTest) {
      this.verifyWith(props.smokeTest);
    }
    this.codeDeploy = this.createCodeDeployGroup();
    this.orderFirstDeployment();
  }

  /** Lifecycle hook of the service, where it holds the shift or runs a smoke test. */
  public get hook(): LifecycleHook | undefined {
    return this.lifecycleHook;
  }

  /** Smoke test of new versions, where there is one. */
  public get smokeTest(): SmokeTestBinding | undefined {
    return this.verification;
  }

  /** Longest planned duration of a deployment, with its verification and slow starts and ends of tasks. */
  public get maxDuration(): Duration {
    const { rollout, startupTime, deregistrationDelay } = this.props;
    return [
      this.verification?.maxDuration ?? Duration.seconds(0),
      beyond(DEFAULT_STARTUP_TIME, startupTime),
      beyond(USUAL_DELAY, deregistrationDelay),
    ].reduce((sum, time) => sum.plus(time), rollout.maxDuration);
  }

  /** Names by which CloudWatch counts the traffic of the service. */
  public get targetGroupNames(): TargetGroupNames {
    return {
      loadBalancerFullName: this.props.loadBalancer.loadBalancer.loadBalancerFullName,
      targetGroupFullNames: this.traffic.targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
    };
  }

  /** Rolls back a running deployment when this alarm fires, too. Each name counts once. */
  public rollBackOn(alarmName: string, alarm?: IAlarm): void {
    if (!this.rollbackAlarmNames.includes(alarmName)) {
      this.rollbackAlarmNames.push(alarmName);
      this.codeDeploy?.rollBackOn(alarmName);
    }
    if (alarm && Stack.of(alarm) === Stack.of(this.service)) {
      this.resource.node.addDependency(alarm);
    }
  }

  /** Runs a checked smoke test on each new version before it gets production traffic. */
  public verifyWith(smokeTest: SmokeTestBinding): void {
    this.lifecycleHook ??= this.createLifecycleHook();
    this.lifecycleHook.verifyWith(smokeTest);
    this.verification = smokeTest;
  }

  private get resource(): CfnService {
    return this.service.node.defaultChild as CfnService;
  }

  /** A rule of the load balancer forwards to the tasks. CodeDeploy needs the default actions instead. */
  private createTraffic(): TargetGroups {
    const { network, loadBalancer, port, protocol, healthCheck, deregistrationDelay, listenerRuleTags } = this.props;
    const { route, routePriority, rollout, stickiness } = this.props;
    checkStackTags(this.scope, {
      id: 'stackTagsResetTraffic',
      effect: 'writes the weights of the template into the listener rules, and production may go to no tasks',
      production: this.props.profile._isProduction,
    });
    const targets = { network, loadBalancer, port, protocol, healthCheck, deregistrationDelay, listenerRuleTags };
    if (rollout.engine === DeploymentEngine.CODE_DEPLOY) {
      return new CodeDeployTraffic(this.scope, 'Traffic', targets);
    }
    return new EcsTraffic(this.scope, 'Traffic', {
      ...targets,
      route,
      priority: loadBalancer._claim(this.scope, route, routePriority),
      stickiness,
    });
  }

  private createRollbackAlarms(): RollbackAlarms {
    const { rollout, startupTime } = this.props;
    warnOfShortBake(this.scope, { startupTime, bakeTime: rollout.deployment.bakeTime });
    return rollbackAlarms(this.scope, {
      ...this.props,
      names: this.targetGroupNames,
      dedicated: this.props.dedicatedLoadBalancer,
      separate: rollout.engine === DeploymentEngine.BLUE_GREEN,
    });
  }

  private createService(): FargateService {
    const { network, rollout, released } = this.props;
    return new FargateService(this.scope, 'Service', {
      cluster: this.props.cluster,
      serviceName: this.props.serviceName,
      taskDefinition: this.props.taskDefinition,
      // The service names the family, so that only a release decides which revision runs.
      taskDefinitionRevision: released ? TaskDefinitionRevision.LATEST : undefined,
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: serviceSubnets(this.scope, network, rollout.codeDeploy?.availabilityZoneCount),
      securityGroups: [this.props.securityGroup],
      assignPublicIp: false,
      healthCheckGracePeriod: this.props.startupTime,
      propagateTags: PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      capacityProviderStrategies: this.props.capacityProviders,
      serviceConnectConfiguration: this.props.serviceConnect,
      ...rollout.deployment,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
  }

  private createLifecycleHook(): LifecycleHook {
    const { network, profile, cluster, securityGroup: tasks, taskDefinition, port, protocol, rollout } = this.props;
    const hook = new LifecycleHook(this.scope, 'RolloutHook', {
      container: taskDefinition.defaultContainer!.containerName,
      hold: rollout.hold,
      network,
      profile,
      cluster,
      tasks,
      taskDefinition,
      port,
      tls: protocol.tls,
    });
    hook.attach(this.service);
    this.resource.node.addDependency(hook);
    return hook;
  }

  private createCodeDeployGroup(): CodeDeployGroup | undefined {
    const { rollout, loadBalancer, taskDefinition } = this.props;
    if (!rollout.codeDeploy) {
      return undefined;
    }
    return new CodeDeployGroup(this.scope, 'CodeDeploy', {
      ...rollout.codeDeploy,
      service: this.service,
      traffic: this.traffic,
      loadBalancer,
      taskRoles: [taskDefinition.taskRole, taskDefinition.executionRole!],
      alarmNames: this.rollbackAlarmNames,
    });
  }

  /** The first tasks wait for what they need to start. Only the resource waits, because scaling depends on it. */
  private orderFirstDeployment(): void {
    const { securityGroup, network, capacityProviders, cluster, startAfter } = this.props;
    this.resource.node.addDependency(
      ...this.rollbackAlarms,
      this.traffic,
      securityGroup,
      network.egressEstablished,
      ...startAfter,
      // The capacity providers of the cluster are a separate resource.
      ...(capacityProviders ? [cluster] : []),
    );
  }
}

/** Time above a usual one. A time that only CloudFormation knows counts as usual. */
function beyond(usual: Duration, time: Duration): Duration {
  return Duration.seconds(time.isUnresolved() ? 0 : Math.max(0, time.toSeconds() - usual.toSeconds()));
}
