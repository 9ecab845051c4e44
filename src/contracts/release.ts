import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Engine that performs the deployments of a service. */
export enum DeploymentEngine {
  /** ECS with two target groups. The new version is verified before it receives traffic. */
  BLUE_GREEN = 'blue-green',
  /** ECS, which replaces tasks gradually. */
  ROLLING = 'rolling',
  /** CodeDeploy. */
  CODE_DEPLOY = 'code-deploy',
}

/**
 * Alarms that judge the version behind one target group.
 *
 * @example
 * TargetGroupAlarms.of(blue.targetGroupArn, ['api-success-rate-fast-1', 'api-success-rate-slow-1']);
 */
export class TargetGroupAlarms {
  /**
   * Alarms of a target group.
   *
   * @param targetGroupArn ARN of the target group
   * @param alarmNames names of its alarms, at least one
   */
  public static of(targetGroupArn: string, alarmNames: string[]): TargetGroupAlarms {
    return new TargetGroupAlarms(targetGroupArn, alarmNames);
  }

  private constructor(
    /** ARN of the target group. */
    public readonly targetGroupArn: string,
    /** Names of its alarms. */
    public readonly alarmNames: string[],
  ) {}
}

/** Identity and resources of a service for releases. */
export interface ReleaseTarget {
  /** Construct of the service. Messages show its path. A release does not run while its stack is updated. */
  readonly source: IConstruct;
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** Name of the ECS service. */
  readonly serviceName: string;
  /** Family of the task definition. */
  readonly family: string;
  /** Name of the container whose image a release replaces. */
  readonly containerName: string;
  /** Name of the ECR repository. */
  readonly repositoryName: string;
  /** URI of the ECR repository, the first part of image names. */
  readonly repositoryUri: string;
  /** ARN of the ECR repository. */
  readonly repositoryArn: string;
  /**
   * Name of the SSM parameter that holds the tag of the released image.
   * @default - the image is declared; a release can't replace it
   */
  readonly releasedImageParameterName?: string;
  /** ARNs of the roles in the task definition. */
  readonly taskRoleArns: string[];
  /**
   * Names of the alarms that roll back a deployment.
   *
   * They are read at synthesis, so that alarms that are added later count.
   */
  readonly rollbackAlarmNames: string[];
  /**
   * Alarms among `rollbackAlarmNames` that judge one target group alone.
   *
   * A release can judge the new version by the alarms of its own target group. What the old version does is then no
   * reason to roll the new one back.
   * @default - none; all alarms judge all target groups
   */
  readonly targetGroupAlarms?: TargetGroupAlarms[];
  /**
   * True where the tasks run on ARM64, for which their image must be built.
   * @default false
   */
  readonly arm64?: boolean;
  /** Engine that performs the deployments. */
  readonly engine: DeploymentEngine;
  /**
   * ARN of the listener rule for production traffic.
   * @default - the release does not verify the target of the traffic
   */
  readonly productionRuleArn?: string;
  /** Ids of the subnets of the tasks, in which one-off tasks run too. */
  readonly subnetIds: string[];
  /** Ids of the security groups of the tasks. */
  readonly securityGroupIds: string[];
  /**
   * Number of tasks that the first release starts.
   * @default - the service has tasks from its creation
   */
  readonly minTasks?: number;
  /** Longest planned duration of a deployment: steps, verification and bake time. */
  readonly longestDeployment: Duration;
  /**
   * Name of the log group of the tasks.
   * @default - unknown; messages don't refer to the output of a migration
   */
  readonly logGroupName?: string;
  /**
   * Backing services of the service.
   * @default - unknown
   */
  readonly stores?: IConstruct[];
}

/** Service that a release deploys, whether this library defines it or not. */
export interface IReleasedService {
  /** Identity and resources of the service for releases. */
  readonly releaseTarget: ReleaseTarget;
}

/** Resources for the snapshot of a store by AWS Backup. */
export interface SnapshotTarget {
  /** ARN of the store. */
  readonly resourceArn: string;
  /** Name of the backup vault. */
  readonly vaultName: string;
  /** ARN of the backup vault. */
  readonly vaultArn: string;
  /** ARN of the role that takes and copies snapshots. */
  readonly roleArn: string;
  /** ARN pattern of the recovery points, with `*` at its end. */
  readonly recoveryPointArns: string;
  /**
   * ARN of the backup vault that receives a copy.
   * @default - no copy
   */
  readonly copyVaultArn?: string;
  /**
   * Daily window of the automated backup, `hh:mm-hh:mm` in UTC.
   *
   * AWS Backup starts no snapshot in it, nor in the hour before it.
   * @default - unknown, or none: Aurora takes snapshots at any time
   */
  readonly backupWindow?: string;
  /**
   * Weekly maintenance window, `ddd:hh:mm-ddd:hh:mm` in UTC.
   *
   * AWS Backup starts no snapshot in it, nor in the hour before it.
   * @default - unknown, or none: Aurora takes snapshots at any time
   */
  readonly maintenanceWindow?: string;
}

/** Store that a release can take a snapshot of. */
export interface ISnapshotSource {
  /**
   * Resources for a snapshot.
   * @default - the store supports no snapshots
   */
  readonly snapshotTarget?: SnapshotTarget;
}
