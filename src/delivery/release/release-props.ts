import type { Duration } from 'aws-cdk-lib';
import type { IReleasedService, ISnapshotSource } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import type { AlertRouting } from '../../observability';
import type { Migration } from './migration';
import type { ReleaseOrder } from './release-order';
import type { ReleaseTask } from './release-task';

/** Properties of a {@link Release}. Stage name and services are required. */
export interface ReleaseProps {
  /**
   * Name of the stage: lower-case letters, digits and hyphens, at most 31 characters. It is part of notifications and
   * of the tags `live-<stage>-<n>`.
   */
  readonly stageName: string;
  /** Services, 1 to 8. They are rolled back together. */
  readonly services: IReleasedService[];
  /**
   * Order in which the services are deployed.
   * @default ReleaseOrder.declared() - a service may need the new version of the one before it
   */
  readonly order?: ReleaseOrder;
  /**
   * Migrations of the schema with the new image, in order, 0 to 5. They run before any service is updated.
   * @default - none
   */
  readonly migrations?: Migration[];
  /**
   * Tasks after the new version serves and its monitoring has passed, in order, 0 to 5.
   *
   * A task that fails rolls nothing back. The execution fails and reports it.
   * @default - none
   */
  readonly afterRelease?: ReleaseTask[];
  /**
   * Database that a snapshot is taken of before the release.
   *
   * It is kept for 30 days, and copied if the database's backups are. Source: requirement A-06.
   * @default - none
   */
  readonly snapshot?: ISnapshotSource;
  /**
   * Alert routing whose deployment topic is notified when a release begins and how it ends. Source: requirement C-16.
   * @default - nobody is notified
   */
  readonly alertRouting?: AlertRouting;
  /**
   * Refuses services whose rollout doesn't verify a new version before it gets traffic. Only blue/green rollouts by ECS
   * verify it.
   * @default true
   */
  readonly verifyBeforeTraffic?: boolean;
  /**
   * Time to monitor the services' alarms after the last deployment, 0 to 1440 whole minutes. An alarm that fires rolls
   * all services back.
   * @default Duration.minutes(15) - requirement C-18
   */
  readonly monitoringTime?: Duration;
  /**
   * Longest time of one service's deployment, and of its rollback: 10 to 20160 whole minutes.
   *
   * After it the release is rolled back. With longer times or more services, polling gets slower. A combination that
   * would poll less than once an hour is refused.
   * @default - an hour more than the longest planned rollout of the services
   */
  readonly deploymentTimeout?: Duration;
  /**
   * Longest time of the snapshot, 10 to 1440 whole minutes. After it the release is refused.
   * @default Duration.hours(3)
   */
  readonly snapshotTimeout?: Duration;
  /**
   * Names of further alarms that refuse a release while they fire, for example the database's.
   * @default - only the rollback alarms of the services
   */
  readonly gateAlarmNames?: string[];
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
