import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../validation/rules';
import { cloneOf, PLAN_USER } from '../credentials/user-names';

/** Names that a database gives to its users, and the master user of the restored data. */
interface NamedUsers {
  readonly userName: string;
  readonly ownerName: string;
  /** True if the database has users beside the master user. */
  readonly owned: boolean;
  readonly restore?: { readonly masterUserName?: string };
}

/** Refuses a restored master user whose name another user has. The setup would give it that user's password. */
export function masterUserRules({ userName, ownerName, owned, restore }: NamedUsers): Rule[] {
  const master = restore?.masterUserName;
  const users = Object.entries({ ...(owned && { userName, ownerName }) });
  return [
    ...users.map(([prop, name]) => ({
      condition: isMasterUser(master, name),
      prop: 'restoreFrom.masterUserName',
      problem: `is '${master}', which is the name of a user, or of its second one: ${prop} is '${name}'`,
      fix: `set another ${prop}, because the name of a restored master user can't be changed`,
    })),
    {
      condition: isMasterUser(master, PLAN_USER),
      prop: 'restoreFrom.masterUserName',
      problem: `is '${master}', the user of dry runs of migrations`,
      fix: 'copy the data into a new database with a dump, because RDS can not rename a master user',
    },
  ];
}

/** True if a user or its alternating one has the name of the master user. Servers differ in how they compare case. */
export function isMasterUser(master: string | undefined, userName: string): boolean {
  return (
    master !== undefined &&
    !Token.isUnresolved(master) &&
    !Token.isUnresolved(userName) &&
    [userName, cloneOf(userName)].includes(master.toLowerCase())
  );
}
