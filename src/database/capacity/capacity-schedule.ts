import type { TimeZone } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { acuRule, type ServerlessBounds } from './capacity-units';

/** Properties of {@link CapacitySchedule.officeHours}. `timeZone` is required. */
export interface OfficeHoursProps {
  /**
   * Time zone of the hours. It has no default, because an hour without a time zone is a guess.
   * Source: requirement C-19.
   */
  readonly timeZone: TimeZone;
  /**
   * Hour at which the day begins, 0 to 23, before `toHour`.
   * @default 7 - requirement C-19
   */
  readonly fromHour?: number;
  /**
   * Hour at which the night begins, 1 to 23.
   * @default 19 - requirement C-19
   */
  readonly toHour?: number;
  /**
   * Maximum capacity units at night. It lies between 1 or `minAcu` and `maxAcu` of the cluster.
   * @default 2 - requirement C-19
   */
  readonly nightMaxAcu?: number;
  /**
   * Number of readers at night, from 0 to the capacity's readers. 0 is refused in a Multi-AZ environment.
   * @default - as many as by day
   */
  readonly nightReaders?: number;
  /**
   * Keeps the night's capacity on Saturday and Sunday.
   * @default true
   */
  readonly weekendsOff?: boolean;
}

/** Hours of a schedule, with every default filled in. */
export type OfficeHours = Required<Omit<OfficeHoursProps, 'nightReaders'>> & Pick<OfficeHoursProps, 'nightReaders'>;

/** Context of a schedule: the capacity that it lowers at night. */
interface ScheduleContext {
  /** Limits of the cluster by day. */
  readonly day: ServerlessBounds;
  /** Decides whether the night needs a reader. */
  readonly profile: EnvironmentProfile;
}

/**
 * Scheduled capacity of an Aurora Serverless v2 cluster.
 *
 * EventBridge Scheduler and Application Auto Scaling change it. No Lambda function is created.
 *
 * @example
 * new HardenedPostgres(this, 'Database', {
 *   network,
 *   capacity: PostgresCapacity.serverless({
 *     schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_BERLIN }),
 *   }),
 * });
 */
export class CapacitySchedule {
  /** Full capacity in office hours, less at night. */
  public static officeHours(props: OfficeHoursProps): CapacitySchedule {
    const { fromHour = 7, toHour = 19, nightMaxAcu = 2, weekendsOff = true } = props;
    return new CapacitySchedule({ ...props, fromHour, toHour, nightMaxAcu, weekendsOff }, props);
  }

  private constructor(
    private readonly hours: OfficeHours,
    /** Props as the caller wrote them, so that no message shows a default as theirs. */
    private readonly given: OfficeHoursProps,
  ) {}

  /** Maximum at night, which a default minimum does not exceed. @internal */
  public get _nightMaxAcu(): number {
    return this.hours.nightMaxAcu;
  }

  /** Checks the hours against the capacity of the day. @internal */
  public _bind(scope: IConstruct, { day, profile }: ScheduleContext): OfficeHours {
    const { fromHour, toHour, nightMaxAcu, nightReaders } = this.hours;
    const defaultBegin = this.given.fromHour === undefined;
    checkWholeNumber(scope, 'capacity.schedule.toHour', toHour, {
      min: defaultBegin ? fromHour + 1 : 1,
      max: 23,
      ...(defaultBegin && { unit: `(an hour after fromHour, which is ${fromHour} by default)` }),
      fix: defaultBegin ? 'raise toHour, or set fromHour to an earlier hour' : 'set toHour to the hour of the night',
    });
    checkWholeNumber(scope, 'capacity.schedule.fromHour', fromHour, {
      min: 0,
      max: toHour - 1,
      unit: '(an hour before toHour)',
      fix: 'let the day begin before it ends',
    });
    checkWholeNumber(scope, 'capacity.schedule.nightReaders', nightReaders, {
      min: 0,
      max: day.readers,
      unit: 'readers',
      fix: 'lower nightReaders to at most the readers of the day',
    });
    const expected = `${Math.max(1, day.minAcu)} to ${day.maxAcu}, the capacity's limits`;
    checkRules(scope, [
      acuRule('capacity.schedule.nightMaxAcu', nightMaxAcu, 1),
      {
        condition: nightMaxAcu < day.minAcu || nightMaxAcu > day.maxAcu,
        prop: 'capacity.schedule.nightMaxAcu',
        fix: 'set nightMaxAcu to a value between minAcu and maxAcu',
        ...(this.given.nightMaxAcu === undefined
          ? { problem: `is ${nightMaxAcu} by default, expected ${expected}` }
          : { value: nightMaxAcu, expected }),
      },
      {
        condition: nightReaders === 0 && profile.multiAz,
        prop: 'capacity.schedule.nightReaders',
        value: 0,
        expected: '1 or more in a Multi-AZ environment',
        fix: 'keep a reader at night, or use EnvironmentProfile.development()',
      },
    ]);
    return this.hours;
  }
}
