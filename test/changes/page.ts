import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Judgement } from './play';
import type { Row } from './rows';

const PAGE = path.join(__dirname, '..', '..', 'docs', 'changes.md');

/** Section of the page about a room. */
export function sectionOf(rows: readonly Row[]): string {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  return subjects.map((subject) => {
    const own = rows.filter((row) => row.subject === subject);
    const lines = own.filter(({ exempt }) => !exempt).map(lineOf);
    const exempt = own.filter((row) => row.exempt).map((row) => `- ${row.what}: ${row.exempt}`);
    return [
      `### ${subject}\n`,
      ...(lines.length > 0 ? ['| Change | What happens | The way back | Note |', '|---|---|---|---|', ...lines, ''] : []),
      ...(exempt.length > 0 ? ['Without a row of their own:\n', ...exempt, ''] : []),
    ].join('\n');
  }).join('\n');
}

function lineOf(row: Row): string {
  const { there, back } = row.judge();
  const { procedure, pending, note } = row.remarks;
  return `| ${[
    `${row.what}: ${row.example}`,
    judgement(there),
    back === undefined ? '' : back.verdict === there.verdict && back.says === there.says ? 'the same' : judgement(back),
    [procedure, pending && `Known fault: ${pending}`, note].filter(Boolean).join(' '),
  ].join(' | ')} |`;
}

function judgement({ verdict, says }: Judgement): string {
  const name = ['nothing', 'in place', 'rollout'].includes(verdict) ? verdict : `**${verdict}**`;
  return says ? `${name}: ${says}` : name;
}

/** Tests that the page says what the rows of a room come to. `UPDATE_CHANGES=1` writes it. */
export function standsOnThePage(room: string, rows: readonly Row[]): void {
  test(`docs/changes.md says so (UPDATE_CHANGES=1 writes it)`, () => {
    const page = fs.readFileSync(PAGE, 'utf8');
    const [begin, end] = [`<!-- changes: ${room} -->\n`, `<!-- end of ${room} -->`];
    const [before, rest] = page.split(begin);
    const [written, after] = (rest ?? '').split(end);
    expect(rest).toBeDefined();
    const section = `\n${sectionOf(rows)}\n`;
    if (process.env.UPDATE_CHANGES) {
      fs.writeFileSync(PAGE, `${before}${begin}${section}${end}${after}`);
    } else {
      expect(written).toBe(section);
    }
  });
}
