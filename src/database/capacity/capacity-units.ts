import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../validation/rules';

/** Limits of an Aurora Serverless v2 cluster by day, with every default filled in. */
export interface ServerlessBounds {
  /** Minimum in Aurora capacity units (ACU) of 2 GiB, 0 to 256 in steps of 0.5. Only a cluster with 0 can pause. */
  readonly minAcu: number;
  /** Maximum in capacity units, 1 to 256 in steps of 0.5. */
  readonly maxAcu: number;
  /** Number of readers next to the writer, 0 to 15. */
  readonly readers: number;
}

/** Refuses a number of capacity units that Aurora does not have. */
export function acuRule(prop: string, value: number, min: number): Rule {
  return {
    condition: !Token.isUnresolved(value) && (value < min || value > 256 || !Number.isInteger(value * 2)),
    prop,
    value,
    expected: `${min} to 256 capacity units in steps of 0.5`,
    fix: 'round to the next half',
  };
}
