import { EventEmitter } from 'node:events';
import { ScramOnly } from './scram-only';

const watched = (...events: string[]) => {
  const scram = new ScramOnly('secret');
  const connection = new EventEmitter();
  scram.watch(connection);
  events.forEach((event) => connection.emit(event));
  return scram;
};

test('A password is given to SCRAM', () => {
  const scram = watched('authenticationSASL', 'authenticationSASLFinal');
  expect(scram.password()).toBe('secret');
  expect(() => scram.check()).not.toThrow();
});

test.each([
  ['authenticationCleartextPassword', 'in clear'],
  ['authenticationMD5Password', 'as MD5'],
])('A password is not given to %s', (event, how) => {
  const refusal = `the server asks for the password ${how}, which is refused: use SCRAM`;
  expect(() => watched(event).password()).toThrow(refusal);
});

test('A session that the server opened unasked is refused', () => {
  expect(() => watched().check()).toThrow(/asked for no password/);
});
