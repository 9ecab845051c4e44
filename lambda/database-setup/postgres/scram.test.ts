import { scramVerifier } from './scram';

/** Stored key and server key follow from the test vector of RFC 7677, section 3, whose password is `pencil`. */
test('The verifier of a password is the one of RFC 7677, and does not contain the password', () => {
  const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
  const verifier = scramVerifier('pencil', Buffer.from(salt, 'base64'));
  expect(verifier).toBe(
    `SCRAM-SHA-256$4096:${salt}$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=` +
      ':wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
  expect(verifier).not.toContain('pencil');
});

test('Two verifiers of one password differ', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});
