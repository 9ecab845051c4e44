import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** What a {@link ServiceObjective} may be told besides its number. */
export interface ServiceObjectiveOptions {
  /**
   * Fewest failed (or slow) requests in the longer window for which anybody is told, 1 to 1000000. At 3 requests a night one failure is a third of all and
   * burns the budget 333 times too fast: true, and nothing to wake up for. A total outage of a busy service has as many within seconds; one of a request a
   * minute is told after as many minutes. What is rarer than that is watched by the health of its tasks.
   * @default 10 - as many as requirement A-21 has for errors in 5 minutes
   */
  readonly leastFailures?: number;
}

/** When a service may be ill without using up its budget: a time of maintenance, for the report of the objective. The alarms know nothing of it. */
export interface ObjectiveExclusion {
  /** Why, for the report: a sentence of at least 10 characters. */
  readonly reason: string;
  /** For how long, whole minutes. */
  readonly duration: Duration;
  /**
   * When it begins first, as `2027-01-01T02:00:00Z`.
   * @default - when it is deployed
   */
  readonly start?: string;
  /**
   * How it comes back: `rate(7 day)`, or `cron(0 2 ? * SUN *)` in UTC.
   * @default - it doesn't
   */
  readonly recurrence?: string;
}

/** What the record of an objective in Application Signals may be told. */
export interface ObjectiveRecordProps {
  /**
   * Percent of the budget that is left when the record calls itself endangered, above 0, up to 100.
   * @default 50
   */
  readonly warnAt?: number;
  /**
   * Times that don't count, at most 10.
   * @default - none
   */
  readonly exclusions?: ObjectiveExclusion[];
}

const LEAST_FAILURES = 10;
const DAYS = 30;

/**
 * How many of a service's requests have to go well within 30 days (requirement D-12), and so how many may not: its budget. {@link BurnRateAlarms} tells
 * when the budget is spent too fast.
 */
export class ServiceObjective {
  /**
   * So many percent of all requests are answered without a 5xx, of the service or of the load balancer.
   *
   * @param percent 90 to below 100; 99.9 is the documents' (requirement D-12)
   */
  public static availability(percent: number, options: ServiceObjectiveOptions = {}): ServiceObjective {
    return new ServiceObjective(percent, options);
  }

  /**
   * So many percent of the requests that the service answers are answered in time. Requests that it doesn't answer are the availability's.
   *
   * @param percent 90 to below 100
   * @param threshold in time, inclusive: milliseconds to 1 hour
   */
  public static latency(percent: number, threshold: Duration, options: ServiceObjectiveOptions = {}): ServiceObjective {
    return new ServiceObjective(percent, options, threshold);
  }

  private constructor(
    private readonly percent: number,
    private readonly options: ServiceObjectiveOptions,
    private readonly threshold?: Duration,
    private readonly record?: ObjectiveRecordProps,
  ) {}

  /** The same, and recorded in Application Signals: attainment and what is left of the budget, in its console and as metrics. */
  public recorded(props: ObjectiveRecordProps = {}): ServiceObjective {
    return new ServiceObjective(this.percent, this.options, this.threshold, props);
  }

  /** The values, refused where they promise nothing or everything. @internal */
  public _checked(scope: IConstruct): CheckedObjective {
    this.checkPercent(scope);
    this.checkThreshold(scope);
    const leastFailures = this.options.leastFailures ?? LEAST_FAILURES;
    checkWholeNumber(scope, 'objective.leastFailures', leastFailures, {
      min: 1,
      max: 1_000_000,
      unit: 'requests',
      fix: 'take 1 to hear of each',
    });
    this.checkRecord(scope);
    return {
      percent: this.percent,
      days: DAYS,
      leastFailures,
      withinSeconds: this.threshold?.toSeconds({ integral: false }),
      record: this.record,
    };
  }

  private checkPercent(scope: IConstruct): void {
    if (!Token.isUnresolved(this.percent) && !(this.percent >= 90 && this.percent < 100)) {
      throw new PropError(scope, {
        prop: 'objective.percent',
        value: this.percent,
        expected: '90 to below 100',
        fix: 'take 99.9 (requirement D-12): 100 leaves no budget that could burn, and below 90 a page would come too late to matter',
      });
    }
  }

  private checkThreshold(scope: IConstruct): void {
    const milliseconds =
      this.threshold === undefined || this.threshold.isUnresolved()
        ? 1
        : this.threshold.toMilliseconds({ integral: false });
    if (milliseconds <= 0 || milliseconds > 3_600_000) {
      throw new PropError(scope, {
        prop: 'objective.threshold',
        value: `${milliseconds} ms`,
        expected: 'above 0, up to 1 hour',
        fix: 'give the time within which a request is good, for example Duration.millis(500)',
      });
    }
  }

  private checkRecord(scope: IConstruct): void {
    const { warnAt, exclusions = [] } = this.record ?? {};
    if (warnAt !== undefined && !Token.isUnresolved(warnAt) && !(warnAt > 0 && warnAt <= 100)) {
      throw new PropError(scope, {
        prop: 'objective.warnAt',
        value: warnAt,
        expected: 'above 0, up to 100 % of the budget',
        fix: 'leave it out for 50',
      });
    }
    if (exclusions.length > 10) {
      throw new PropError(scope, {
        prop: 'objective.exclusions',
        value: `${exclusions.length} exclusions`,
        expected: 'at most 10',
        fix: 'let one come back by its recurrence',
      });
    }
    exclusions.forEach((exclusion) => {
      checkReason(scope, 'objective.exclusions.reason', exclusion.reason);
      const minutes = exclusion.duration.isUnresolved() ? 1 : exclusion.duration.toMinutes({ integral: false });
      checkWholeNumber(scope, 'objective.exclusions.duration', minutes, {
        min: 1,
        max: DAYS * 1440,
        unit: 'minutes',
        fix: 'exclude a shorter time',
      });
    });
  }
}

/** An objective that promises something. */
export interface CheckedObjective {
  /** Of requests that have to go well: 90 to below 100. */
  readonly percent: number;
  /** Over which the percentage holds; the factors of the alarms are made for it. */
  readonly days: number;
  /** In the longer window of each pair, 1 to 1000000; fewer tell nobody. */
  readonly leastFailures: number;
  /**
   * Inclusive, above 0, up to 3600; fractions count.
   * @default - any answer without a 5xx is good
   */
  readonly withinSeconds?: number;
  /**
   * What Application Signals is told.
   * @default - not recorded
   */
  readonly record?: ObjectiveRecordProps;
}
