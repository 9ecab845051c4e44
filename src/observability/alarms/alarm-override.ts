import type { Duration } from 'aws-cdk-lib';

/** What is changed of one signal's alarms. What is left out stays as documented. */
export interface AlarmOverride {
  /**
   * Limit of the warning, in the unit of the documented one. A severity that has no limit by default gets an alarm by this.
   * @default - as documented
   */
  readonly warningThreshold?: number;
  /**
   * Limit of the error, in the unit of the documented one.
   * @default - as documented
   */
  readonly errorThreshold?: number;
  /**
   * Limit of the critical alarm, in the unit of the documented one.
   * @default - as documented
   */
  readonly criticalThreshold?: number;
  /**
   * What one value is made from, whole minutes. Limits that count something count it in this time: 10 errors in 5 minutes are 20 in 10.
   * @default - as documented
   */
  readonly period?: Duration;
  /**
   * Periods that are looked at, together at most a day, or 7 days where a period is an hour or longer. At least 5 where gaps are filled minute by minute.
   * @default - as documented
   */
  readonly evaluationPeriods?: number;
  /**
   * How many of these periods have to be bad, 1 to `of`; 4 fewer at most where gaps are filled minute by minute: the newest minutes often are not there yet,
   * and count as good ones.
   * @default - as documented; where `of` is given all of them, or 4 fewer where gaps are filled minute by minute
   */
  readonly datapointsToAlarm?: number;
}
