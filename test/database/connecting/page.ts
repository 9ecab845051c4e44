import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..', '..', '..');

/** Sample under a heading of docs/connecting.md, so that the page and its tests can't differ. */
export function sampleOf(heading: string): string {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'connecting.md'), 'utf8');
  const [, section] = page.split(new RegExp(`^### ${heading.replace(/[.]/g, '\\.')}$`, 'm'));
  const sample = /^```\w+\n([^]*?)^```$/m.exec(section?.split(/^##/m)[0] ?? '');
  if (!sample) {
    throw new Error(`docs/connecting.md has no sample under "${heading}"`);
  }
  return sample[1];
}

/** Headings of the samples, in the order of the page. */
export function headingsOfSamples(): string[] {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'connecting.md'), 'utf8');
  return [...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
}

/** Headings of the samples that tests of this folder run: each test names the heading of its sample in quotes. */
export function headingsInTests(): string[] {
  const tests = fs.readdirSync(__dirname).filter((file) => file.endsWith('.test.ts'));
  return headingsNamedIn(tests.map((file) => path.join(__dirname, file)));
}

/** Headings that stand in quotes in programs, and nothing else in these quotes. */
export function headingsNamedIn(files: string[]): string[] {
  const text = files.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  return headingsOfSamples().filter((heading) => [`'${heading}'`, `"${heading}"`].some((quoted) => text.includes(quoted)));
}
