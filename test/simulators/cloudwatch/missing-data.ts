export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** One of the data points that an alarm looks at. */
export enum DataPoint { WITHIN, BREACHING, MISSING }

/** What decides about an alarm's state, besides the data. */
export interface AlarmRules {
  /** N. */
  readonly evaluationPeriods: number;
  /** M. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}

/** How many data points CloudWatch asks for: more than it needs. Its examples have two more; the number is not documented. */
export function evaluationRange({ evaluationPeriods }: AlarmRules): number {
  return evaluationPeriods + 2;
}

/**
 * The state of an alarm after it has looked at a range of data points, oldest first. The latest N that exist are judged, however old they
 * are within the range; only where there are fewer does the treatment of missing data matter.
 */
export function judge(range: ArrayLike<DataPoint>, rules: AlarmRules, before: AlarmState): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rules;
  let existing = 0;
  let breaching = 0;
  let oldestBreaching = 0;
  for (let age = 1; age <= range.length && existing < evaluationPeriods; age++) {
    const point = range[range.length - age];
    if (point === DataPoint.MISSING) {
      continue;
    }
    existing++;
    if (point === DataPoint.BREACHING) {
      breaching++;
      oldestBreaching = age;
    }
  }
  if (breaching >= datapointsToAlarm) {
    return 'ALARM';
  }
  const absent = evaluationPeriods - existing;
  if (treatMissingData === 'breaching') {
    return breaching + absent >= datapointsToAlarm ? 'ALARM' : 'OK';
  }
  if (absent === 0 || treatMissingData === 'notBreaching' || breaching < existing) {
    return 'OK';
  }
  if (treatMissingData === 'ignore') {
    return before;
  }
  // Nothing but breaching data: an alarm, once the oldest is old enough for the missing ones not to be on their way any more.
  return oldestBreaching >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}
