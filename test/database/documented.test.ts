import * as fs from 'fs';
import * as path from 'path';
import { QueryText } from '../../src';
import { mysqlRules } from '../../src/database/parameters/mysql-parameters';
import { misfit } from '../../src/database/parameters/parameter-rules';
import { postgresRules } from '../../src/database/parameters/postgres-parameters';

const read = (file: string) => fs.readFileSync(path.join(__dirname, '../..', file), 'utf8');
const PAGE = read('docs/database.md');
const RULES = [
  ...['15', '16', '17', '18'].map((major) => postgresRules(major, QueryText.NEVER)),
  postgresRules('15', QueryText.IN_ERRORS),
  postgresRules('15', QueryText.SLOW),
  mysqlRules('8.0', true, QueryText.NEVER),
  mysqlRules('8.4', false, QueryText.SLOW),
];

test('docs/database.md names every prop that both constructs share', () => {
  const props = [...read('src/database/hardened-database-props.ts').matchAll(/readonly (\w+)\??:/g)]
    .map(([, name]) => name)
    .filter((name) => !['profile', 'caBundlePath'].includes(name));
  expect(props.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
});

test('docs/database.md lists every parameter that is set in production', () => {
  RULES.flatMap(({ defaults }) => Object.keys(defaults)).forEach((name) =>
    expect([name, PAGE.includes(name)]).toEqual([name, true]),
  );
});

test('Every parameter that the construct sets is known to the engine and fits it', () => {
  RULES.forEach(({ engine, known, defaults, guarantees }) =>
    Object.entries(defaults).forEach(([name, value]) => {
      expect([engine, name, known[name] === undefined ? 'unknown' : misfit(known[name], value)]).toEqual([
        engine,
        name,
        undefined,
      ]);
      expect([engine, name, guarantees.every(({ parameter, holds }) => parameter !== name || holds(value))]).toEqual([
        engine,
        name,
        true,
      ]);
    }),
  );
});

test.each([
  ['A-07', /RPO.*RTO/],
  ['A-07', /5 min \| 10–30 min/],
  ['A-36', /60–120 s/],
  ['D-12', /under 4 h/],
  ['A-06', /aws backup start-backup-job/],
  ['A-05', /RestoreSource\.pointInTime/],
])('the pages of databases and recovery state the objectives and the commands that reach them [%s]', (id, statement) => {
  const pages = PAGE + read('docs/recovery.md');
  expect(pages).toMatch(statement);
  expect(pages).toContain(id);
});
