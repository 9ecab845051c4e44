import * as fs from 'node:fs';
import * as path from 'node:path';
import { type NamedImage, NAMED_IMAGES } from '../../src/registry/named-images';

const ROOT = path.join(__dirname, '..', '..');
const PAGE = path.join(ROOT, 'docs', 'security.md');
const [BEGIN, END] = ['<!-- images: begin -->', '<!-- images: end -->'];

/** Rows of the page out of the table of the sources. `UPDATE_SECURITY_IMAGES=1` writes them. */
function imageTable(): string {
  const rows = Object.values<NamedImage>(NAMED_IMAGES).map(({ repository, version, digest, readOn, reason }) =>
    `| \`${repository}\` | ${version} | ${digest === undefined ? `none: ${reason}` : `\`${digest.slice(0, 19)}…\``} | ${readOn} |`);
  return ['', '| Image | Version | Digest | Compared on |', '|---|---|---|---|', ...rows, ''].join('\n');
}

describe('docs/security.md', () => {
  if (process.env.UPDATE_SECURITY_IMAGES) {
    const [before, rest] = fs.readFileSync(PAGE, 'utf8').split(BEGIN);
    fs.writeFileSync(PAGE, `${before}${BEGIN}\n${imageTable()}\n${END}${rest.split(END)[1]}`);
  }
  const page = fs.readFileSync(PAGE, 'utf8');
  const actors = page.split(/^## /m).find((section) => section.startsWith('Actors'))!.split(/^### /m).slice(1);

  test('names tests and scripts that exist', () => {
    const named = [...page.matchAll(/`((?:test|lambda|scripts|src)\/[^`]+)`/g)].map(([, file]) => file);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  test('has a pull request, an image push, a task, a reader of logs, a tenant and a customer of the CDN among its actors', () => {
    const names = actors.map((actor) => actor.split('\n')[0]);
    expect(names).toEqual(expect.arrayContaining([
      'A pull request', 'An image push', 'One compromised task', 'A reader of staging\'s logs', 'A tenant of the account', 'A customer of the same CDN',
    ]));
  });

  test.each(actors.map((actor) => [actor.split('\n')[0], actor]))('says of %s what it can do and what not, what proves it by a test, and what is open', (_name, actor) => {
    const rows = Object.fromEntries([...actor.matchAll(/^\| (Can|Cannot|Proof|Open) \| (.+) \|$/gm)].map(([, row, text]) => [row, text]));
    expect(Object.keys(rows)).toEqual(['Can', 'Cannot', 'Proof', 'Open']);
    expect(rows.Proof).toMatch(/`(test|lambda)\//);
  });

  test('has the images of the sources', () => {
    expect(page).toContain(`${BEGIN}\n${imageTable()}\n${END}`);
  });
});
