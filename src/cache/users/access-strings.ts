import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../validation/rules';

/** Access of a user that must exist and that nobody signs in as. */
export const NO_ACCESS = 'off ~* -@all';

/**
 * Access of the application.
 *
 * It has all keys and channels, and every command but those that administer the server, block it or empty it.
 * Client libraries read INFO to see whether the server is ready.
 */
export const APPLICATION_ACCESS = 'on ~* &* +@all -@admin -@dangerous +info';

/** Words of an access string that set a password, which ElastiCache takes elsewhere, or that it refuses. */
const REFUSED = /^(nopass|resetpass|reset|[<>#!].*)$/;

/** Refuses an access string that ElastiCache would refuse, or with which nobody signs in. */
export function accessRules(prop: string, access: string | undefined): Rule[] {
  const words = access === undefined || Token.isUnresolved(access) ? undefined : access.split(/\s+/);
  return [
    {
      condition: words?.some((word) => REFUSED.test(word)) === true,
      prop,
      value: access,
      expected: 'rules without passwords and without reset, which ElastiCache does not accept',
      fix: `write it like ${APPLICATION_ACCESS}`,
    },
    {
      condition: words !== undefined && words[0] !== 'on',
      prop,
      value: access,
      expected: 'rules that begin with on, because a user that is off signs in nowhere',
      fix: `write it like ${APPLICATION_ACCESS}`,
    },
  ];
}
