import type { Duration } from 'aws-cdk-lib';
import type { Waiver } from '../../compliance';
import type { IReleasedService, ISnapshotSource } from '../../contracts';
import type { SmokeTest } from '../../service';
import type { ReleaseAccess } from '../operations/release-access';
import type { Migration } from '../release/migration';
import type { ReleaseOrder } from '../release/release-order';
import type { ReleaseTask } from '../release/release-task';

/** Properties of a {@link DeployStage} with services of this app. The services are required. */
export interface DeployStageProps {
  /** Services, 1 to 8. They are rolled back together. */
  readonly services: IReleasedService[];
  /**
   * Order in which the services are deployed.
   * @default ReleaseOrder.declared() - a service may need the new version of the one before it
   */
  readonly order?: ReleaseOrder;
  /**
   * Smoke test that a new version of each service must pass before each traffic shift.
   *
   * It becomes the lifecycle hook of the service. A service with its own smoke test is not supported.
   * @default - the smoke tests of the services
   */
  readonly smokeTest?: SmokeTest;
  /**
   * Migrations of the schema with the new image, in order, 0 to 5. They run before any service is updated.
   *
   * The approval links to the output of their `plan`. Source: requirement A-08.
   * @default - no migration
   */
  readonly migrations?: Migration[];
  /**
   * Tasks after the new version serves and its monitoring has passed, in order, 0 to 5.
   *
   * A task that fails rolls nothing back. The execution fails, and the pipeline stops.
   * @default - none
   */
  readonly afterRelease?: ReleaseTask[];
  /**
   * Database that is backed up by a snapshot before the release. Source: requirement A-06.
   * @default - no snapshot
   */
  readonly snapshot?: ISnapshotSource;
  /**
   * Time that alarms are monitored after the last deployment, in whole minutes, 0 to 1440.
   *
   * An alarm of a service within this time rolls all services back. The next execution waits until it is over.
   * @default Duration.minutes(15) - requirement C-18
   */
  readonly monitoringTime?: Duration;
  /**
   * Requires verification of new versions before they get traffic. `Rollout.rolling()` needs `false`.
   * @default true
   */
  readonly verifyBeforeTraffic?: boolean;
  /**
   * Names of further alarms that must not be in ALARM when a release begins.
   *
   * The alarm of a database is an example: `signals.alarmFor('database-connections-share', database).alarmName` of
   * GoldenSignalAlarms.
   * @default - only the rollback alarms of the services
   */
  readonly gateAlarmNames?: string[];
  /**
   * Stricter alarms for a time after each release.
   *
   * They need `alertRouting` of the pipeline, and cover services of ProductionWebService. Source: requirement A-10.
   * @default - 24 hours in production, no alarms in other stages
   */
  readonly postReleaseAlarms?: PostReleaseAlarmsProps;
  /**
   * Time until a pending approval expires, in whole minutes, 5 minutes to 7 days.
   *
   * The execution fails then, and the next one continues.
   * @default Duration.days(7)
   */
  readonly approvalTimeout?: Duration;
}

/**
 * Properties of the alarms after a release of a {@link DeployStage}. All are optional.
 *
 * These alarms notify and roll nothing back. Source: requirement A-10.
 */
export interface PostReleaseAlarmsProps {
  /**
   * Time after the end of the release, in whole hours, 1 to 24.
   * @default Duration.hours(24)
   */
  readonly duration?: Duration;
  /**
   * Percentage of requests that must succeed, above 0, up to 100.
   * @default 99.9 - a fifth of the errors that roll a deployment back
   */
  readonly successRatePercent?: number;
  /**
   * Response time that nine of ten requests must stay within, 50 ms to 1 hour.
   * @default Duration.seconds(1) - half of the response time that rolls a deployment back
   */
  readonly responseTimeLimit?: Duration;
}

/** Properties of {@link DeployStage.staging}. The services are required. */
export interface StagingStageProps extends DeployStageProps {
  /**
   * Unique name of the stage: lower-case letters, digits and hyphens, at most 31.
   * @default 'staging'
   */
  readonly name?: string;
  /**
   * Requires a manual approval.
   * @default false - requirements
   */
  readonly approval?: boolean;
}

/** Properties of {@link DeployStage.production}. The services are required. */
export interface ProductionStageProps extends DeployStageProps {
  /**
   * Unique name of the stage: lower-case letters, digits and hyphens, at most 31.
   * @default 'production'
   */
  readonly name?: string;
  /**
   * Releases without a manual approval, with the reason.
   * @default - a manual approval (requirements and B-12)
   */
  readonly withoutApproval?: Waiver;
  /**
   * Leaves out the command that rolls the stage back, with the reason.
   * @default - a `RollbackCommand` (requirement A-14)
   */
  readonly withoutRollbackCommand?: Waiver;
  /**
   * Leaves out the daily comparison of what runs with what was released, with the reason.
   * @default - a `DriftCheck`, where the pipeline has `alertRouting` (requirement B-12)
   */
  readonly withoutDriftCheck?: Waiver;
}

/** Properties of {@link DeployStage.remote}. Access and `production` are required. */
export interface RemoteStageProps {
  /** Access to the release, in the stack of its services. */
  readonly access: ReleaseAccess;
  /** Marks a production stage, which has an approval and follows all other stages. */
  readonly production: boolean;
  /**
   * Releases to production without a manual approval, with the reason.
   * @default - a manual approval
   */
  readonly withoutApproval?: Waiver;
  /**
   * Time until a pending approval expires, in whole minutes, 5 minutes to 7 days.
   * @default Duration.days(7)
   */
  readonly approvalTimeout?: Duration;
}

/** Properties of {@link DeployStage.elsewhere}. Only the role and the approval are optional. */
export interface ElsewhereStageProps {
  /** Unique name of the stage: lower-case letters, digits and hyphens, at most 31. */
  readonly name: string;
  /** Marks a production stage, which has an approval and follows all other stages. */
  readonly production: boolean;
  /**
   * ARN of the state machine of the `Release`, which is defined in the stack of its services.
   *
   * A reference is taken as an ARN of this account and region. The repositories of that account have the names of those
   * here, as replicas in ECR do.
   */
  readonly stateMachineArn: string;
  /**
   * ARN of the role that the pipeline assumes in another account. Required there.
   *
   * The role trusts the role of the pipeline alone, as a `ReleaseAccess` does. It allows `states:StartExecution` and
   * `states:DescribeStateMachine` on the state machine, and `states:DescribeExecution` on its executions.
   * @default - the role of the pipeline
   */
  readonly roleArn?: string;
  /**
   * Releases to production without a manual approval, with the reason.
   * @default - a manual approval
   */
  readonly withoutApproval?: Waiver;
  /**
   * Time until a pending approval expires, in whole minutes, 5 minutes to 7 days.
   * @default Duration.days(7)
   */
  readonly approvalTimeout?: Duration;
}
