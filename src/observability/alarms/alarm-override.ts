import type { Duration } from 'aws-cdk-lib';

/** Properties of an {@link AlarmOverride}. At least one is required, and others stay as documented. */
export interface AlarmOverrideProps {
  /**
   * Threshold of the warning, in the unit of the documented one. If the key has no warning alarm by default, this adds
   * one.
   * @default - as documented
   */
  readonly warningThreshold?: number;
  /**
   * Threshold of the error alarm, in the unit of the documented one. If the key has no error alarm by default, this
   * adds one.
   * @default - as documented
   */
  readonly errorThreshold?: number;
  /**
   * Threshold of the critical alarm, in the unit of the documented one. If the key has no critical alarm by default,
   * this adds one.
   * @default - as documented
   */
  readonly criticalThreshold?: number;
  /**
   * Period of one datapoint, 1 minute to 7 days in whole minutes.
   *
   * Counts refer to it: 10 errors in 5 minutes are 20 in 10.
   * @default - as documented
   */
  readonly period?: Duration;
  /**
   * Periods that are evaluated: N of "M out of N".
   *
   * Together they are one day at most, or seven where a period is an hour or longer. Metrics whose gaps are filled
   * minute by minute need at least 5.
   * @default - as documented
   */
  readonly evaluationPeriods?: number;
  /**
   * Datapoints that must breach: M of "M out of N".
   *
   * At most `evaluationPeriods`, or 4 fewer where gaps are filled minute by minute. Metrics arrive late, and a filled
   * minute counts as good.
   * @default - as documented; with `evaluationPeriods` as many as possible
   */
  readonly datapointsToAlarm?: number;
}

/**
 * Changed thresholds or evaluation window of one alarm key.
 *
 * docs/observability.md lists each key with unit, threshold and window.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api, web],
 *   alertRouting,
 *   overrides: [
 *     AlarmOverride.of('service-cpu', { warningThreshold: 85, errorThreshold: 95 }),
 *     AlarmOverride.of('Api/service-errors-many', { criticalThreshold: 50, period: Duration.minutes(10) }),
 *   ],
 * });
 */
export class AlarmOverride {
  /**
   * Override of the alarms with a key, for all sources or for one.
   *
   * docs/observability.md lists each key with unit, threshold and window.
   *
   * @param key key of the alarm: `service-cpu` for all sources, `Api/service-cpu` for one by its id or path. The more
   * specific key wins.
   * @param props the changed values, at least one
   */
  public static of(key: string, props: AlarmOverrideProps = {}): AlarmOverride {
    return new AlarmOverride(key, props);
  }

  private constructor(
    /** Key of the alarm, with the source's id or path where it is for one source. */
    public readonly key: string,
    /** @internal */
    public readonly _props: AlarmOverrideProps,
  ) {}
}
