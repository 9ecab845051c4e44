import { Fn } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup, IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../binding';
import { checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';

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
 * Container Insights on its cluster; without, alarms on them stay quiet.
 */
export class MonitoredService implements IMonitoredService {
  /**
   * A service on Fargate (or on instances) behind an application load balancer. Throws a PropError where it has no target group, or more than two.
   *
   * @param service an L2 service, or one imported with its cluster
   */
  public static fromFargate(service: IBaseService, props: MonitoredServiceProps): MonitoredService {
    const { loadBalancer, targetGroups, maxTasks, logGroups = [], stores } = props;
    if (targetGroups.length < 1 || targetGroups.length > MOST_TARGET_GROUPS) {
      throw new PropError(service, {
        prop: 'targetGroups', value: targetGroups, allowed: 'one target group, or the two between which production moves', wayOut: 'give those of this service alone; watch another service beside it',
      });
    }
    checkWholeNumber(service, 'maxTasks', maxTasks, { min: 1, max: 5000, unit: 'tasks', wayOut: 'give the maximum that scaling has, or leave it out' });
    return new MonitoredService({
      source: service,
      clusterName: service.cluster.clusterName,
      serviceName: service.serviceName,
      loadBalancer,
      loadBalancerFullName: (loadBalancer as Partial<ApplicationLoadBalancer>).loadBalancerFullName ?? Fn.select(1, Fn.split(':loadbalancer/', loadBalancer.loadBalancerArn)),
      targetGroupFullNames: targetGroups.map((group) =>
        (group as Partial<ApplicationTargetGroup>).targetGroupFullName ?? `targetgroup/${Fn.select(1, Fn.split(':targetgroup/', group.targetGroupArn))}`),
      maxTasks,
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
