import { Duration } from 'aws-cdk-lib';
import type { CfnServiceLevelObjective } from 'aws-cdk-lib/aws-applicationsignals';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { IMonitoredService } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import { describeAlarm } from '../alarms/alarm-description';
import { MOST_METRICS } from '../alarms/metric-limit';
import type { AlertRouting } from '../alerting/alert-routing';
import type { Runbooks } from '../alerting/runbooks';
import { Severity } from '../alerting/severity';
import { ObjectiveRecord } from './application-signals-slo';
import { RequestBudget, shown } from './error-budget';
import type { CheckedObjective, ServiceObjective } from './service-objective';

/** What {@link BurnRateAlarms} are made from. */
export interface BurnRateAlarmsProps {
  /** What the service promises. */
  readonly objective: ServiceObjective;
  /** The service. */
  readonly service: IMonitoredService;
  /** Who hears of it. */
  readonly alertRouting: AlertRouting;
  /** Where the pages `objective-burn-page` and `objective-burn-ticket` are. */
  readonly runbooks: Runbooks;
}

/** Two windows: the longer one tells that much is lost, the shorter one that it goes on, so that the alarm ends soon after the trouble. */
interface Pace {
  readonly id: string;
  readonly long: Duration;
  readonly short: Duration;
  /** How many times faster than it may the budget is spent. */
  readonly factor: number;
}

/** 2 % of a budget of 30 days in an hour, 5 % in six hours (Google, The Site Reliability Workbook, Alerting on SLOs). */
const PAGED: Pace[] = [
  { id: 'Fast', long: Duration.hours(1), short: Duration.minutes(5), factor: 14.4 },
  { id: 'Slow', long: Duration.hours(6), short: Duration.minutes(30), factor: 6 },
];
/** 10 % in three days. */
const TICKETED: Pace[] = [{ id: 'Lasting', long: Duration.days(3), short: Duration.hours(6), factor: 1 }];

/**
 * Tells when a service spends the failures that its objective allows too fast: a page where a fiftieth of the budget is gone within an hour or a
 * twentieth within six, a ticket where a tenth is gone within three days (requirement D-12). For each pace a long and a short window have to agree; their
 * alarms have no action, only the two that combine them. An objective that can't be missed at a pace has no alarm of it: below 93.1 % none of the first.
 */
export class BurnRateAlarms extends Construct {
  /** Severity critical, key `objective-burn-page`. */
  public readonly page: CompositeAlarm;
  /** Severity warning, key `objective-burn-ticket`. */
  public readonly ticket: CompositeAlarm;
  /** The objective in Application Signals, where it is recorded. */
  public readonly record?: CfnServiceLevelObjective;
  private readonly objective: CheckedObjective;
  private readonly budget: RequestBudget;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BurnRateAlarmsProps,
  ) {
    super(scope, id);
    this.objective = props.objective._checked(this);
    this.checkTargetGroups();
    this.budget = new RequestBudget(props.service.signals, this.objective);
    this.page = this.combine(
      'Page',
      PAGED,
      Severity.CRITICAL,
      'objective-burn-page',
      'Look at the errors and the last release; if it began with that, take the release back.',
    );
    this.ticket = this.combine(
      'Ticket',
      TICKETED,
      Severity.WARNING,
      'objective-burn-ticket',
      'Find the requests that keep failing, and put their repair before new work.',
    );
    this.record = this.objective.record && this.createRecord();
  }

  /** Two metrics of each target group, and the load balancer's errors. */
  private checkTargetGroups(): void {
    const { source, targetGroupFullNames } = this.props.service.signals;
    const most = Math.floor((MOST_METRICS - 1) / 2);
    if (targetGroupFullNames.length > most) {
      throw new PropError(this, {
        prop: 'service',
        value: source,
        expected: `a service of at most ${most} target groups: an alarm reads ${MOST_METRICS} metrics, and it has ${targetGroupFullNames.length}`,
        fix: 'watch the groups that serve the same traffic together',
      });
    }
  }

  private combine(id: string, paces: Pace[], severity: Severity, key: string, first: string): CompositeAlarm {
    const { service, alertRouting: routing, runbooks } = this.props;
    const reachable = paces.filter(({ factor }) => this.canReach(factor));
    const alarm = new CompositeAlarm(this, id, {
      alarmRule: AlarmRule.anyOf(...reachable.map((pace) => this.bothWindows(pace))),
      alarmDescription: describeAlarm(this, {
        source: service.signals.source,
        happened: `spends the failures that its objective allows too fast: ${this.promise}`,
        first,
        key,
        severity,
        runbooks,
      }),
    });
    const action = new SnsAction(routing.topicFor(severity));
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /** When all requests fail, the budget of 95 % burns 20 times too fast and never faster. A token may be any. */
  private canReach(factor: number): boolean {
    const { percent } = this.objective;
    return !(percent >= 0) || 100 / (100 - percent) > factor;
  }

  /** The fewest failures count in the longer window: the shorter only tells that it goes on. */
  private bothWindows({ id, long, short, factor }: Pace): IAlarmRule {
    const { leastFailures } = this.objective;
    return AlarmRule.allOf(
      AlarmRule.fromAlarm(this.window(`${id}Long`, long, factor, leastFailures), AlarmState.ALARM),
      AlarmRule.fromAlarm(this.window(`${id}Short`, short, factor, 1), AlarmState.ALARM),
    );
  }

  private window(id: string, window: Duration, threshold: number, fewest: number): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: `Part of ${this.node.path}: the burn rate of ${inHours(window)}. It tells nobody by itself.`,
      metric: this.budget.burnRate(window, fewest),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    acknowledgeInCompliancePacks(
      alarm,
      'CloudWatchAlarmAction',
      'One window says nothing alone: the composite alarm of both has the action.',
    );
    return alarm;
  }

  private get promise(): string {
    const { percent, days, withinSeconds } = this.objective;
    return `${shown(percent)} % of requests in ${days} days ${withinSeconds === undefined ? 'without an error' : `within ${shown(withinSeconds)} s`}`;
  }

  private createRecord(): CfnServiceLevelObjective {
    const windows = [...PAGED, ...TICKETED].flatMap(({ long, short }) => [short, long]);
    const minutes = [...new Set(windows.map((window) => window.toMinutes()))];
    const { resource } = new ObjectiveRecord(this, 'Record', {
      objective: this.objective,
      budget: this.budget,
      description: `${this.props.service.signals.source.node.path}: ${this.promise}`,
      windows: minutes.map((window) => Duration.minutes(window)),
    });
    return resource;
  }
}

function inHours(window: Duration): string {
  const minutes = window.toMinutes();
  return minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`;
}
