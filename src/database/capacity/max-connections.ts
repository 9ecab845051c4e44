import { Token } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

const GIB = 1024 ** 3;
/**
 * Share of an instance's nominal memory that RDS and the operating system leave to the engine.
 * Measured: 198 connections on 2 GiB and 413 on 4 GiB.
 */
const USABLE = 0.88;

/** Memory of the small burstable sizes in GiB. */
const SMALL = new Map([
  ['micro', 1],
  ['small', 2],
  ['medium', 4],
]);
/** Memory of a family's `large` in GiB, by the first letter of the family. */
const LARGE = new Map([
  ['t', 8],
  ['m', 8],
  ['c', 4],
  ['r', 16],
  ['x', 32],
  ['z', 16],
]);

/** Formula of an engine's default `max_connections`. */
export interface ConnectionRule {
  /** Bytes of memory per connection. */
  readonly bytesEach: number;
  /** Upper limit of the formula, however much memory there is. */
  readonly atMost: number;
}

/** RDS for PostgreSQL. */
export const POSTGRES_CONNECTIONS: ConnectionRule = { bytesEach: 9_531_392, atMost: 5000 };
/** RDS for MySQL. */
export const MYSQL_CONNECTIONS: ConnectionRule = { bytesEach: 12_582_880, atMost: 100_000 };
/** RDS for MariaDB, from 10.5 on. Older versions take more. */
export const MARIADB_CONNECTIONS: ConnectionRule = { bytesEach: 25_165_760, atMost: 12_000 };

/** Nominal memory of an instance class in GiB. `prop` names the prop with the class in error messages. */
export function memoryGiB(scope: IConstruct, type: InstanceType, prop = 'capacity.instanceType'): number {
  const name = type.toString();
  const [family, size = ''] = name.split('.');
  const large = LARGE.get(family.charAt(0)) ?? NaN;
  const times = size === 'large' ? 1 : size === 'xlarge' ? 2 : 2 * Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? NaN);
  const small = family.startsWith('t') || (family.startsWith('m') && size === 'medium') ? SMALL.get(size) : undefined;
  const memory = small ?? large * times;
  if (Token.isUnresolved(name) || !(memory > 0)) {
    throw new PropError(scope, {
      prop,
      value: name,
      expected: 'a class of the families t, m, c, r, x or z, whose memory is known',
      fix: 'choose a class, for example InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE)',
    });
  }
  return memory;
}

/**
 * Virtual processors of a class whose memory is known.
 *
 * Small burstable sizes have two. From `xlarge` on, each size doubles them.
 */
export function processors(type: InstanceType): number {
  const [family, size] = type.toString().split('.');
  const times = Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? 1);
  if (
    (family.startsWith('t2') && ['micro', 'small'].includes(size)) ||
    (!family.startsWith('t') && size === 'medium')
  ) {
    return 1;
  }
  return size.endsWith('xlarge') ? 4 * times : 2;
}

/** Default `max_connections` of an instance, from 0.88 of its nominal memory. */
export function instanceCeiling(rule: ConnectionRule, gib: number): number {
  return Math.min(rule.atMost, Math.floor((USABLE * gib * GIB) / rule.bytesEach));
}

/**
 * Default `max_connections` of Aurora PostgreSQL, by the maximum capacity.
 *
 * A cluster with a minimum of 0.5 units or less stops at 2000.
 * The line goes through the values of the Aurora user guide:
 * 189 for 1 unit, 823 for 4, 1669 for 8, 3360 for 16, 5000 from 32 on.
 */
export function serverlessPostgresCeiling(minAcu: number, maxAcu: number): number {
  return Math.min(minAcu <= 0.5 ? 2000 : POSTGRES_CONNECTIONS.atMost, Math.floor(211.375 * maxAcu - 22));
}

/**
 * Default `max_connections` of Aurora MySQL by maximum capacity. Between two steps, the lower one applies.
 * The Aurora user guide lists the steps up to 128 units. The step of 192 is not verified.
 */
const MYSQL_STEPS: Array<[acu: number, connections: number]> = [
  [192, 6000],
  [128, 5000],
  [64, 4000],
  [32, 3000],
  [16, 2000],
  [8, 1000],
  [4, 135],
  [1, 90],
];

/** Default `max_connections` of Aurora MySQL, by the maximum capacity. */
export function serverlessMysqlCeiling(_minAcu: number, maxAcu: number): number {
  return MYSQL_STEPS.find(([acu]) => maxAcu >= acu)?.[1] ?? 90;
}
