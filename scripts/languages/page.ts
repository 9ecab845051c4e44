import * as fs from 'fs';
import * as path from 'path';
import type { Translations } from './samples';

const ROOT = path.join(__dirname, '..', '..');
const PAGE = path.join(ROOT, 'docs', 'languages.md');
const README = path.join(ROOT, 'README.md');
const GO = path.join(ROOT, 'test', 'languages', 'go');
const BEGINNING = '<!-- From here on: written by `npm run samples`. -->';
const END = '<!-- To here. -->';

/** The two programs that the page shows: the README's, and one with all main examples. */
export const PROGRAMS = ['shortest', 'examples'] as const;
export type Program = (typeof PROGRAMS)[number];
type Language = 'ts' | 'python' | 'java';

const HEADINGS: { [program in Program]: string } = {
  shortest: '## The example of the README in each language',
  examples: '## The main examples in each language',
};
/** The comments that part the main examples, in every language. */
const PARTS = ['Network', 'Database', 'Service', 'Signals', 'Pipeline'];

/** Writes docs/languages.md and the README: what stands outside of their marks is written by hand. */
export function writePages(programs: { [program in Program]: Translations }): void {
  const { shortest, examples } = programs;
  const parts = [shortestInto(HEADINGS.shortest, shortest), partsInto(HEADINGS.examples, examples)];
  fs.writeFileSync(PAGE, `${fs.readFileSync(PAGE, 'utf8').split(BEGINNING)[0]}${BEGINNING}\n\n${parts.flat().join('\n')}`);

  const [before, after] = fs.readFileSync(README, 'utf8').split(new RegExp(`${BEGINNING}[^]*${END}`));
  fs.writeFileSync(README, [before, BEGINNING, '\n\n', block('python', examples.python).join('\n'), '\n', END, after].join(''));
}

/** What docs/languages.md shows of a program in a language: the program itself. */
export function programOnPage(program: Program, language: Language): string {
  const section = fs.readFileSync(PAGE, 'utf8').split(BEGINNING)[1].split(/^(?=## )/m).find((text) => text.startsWith(HEADINGS[program])) ?? '';
  const blocks = [...section.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\n\`\`\``, 'g'))].map(([, code]) => code);
  if (blocks.length === 0) {
    throw new Error(`docs/languages.md doesn't show "${program}" in ${language}: npm run samples writes it.`);
  }
  return `${blocks.join('\n\n')}\n`;
}

function shortestInto(heading: string, { typescript, python, java }: Translations): string[] {
  return [
    heading, '',
    '### TypeScript', '', ...block('ts', typescript),
    '### Python', '', ...block('python', python),
    '### Java', '', ...block('java', java),
    '### Go', '', ...block('go', inGo('shortest')),
  ];
}

function partsInto(heading: string, { typescript, python, java }: Translations): string[] {
  const languages: [string, string[]][] = [['ts', inParts(typescript)], ['python', inParts(python)], ['java', inParts(java)], ['go', inParts(inGo('examples'))]];
  return [
    heading, '',
    'One program, part by part; in Go what follows the beginning stands inside `main`.', '',
    ...['The beginning', ...PARTS].flatMap((part, index) => [`### ${part}`, '', ...languages.flatMap(([language, parts]) => block(language, parts[index]))]),
  ];
}

/** Parts a program at its comments, which are the headings on the page. */
function inParts(program: string): string[] {
  const parts = program.split(new RegExp(`^\\s*(?://|#) (?:${PARTS.join('|')})\\n`, 'm'));
  if (parts.length !== PARTS.length + 1) {
    throw new Error(`A program has ${parts.length - 1} of the parts ${PARTS.join(', ')}:\n${program}`);
  }
  return parts;
}

function inGo(program: Program): string {
  return fs.readFileSync(path.join(GO, program, 'main.go'), 'utf8');
}

function block(language: string, code: string): string[] {
  return [`\`\`\`${language}`, code.trimEnd(), '```', ''];
}
