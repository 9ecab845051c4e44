import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { OfficeHours } from './capacity-schedule';
import type { ServerlessBounds } from './capacity-units';

/** Properties of a {@link CapacityTimer}. */
interface CapacityTimerProps {
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
export class CapacityTimer extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CapacityTimerProps,
  ) {
    super(scope, id);
    const { hours, bounds } = props;
    const role = this.createRole();
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['rds:ModifyDBCluster'], resources: [props.clusterArn] })],
    });
    const schedules = [
      this.createSchedule('Day', role, hours.fromHour, bounds.maxAcu),
      this.createSchedule('Night', role, hours.toHour, hours.nightMaxAcu),
    ];
    schedules.forEach((schedule) => schedule.node.addDependency(policy));
    if (hours.nightReaders !== undefined && hours.nightReaders < bounds.readers) {
      this.scaleReaders(hours.nightReaders);
    }
  }

  private createRole(): Role {
    const stack = Stack.of(this);
    return new Role(this, 'Role', {
      description: `Changes the capacity of ${this.props.clusterIdentifier}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
  }

  /** With weekends off, Friday's night lasts until Monday morning. */
  private createSchedule(id: string, role: Role, hour: number, maxAcu: number): CfnSchedule {
    const { hours, bounds, autoPauseAfter, clusterIdentifier } = this.props;
    return new CfnSchedule(this, id, {
      description: `At most ${maxAcu} capacity units for ${clusterIdentifier}`,
      scheduleExpression: `cron(0 ${hour} ${hours.weekendsOff ? '? * MON-FRI *' : '* * ? *'})`,
      scheduleExpressionTimezone: hours.timeZone.timezoneName,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Stack.of(this).partition}:scheduler:::aws-sdk:rds:modifyDBCluster`,
        roleArn: role.roleArn,
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
      },
    });
  }

  /** Application Auto Scaling removes only readers that it has added, never those of the template. */
  private scaleReaders(nightReaders: number): void {
    const { hours, bounds, clusterIdentifier } = this.props;
    const stack = Stack.of(this);
    const days = hours.weekendsOff ? '? * MON-FRI *' : '* * ? *';
    const at = (name: string, hour: number, readers: number): CfnScalableTarget.ScheduledActionProperty => ({
      scheduledActionName: name,
      schedule: `cron(0 ${hour} ${days})`,
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
