import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const REPOSITORY = /^https:\/\/github\.com\/org\/prod-constructs\/(?:blob|tree)\/main\//;
/** Written by a tool out of sources that have their own tests. */
const GENERATED = ['API.md', 'CHANGELOG.md'];
const PAGES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim().split('\n').filter((page) => !GENERATED.includes(page) && fs.existsSync(path.join(ROOT, page)));

/** A page without its code, in which brackets are no links. */
function prose(page: string): string {
  return fs.readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]+`/g, (code) => '`'.repeat(code.length));
}

/** Files and anchors that a page links to, in this repository. */
function linksOf(page: string): string[] {
  const text = prose(page);
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(([, target]) => target);
  return targets
    .map((target) => (REPOSITORY.test(target) ? path.relative(path.dirname(page), target.replace(REPOSITORY, '')) : target))
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** GitHub's anchors of the headings of a page, and those that are written out. */
function anchorsOf(page: string): Set<string> {
  const text = fs.readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[^]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-'));
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)]);
}

/** What is wrong with a link, undefined where it leads somewhere. */
function problemOf(page: string, link: string): string | undefined {
  const [file, anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!fs.existsSync(path.join(ROOT, target))) {
    return `${link}: no such file`;
  }
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor) ? undefined : `${link}: no such heading`;
}

describe('pages', () => {
  test('are found, with the links between them', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/concepts.md']));
    expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(300);
  });

  test('a link to nowhere is seen', () => {
    expect(problemOf('README.md', 'docs/nowhere.md')).toMatch(/no such file/);
    expect(problemOf('README.md', 'docs/concepts.md#nowhere')).toMatch(/no such heading/);
  });

  test.each(PAGES)('%s links to files and headings that exist', (page) => {
    expect(linksOf(page).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });
});

describe('requirement ids', () => {
  // Tables of acknowledgements and of translated samples have no links.
  const pages = PAGES.filter((page) => page.startsWith('docs/') && !page.startsWith('docs/architectures/') && !/acknowledgements|languages/.test(page));

  test.each(pages)('%s links each requirement id to its row', (page) => {
    const text = prose(page);
    const written = [...text.matchAll(/(\[?)\b([A-E]-\d\d)\b/g)];
    const defined = [...text.matchAll(/^\[([A-E]-\d\d)\]: \S+#[a-e]-\d\d$/gm)].map(([, id]) => id);
    expect(written.filter(([, bracket, id]) => bracket === '' || !defined.includes(id)).map(([, , id]) => id)).toEqual([]);
  });
});
