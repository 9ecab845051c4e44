import type { Duration } from 'aws-cdk-lib';
import type { IMonitoredCache, IMonitoredDatabase, IMonitoredService } from '../contracts';
import type { EnvironmentProfile } from '../environment';
import type { AlarmOverride } from './alarms/alarm-override';
import type { DisabledAlarm } from './alarms/disabled-alarm';
import type { AlarmMute } from './alerting/alarm-mute';
import type { AlertRouting } from './alerting/alert-routing';
import type { Runbooks } from './alerting/runbooks';
import type { ServiceObjective } from './slo/service-objective';

/** Properties of {@link GoldenSignalAlarms}. A routing and at least one source are required. */
export interface GoldenSignalAlarmsProps {
  /** Routing of the alarms to channels, by severity. */
  readonly alertRouting: AlertRouting;
  /**
   * Monitored services: a `ProductionWebService`, or another by `MonitoredService.fromFargate`.
   * @default - none; then a database or a cache is required
   */
  readonly services?: IMonitoredService[];
  /**
   * Monitored databases. Where all `services` name their stores, one of them has to use each database.
   * @default - none
   */
  readonly databases?: IMonitoredDatabase[];
  /**
   * Monitored caches.
   * @default - none
   */
  readonly caches?: IMonitoredCache[];
  /**
   * Objectives of each service, which alarm when their error budget burns too fast. They need `services`.
   * @default - none
   */
  readonly objectives?: ServiceObjective[];
  /**
   * Response time that 99 of 100 requests of each service stay within, above 0, up to 1 hour.
   *
   * Beyond it, the alarm `service-latency-p99` warns. Give one service another limit by an `AlarmOverride`.
   * @default - no alarm on the slowest hundredth, because the documents name no limit
   */
  readonly p99Limit?: Duration;
  /**
   * Location of the runbook pages. Source: requirement A-23.
   * @default Runbooks.published() - the pages that come with this library
   */
  readonly runbooks?: Runbooks;
  /**
   * Changed thresholds and evaluation windows, each key once. A key of one source wins over that of all.
   * @default - everything as documented
   */
  readonly overrides?: AlarmOverride[];
  /**
   * Alarms that are not created, each key once. Synthesis shows the reasons.
   * @default - none
   */
  readonly disabledAlarms?: DisabledAlarm[];
  /**
   * Windows in which these alarms notify nobody. Gates of releases and rollbacks see them all the same.
   * @default - none
   */
  readonly mutes?: AlarmMute[];
  /**
   * Rolls back the running deployment of a service when one of its critical alarms fires.
   *
   * `true` includes services of other stacks. Set it in a later deployment, because ECS refuses an alarm that doesn't
   * exist yet. Source: requirement A-13.
   * @default - true for services in the stack of this construct
   */
  readonly rollBackOnCritical?: boolean;
  /**
   * Announces the deployments of each service with {@link DeploymentEvents}.
   *
   * Source: requirement C-16.
   * @default true
   */
  readonly deploymentEvents?: boolean;
  /**
   * Creates an {@link OperationsDashboard} and {@link SavedQueries} with the alarms.
   *
   * Set it to `false` to create the dashboard yourself with business metrics of the team.
   * Source: requirements and D-09.
   * @default - the value of `allAlarms`
   */
  readonly dashboard?: boolean;
  /**
   * Creates all documented alarms instead of only those that report an outage.
   *
   * Source: requirement E-09.
   * @default - true in production and staging, false in development
   */
  readonly allAlarms?: boolean;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
