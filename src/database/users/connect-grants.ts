import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { knownToDiffer } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { whenComplete } from '../../validation/when-complete';
import type { BootstrapUser } from '../credentials/bootstrap-sql';
import { cloneOf, MASTER_USER } from '../credentials/user-names';

/** Grant of the sign-in with IAM authentication. */
interface ConnectGrant {
  readonly grantee: IGrantable;
  readonly userName: string;
  /** Users of the database. The list grows until synthesis. */
  readonly users: readonly BootstrapUser[];
  /**
   * Name of the master user.
   * @default - that of every database
   */
  readonly masterUserName?: string;
}

/** Role of IAM Identity Center, which takes no policy but that of its permission set. */
const SSO_ROLE = /:role\/aws-reserved\/sso\.amazonaws\.com\/|(^|\/)AWSReservedSSO_/;

/** Refuses grants with which nobody could sign in, and warns at synthesis of those that may be such. */
export function checkConnectGrant(database: IConstruct, grant: ConnectGrant): void {
  const { grantee, userName } = grant;
  const given = typeof userName === 'string';
  checkRules(database, [
    {
      condition: !given || (!Token.isUnresolved(userName) && !/^[^*?\s/]+$/.test(userName)),
      prop: 'userName',
      value: given ? userName : 'an object',
      expected: 'the name of one user, without wildcards',
      fix: 'give the userName of a user, and call grantConnect once for each',
    },
    {
      condition: signsInByPassword(grant),
      prop: 'userName',
      problem: `is '${userName}', who signs in with a password, and the server accepts no token of such a user`,
      fix: 'give the name of a user that addUser created with iamAuthentication: true',
    },
    {
      condition: SSO_ROLE.test(arnOf(grantee)),
      prop: 'grantee',
      problem: 'is a role of IAM Identity Center, to which no stack can add a policy',
      fix: 'add the statement to its permission set (docs/database-users.md, Let people in)',
    },
  ]);
  whenComplete(database, () => {
    warnOfUser(database, grant);
    warnOfAccount(database, grant);
  });
}

function warnOfUser(database: IConstruct, grant: ConnectGrant): void {
  const { userName, users } = grant;
  if (Token.isUnresolved(userName)) {
    return;
  }
  if (signsInByPassword(grant)) {
    warn(database, 'grantConnectPassword', `grantConnect names '${userName}', who signs in with a password.`);
  } else if (!users.some((user) => user.userName === userName)) {
    const known = users.filter(({ password }) => !password).map((user) => user.userName);
    warn(
      database,
      'grantConnectUser',
      `grantConnect names '${userName}', whom the database does not create. ` +
        (known.length > 0 ? `Users with IAM authentication are ${known.join(', ')}. ` : '') +
        'Create the user by addUser with iamAuthentication: true, unless somebody creates it by hand.',
    );
  }
}

function warnOfAccount(database: IConstruct, { grantee }: ConnectGrant): void {
  const { account } = Stack.of(database);
  const { principalAccount } = grantee.grantPrincipal;
  if (principalAccount !== undefined && knownToDiffer(principalAccount, account)) {
    warn(
      database,
      'grantConnectAccount',
      `grantConnect names a role of account ${principalAccount}, to which this stack can add no policy, and whose ` +
        `tokens do not open a server of account ${account}. Grant a role of account ${account}, which ` +
        'the other one may assume.',
    );
  }
}

function warn(database: IConstruct, id: string, message: string): void {
  Validations.of(database).addWarning(`@org/prod-constructs:${id}`, message);
}

function signsInByPassword({ userName, users, masterUserName = MASTER_USER }: ConnectGrant): boolean {
  const names = users.filter(({ password }) => password).flatMap((user) => [user.userName, cloneOf(user.userName)]);
  return [masterUserName, ...names].includes(userName);
}

/** ARN of a role whose ARN is written out, else an empty text. */
function arnOf({ grantPrincipal }: IGrantable): string {
  const { roleArn = '' } = grantPrincipal as { readonly roleArn?: string };
  return Token.isUnresolved(roleArn) ? '' : roleArn;
}
