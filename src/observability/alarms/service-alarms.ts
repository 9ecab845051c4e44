import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import type { LogErrors } from '../logs/log-errors';
import { ServiceMetrics } from '../metrics/service-metrics';
import type { AlarmDefinition, AlarmRow } from './alarm-definition';
import { health, saturation } from './service-task-alarms';

const FIVE_MINUTES = Duration.minutes(5);
const TEN_MINUTES = Duration.minutes(10);
/** Percent of requests that succeed where no objective says otherwise. Source: requirement D-12. */
export const USUAL_OBJECTIVE = 99.9;
/** A failover of two minutes slows one request in five, and nobody has to know. */
const TWO_OF_THREE = { evaluationPeriods: 3, datapointsToAlarm: 2 };
/** Periods of 5 minutes, one of which is enough: few errors a minute must not open and close pages. */
export const LOOKING_BACK = 6;
/** Unit of errors that an objective does not allow. */
export const BEYOND_BUDGET = 'errors beyond the budget';

/** Options of {@link serviceAlarms}. None is required. */
export interface ServiceAlarmOptions {
  /**
   * Metric of errors in the log.
   * @default - no alarm on the log
   */
  readonly logErrors?: LogErrors;
  /**
   * Percent of requests that succeed. Errors that it allows page nobody.
   * @default 99.9
   */
  readonly objectivePercent?: number;
  /**
   * Response time that 99 of 100 requests stay within.
   * @default - no alarm on it
   */
  readonly p99Limit?: Duration;
}

/**
 * Documented alarms of a service.
 *
 * Thresholds and windows are those of the documents where they name one. What pages weighs a count against a share: it
 * counts the errors beyond twice those that the objective allows. Alarms on the ECS service itself (CPU, memory, tasks)
 * roll back no deployment, because they can't exist before the service that would refer to them.
 */
export function serviceAlarms(signals: ServiceSignals, options: ServiceAlarmOptions = {}): AlarmDefinition[] {
  const rows = [
    ...latency(signals, options.p99Limit),
    ...traffic(signals),
    ...errors(signals, options.objectivePercent ?? USUAL_OBJECTIVE),
    ...health(signals),
    ...saturation(signals),
    ...log(options.logErrors),
  ];
  return rows.map((row) => ({
    source: signals.source,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    period: FIVE_MINUTES,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missing: TreatMissingData.NOT_BREACHING,
    ...row,
  }));
}

function latency(signals: ServiceSignals, p99Limit?: Duration): AlarmRow[] {
  const metrics = new ServiceMetrics(signals);
  // 2 s in 5 minutes: requirement A-21. D-08 waits 15 minutes. p95 is ours: it sees one request in twelve that is slow.
  return [
    { percentile: 50 },
    { percentile: 90, warning: 2 },
    { percentile: 95, warning: 2, ...TWO_OF_THREE },
    { percentile: 99, warning: p99Limit?.toSeconds({ integral: false }) },
  ].map(({ percentile, warning, ...window }) => ({
    ...window,
    key: `service-latency-p${percentile}`,
    metric: metrics.latency(percentile),
    thresholds: warning === undefined ? {} : { warning },
    unit: 's',
    rollsBackWhenCritical: true,
    onlyWithAllAlarms: true,
    happened: `answers slowly (p${percentile})`,
    firstAction:
      'Compare the time with CPU, connections of the database and the last release; ' +
      'a slow trace tells which call takes it.',
  }));
}

/**
 * Alarms on unusual traffic.
 *
 * Requirement A-17 names traffic without a limit, so the limits are ours. Periods are the 5 minutes of requirement
 * In shorter ones, minutes that arrive late would look like a drop.
 *
 * CloudWatch learns a band from up to two weeks. Until then the band is missing or wide.
 */
function traffic(signals: ServiceSignals): AlarmRow[] {
  const row = {
    metric: new ServiceMetrics(signals).requests(),
    thresholds: { warning: 4 },
    unit: 'standard deviations',
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    rollsBackWhenCritical: true,
    onlyWithAllAlarms: true,
  };
  return [
    {
      // Ours: three deviations would report a day with 10 % fewer users. Four still report the loss of half of all
      // traffic after 15 minutes.
      ...row,
      key: 'service-traffic-drop',
      comparison: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
      happened: 'gets fewer requests than usual',
      firstAction: 'Open the service from outside: name, certificate, CDN and firewall come before the load balancer.',
    },
    {
      ...row,
      key: 'service-traffic-surge',
      comparison: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      happened: 'gets more requests than usual',
      firstAction:
        'See who asks for what in the access log; let the firewall limit one that asks too much, ' +
        'and check that tasks can still be added.',
    },
  ];
}

function errors(signals: ServiceSignals, objectivePercent: number): AlarmRow[] {
  const perMinute = (period: Duration) =>
    new ServiceMetrics(signals, { period }).errorsBeyondBudgetPerMinute(objectivePercent);
  return [
    {
      // 10 in 5 minutes, critical: requirement A-21. Taken literally it pages a busy service without end.
      key: 'service-errors-many',
      metric: new ServiceMetrics(signals).errorsBeyondBudget(objectivePercent),
      thresholds: { critical: 10 },
      unit: BEYOND_BUDGET,
      evaluationPeriods: LOOKING_BACK,
      datapointsToAlarm: 1,
      happened: 'answers many requests with an error',
      firstAction:
        'If a release was made within the last hour, roll back to the one before; ' +
        'else group the errors in the log.',
    },
    {
      // 1 % for 5 minutes: requirements A-13 and B-12. Five errors more than that are no chance among few requests.
      key: 'service-error-rate',
      metric: new ServiceMetrics(signals).errorsBeyond(1),
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      thresholds: { error: 5 },
      unit: 'errors beyond 1 %',
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      onlyWithAllAlarms: true,
      happened: 'answers a share of requests with an error',
      firstAction:
        'See in the log which route and which target group the errors come from; ' +
        'of a new version alone they end with its rollback.',
    },
    {
      // Ours: all logins that are refused are a fifth of all requests soon. Few requests refused at night are nothing.
      key: 'service-client-errors',
      metric: new ServiceMetrics(signals).clientErrorsBeyond(20),
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      thresholds: { warning: 20 },
      unit: 'client errors beyond 20 %',
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      onlyWithAllAlarms: true,
      happened: 'refuses many requests as wrong (4xx)',
      firstAction:
        'See which status and which route it is: ' +
        '401 and 403 are a sign-in or a key that ended, 404 a route that moved.',
    },
    {
      // More than 5 over 10 minutes, P1: requirement D-08. Its condition is an average over the window: 5 a minute.
      key: 'service-errors-sustained',
      metric: perMinute(TEN_MINUTES),
      metricOver: perMinute,
      thresholds: { critical: 5 },
      unit: `${BEYOND_BUDGET} a minute`,
      period: TEN_MINUTES,
      onlyWithAllAlarms: true,
      happened: 'goes on answering requests with an error',
      firstAction: 'Look for what lasts: a store that is away, a credential that has run out, a quota that is used up.',
    },
  ];
}

/** The documents name no number. Ours is that of requirement A-21. */
function log(logErrors?: LogErrors): AlarmRow[] {
  return logErrors === undefined
    ? []
    : [
      {
        key: 'service-log-errors',
        metric: logErrors.metric,
        createMetricFilters: () => logErrors.createMetricFilters(),
        thresholds: { warning: 10 },
        unit: 'errors',
        onlyWithAllAlarms: true,
        happened: 'writes errors to its log',
        firstAction: 'Group them by message in the saved query; what is expected belongs on another level than error.',
      },
    ];
}
