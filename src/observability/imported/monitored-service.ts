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

/** What a {@link MonitoredService} has to be told of a service that something else made. */
export interface MonitoredServiceProps {
  /** The load balancer in front of it. Imported with its ARN is enough. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** The target group of its tasks, or both where production moves between two. Imported with their ARNs is enough. */
  readonly targetGroups: IApplicationTargetGroup[];
  /**
   * Most tasks to which it scales, 1 to 5000.
   * @default - not known: nothing tells when it can't grow any more
   */
  readonly maxTasks?: number;
  /**
   * What CodeDeploy deploys it by: then its deployments are told as CodeDeploy tells them.
   * @default - ECS deploys it
   */
  readonly deploymentGroup?: IEcsDeploymentGroup;
  /**
   * Where the application logs: errors in it are counted.
   * @default - none
   */
  readonly logGroups?: ILogGroup[];
  /**
   * The databases and caches that it uses, as they are watched: then others are refused beside it.
   * @default - not known
   */
  readonly stores?: IConstruct[];
}

/** The target groups between which one service moves. */
const MOST_TARGET_GROUPS = 2;

/**
 * A service that this library did not make, for the alarms and dashboards that it makes: nothing has to be rebuilt. Counts of its tasks need
 * Container Insights on its cluster; without, alarms on them stay quiet, and a warning says so where the cluster is the app's.
 */
export class MonitoredService implements IMonitoredService {
  /**
   * A service on Fargate (or on instances) behind an application load balancer. Throws a PropError where it has no load balancer, no target group, more than
   * two or one twice, and for target groups of another region than the load balancer's.
   *
   * @param service an L2 service, or one imported with its cluster
   */
  public static fromFargate(service: IBaseService, props: MonitoredServiceProps): MonitoredService {
    const { loadBalancer, targetGroups, maxTasks, deploymentGroup, logGroups = [], stores } = props;
    checkTraffic(service, props);
    checkWholeNumber(service, 'maxTasks', maxTasks, {
      min: 1,
      max: 5000,
      unit: 'tasks',
      fix: 'give the maximum that scaling has, or leave it out',
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
   * Says that it doesn't: its deployments are somebody else's.
   *
   * @param _alarmName not used
   * @param _alarm not used
   */
  public rollBackOn(_alarmName: string, _alarm?: IAlarm): boolean {
    return false;
  }
}

/** In other languages, and in JavaScript, what is needed may be missing. */
function checkTraffic(service: IBaseService, { loadBalancer, targetGroups = [] }: MonitoredServiceProps): void {
  const behind: IApplicationLoadBalancer | undefined = loadBalancer;
  if (behind === undefined) {
    throw new PropError(service, {
      prop: 'loadBalancer',
      value: undefined,
      expected: 'the application load balancer in front of it',
      fix: 'give the L2, or ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(...)',
    });
  }
  const arns = targetGroups.map(({ targetGroupArn }) => targetGroupArn);
  if (arns.length < 1 || arns.length > MOST_TARGET_GROUPS || new Set(arns).size < arns.length) {
    throw new PropError(service, {
      prop: 'targetGroups',
      value: targetGroups,
      expected: 'one target group, or the two between which production moves',
      fix: 'give those of this service alone, each once; watch another service beside it',
    });
  }
  const far = targetGroups.find(
    ({ targetGroupArn }) => !Token.isUnresolved(targetGroupArn) && inOtherEnvironment(placeOf(targetGroupArn), behind.env),
  );
  if (far !== undefined) {
    throw new PropError(service, {
      prop: 'targetGroups',
      value: far.targetGroupArn,
      expected: 'target groups of the account and region where the load balancer is',
      fix: 'give the ARNs of those behind this load balancer',
    });
  }
}

function placeOf(targetGroupArn: string): { readonly account: string; readonly region: string } {
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
      `The cluster ${cluster.node.path} has no Container Insights: unless the account has them on by default, nothing counts this service's tasks, and service-tasks-missing and ` +
        'service-tasks-at-ceiling can never fire. Give the cluster containerInsightsV2.',
    );
  }
}
