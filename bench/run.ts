/*
 * npm run bench [-- rounds]: the example of document B beside the same resources written with CDK's L2s and aws-ecs-patterns, and what
 * importing the library costs. Prints Markdown.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { synthesize } from '../scripts/demo/synthesize';
import { type Figure, interleaved, printedNumber, processTime } from './measure';

const ROOT = path.join(__dirname, '..');
const LIBRARY = '@org/prod-constructs';
const APPS = [
  { name: LIBRARY, folder: path.join(ROOT, 'examples', 'canary-fargate') },
  { name: 'L2s and aws-ecs-patterns', folder: path.join(ROOT, 'bench', 'by-hand') },
];
const ROUNDS = Number(process.argv[2] ?? 15);

/** The whole of it: start of Node, imports, constructs, templates; without the linter, which takes the same for every app. */
function coldSynth(folder: string): number {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const { context } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.json'), 'utf8')) as { context: object };
  try {
    return processTime(['app.js'], folder, { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) });
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** Requires `modules` and prints what the last of them took. */
function importTime(...modules: string[]): number {
  const requires = modules.map((name) => `start = performance.now(); require('${name}');`).join(' ');
  return printedNumber(`let start; ${requires} console.log(performance.now() - start)`, ROOT);
}

function linesOfCode(file: string): number {
  const source = fs.readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return source.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

function milliseconds({ median, min, max }: Figure): string {
  return `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
}

function table(header: string[], rows: string[][]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function compareApps(): string {
  const synth = interleaved(APPS.map(({ name, folder }) => ({ name, run: () => coldSynth(folder) })), ROUNDS);
  const columns = APPS.map(({ name, folder }) => {
    const { stacks, findings } = synthesize(folder);
    return [
      `${linesOfCode(path.join(folder, 'app.ts'))}`,
      `${stacks.reduce((sum, { resources }) => sum + resources, 0)}`,
      `${stacks.reduce((sum, { templateBytes }) => sum + templateBytes, 0).toLocaleString('en')}`,
      findings.length === 0 ? '0' : `${findings.length}, by ${new Set(findings.map(({ rule }) => rule)).size} rules`,
      milliseconds(synth.get(name)!),
    ];
  });
  const rows = ['Lines of app code', 'Resources, both stacks', 'Template bytes, both stacks', 'Unacknowledged findings, CDK and four cdk-nag packs', 'Cold synthesis, ms'];
  return table(['Document B', ...APPS.map(({ name }) => name)], rows.map((row, index) => [row, ...columns.map((column) => column[index])]));
}

function compareImports(): string {
  const figures = interleaved([
    { name: 'aws-cdk-lib', run: () => importTime('aws-cdk-lib') },
    { name: `${LIBRARY}, after aws-cdk-lib`, run: () => importTime('aws-cdk-lib', LIBRARY) },
  ], ROUNDS);
  return table(['Import', 'ms'], [...figures].map(([name, figure]) => [name, milliseconds(figure)]));
}

const { version } = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/package.json'), 'utf8')) as { version: string };
console.log(`${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, Node ${process.versions.node}, aws-cdk-lib ${version}.`);
console.log(`Median of ${ROUNDS} runs (fastest–slowest), each in a process of its own, in turn, CDK_VALIDATION=false.\n`);
console.log(`${compareApps()}\n\n${compareImports()}`);
