import type { SetupProperties } from './properties';
import { checkNotInUse, isToReset, refusedOf } from './reset-passwords';

const CURRENT = { user: 'application', password: 'current' };
const PREVIOUS = { user: 'application_clone', password: 'previous' };
const ACCOUNTS = [CURRENT, PREVIOUS];

const opening = (...opens: object[]) => async (account: object) => Promise.resolve(opens.includes(account));

describe('The passwords of a server that was restored', () => {
  test.each([
    ['both', []],
    ['the current one, though the previous one opens a session', [PREVIOUS]],
  ])('are set anew: %s', async (_, opens) => {
    const refused = await refusedOf(ACCOUNTS, ACCOUNTS, opening(...opens));
    expect(refused).toContain(CURRENT);
    expect(isToReset(CURRENT, ACCOUNTS, refused)).toBe(true);
  });

  test('are set anew where the current user does not exist there', async () => {
    expect(await refusedOf([PREVIOUS, CURRENT], [CURRENT], opening())).toEqual([CURRENT]);
  });
});

describe('The passwords of a running server', () => {
  test('are left to a rotation that has set the next one, and not yet made it current [A-34]', async () => {
    const refused = await refusedOf(ACCOUNTS, ACCOUNTS, opening(CURRENT));
    expect(refused).toEqual([]);
    expect(ACCOUNTS.map((account) => isToReset(account, ACCOUNTS, refused))).toEqual([false, false]);
  });
});

describe('The password of a user in use', () => {
  const user = { name: 'application', access: 'READ_WRITE' as const, secretArn: 'arn:new', accounts: [CURRENT] };
  const idle = [{ name: 'application', iam: false, idle: true }];
  const check = (given: Partial<SetupProperties>, isSetUp: boolean, known: typeof idle = []) => () =>
    checkNotInUse(given as SetupProperties, [user], [CURRENT], isSetUp, known);

  test.each([
    ['a server that is not restored', {}, false, []],
    ['a restored server whose first setup has ended', { restored: 'true' }, true, []],
    ['another secret', { formerUsers: [{ ...user, secretArn: 'arn:former' }] }, true, []],
    ['another secret, though nobody is signed in', { formerUsers: [{ ...user, secretArn: 'arn:former' }] }, true, idle],
  ])('is not set for %s', (_, given, isSetUp, known) => {
    expect(check(given, isSetUp, known)).toThrow(/has application already, and the secret arn:new does not sign in/);
  });

  test.each([
    ['a restored server', { restored: 'true' }, false, []],
    ['the same secret', { formerUsers: [user] }, true, []],
    ['a user that a deployment left behind', {}, true, idle],
  ])('is set for %s', (_, given, isSetUp, known) => {
    expect(check(given, isSetUp, known)).not.toThrow();
  });
});
