/**
 * npm run samples: compiles every TypeScript sample of README.md, docs/ and the comments of the sources by jsii-rosetta, strict, and writes
 * docs/languages.md: the README's first sample in every language. The library must be compiled.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { languagesPage, type Translations } from './languages/page';
import { attempt } from './languages/programs';

const ROOT = path.join(__dirname, '..');
const TABLET = '.jsii.tabl.json';

interface Snippet {
  readonly translations: { [language: string]: { readonly source: string } };
  readonly location: { readonly api: { readonly api: string }; readonly field?: { readonly field: string; readonly line: number } };
}

try {
  const snippets = translate();
  fs.writeFileSync(path.join(ROOT, 'docs', 'languages.md'), languagesPage(readmeSample(snippets)));
  console.log(`${snippets.length} samples compile and are translated.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Has rosetta translate in a folder of its own, in which the pages of docs/ stand below the README, and all names are imported. */
function translate(): Snippet[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'samples-'));
  try {
    const assembly = JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as { types: { [fqn: string]: { name: string } } };
    fs.writeFileSync(path.join(folder, '.jsii'), JSON.stringify({ ...assembly, readme: { markdown: pages().join('\n') } }));
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    ['lib', 'node_modules'].forEach((name) => fs.symlinkSync(path.join(ROOT, name), path.join(folder, name), 'junction'));
    fs.mkdirSync(path.join(folder, 'rosetta'));
    const names = Object.values(assembly.types).map(({ name }) => name).join(', ');
    const fixture = fs.readFileSync(path.join(ROOT, 'rosetta', 'default.ts-fixture'), 'utf8');
    fs.writeFileSync(path.join(folder, 'rosetta', 'default.ts-fixture'), `import { ${names} } from '@org/prod-constructs';\n${fixture}`);

    const { status, stdout, stderr } = attempt(folder, [path.join(ROOT, 'node_modules', '.bin', 'jsii-rosetta'), 'extract', '--strict', '--directory', folder, folder]);
    if (status !== 0) {
      throw new Error(`jsii-rosetta ended with ${status}:\n${stdout}${stderr}`);
    }
    const { snippets } = JSON.parse(fs.readFileSync(path.join(folder, TABLET), 'utf8')) as { snippets: { [key: string]: Snippet } };
    return Object.values(snippets);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The README first, so that its first sample is the first of all. */
function pages(): string[] {
  const docs = fs.readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && file !== 'languages.md').map((file) => path.join('docs', file)).sort();
  return ['README.md', ...docs].map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8'));
}

function readmeSample(snippets: Snippet[]): Translations {
  const ofPages = snippets.filter(({ location }) => location.api.api === 'moduleReadme');
  const [first] = ofPages.sort((a, b) => a.location.field!.line - b.location.field!.line);
  const { $: typescript, python, java } = first.translations;
  return { typescript: typescript.source, python: python.source, java: java.source };
}
