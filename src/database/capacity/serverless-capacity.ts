import { type Duration, Token } from 'aws-cdk-lib';
import type { IClusterEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import type { CapacitySchedule, OfficeHours } from './capacity-schedule';
import { acuRule, type ServerlessBounds } from './capacity-units';

/** Capacity limits and readers of an Aurora Serverless v2 cluster. All of it is optional. */
export interface ServerlessCapacityProps {
  /**
   * Minimum in Aurora capacity units (ACU) of 2 GiB, 0 to 256 in steps of 0.5.
   *
   * The value 0 requires `autoPauseAfter`, and only a cluster with 0 can pause. Source: requirements C-08, E-03.
   * A small minimum costs less, scales up slowly, and holds little in memory.
   * AWS advises at least 2 with Performance Insights, which is on.
   * @default - by environment: 2 in production, 0.5 elsewhere, at most the lowest maximum; 0 with `autoPauseAfter`
   */
  readonly minAcu?: number;
  /**
   * Maximum in capacity units, 1 to 256 in steps of 0.5, not below `minAcu`. Aurora MySQL 3.04 has 128 at most.
   * @default - 8, or minAcu, if that is higher (requirement C-08)
   */
  readonly maxAcu?: number;
  /**
   * Number of readers in other Availability Zones than the writer, 0 to 15.
   * They scale with the writer, so that each can take over. Source: requirements A-32, E-03.
   * @default - by environment: 1 in production and staging, so that a zone may be lost, 0 in development
   */
  readonly readers?: number;
  /**
   * Time without connections after which the cluster pauses, 5 minutes to 24 hours in whole minutes.
   * The first connection afterwards waits about 15 seconds.
   * A pause requires a minimum of 0, and Aurora PostgreSQL or Aurora MySQL 3.08 or later.
   * @default - never
   */
  readonly autoPauseAfter?: Duration;
  /**
   * Schedule that lowers the capacity at night. Source: requirement C-19.
   * Remove it by day: removed at night, it leaves the cluster at the night's maximum (docs/database.md).
   * @default - the same capacity around the clock
   */
  readonly schedule?: CapacitySchedule;
}

/** Facts of an Aurora engine that the settings of its clusters depend on. */
interface ServerlessEngine {
  /** Engine with its version. */
  readonly engine: IClusterEngine;
  /** Full version, for error messages. */
  readonly version: string;
  /**
   * Maximum capacity units of this version.
   * @default 256
   */
  readonly maxAcu?: number;
  /**
   * Earliest version that can pause, for error messages: `Aurora MySQL 3.08`.
   * @default - this version can pause
   */
  readonly pausesFrom?: string;
  /** Default `max_connections` of a cluster by its limits. */
  readonly maxConnections: (minAcu: number, maxAcu: number) => number;
}

/** Settings of an Aurora Serverless v2 cluster, checked, with every default filled in. */
export interface ServerlessSettings {
  /** Engine with its version. */
  readonly engine: IClusterEngine;
  /** Limits by day. */
  readonly bounds: ServerlessBounds;
  /**
   * Time without connections after which the cluster pauses.
   * @default - never
   */
  readonly autoPauseAfter?: Duration;
  /**
   * Hours of full capacity.
   * @default - around the clock
   */
  readonly hours?: OfficeHours;
  /** Default `max_connections` of the cluster. */
  readonly maxConnections: number;
}

const DEFAULT_MAX_ACU = 8;

/** Fills in the defaults of a cluster and refuses what Aurora would refuse. */
export function serverlessSettings(
  scope: IConstruct,
  engine: ServerlessEngine,
  props: ServerlessCapacityProps,
  profile: EnvironmentProfile,
): ServerlessSettings {
  const { autoPauseAfter, schedule } = props;
  const maxAcu = props.maxAcu ?? Math.max(DEFAULT_MAX_ACU, props.minAcu ?? 0);
  const minAcu = props.minAcu ?? (autoPauseAfter ? 0 : defaultMinimum(profile, maxAcu, schedule?._nightMaxAcu));
  const bounds = { minAcu, maxAcu, readers: props.readers ?? (profile.multiAz ? 1 : 0) };
  checkBounds(scope, engine, bounds);
  checkPause(scope, engine, minAcu, autoPauseAfter);
  const hours = schedule?._bind(scope, { day: bounds, profile });
  // max_connections changes only with a restart: after a restart at night, the night's value is in force all day.
  const maxConnections = engine.maxConnections(minAcu, hours?.nightMaxAcu ?? maxAcu);
  return { engine: engine.engine, bounds, autoPauseAfter, hours, maxConnections };
}

/** Minimum of the environment, or the lowest maximum of day and night, if that is lower. */
function defaultMinimum({ databaseMinAcu }: EnvironmentProfile, ...maxima: Array<number | undefined>): number {
  const known = maxima.filter((maximum) => maximum !== undefined && !Token.isUnresolved(maximum)) as number[];
  return Math.min(databaseMinAcu, ...known);
}

function checkBounds(scope: IConstruct, engine: ServerlessEngine, { minAcu, maxAcu, readers }: ServerlessBounds): void {
  const largest = engine.maxAcu ?? 256;
  checkRules(scope, [
    // First, because a default minimum follows the maximum.
    acuRule('capacity.maxAcu', maxAcu, 1),
    acuRule('capacity.minAcu', minAcu, 0),
    {
      condition: maxAcu > largest,
      prop: 'capacity.maxAcu',
      value: maxAcu,
      expected: `at most ${largest}, the maximum of version ${engine.version}`,
      fix: 'choose a later version, or lower maxAcu',
    },
    {
      condition: minAcu > maxAcu,
      prop: 'capacity.minAcu',
      value: minAcu,
      expected: `at most maxAcu, which is ${maxAcu}`,
      fix: 'lower minAcu or raise maxAcu',
    },
  ]);
  checkWholeNumber(scope, 'capacity.readers', readers, { min: 0, max: 15, unit: 'readers', fix: 'lower readers' });
}

function checkPause(scope: IConstruct, engine: ServerlessEngine, minAcu: number, after?: Duration): void {
  const minutes = after?.toMinutes({ integral: false });
  checkRules(scope, pauseRules(engine, minAcu, minutes));
  checkWholeNumber(scope, 'capacity.autoPauseAfter', minutes, {
    min: 5,
    max: 1440,
    unit: 'minutes',
    fix: 'set at least Duration.minutes(5)',
  });
}

/** A cluster with a minimum of 0 pauses after five minutes even without `autoPauseAfter`. */
function pauseRules({ pausesFrom, version }: ServerlessEngine, minAcu: number, minutes?: number): Rule[] {
  return [
    {
      condition: minAcu === 0 && minutes === undefined,
      prop: 'capacity.minAcu',
      value: 0,
      expected: '0.5 to 256, and 0 only with autoPauseAfter: at 0, Aurora pauses',
      fix: 'set autoPauseAfter, or set minAcu to 0.5',
    },
    {
      condition: minAcu > 0 && minutes !== undefined,
      prop: 'capacity.autoPauseAfter',
      value: `${minutes} minutes`,
      expected: `only with minAcu 0, and minAcu is ${minAcu}`,
      fix: 'set minAcu to 0, or remove autoPauseAfter',
    },
    {
      condition: pausesFrom !== undefined && minutes !== undefined,
      prop: 'capacity.autoPauseAfter',
      value: `${minutes} minutes`,
      expected: `only with ${pausesFrom} or later, and version is ${version}`,
      fix: 'choose a later version, or remove autoPauseAfter',
    },
  ];
}
