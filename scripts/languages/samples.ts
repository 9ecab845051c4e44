import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { attempt } from './programs';

const ROOT = path.join(__dirname, '..', '..');
/** Where jsii-pacmak is told to look for translations. */
export const TABLET = '.jsii.tabl.json';
/** The README's sample in Go, tested: rosetta's Go leaves out `nil` arguments and package names and doesn't compile. */
const README_IN_GO = path.join(ROOT, 'test', 'languages', 'go', 'shortest', 'main.go');
/** The main examples, which no page holds as one sample. */
export const EXAMPLES = path.join(ROOT, 'test', 'languages', 'typescript', 'examples.ts');

/** One sample by language, as jsii-rosetta has it. */
export interface Translations {
  readonly typescript: string;
  readonly python: string;
  readonly java: string;
}

interface Snippet {
  readonly translations: { [language: string]: { source: string } };
  readonly location: { readonly api: { readonly api: string }; readonly field?: { readonly field: string; readonly line: number } };
}

interface Tablet {
  readonly snippets: { [key: string]: Snippet };
}

/** How many samples README, docs and comments have, all of which compile, and the two that the pages show in every language. */
export function translatedSamples(): { count: number; shortest: Translations; examples: Translations } {
  const snippets = Object.values(translate().snippets);
  const ofPages = snippetsOfPages(snippets);
  return { count: snippets.length, shortest: translations(ofPages[0]), examples: translations(ofPages[ofPages.length - 1]) };
}

/** Writes what jsii-pacmak puts in the place of each sample of the README and of the comments. */
export function writeTablet(): void {
  const tablet = translate();
  const [{ translations: { python, java, go } }] = snippetsOfPages(Object.values(tablet.snippets));
  python.source = withoutDoubledImports(python.source);
  java.source = withAllImports(java.source);
  go.source = fs.readFileSync(README_IN_GO, 'utf8').trimEnd();
  fs.writeFileSync(path.join(ROOT, TABLET), JSON.stringify(tablet));
}

/** Has rosetta translate in a folder of its own, in which the pages of docs/ stand below the README, and all names are imported. */
function translate(): Tablet {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'samples-'));
  try {
    fs.writeFileSync(path.join(folder, '.jsii'), JSON.stringify({ ...assembly(), readme: { markdown: pages().join('\n') } }));
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    ['lib', 'node_modules'].forEach((name) => fs.symlinkSync(path.join(ROOT, name), path.join(folder, name), 'junction'));
    fs.mkdirSync(path.join(folder, 'rosetta'));
    const fixture = fs.readFileSync(path.join(ROOT, 'rosetta', 'default.ts-fixture'), 'utf8');
    fs.writeFileSync(path.join(folder, 'rosetta', 'default.ts-fixture'), `import { ${typeNames().join(', ')} } from '@org/prod-constructs';\n${fixture}`);

    const { status, stdout, stderr } = attempt(folder, [path.join(ROOT, 'node_modules', '.bin', 'jsii-rosetta'), 'extract', '--strict', '--directory', folder, folder]);
    if (status !== 0) {
      throw new Error(`jsii-rosetta ended with ${status}:\n${stdout}${stderr}`);
    }
    return JSON.parse(fs.readFileSync(path.join(folder, TABLET), 'utf8')) as Tablet;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The README first and the main examples last, where they are found again. */
function pages(): string[] {
  const docs = fs.readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && file !== 'languages.md').map((file) => path.join('docs', file)).sort();
  const examples = `\`\`\`ts nofixture\n${fs.readFileSync(EXAMPLES, 'utf8').trimEnd()}\n\`\`\`\n`;
  return [...['README.md', ...docs].map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8')), examples];
}

function snippetsOfPages(snippets: Snippet[]): Snippet[] {
  return snippets.filter(({ location }) => location.api.api === 'moduleReadme').sort((a, b) => a.location.field!.line - b.location.field!.line);
}

function translations({ translations: { $: typescript, python, java } }: Snippet): Translations {
  return { typescript: typescript.source, python: withoutDoubledImports(python.source), java: withAllImports(java.source) };
}

/** rosetta imports the type of a struct, whether or not the sample does. */
function withoutDoubledImports(python: string): string {
  const lines = python.split('\n');
  return lines.filter((line, index) => {
    const [, module, name] = /^from (\S+) import (\w+)$/.exec(line) ?? [];
    return module === undefined || !lines.slice(index + 1).some((later) => later.startsWith(`from ${module} import `) && new RegExp(`\\b${name}\\b`).test(later));
  }).join('\n');
}

/** rosetta imports what TypeScript names; Java names collections and the structs that are object literals in TypeScript, too. */
function withAllImports(java: string): string {
  const lines = java.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const statements = lines.slice(imports.length).join('\n');
  const known = ['java.util.List', 'java.util.Map', ...typeNames().map((name) => `org.prodconstructs.${name}`)];
  const used = known.filter((name) => new RegExp(`\\b${name.split('.').pop()!}\\b`).test(statements.replace(/"[^"]*"/g, ''))).map((name) => `import ${name};`);
  return [...[...new Set([...imports, ...used])].sort(), statements].join('\n');
}

function typeNames(): string[] {
  return Object.values(assembly().types).map(({ name }) => name);
}

/** The compiled library. */
function assembly(): { types: { [fqn: string]: { name: string } } } {
  return JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as { types: { [fqn: string]: { name: string } } };
}
