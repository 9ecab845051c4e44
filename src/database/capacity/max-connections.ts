import { Token } from 'aws-cdk-lib';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

const GIB = 1024 ** 3;
/** What RDS and the operating system leave of an instance's nominal memory; 198 and 413 connections were seen on 2 and 4 GiB. */
const USABLE = 0.88;

/** Memory of the small sizes in GiB; the burstable families have the same. */
const SMALL: { [size: string]: number } = { micro: 1, small: 2, medium: 4 };
/** Memory of a family's `large` in GiB, by the letters before its generation. */
const LARGE: { [family: string]: number } = { t: 8, m: 8, c: 4, r: 16, x: 32, z: 16 };

/** How an engine turns memory into the most connections that it takes. */
export interface ConnectionRule {
  /** Bytes of memory for each connection. */
  readonly bytesEach: number;
  /** Where the engine's default formula stops growing, however much memory there is. */
  readonly atMost: number;
}

export const POSTGRES_CONNECTIONS: ConnectionRule = { bytesEach: 9_531_392, atMost: 5000 };
export const MYSQL_CONNECTIONS: ConnectionRule = { bytesEach: 12_582_880, atMost: 100_000 };
/** From MariaDB 10.5 on; what is older takes more. */
export const MARIADB_CONNECTIONS: ConnectionRule = { bytesEach: 25_165_760, atMost: 12_000 };

/** Nominal memory of an instance class in GiB; the prop is the one that names the class, for the message. */
export function memoryGiB(scope: IConstruct, type: InstanceType, prop = 'capacity.instanceType'): number {
  const name = type.toString();
  const [family, size = ''] = name.split('.');
  const large = LARGE[/^[a-z]/.exec(family)?.[0] ?? ''];
  const times = size === 'large' ? 1 : size === 'xlarge' ? 2 : 2 * Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? NaN);
  const memory =
    family.startsWith('t') && SMALL[size]
      ? SMALL[size]
      : family.startsWith('m') && size === 'medium'
        ? 4
        : large * times;
  if (Token.isUnresolved(name) || !(memory > 0)) {
    throw new PropError(scope, {
      prop,
      value: name,
      expected: 'a class of the families t, m, c, r, x or z, whose memory is known',
      fix: 'name the class, for example InstanceType.of(InstanceClass.R8G, InstanceSize.XLARGE)',
    });
  }
  return memory;
}

/** Virtual processors of a class whose memory is known: two in the small burstable sizes, then twice as many with each size. */
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

/** The most connections that an instance takes: 0.88 of the nominal memory, by the engine's default formula. */
export function instanceCeiling(rule: ConnectionRule, gib: number): number {
  return Math.min(rule.atMost, Math.floor((USABLE * gib * GIB) / rule.bytesEach));
}

/**
 * PostgreSQL on Aurora counts by the maximum; a cluster that may shrink to half a unit or pause stops at 2000. The line goes through what
 * the Aurora user guide lists (1 unit 189, 4 823, 8 1669, 16 3360, from 32 on 5000): Aurora keeps some of the memory for itself.
 */
export function serverlessPostgresCeiling(minAcu: number, maxAcu: number): number {
  return Math.min(minAcu <= 0.5 ? 2000 : POSTGRES_CONNECTIONS.atMost, Math.floor(211.375 * maxAcu - 22));
}

/** From so many units on, so many connections, as the Aurora user guide has them up to 128 units; 192 is not checked. Between two the lower holds. */
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

/** The most connections of Aurora MySQL by its maximum. */
export function serverlessMysqlCeiling(_minAcu: number, maxAcu: number): number {
  return MYSQL_STEPS.find(([acu]) => maxAcu >= acu)?.[1] ?? 90;
}
