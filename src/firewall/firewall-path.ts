import { Token } from 'aws-cdk-lib';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { IConstruct } from 'constructs';
import { PropError } from '../validation/prop-error';

/** How a path is read before it is compared, in this order. Each costs 10 capacity units. */
export type Reading = 'URL_DECODE' | 'NORMALIZE_PATH' | 'LOWERCASE';

const UNITS_OF_READING = 10;
const UNITS_OF_COMPARISON = 2;
/** A path without `?`, and `*` at most as its last character; WAF compares at most 200 bytes. */
const BEGINNING = /^\/[\w\-.~$/'"@:+&]{1,198}\*?$/;

/** Refuses a path that is no beginning of paths, and the one that is the beginning of all. */
export function checkBeginning(scope: IConstruct, prop: string, path: string): void {
  if (!Token.isUnresolved(path) && !BEGINNING.test(path)) {
    throw new PropError(scope, {
      prop,
      value: path,
      expected: 'the beginning of a path of 2 to 199 characters, with * at its end or without',
      fix: "write '/api/login' or '/api/upload/*'; what holds for all paths needs no path",
    });
  }
}

/** Requests whose path, read in a way, begins as told. What comes after doesn't matter: applications answer `/login/` as they do `/login`. */
export function beginsWith(path: string, readings: Reading[]): CfnWebACL.StatementProperty {
  const beginning = path.replace(/\*$/, '');
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: readings.includes('LOWERCASE') ? beginning.toLowerCase() : beginning,
      textTransformations: readings.map((type, priority) => ({ type, priority })),
    },
  };
}

/** What {@link beginsWith} takes of a firewall's capacity. */
export function unitsOfBeginsWith(readings: Reading[]): number {
  return UNITS_OF_COMPARISON + readings.length * UNITS_OF_READING;
}
