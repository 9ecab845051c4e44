import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const PAGES = path.join(ROOT, 'docs', 'architectures');
/** How many rows each document has, by its letter. */
const ROWS: { [letter: string]: number } = { A: 37, B: 16, C: 31, D: 16, E: 16 };

describe.each(fs.readdirSync(PAGES).filter((page) => /^[a-z]\.md$/.test(page)))('docs/architectures/%s', (page) => {
  const text = fs.readFileSync(path.join(PAGES, page), 'utf8');
  const letter = page.charAt(0).toUpperCase();
  const rows = [...text.matchAll(new RegExp(`^\\| (${letter}-\\d\\d) \\|(.*)\\|$`, 'gm'))].map(([, id, rest]) => ({ id, cells: rest.split('|').map((cell) => cell.trim()) }));

  test('has each row of its document once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: ROWS[letter] }, (_, index) => `${letter}-${String(index + 1).padStart(2, '0')}`));
  });

  test.each(rows)('$id names tests that name it, or the module that it comes with', ({ id, cells }) => {
    const tests = [...cells[cells.length - 1].matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file);
    const silent = tests.filter((file) => !fs.readFileSync(path.join(ROOT, file), 'utf8').includes(id));
    expect(silent).toEqual([]);
    expect(tests.length > 0 || cells.some((cell) => cell.startsWith('comes with') || cell.startsWith('in part'))).toBe(true);
  });
});
