import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Construct } from 'constructs';
import { type ActionSchedule, scheduleAction, sdkTarget } from '../../scheduling/scheduled-action';
import type { OfficeHours } from './capacity-schedule';
import type { ServerlessBounds } from './capacity-units';

/** Properties of a {@link ScheduledCapacity}. */
interface ScheduledCapacityProps {
  /** Hours of full capacity. */
  readonly hours: OfficeHours;
  /** Limits by day, which the morning's schedule restores. */
  readonly bounds: ServerlessBounds;
  /**
   * Time without connections after which the cluster pauses.
   * Each change of the limits repeats it, because RDS resets it otherwise.
   * @default - the cluster never pauses
   */
  readonly autoPauseAfter?: Duration;
  /** Physical name, because the APIs of RDS and Application Auto Scaling take no ARN. */
  readonly clusterIdentifier: string;
  /** The only resource that the role of the schedules may modify. */
  readonly clusterArn: string;
}

/**
 * Scheduled capacity limits and readers of one cluster.
 *
 * Two schedules call RDS directly, with a role that may modify only this cluster.
 * Application Auto Scaling adds the day's readers and removes them at night. No Lambda function is created.
 */
export class ScheduledCapacity extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ScheduledCapacityProps,
  ) {
    super(scope, id);
    const { hours, bounds } = props;
    scheduleAction(this, {
      roleDescription: `Changes the capacity of ${props.clusterIdentifier}`,
      target: sdkTarget(this, 'rds', 'modifyDBCluster'),
      action: 'rds:ModifyDBCluster',
      resources: [props.clusterArn],
      schedules: [
        this.schedule('Day', hours.fromHour, bounds.maxAcu),
        this.schedule('Night', hours.toHour, hours.nightMaxAcu),
      ],
    });
    if (hours.nightReaders !== undefined && hours.nightReaders < bounds.readers) {
      this.scaleReaders(hours.nightReaders);
    }
  }

  /** With weekends off, Friday's night lasts until Monday morning. */
  private schedule(id: string, hour: number, maxAcu: number): ActionSchedule {
    const { hours, bounds, autoPauseAfter, clusterIdentifier } = this.props;
    return {
      id,
      description: `At most ${maxAcu} capacity units for ${clusterIdentifier}`,
      expression: `cron(0 ${hour} ${daysOf(hours)})`,
      timeZone: hours.timeZone.timezoneName,
      input: JSON.stringify({
        DbClusterIdentifier: clusterIdentifier,
        // Every field is given: RDS may reset an omitted one to its default.
        ServerlessV2ScalingConfiguration: {
          MinCapacity: bounds.minAcu,
          MaxCapacity: maxAcu,
          SecondsUntilAutoPause: autoPauseAfter?.toSeconds(),
        },
        ApplyImmediately: true,
      }),
    };
  }

  /** Application Auto Scaling removes only readers that it has added, never those of the template. */
  private scaleReaders(nightReaders: number): void {
    const { hours, bounds, clusterIdentifier } = this.props;
    const stack = Stack.of(this);
    const at = (name: string, hour: number, readers: number): CfnScalableTarget.ScheduledActionProperty => ({
      scheduledActionName: name,
      schedule: `cron(0 ${hour} ${daysOf(hours)})`,
      timezone: hours.timeZone.timezoneName,
      scalableTargetAction: { minCapacity: readers, maxCapacity: readers },
    });
    new CfnScalableTarget(this, 'Readers', {
      serviceNamespace: 'rds',
      scalableDimension: 'rds:cluster:ReadReplicaCount',
      resourceId: `cluster:${clusterIdentifier}`,
      minCapacity: nightReaders,
      maxCapacity: bounds.readers,
      roleArn: stack.formatArn({
        service: 'iam',
        region: '',
        resource: 'role',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        resourceName:
          'aws-service-role/rds.application-autoscaling.amazonaws.com/' +
          'AWSServiceRoleForApplicationAutoScaling_RDSCluster',
      }),
      scheduledActions: [at('day', hours.fromHour, bounds.readers), at('night', hours.toHour, nightReaders)],
    });
  }
}

/** Day fields of a cron expression. */
function daysOf({ weekendsOff }: OfficeHours): string {
  return weekendsOff ? '? * MON-FRI *' : '* * ? *';
}
