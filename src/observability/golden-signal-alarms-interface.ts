import type { Alarm, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { IMonitoredCache, IMonitoredDatabase, IMonitoredService } from '../contracts';
import type { AlarmDefinition } from './alarms/alarm-definition';
import type { Severity } from './alerting/severity';
import type { BurnRateAlarms } from './slo/burn-rate-alarms';

/** Monitored sources and their alarms, for a dashboard. */
export interface MonitoredSources {
  /** Monitored services. */
  readonly services: IMonitoredService[];
  /** Monitored databases. */
  readonly databases: IMonitoredDatabase[];
  /** Monitored caches. */
  readonly caches: IMonitoredCache[];
  /** Alarms with the caller's overrides. */
  readonly definitions: AlarmDefinition[];
}

/** Alarms that an {@link OperationsDashboard} shows. */
export interface IGoldenSignalAlarms extends IConstruct {
  /** All threshold alarms, source by source, the mildest of a signal first. */
  readonly alarms: Alarm[];
  /** Burn-rate alarms of each objective and service, in this order. */
  readonly burnRateAlarms: BurnRateAlarms[];
  /** Composite alarms that page, one for each service, database and shared load balancer. */
  readonly incidentAlarms: CompositeAlarm[];

  /**
   * Sources and alarms, for a dashboard that shows the same.
   *
   * @internal
   */
  readonly _monitored: MonitoredSources;

  /**
   * Alarm by its key and source. Throws a PropError where there is none or more than one.
   *
   * @param key key in the documentation's table, such as `service-errors-many`
   * @param source service, load balancer, database or cache that the alarm is about
   * @param severity severity of the alarm, required if the signal has alarms of several
   */
  alarmFor(key: string, source: IConstruct, severity?: Severity): Alarm;
}
