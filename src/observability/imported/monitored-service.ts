import { Arn, ArnFormat, Fn, type IResolvable, Stack, Token, Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { CfnCluster, type IBaseService } from 'aws-cdk-lib/aws-ecs';
import type {
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { inOtherEnvironment } from '../../validation/resource-environment';
import { checkRules } from '../../validation/rules';

/** Properties of a {@link MonitoredService}. A load balancer and target groups are required. */
export interface MonitoredServiceProps {
  /** Application Load Balancer of the service. One that is imported by its ARN is sufficient. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Target group of the tasks, or both of a blue/green deployment. Imported by their ARNs is sufficient. */
  readonly targetGroups: IApplicationTargetGroup[];
  /**
   * Maximum number of tasks, 1 to 5000.
   * @default - unknown; no alarm on the maximum
   */
  readonly maxTasks?: number;
  /**
   * CodeDeploy deployment group, whose events announce the deployments.
   * @default - ECS deploys the service
   */
  readonly deploymentGroup?: IEcsDeploymentGroup;
  /**
   * Log groups of the application, in which errors are counted.
   * @default - none
   */
  readonly logGroups?: ILogGroup[];
  /**
   * Databases and caches that the service uses. `GoldenSignalAlarms` then refuses others.
   * @default - unknown
   */
  readonly stores?: IConstruct[];
}

/** Target groups of one service: blue and green. */
const MAX_TARGET_GROUPS = 2;

/**
 * Existing ECS service, for the alarms and dashboards of this library.
 *
 * Metrics of its tasks need Container Insights on the cluster. A warning reports a cluster of the app without it,
 * because alarms on those metrics would never fire.
 *
 * @example
 * const service = MonitoredService.fromFargate(fargateService, {
 *   loadBalancer: applicationLoadBalancer,
 *   targetGroups: [blue, green],
 * });
 * new GoldenSignalAlarms(this, 'Alarms', { services: [service], alertRouting });
 */
export class MonitoredService implements IMonitoredService {
  /**
   * ECS service on Fargate or EC2 behind an Application Load Balancer.
   *
   * Throws a PropError without a load balancer, and without one or two different target groups of its account and
   * region.
   *
   * @param service an L2 construct, or a service that is imported with its cluster
   * @param props load balancer, target groups and further settings
   */
  public static fromFargate(service: IBaseService, props: MonitoredServiceProps): MonitoredService {
    const { loadBalancer, targetGroups, maxTasks, deploymentGroup, logGroups = [], stores } = props;
    checkTraffic(service, props);
    checkWholeNumber(service, 'maxTasks', maxTasks, {
      min: 1,
      max: 5000,
      unit: 'tasks',
      fix: 'give the maximum capacity of auto scaling, or remove maxTasks',
    });
    warnWithoutInsights(service);
    return new MonitoredService({
      source: service,
      clusterName: service.cluster.clusterName,
      serviceName: service.serviceName,
      loadBalancer,
      loadBalancerFullName:
        (loadBalancer as Partial<ApplicationLoadBalancer>).loadBalancerFullName ??
        Fn.select(1, Fn.split(':loadbalancer/', loadBalancer.loadBalancerArn)),
      targetGroupFullNames: targetGroups.map(
        (group) =>
          (group as Partial<ApplicationTargetGroup>).targetGroupFullName ??
          `targetgroup/${Fn.select(1, Fn.split(':targetgroup/', group.targetGroupArn))}`,
      ),
      maxTasks,
      deploymentGroup,
      logGroups,
      stores,
    });
  }

  private constructor(public readonly signals: ServiceSignals) {}

  /**
   * Returns false, because another tool owns the deployments.
   *
   * @param _alarmName not used
   * @param _alarm not used
   */
  public rollBackOn(_alarmName: string, _alarm?: IAlarm): boolean {
    return false;
  }
}

/** Required props may be missing in JavaScript and Python. */
function checkTraffic(service: IBaseService, { loadBalancer, targetGroups = [] }: MonitoredServiceProps): void {
  const given: IApplicationLoadBalancer | undefined = loadBalancer;
  if (given === undefined) {
    throw new PropError(service, {
      prop: 'loadBalancer',
      value: undefined,
      expected: 'the Application Load Balancer of the service',
      fix: 'give the L2 construct, or ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(...)',
    });
  }
  const arns = targetGroups.map(({ targetGroupArn }) => targetGroupArn);
  const elsewhere = targetGroups.find(
    ({ targetGroupArn }) =>
      !Token.isUnresolved(targetGroupArn) && inOtherEnvironment(environmentOf(targetGroupArn), given.env),
  );
  checkRules(service, [
    {
      condition: arns.length < 1 || arns.length > MAX_TARGET_GROUPS || new Set(arns).size < arns.length,
      prop: 'targetGroups',
      value: targetGroups,
      expected: 'one target group, or the two of a blue/green deployment',
      fix: 'give those of this service, each once, and create a MonitoredService for each further service',
    },
    {
      condition: elsewhere !== undefined,
      prop: 'targetGroups',
      value: elsewhere?.targetGroupArn,
      expected: 'target groups in the account and region of the load balancer',
      fix: 'give the ARNs of the target groups behind this load balancer',
    },
  ]);
}

function environmentOf(targetGroupArn: string): { readonly account: string; readonly region: string } {
  const { account = '', region = '' } = Arn.split(targetGroupArn, ArnFormat.SLASH_RESOURCE_NAME);
  return { account, region };
}

function warnWithoutInsights(service: IBaseService): void {
  const { cluster } = service;
  const resource = cluster.node.defaultChild;
  if (!(resource instanceof CfnCluster)) {
    return;
  }
  const settings = Stack.of(cluster).resolve(resource.clusterSettings ?? []) as
    CfnCluster.ClusterSettingsProperty[] | IResolvable;
  if (
    Array.isArray(settings) &&
    !settings.some(({ name, value }) => name === 'containerInsights' && value !== 'disabled')
  ) {
    Validations.of(service).addWarning(
      '@org/prod-constructs:containerInsights',
      `The cluster ${cluster.node.path} has no Container Insights, which count this service's tasks. ` +
        'Unless the account enables them by default, service-tasks-missing and service-tasks-at-maximum ' +
        'can never fire. Set containerInsightsV2 on the cluster.',
    );
  }
}
