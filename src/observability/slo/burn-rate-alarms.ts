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
import { shown } from '../../metrics/failure-share';
import { stackPath, uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkKinds } from '../../validation/kinds';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import { type AlarmText, describeAlarm } from '../alarms/alarm-description';
import { MAX_METRICS_PER_ALARM } from '../alarms/metric-limit';
import type { AlertRouting } from '../alerting/alert-routing';
import { Runbooks } from '../alerting/runbooks';
import { Severity } from '../alerting/severity';
import { ApplicationSignalsSlo } from './application-signals-slo';
import { ErrorBudget, type Gate, type WatchedObjective } from './error-budget';
import type { CheckedObjective } from './service-objective';
import { ServiceObjective } from './service-objective';

/** Properties of {@link BurnRateAlarms}. Objective, service, routing and runbooks are required. */
export interface BurnRateAlarmsProps {
  /** Objective of the service. */
  readonly objective: ServiceObjective;
  /** Service behind a load balancer. */
  readonly service: IMonitoredService;
  /** Routing with the topics for critical alarms and warnings. */
  readonly alertRouting: AlertRouting;
  /** Location of the pages `objective-burn-page` and `objective-burn-ticket`. */
  readonly runbooks: Runbooks;
  /**
   * True where the page notifies the channels of critical alarms.
   *
   * `GoldenSignalAlarms` sets it to `false`: there the page is part of the incident of its service.
   * @default true
   */
  readonly notifiesPage?: boolean;
  /**
   * True where other services are behind the load balancer. Its own errors then burn no budget.
   *
   * CloudWatch counts them for no target group, and they may be those of another service. A service without healthy
   * tasks has alarms on its tasks.
   * @default false
   */
  readonly sharedLoadBalancer?: boolean;
}

/**
 * Burn rate and the two windows in which it must be exceeded. The longer one shows that much is lost, the shorter one
 * that it continues, so that the alarm ends soon after the incident.
 */
interface BurnRateWindows {
  readonly id: string;
  readonly long: Duration;
  readonly short: Duration;
  /** Short windows, one of which is enough. Three of 5 minutes keep the page open where few requests fail. */
  readonly shortPeriods: number;
  /** Burn rate that alarms. */
  readonly factor: number;
}

/** One window of a burn rate. */
interface WindowProps {
  readonly window: Duration;
  readonly threshold: number;
  readonly fewest: number;
  readonly periods?: number;
  readonly gate?: Gate;
}

/** 2 % of a 30-day budget in an hour, 5 % in six (The Site Reliability Workbook, Alerting on SLOs). */
const PAGE_WINDOWS: BurnRateWindows[] = [
  { id: 'Fast', long: Duration.hours(1), short: Duration.minutes(5), shortPeriods: 3, factor: 14.4 },
  { id: 'Slow', long: Duration.hours(6), short: Duration.minutes(30), shortPeriods: 1, factor: 6 },
];
/** 10 % in three days. */
const TICKET_WINDOWS: BurnRateWindows[] = [
  { id: 'Lasting', long: Duration.days(3), short: Duration.hours(6), shortPeriods: 1, factor: 1 },
];

/**
 * Composite alarms on how fast a service burns the error budget of its objective.
 *
 * The page fires when 2 % of the budget burn within an hour or 5 % within six. The ticket fires at 10 % within three
 * days. Each burn rate must be exceeded in a long and in a short window. The alarms of single windows have no action. A
 * burn rate that the objective can't reach has no alarm: below 93.1 % that of an hour. Source: requirement D-12.
 *
 * @example
 * new BurnRateAlarms(this, 'ApiAvailability', {
 *   objective: ServiceObjective.availability(99.9),
 *   service: api,
 *   alertRouting,
 *   runbooks: Runbooks.published(),
 * });
 */
export class BurnRateAlarms extends Construct {
  /** Critical alarm with the key `objective-burn-page`. */
  public readonly page: CompositeAlarm;
  /** Warning with the key `objective-burn-ticket`. */
  public readonly ticket: CompositeAlarm;
  /** Objective in Application Signals, if it is recorded. */
  public readonly record?: CfnServiceLevelObjective;
  private readonly objective: CheckedObjective;
  private readonly budget: ErrorBudget;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BurnRateAlarmsProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    checkKinds(this, props, { objective: ServiceObjective, runbooks: Runbooks });
    this.objective = props.objective._checked(this);
    this.checkTargetGroups();
    this.budget = new ErrorBudget(props.service.signals, this.objective, props.sharedLoadBalancer);
    this.page = this.createComposite('Page', PAGE_WINDOWS, {
      severity: Severity.CRITICAL,
      key: 'objective-burn-page',
      firstAction: 'Look at the errors and the last release; if it began with that, roll the release back.',
    });
    this.ticket = this.createComposite('Ticket', TICKET_WINDOWS, {
      severity: Severity.WARNING,
      key: 'objective-burn-ticket',
      firstAction: 'Find the requests that keep failing, and put their repair before new work.',
    });
    this.record = this.objective.record && this.createRecord();
  }

  /** Objective, service and budget, for the page of the service and for graphs. @internal */
  public get _watched(): WatchedObjective {
    return { signals: this.props.service.signals, objective: this.objective, budget: this.budget };
  }

  /** An alarm reads two metrics of each target group, the load balancer's errors and wanted tasks. */
  private checkTargetGroups(): void {
    const { source, targetGroupFullNames } = this.props.service.signals;
    const max = this.props.sharedLoadBalancer
      ? Math.floor(MAX_METRICS_PER_ALARM / 3)
      : Math.floor((MAX_METRICS_PER_ALARM - 2) / 2);
    if (targetGroupFullNames.length > max) {
      throw new PropError(this, {
        prop: 'service',
        value: source,
        expected:
          `a service with at most ${max} target groups instead of ${targetGroupFullNames.length}, ` +
          `because an alarm reads at most ${MAX_METRICS_PER_ALARM} metrics`,
        fix: 'create BurnRateAlarms for the target groups that serve the same traffic',
      });
    }
  }

  private createComposite(
    id: string,
    burnRates: BurnRateWindows[],
    text: Pick<AlarmText, 'severity' | 'key' | 'firstAction'>,
  ): CompositeAlarm {
    const { service, alertRouting, runbooks } = this.props;
    const reachable = burnRates.filter(({ factor }) => this.canReach(factor));
    const alarm = new CompositeAlarm(this, id, {
      compositeAlarmName: uniqueName(this, { maxLength: 255, child: id }),
      alarmRule: AlarmRule.anyOf(...reachable.map((burnRate) => this.inBothWindows(burnRate))),
      alarmDescription: describeAlarm(this, {
        ...text,
        source: service.signals.source,
        happened: `spends the failures that its objective allows too fast: ${this.goal}`,
        runbooks,
      }),
    });
    if (text.severity !== Severity.CRITICAL || this.props.notifiesPage !== false) {
      const action = new SnsAction(alertRouting.topicFor(text.severity));
      alarm.addAlarmAction(action);
      if (text.severity === Severity.CRITICAL || alertRouting._notifiesEnds(text.severity)) {
        alarm.addOkAction(action);
      }
    }
    return alarm;
  }

  /**
   * Where all requests fail, the budget of 95 % burns 20 times too fast and never faster. A token may be any number.
   */
  private canReach(factor: number): boolean {
    const { percent } = this.objective;
    return !(percent >= 0) || 100 / (100 - percent) > factor;
  }

  /** The fewest failures apply to the longer window. The shorter one only shows that it continues. */
  private inBothWindows({ id, long, short, shortPeriods, factor }: BurnRateWindows): IAlarmRule {
    const { minFailures } = this.objective;
    const longAlarm = this.createWindowAlarm(`${id}Long`, { window: long, threshold: factor, fewest: minFailures });
    // A service that begins to work after a rest must not pay for stray requests of the night.
    const shortAlarm = this.createWindowAlarm(`${id}Short`, {
      window: short,
      threshold: factor,
      fewest: 1,
      periods: shortPeriods,
      gate: 'always',
    });
    return AlarmRule.allOf(
      AlarmRule.fromAlarm(longAlarm, AlarmState.ALARM),
      AlarmRule.fromAlarm(shortAlarm, AlarmState.ALARM),
    );
  }

  private createWindowAlarm(
    id: string,
    { window, threshold, fewest, periods = 1, gate = 'once' }: WindowProps,
  ): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: textFor(
        'alarm',
        `Part of ${stackPath(this)}: the burn rate of ${inHours(window)}. It notifies no channel.`,
      ),
      metric: this.budget.burnRate(window, fewest, gate),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
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

  private get goal(): string {
    const { percent, days, withinSeconds } = this.objective;
    const good = withinSeconds === undefined ? 'without an error' : `within ${shown(withinSeconds)} s`;
    return `${shown(percent)} % of requests in ${days} days ${good}`;
  }

  private createRecord(): CfnServiceLevelObjective {
    const windows = [...PAGE_WINDOWS, ...TICKET_WINDOWS].flatMap(({ long, short }) => [short, long]);
    const minutes = [...new Set(windows.map((window) => window.toMinutes()))];
    const { resource } = new ApplicationSignalsSlo(this, 'Record', {
      objective: this.objective,
      budget: this.budget,
      description: textFor('objective', `${stackPath(this.props.service.signals.source)}: ${this.goal}`),
      windows: minutes.map((window) => Duration.minutes(window)),
    });
    return resource;
  }
}

function inHours(window: Duration): string {
  const minutes = window.toMinutes();
  return minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`;
}
