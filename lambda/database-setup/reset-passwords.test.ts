import { isToReset, refusedOf } from './reset-passwords';

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
