import type { IConstruct } from 'constructs';
import type { ReleaseTarget, SnapshotTarget } from '../../../contracts';
import type { PollingIntervals } from '../../asl/polling';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { MigrationConfig, TaskConfig } from './migration-config';
import type { ReleaseArns } from './release-arns';

/** Checked settings of a release's state machine. */
export interface ReleaseSettings {
  /** Construct of the release. Its stack names account and region of the ARNs. */
  readonly scope: IConstruct;
  /** Name of the stage, in notifications and in the tags `live-<stage>-<n>` of released images. */
  readonly stageName: string;
  /** Services in their declared order. */
  readonly targets: ReleaseTarget[];
  /** Indices of the services that are deployed side by side, wave after wave. */
  readonly waves: readonly number[][];
  /** Migrations to run after the candidates are registered and before any service is updated, in order. */
  readonly migrations: MigrationConfig[];
  /** Tasks to run after the new version is recorded, in order. A failure rolls nothing back. */
  readonly afterRelease: TaskConfig[];
  /**
   * Store to take a snapshot of before the first change. A snapshot that fails refuses the release.
   * @default - none
   */
  readonly snapshot?: SnapshotTarget;
  /**
   * Topic that is notified of start and end. A notification that fails doesn't stop the release.
   * @default - nobody is notified
   */
  readonly topicArn?: string;
  /** Address of the page about releases that were refused or have failed. */
  readonly runbook: string;
  /** Name of the parameter with the record of the current or last release. */
  readonly recordName: string;
  /** Name of the parameter with the record of the last successful release. */
  readonly lastReleaseName: string;
  /** Name of the state machine's role. ECS keeps it with each revision. */
  readonly roleName: string;
  /** Further alarms that refuse a release, next to those of the services. */
  readonly gateAlarmNames: string[];
  /** Time to monitor the services' alarms after the last deployment, 0 to 86400, a multiple of 60. 0 skips it. */
  readonly monitoringSeconds: number;
  /** Longest time from the new revision to the end of its deployment. */
  readonly deploymentSeconds: number;
  /** Longest time of the snapshot, 600 to 86400. After it the release is refused. */
  readonly snapshotSeconds: number;
}

/** Tools that the parts of a definition are written with. */
export interface PartTools {
  /** Calls of AWS, with their permissions. */
  readonly calls: AwsCalls;
  /** Polling intervals within the budget of events. */
  readonly intervals: PollingIntervals;
  /** ARNs of the resources that the release uses. */
  readonly arns: ReleaseArns;
}
