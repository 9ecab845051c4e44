import type { Judgement } from './play';
import type { Row } from './rows';

const BAD = ['interruption', 'data at risk', 'refused by AWS'];

/** Tests of the rows of one room. */
export function holdsRows(rows: readonly Row[]): void {
  test.each(rows.filter(({ exempt }) => !exempt).map((row): [string, Row] => [row.id, row]))('%s', (_, row) => {
    expect(faultsOf(row)).toEqual([]);
  });
}

/** What is wrong with a row. */
export function faultsOf(row: Row): string[] {
  const { there, back } = row.judge();
  const ways = [there, back].filter((way): way is Judgement => way !== undefined);
  const verdicts = ways.map(({ verdict }) => verdict);
  const { procedure, pending, note } = row.remarks;
  const bad = verdicts.some((verdict) => BAD.includes(verdict));
  const told = ways.map(({ verdict, says, rules }) => `${verdict}: ${says} [${rules.join()}]`).join(' | back: ');
  return [
    ...(verdicts.includes('unknown') ? [`add a rule that classifies it: ${told}`] : []),
    ...(bad && !procedure && !pending ? [`add a procedure, or mend it: ${told}`] : []),
    ...(!bad && pending ? ['remove the mark pending'] : []),
    ...(!bad && procedure ? ['say it as a note: nothing bad happens'] : []),
    ...(verdicts.every((verdict) => verdict === 'nothing') && !note ? ['choose values that make a difference, or add a note'] : []),
  ];
}
