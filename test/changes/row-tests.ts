import { BAD, type Judgement } from './play';
import { proceduresFor } from './procedures';
import type { Row } from './rows';

/** Tests of the rows of one room. */
export function holdsRows(rows: readonly Row[]): void {
  test.each(rows.filter(({ exempt }) => !exempt).map((row): [string, Row] => [row.id, row]))('%s', (_, row) => {
    expect(faultsOf(row)).toEqual([]);
  });

  test('no two rows are the same', () => {
    expect(rows.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index)).toEqual([]);
  });
}

/** What is wrong with a row. */
export function faultsOf(row: Row): string[] {
  const { there, back } = row.judge();
  const ways = [there, back].filter((way): way is Judgement => way !== undefined);
  const verdicts = ways.map(({ verdict }) => verdict);
  const { procedure, note } = row.remarks;
  const bad = ways.filter(({ verdict }) => BAD.includes(verdict));
  const untold = bad.filter(({ rules }) => row.strict || !proceduresFor(rules));
  const told = ways.map(({ verdict, says, rules }) => `${verdict}: ${says} [${rules.join()}]`).join(' | back: ');
  return [
    ...(verdicts.includes('unknown') ? [`add a rule that classifies it: ${told}`] : []),
    ...(untold.length > 0 && !procedure ? [`add a procedure, or mend it: ${told}`] : []),
    ...(bad.length === 0 && procedure && !row.general ? [`say it as a note, nothing bad happens: ${told}`] : []),
    ...(verdicts.every((verdict) => verdict === 'nothing') && !note && !row.general ? ['choose values that make a difference, or add a note'] : []),
  ];
}
