import type { TimeZone } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkAcu, type ServerlessBounds } from './serverless-capacity';

/** When a cluster has its full capacity, and what is left of it at other times. */
export interface OfficeHoursProps {
  /** Time zone in which the hours are meant. There is no default: an hour without a zone is a guess (requirement C-19). */
  readonly timeZone: TimeZone;
  /**
   * Hour at which the day begins, 0 to 23, before `toHour`.
   * @default 7 - requirement C-19
   */
  readonly fromHour?: number;
  /**
   * Hour at which the night begins, 0 to 23.
   * @default 19 - requirement C-19
   */
  readonly toHour?: number;
  /**
   * Most capacity units at night, from 1 and from the cluster's minimum up to its maximum.
   * @default 2 - requirement C-19
   */
  readonly nightMaxAcu?: number;
  /**
   * Readers at night, from 0 to the capacity's readers. None is refused where the environment survives the loss of a zone.
   * @default - as many as by day
   */
  readonly nightReaders?: number;
  /**
   * Whether Saturday and Sunday are nights.
   * @default true
   */
  readonly weekendsOff?: boolean;
}

/** The hours of a schedule with every default filled in. */
export type OfficeHours = Required<Omit<OfficeHoursProps, 'nightReaders'>> & Pick<OfficeHoursProps, 'nightReaders'>;

/** How the capacity of a serverless cluster follows the clock. EventBridge Scheduler and Application Auto Scaling carry it out: no function runs. */
export class CapacitySchedule {
  /** Full capacity in office hours, less at night. */
  public static officeHours(props: OfficeHoursProps): CapacitySchedule {
    return new CapacitySchedule({ fromHour: 7, toHour: 19, nightMaxAcu: 2, weekendsOff: true, ...props });
  }

  private constructor(
    /** @internal */
    public readonly _hours: OfficeHours,
  ) {}

  /** @internal */
  public _check(scope: IConstruct, day: ServerlessBounds, profile: EnvironmentProfile): void {
    const { fromHour, toHour, nightMaxAcu, nightReaders } = this._hours;
    checkWholeNumber(scope, 'capacity.schedule.toHour', toHour, {
      min: 1,
      max: 23,
      unit: 'as an hour',
      fix: 'give the hour at which the night begins',
    });
    checkWholeNumber(scope, 'capacity.schedule.fromHour', fromHour, {
      min: 0,
      max: toHour - 1,
      unit: 'as an hour before toHour',
      fix: 'let the day begin before it ends',
    });
    checkAcu(scope, 'capacity.schedule.nightMaxAcu', nightMaxAcu, 1);
    if (nightMaxAcu < day.minAcu || nightMaxAcu > day.maxAcu) {
      throw new PropError(scope, {
        prop: 'capacity.schedule.nightMaxAcu',
        value: nightMaxAcu,
        expected: `${Math.max(1, day.minAcu)} to ${day.maxAcu}, the capacity's bounds`,
        fix: 'stay within minAcu and maxAcu',
      });
    }
    checkWholeNumber(scope, 'capacity.schedule.nightReaders', nightReaders, {
      min: 0,
      max: day.readers,
      unit: 'readers',
      fix: 'the night has at most the readers of the day',
    });
    if (nightReaders === 0 && profile.multiAz) {
      throw new PropError(scope, {
        prop: 'capacity.schedule.nightReaders',
        value: 0,
        expected: '1 or more where the loss of a zone is survived (multiAz)',
        fix: 'keep a reader at night, or use EnvironmentProfile.development()',
      });
    }
  }
}
