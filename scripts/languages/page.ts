import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..', '..');
export const PAGE = path.join(ROOT, 'docs', 'languages.md');
const GO_PROGRAM = path.join(ROOT, 'test', 'languages', 'go', 'shortest', 'main.go');
const MARKER = '<!-- Below this line: written by `npm run samples`. -->';

/** One sample by language, as jsii-rosetta has it. */
export interface Translations {
  readonly typescript: string;
  readonly python: string;
  readonly java: string;
}

/** docs/languages.md with the sample in every language after its marker; the text before is written by hand. */
export function languagesPage(sample: Translations): string {
  const text = fs.readFileSync(PAGE, 'utf8').split(MARKER)[0];
  return [
    `${text}${MARKER}`,
    '',
    ...block('TypeScript', 'ts', sample.typescript),
    ...block('Python', 'python', withoutDoubledImports(sample.python)),
    ...block('Java', 'java', sample.java),
    ...block('Go', 'go', fs.readFileSync(GO_PROGRAM, 'utf8')),
  ].join('\n');
}

/** The sample that the page shows in a language. */
export function sampleOf(language: 'ts' | 'python' | 'java'): string {
  const sample = new RegExp(`\`\`\`${language}\\n([^]*?)\n\`\`\``).exec(fs.readFileSync(PAGE, 'utf8').split(MARKER)[1])?.[1];
  if (sample === undefined) {
    throw new Error(`docs/languages.md has no sample in ${language}: npm run samples writes it.`);
  }
  return `${sample}\n`;
}

function block(name: string, language: string, code: string): string[] {
  return [`### ${name}`, '', `\`\`\`${language}`, code.trimEnd(), '```', ''];
}

/** rosetta imports the type of a struct, whether or not the sample does. */
function withoutDoubledImports(python: string): string {
  const lines = python.split('\n');
  return lines.filter((line, index) => {
    const [, module, name] = /^from (\S+) import (\w+)$/.exec(line) ?? [];
    return module === undefined || !lines.slice(index + 1).some((later) => later.startsWith(`from ${module} import `) && new RegExp(`\\b${name}\\b`).test(later));
  }).join('\n');
}
