import { type Duration, Token } from 'aws-cdk-lib';
import type { IClusterEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { CapacitySchedule } from './capacity-schedule';

/** Bounds of an Aurora Serverless v2 cluster. Nothing is needed. */
export interface ServerlessCapacityProps {
  /**
   * Fewest capacity units (2 GiB of memory each), 0 to 256 in steps of 0.5; 0 with `autoPauseAfter` alone, and only such a cluster pauses.
   * @default 0.5 - 0 with `autoPauseAfter` (requirements C-08, E-03)
   */
  readonly minAcu?: number;
  /**
   * Most capacity units, 1 to 256 in steps of 0.5, not below `minAcu`.
   * @default 8 - requirement C-08
   */
  readonly maxAcu?: number;
  /**
   * Readers in other zones than the writer, 0 to 15. They scale with the writer, so that each can take over.
   * @default - by environment: 1 in production and staging, so that a zone may be lost (requirement A-32), none in development (E-03)
   */
  readonly readers?: number;
  /**
   * How long nobody may be connected before the cluster pauses, 5 minutes to 24 hours, whole minutes. The first connection afterwards waits about 15 seconds.
   * It needs a minimum of 0 and PostgreSQL 15.7, 16.3 or later, or Aurora MySQL 3.08 or later.
   * @default - never
   */
  readonly autoPauseAfter?: Duration;
  /**
   * Less capacity at night (requirement C-19).
   * @default - the same around the clock
   */
  readonly schedule?: CapacitySchedule;
}

/** A cluster as its capacity asks for it, the engine included. */
export interface ServerlessPlan {
  /** With its version, which the cluster is created with. */
  readonly engine: IClusterEngine;
  /** The engine's version, as its capacity was told. */
  readonly version: string;
  /** Whether that version can pause, and from which on. */
  readonly canPause: boolean;
  /** The earliest versions that can, for the message: `Aurora MySQL 3.08`. */
  readonly pausesFrom: string;
  /** As the caller wrote them; {@link serverlessBounds} fills in the defaults. */
  readonly props: ServerlessCapacityProps;
}

/** The bounds of a cluster with every default filled in. */
export interface ServerlessBounds {
  /** Capacity units of 2 GiB, 0 to 256 in halves; only 0 lets the cluster pause. */
  readonly minAcu: number;
  /** Capacity units, 1 to 256 in halves, by day where there is a schedule. */
  readonly maxAcu: number;
  /** Besides the writer, 0 to 15, by day where there is a schedule. */
  readonly readers: number;
}

/** Fills in what is left open and refuses what Aurora would refuse. */
export function serverlessBounds(
  scope: IConstruct,
  plan: ServerlessPlan,
  profile: EnvironmentProfile,
): ServerlessBounds {
  const { props } = plan;
  const minAcu = props.minAcu ?? (props.autoPauseAfter ? 0 : 0.5);
  const maxAcu = props.maxAcu ?? Math.max(8, minAcu);
  const readers = props.readers ?? (profile.multiAz ? 1 : 0);
  checkAcu(scope, 'capacity.minAcu', minAcu, 0);
  checkAcu(scope, 'capacity.maxAcu', maxAcu, 1);
  if (minAcu > maxAcu) {
    throw new PropError(scope, {
      prop: 'capacity.minAcu',
      value: minAcu,
      expected: `at most maxAcu, which is ${maxAcu}`,
      fix: 'lower minAcu or raise maxAcu',
    });
  }
  checkWholeNumber(scope, 'capacity.readers', readers, {
    min: 0,
    max: 15,
    unit: 'readers',
    fix: 'Aurora takes at most 15 readers',
  });
  checkMinimumOfNone(scope, props, minAcu);
  checkPause(scope, plan, minAcu);
  props.schedule?._check(scope, { minAcu, maxAcu, readers }, profile);
  return { minAcu, maxAcu, readers };
}

/** Refuses what is not a number of capacity units that Aurora has. */
export function checkAcu(scope: IConstruct, prop: string, value: number, min: number): void {
  if (!Token.isUnresolved(value) && (value < min || value > 256 || !Number.isInteger(value * 2))) {
    throw new PropError(scope, {
      prop,
      value,
      expected: `${min} to 256 capacity units in steps of 0.5`,
      fix: 'round to the next half',
    });
  }
}

/** At 0, Aurora pauses after five minutes even if nobody says so. */
function checkMinimumOfNone(scope: IConstruct, { autoPauseAfter }: ServerlessCapacityProps, minAcu: number): void {
  if (minAcu === 0 && !autoPauseAfter) {
    throw new PropError(scope, {
      prop: 'capacity.minAcu',
      value: 0,
      expected: '0.5 to 256, and 0 only with autoPauseAfter: at 0, Aurora pauses',
      fix: 'set autoPauseAfter, or take 0.5',
    });
  }
}

function checkPause(scope: IConstruct, plan: ServerlessPlan, minAcu: number): void {
  const after = plan.props.autoPauseAfter;
  if (!after) {
    return;
  }
  const minutes = after.toMinutes({ integral: false });
  const value = `${minutes} minutes`;
  if (minAcu > 0) {
    throw new PropError(scope, {
      prop: 'capacity.autoPauseAfter',
      value,
      expected: `only with minAcu 0, and minAcu is ${minAcu}`,
      fix: 'set minAcu to 0, or leave autoPauseAfter out',
    });
  }
  if (!plan.canPause) {
    throw new PropError(scope, {
      prop: 'capacity.autoPauseAfter',
      value,
      expected: `only with ${plan.pausesFrom}, and version is ${plan.version}`,
      fix: 'take a later version, or leave autoPauseAfter out',
    });
  }
  checkWholeNumber(scope, 'capacity.autoPauseAfter', minutes, {
    min: 5,
    max: 1440,
    unit: 'minutes',
    fix: 'Aurora pauses after 5 minutes at the earliest',
  });
}
