/*
 * npm run bench [-- rounds]: the example of document B beside the same resources written with CDK's L2s and aws-ecs-patterns, and what
 * importing the library costs. Prints Markdown.
 */
import * as fs from 'fs';
import * as path from 'path';
import { synthesize } from '../scripts/demo/synthesize';
import { comparison, conditions, milliseconds, table } from './markdown';
import { coldSynth, interleaved, printedNumber } from './measure';

const ROOT = path.join(__dirname, '..');
const LIBRARY = '@org/prod-constructs';
const APPS = [
  { name: LIBRARY, folder: path.join(ROOT, 'examples', 'canary-fargate') },
  { name: 'L2s and aws-ecs-patterns', folder: path.join(ROOT, 'bench', 'by-hand') },
];
const ROUNDS = Number(process.argv[2] ?? 15);

/** Evaluates `expressions` and prints what the last of them took. */
function importTime(...expressions: string[]): number {
  const evaluated = expressions.map((expression) => `start = performance.now(); ${expression};`).join(' ');
  return printedNumber(['--eval', `let start; ${evaluated} console.log(performance.now() - start)`], ROOT, process.env);
}

function linesOfCode(file: string): number {
  const source = fs.readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return source.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

function compareApps(): string {
  const synth = interleaved(APPS.map(({ name, folder }) => ({ name, run: () => coldSynth(folder) })), ROUNDS);
  const columns = APPS.map(({ name, folder }): [string, string[]] => {
    const { stacks, findings } = synthesize(folder);
    return [name, [
      `${linesOfCode(path.join(folder, 'app.ts'))}`,
      `${stacks.reduce((sum, { resources }) => sum + resources, 0)}`,
      `${stacks.reduce((sum, { templateBytes }) => sum + templateBytes, 0).toLocaleString('en')}`,
      findings.length === 0 ? '0' : `${findings.length}, by ${new Set(findings.map(({ rule }) => rule)).size} rules`,
      milliseconds(synth.get(name)!),
    ]];
  });
  const rows = ['Lines of app code', 'Resources, both stacks', 'Template bytes, both stacks', 'Unacknowledged findings, CDK and four cdk-nag packs', 'Cold synthesis, ms'];
  return comparison('Document B', new Map(columns), rows);
}

function compareImports(): string {
  const figures = interleaved([
    { name: 'aws-cdk-lib', run: () => importTime("require('aws-cdk-lib')") },
    { name: `${LIBRARY}, after aws-cdk-lib`, run: () => importTime("require('aws-cdk-lib')", `require('${LIBRARY}')`) },
    {
      name: `${LIBRARY} and of it the network and the service, after aws-cdk-lib`,
      run: () => importTime("require('aws-cdk-lib')", `const { SecureVpc, ProductionWebService } = require('${LIBRARY}')`),
    },
  ], ROUNDS);
  return table(['Import', 'ms'], [...figures].map(([name, figure]) => [name, milliseconds(figure)]));
}

console.log(conditions(ROUNDS));
console.log(`${compareApps()}\n\n${compareImports()}`);
