import { escapeRegExp, globToRegExp } from '../../src/text/glob';

const TWO_WILDCARDS = new Map([['*', '.*'], ['?', '.']]);

test.each([
  ['v*', 'v1.4.2', true],
  ['v*', 'dev', false],
  ['*.*.*', '1.4.2', true],
  ['*.*.*', '1x4x2', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['(a|b)+', '(a|b)+', true],
  ['(a|b)+', 'ab', false],
])('pattern %s matches the whole text %s: %s', (pattern, text, expected) => {
  expect(globToRegExp(pattern, TWO_WILDCARDS).test(text)).toBe(expected);
});

test('a character that is no wildcard of the language is literal', () => {
  const onlyStar = new Map([['*', '.*']]);

  expect(globToRegExp('a?', onlyStar).test('ab')).toBe(false);
  expect(globToRegExp('a?', onlyStar).test('a?')).toBe(true);
});

test('escaped text matches itself alone', () => {
  const text = String.raw`.*+?^${'$'}{}()|[]\ `;

  expect(new RegExp(`^${escapeRegExp(text)}$`).test(text)).toBe(true);
});
