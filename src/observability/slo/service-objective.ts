import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { partitionOf } from '../../validation/resource-environment';
import { checkRules, type Rule } from '../../validation/rules';
import type { ObjectiveExclusion } from './objective-exclusion';

/** Properties of a {@link ServiceObjective}. None is required. */
export interface ServiceObjectiveOptions {
  /**
   * Minimum number of bad requests in the long window before a burn-rate alarm fires, 1 to 1000000.
   *
   * One failure among three requests at night burns the budget 333 times too fast, and nobody has to wake up for it. A
   * total outage of a busy service has as many failures within seconds. At one request a minute it takes as many
   * minutes.
   * @default 10 - requirement A-21 has as many errors in 5 minutes
   */
  readonly minFailures?: number;
}

/** Properties of an objective's record in Application Signals; none is required. */
export interface ObjectiveRecordProps {
  /**
   * Percentage of the budget that is left when the record warns, above 0, up to 100.
   * @default 50
   */
  readonly warnAt?: number;
  /**
   * Maintenance windows that don't count, at most 10.
   * @default - none
   */
  readonly exclusions?: ObjectiveExclusion[];
}

const LEAST_FAILURES = 10;
const MAX_LEAST_FAILURES = 1_000_000;
const MAX_THRESHOLD_MS = 3_600_000;
const MAX_EXCLUSIONS = 10;
const DAYS = 30;

/**
 * Percentage of a service's requests that must be good within 30 days.
 *
 * The rest is the error budget. {@link BurnRateAlarms} alarm when it burns too fast. Source: requirement D-12.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api],
 *   objectives: [ServiceObjective.availability(99.9), ServiceObjective.latency(99, Duration.millis(500))],
 *   alertRouting,
 * });
 */
export class ServiceObjective {
  /**
   * Percentage of requests without a 5xx response of the service or of the load balancer.
   *
   * @param percent 90 to below 100; requirement D-12 has 99.9
   * @param options further settings
   */
  public static availability(percent: number, options: ServiceObjectiveOptions = {}): ServiceObjective {
    return new ServiceObjective(percent, options);
  }

  /**
   * Percentage of answered requests within a response time.
   *
   * Requests without an answer count for the availability.
   *
   * @param percent 90 to below 100
   * @param threshold longest response time of a good request, up to 1 hour
   * @param options further settings
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

  /**
   * Copy of the objective that is recorded in Application Signals, with attainment and remaining budget.
   *
   * @param props settings of the record
   */
  public recorded(props: ObjectiveRecordProps = {}): ServiceObjective {
    return new ServiceObjective(this.percent, this.options, this.threshold, props);
  }

  /**
   * Checked values. Throws a PropError for an objective without an error budget, and for an invalid record.
   *
   * @internal
   */
  public _checked(scope: IConstruct): CheckedObjective {
    const minFailures = this.options.minFailures ?? LEAST_FAILURES;
    checkRules(scope, this.rules(scope, minFailures));
    this.checkExclusions(scope);
    return {
      percent: this.percent,
      days: DAYS,
      minFailures,
      withinSeconds: this.threshold?.toSeconds({ integral: false }),
      record: this.record,
    };
  }

  private rules(scope: IConstruct, minFailures: number): Rule[] {
    const milliseconds =
      this.threshold === undefined || this.threshold.isUnresolved()
        ? 1
        : this.threshold.toMilliseconds({ integral: false });
    const { warnAt, exclusions = [] } = this.record ?? {};
    return [
      {
        condition: !Token.isUnresolved(this.percent) && !(this.percent >= 90 && this.percent < 100),
        prop: 'objective.percent',
        value: this.percent,
        expected: '90 to below 100, because 100 leaves no error budget',
        fix: 'use 99.9, as requirement D-12 does',
      },
      {
        condition: milliseconds <= 0 || milliseconds > MAX_THRESHOLD_MS,
        prop: 'objective.threshold',
        value: `${milliseconds} ms`,
        expected: 'above 0, up to 1 hour',
        fix: 'give the response time of a good request, for example Duration.millis(500)',
      },
      {
        condition:
          !Token.isUnresolved(minFailures) &&
          !(Number.isInteger(minFailures) && minFailures >= 1 && minFailures <= MAX_LEAST_FAILURES),
        prop: 'objective.minFailures',
        value: minFailures,
        expected: `1 to ${MAX_LEAST_FAILURES} requests, whole`,
        fix: 'use 1 to alarm on every failure',
      },
      {
        condition: warnAt !== undefined && !Token.isUnresolved(warnAt) && !(warnAt > 0 && warnAt <= 100),
        prop: 'objective.warnAt',
        value: warnAt,
        expected: 'above 0, up to 100 % of the budget',
        fix: 'remove it to use 50',
      },
      {
        condition: this.record !== undefined && partitionOf(scope) === 'aws-cn',
        prop: 'objective',
        problem: 'is recorded, which is not supported in China, where Application Signals has no objectives',
        fix: 'remove recorded(), the alarms do not need it',
      },
      {
        condition: exclusions.length > MAX_EXCLUSIONS,
        prop: 'objective.exclusions',
        value: `${exclusions.length} exclusions`,
        expected: `at most ${MAX_EXCLUSIONS}`,
        fix: 'replace several by one with a recurrence',
      },
    ];
  }

  private checkExclusions(scope: IConstruct): void {
    (this.record?.exclusions ?? []).forEach(({ _props: { reason, duration } }, index) => {
      checkReason(scope, `objective.exclusions[${index}].reason`, reason);
      const minutes = duration.isUnresolved() ? 1 : duration.toMinutes({ integral: false });
      checkWholeNumber(scope, `objective.exclusions[${index}].duration`, minutes, {
        min: 1,
        max: DAYS * 1440,
        unit: 'minutes',
        fix: 'exclude a shorter time',
      });
    });
  }
}

/** Objective with checked values. */
export interface CheckedObjective {
  /** Percentage of requests that must be good: 90 to below 100. */
  readonly percent: number;
  /** Days of the objective. The burn rates of the alarms are made for them. */
  readonly days: number;
  /** Fewest failures in the longer window of each pair that alarm. */
  readonly minFailures: number;
  /**
   * Longest response time of a good request in seconds, with fractions.
   * @default - any response without a 5xx is good
   */
  readonly withinSeconds?: number;
  /**
   * Settings of the record in Application Signals.
   * @default - not recorded
   */
  readonly record?: ObjectiveRecordProps;
}
