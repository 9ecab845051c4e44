import { CredentialRotation, DatabaseAccess, HardenedPostgres, type IBackingService, SecureVpc } from '../../../src';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

/** A service that is bound to what a database gives it. */
function bound(backing: (database: HardenedPostgres) => unknown, credentials?: CredentialRotation) {
  return serviceFixture(({ stack }) => {
    const network = new SecureVpc(stack, 'WithData');
    const database = new HardenedPostgres(stack, 'Database', { network, credentials });
    return { network, backingServices: backing(database) as IBackingService[] };
  });
}

describe('The backing services of a service', () => {
  test.each<[string, CredentialRotation | undefined]>([
    ['a password', undefined],
    ['IAM authentication', CredentialRotation.iamAuthentication()],
  ])('are refused where it would serve as the owner of the tables, with %s [A-24]', (_name, credentials) => {
    expect(refusal(() => bound((database) => [database.withUser(database.owner!)], credentials))).toMatch(
      /backingServices\[0\] signs in to Test\/Database as the owner of its tables, as only migrations do\. Bind the database itself/,
    );
  });

  test.each<[string, (database: HardenedPostgres) => unknown, RegExp]>([
    ['a user', (database) => [database.addUser('reporting', DatabaseAccess.READ_ONLY)], /backingServices\[0\] is "Test\/Database\/User-reporting", expected a backing service, and not a user alone\. Write database\.withUser\(user\)/],
    ['nothing', () => [undefined], /backingServices\[0\] is null, expected a backing service/],
    ['no list', (database) => database, /backingServices is a single object, expected a list/],
    ['the name of a user', (database) => [database.withUser('reporting' as never)], /user is "reporting", expected an object of DatabaseUser\. Give what addUser\(\) returned\./],
    [
      'a second user under the same variables',
      (database) => [database, database.withUser(database.addUser('reporting', DatabaseAccess.READ_ONLY))],
      /for a database by database\.withUser\(user, \{ variables: \{ host: 'REPORTS_HOST', \.\.\. \} \}\)/,
    ],
  ])('are refused with %s', (_name, backing, message) => {
    expect(refusal(() => bound(backing))).toMatch(message);
  });
});
