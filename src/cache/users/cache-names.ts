import type { IConstruct } from 'constructs';
import { uniqueName } from '../../text/stack-path';

/** Longest name of a cache, a user and a user group. */
const LONGEST = 40;

/** Name that ElastiCache accepts: lower-case letters, digits and single hyphens, with a hash at its end. */
export function cacheName(scope: IConstruct, child?: string): string {
  const name = uniqueName(scope, { maxLength: LONGEST - 1, separator: '-', child }).toLowerCase().replace(/-+/g, '-');
  return /^[a-z]/.test(name) ? name : `c${name}`;
}
