export * from './alarms/alarm-override';
export * from './alerting/alert-channel';
export * from './alerting/alert-routing';
export * from './alerting/deployment-events';
export * from './alerting/runbooks';
export * from './alerting/severity';
export * from './dashboard/deployment-history';
export * from './golden-signal-alarms';
export * from './imported/monitored-cache';
export * from './imported/monitored-database';
export * from './imported/monitored-service';
export * from './logs/distinct-count';
export * from './logs/log-fields';
export * from './logs/log-metric';
export * from './logs/saved-queries';
export * from './operations-dashboard';
export * from './slo/burn-rate-alarms';
export {
  type ObjectiveExclusion,
  type ObjectiveRecordProps,
  ServiceObjective,
  type ServiceObjectiveOptions,
} from './slo/service-objective';
