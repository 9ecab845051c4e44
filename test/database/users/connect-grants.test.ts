import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CredentialRotation, DatabaseAccess, type HardenedPostgres } from '../../../src';
import { postgres } from '../../fixtures/database-stack';
import { refusal } from '../../fixtures/test-stack';

const ROLE = 'arn:aws:iam::111111111111:role';

/** A database with a user for people, and a role. */
function granting(credentials?: CredentialRotation) {
  const { stack, database } = postgres({ credentials });
  database.addUser('anna', DatabaseAccess.READ_ONLY, { iamAuthentication: true });
  const role = new Role(stack, 'Anna', { assumedBy: new AccountPrincipal('111111111111') });
  return { stack, database, role, imported: (arn: string) => Role.fromRoleArn(stack, 'Imported', arn) };
}

describe('A grant to sign in', () => {
  test.each<[string, (given: ReturnType<typeof granting>) => unknown, RegExp]>([
    ['of the application with a password', ({ database, role }) => database.grantConnect(role), /userName is 'application', who signs in with a password/],
    ['of the second user of a rotation', ({ database, role }) => database.grantConnect(role, 'application_clone'), /who signs in with a password/],
    ['of the master user', ({ database, role }) => database.grantConnect(role, 'dbadmin'), /userName is 'dbadmin', who signs in with a password/],
    ['of every user', ({ database, role }) => database.grantConnect(role, '*'), /userName is "\*", expected the name of one user, without wildcards/],
    ['of some users', ({ database, role }) => database.grantConnect(role, 'ann?'), /without wildcards/],
    ['of an object', ({ database, role }) => database.grantConnect(role, database.owner as never), /userName is "an object", expected the name of one user/],
    [
      'to a role of IAM Identity Center',
      ({ database, imported }) => database.grantConnect(imported(`${ROLE}/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Dev_0123456789abcdef`), 'anna'),
      /grantee is a role of IAM Identity Center.* permission set/,
    ],
  ])('is refused, with the fix, %s', (_name, make, message) => {
    const given = granting();
    expect(refusal(() => make(given))).toMatch(message);
  });

  const warnings = (make: (database: HardenedPostgres, given: ReturnType<typeof granting>) => unknown, credentials?: CredentialRotation) => {
    const given = granting(credentials);
    make(given.database, given);
    return Annotations.fromStack(given.stack).findWarning('/Test/Database', Match.stringLikeRegexp('grantConnect')).map(({ entry }) => entry.data);
  };

  test('to a user of the database has no warning, in any order', () => {
    expect(warnings((database, { role }) => database.grantConnect(role, 'anna'))).toEqual([]);
    expect(warnings((database, { role }) => {
      database.grantConnect(role, 'berta');
      database.addUser('berta', DatabaseAccess.READ_ONLY, { iamAuthentication: true });
    })).toEqual([]);
    expect(warnings((database, { role }) => database.grantConnect(role), CredentialRotation.iamAuthentication())).toEqual([]);
  });

  test('warns of a user whom the database does not create, and names those that it creates', () => {
    expect(warnings((database, { role }) => database.grantConnect(role, 'ana'))).toEqual([
      expect.stringMatching(/grantConnect names 'ana', whom the database does not create\. Users with IAM authentication are anna\./),
    ]);
  });

  test('warns of a user who gets a password later', () => {
    expect(warnings((database, { role }) => {
      database.grantConnect(role, 'berta');
      database.addUser('berta', DatabaseAccess.READ_ONLY);
    })).toEqual([expect.stringContaining("grantConnect names 'berta', who signs in with a password")]);
  });

  test('warns of a role of another account', () => {
    expect(warnings((database, { imported }) => database.grantConnect(imported('arn:aws:iam::999999999999:role/anna'), 'anna'))).toEqual([
      expect.stringContaining('names a role of account 999999999999'),
    ]);
  });
});
