import { CASES } from './cases';
import { accountOfCases, type Case } from './cases/case';
import { described } from './outcome';
import { RULES } from './rules';

const SOURCES = new Map(RULES.all.map(({ id, source }) => [id, source]));

describe('The engine judges as AWS documents', () => {
  test.each(CASES.map((one): [string, Case] => [`${one.shows} (${SOURCES.get(one.rule)})`, one]))(
    '%s',
    (_, { rule, verdict, play }) => {
      const outcome = play(accountOfCases());
      expect({ verdict: outcome.verdict, all: described(outcome) }).toMatchObject({ verdict });
      expect(
        outcome.changes.some(({ findings }) => findings.some((finding) => finding.rule === rule)) || isDecision(rule),
      ).toBe(true);
    },
  );
});

describe('Every rule is needed', () => {
  test.each(RULES.all.map(({ id }) => id))('%s: without it a documented case is judged otherwise', (id) => {
    const cases = CASES.filter(({ rule }) => rule === id);
    const judgedOtherwise = cases.filter(
      ({ verdict, play }) => play(accountOfCases(RULES.without(id))).verdict !== verdict,
    );
    expect(judgedOtherwise.length).toBeGreaterThan(0);
  });

  test('ids are unique, and each names a source', () => {
    expect(new Set(RULES.all.map(({ id }) => id)).size).toBe(RULES.all.length);
    expect(RULES.all.filter(({ source }) => !/"|#|^Template reference of /.test(source)).map(({ id }) => id)).toEqual(
      [],
    );
  });

  test('no case names a rule that does not exist', () => {
    expect(CASES.map(({ rule }) => rule).filter((rule) => !SOURCES.has(rule))).toEqual([]);
  });
});

/** Rules that decide on a replacement speak by its effects. */
function isDecision(rule: string): boolean {
  return RULES.replacements.some(({ id }) => id === rule);
}
