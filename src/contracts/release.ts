import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Who brings new versions of a service out. */
export enum DeploymentEngine {
  /** ECS, with two target groups: the new version is verified before it gets traffic. */
  BLUE_GREEN = 'blue-green',
  /** ECS, task by task. */
  ROLLING = 'rolling',
  /** CodeDeploy. */
  CODE_DEPLOY = 'code-deploy',
}

/** What a release must know of a service. */
export interface ReleaseTarget {
  /** The construct that it is: its path stands in messages, its stack is not updated during a release. */
  readonly source: IConstruct;
  /** Name of its ECS cluster. */
  readonly clusterName: string;
  /** Name of its ECS service. */
  readonly serviceName: string;
  /** Family of its task definition. */
  readonly family: string;
  /** Name of the container that gets the image. */
  readonly containerName: string;
  /** Name of the ECR repository. */
  readonly repositoryName: string;
  /** Address of the repository, as images are named by it. */
  readonly repositoryUri: string;
  /** ARN of the repository. */
  readonly repositoryArn: string;
  /**
   * Name of the SSM parameter that holds the released tag.
   * @default - the image is declared: no release can bring out another
   */
  readonly releasedImageParameterName?: string;
  /** Roles that its task definition names, by ARN. */
  readonly taskRoleArns: string[];
  /** Alarms that take a deployment back, by name. Asked when the app is synthesized, so that later ones are among them. */
  readonly rollbackAlarmNames: string[];
  /**
   * Whether its tasks run on ARM processors: its image is built for them.
   * @default false
   */
  readonly arm64?: boolean;
  /** Who deploys. */
  readonly engine: DeploymentEngine;
  /**
   * ARN of the listener rule that serves.
   * @default - the release doesn't look where traffic goes
   */
  readonly productionRuleArn?: string;
  /** Subnets of its tasks, for tasks that run once. */
  readonly subnetIds: string[];
  /** Security groups of its tasks. */
  readonly securityGroupIds: string[];
  /**
   * Tasks that the first release starts.
   * @default - the service has its tasks from the beginning
   */
  readonly minTasks?: number;
  /** The longest that a deployment takes by plan: steps, verification and bake. */
  readonly longestDeployment: Duration;
  /**
   * Name of the log group of its tasks.
   * @default - not known: nothing tells where the output of a migration is
   */
  readonly logGroupName?: string;
  /**
   * The stores that were given to it.
   * @default - not known
   */
  readonly stores?: IConstruct[];
}

/** A service whose versions a release brings out, whoever made it. */
export interface IReleasedService {
  /** What a release must know of it. */
  readonly releaseTarget: ReleaseTarget;
}

/** How a release takes a snapshot of a store. */
export interface SnapshotTarget {
  /** ARN of the store. */
  readonly resourceArn: string;
  /** Name of the vault of AWS Backup. */
  readonly vaultName: string;
  /** ARN of the vault. */
  readonly vaultArn: string;
  /** ARN of the role that takes and copies snapshots. */
  readonly roleArn: string;
  /** How the ARNs of its recovery points begin, up to a `*`. */
  readonly recoveryPointArns: string;
  /**
   * ARN of the vault that gets the copy.
   * @default - no copy
   */
  readonly copyVaultArn?: string;
}

/** A store that a release can take a snapshot of. */
export interface ISnapshotSource {
  /**
   * How a release takes a snapshot of it.
   * @default - it keeps no snapshots
   */
  readonly snapshotTarget?: SnapshotTarget;
}
