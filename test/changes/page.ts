import * as fs from 'node:fs';
import * as path from 'node:path';
import { BAD, type Judgement } from './play';
import { proceduresFor } from './procedures';
import type { Row } from './rows';

const PAGE = path.join(__dirname, '..', '..', 'docs', 'changes.md');

/** Section of the page about a room. */
export function sectionOf(rows: readonly Row[]): string {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  return subjects.map((subject) => {
    const own = rows.filter((row) => row.subject === subject);
    const judged = own.filter(({ exempt }) => !exempt).map((row) => ({ row, ...row.judge() }));
    const idle = judged.filter(({ row, there, back }) => row.general && there.verdict === 'nothing' && (back ?? there).verdict === 'nothing');
    const lines = judged.filter((one) => !idle.includes(one)).map(lineOf);
    const reasons = [...new Set(own.flatMap((row) => row.exempt ?? []))];
    const exempt = reasons.map((reason) => `- ${own.filter((row) => row.exempt === reason).map(({ what }) => what).join(', ')}: ${reason}.`);
    return [
      `### ${subject}\n`,
      ...(lines.length > 0 ? ['| Change | What happens | The way back | Note |', '|---|---|---|---|', ...lines, ''] : []),
      ...(idle.length > 0 ? [`Nothing changes by: ${idle.map(({ row }) => `${row.what} (${row.example})`).join(', ')}.\n`] : []),
      ...(exempt.length > 0 ? ['Without a row of their own:\n', ...exempt, ''] : []),
    ].join('\n');
  }).join('\n');
}

function lineOf({ row, there, back }: { row: Row } & ReturnType<Row['judge']>): string {
  return `| ${[
    `${row.what}: ${row.example}`,
    judgement(there),
    back === undefined ? '' : back.verdict === there.verdict && back.says === there.says ? 'the same' : judgement(back),
    [...notesOf(row, [there, back])].join(' '),
  ].join(' | ')} |`;
}

function notesOf({ remarks, strict }: Row, ways: ReadonlyArray<Judgement | undefined>): string[] {
  const { note } = remarks;
  const bad = ways.filter((way): way is Judgement => way !== undefined && BAD.includes(way.verdict));
  const procedure = bad.length > 0 ? remarks.procedure : undefined;
  const usual = strict || procedure ? [] : bad.flatMap(({ rules }) => proceduresFor(rules) ?? []);
  return [procedure, ...new Set(usual), note].filter((text): text is string => Boolean(text));
}

function judgement({ verdict, says }: Judgement): string {
  const name = ['nothing', 'in place', 'rollout'].includes(verdict) ? verdict : `**${verdict}**`;
  return says ? `${name}: ${says}` : name;
}

/** Tests that the page says what the rows of a room come to. `UPDATE_CHANGES=1` writes it. */
export function standsOnThePage(room: string, rows: readonly Row[]): void {
  test('docs/changes.md says so (UPDATE_CHANGES=1 writes it)', () => {
    const [begin, end] = [`<!-- changes: ${room} -->\n`, `<!-- end of ${room} -->`];
    const section = `\n${sectionOf(rows)}\n`;
    // Read late, because other workers write their rooms.
    const [before, rest] = fs.readFileSync(PAGE, 'utf8').split(begin);
    expect(rest).toBeDefined();
    const [written, after] = rest.split(end);
    if (process.env.UPDATE_CHANGES) {
      fs.writeFileSync(PAGE, `${before}${begin}${section}${end}${after}`);
    } else {
      expect(written).toBe(section);
    }
  });
}
