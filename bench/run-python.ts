/*
 * npm run bench:python [-- rounds]: the core of the app of test/languages/python beside the same resources written with CDK's L2s in Python. Writes the
 * table of docs/bench.md. Needs Python 3; the wheel is built and installed into tmp/.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { built, CDK_VERSION, DIST } from '../scripts/languages/packages';
import { run } from '../scripts/languages/programs';
import { comparison, milliseconds } from './markdown';
import { figure } from './measure';

const ROOT = path.join(__dirname, '..');
const VENV = path.join(ROOT, 'tmp', 'bench-python');
const PYTHON = path.join(VENV, 'bin', 'python');
const ROUNDS = Number(process.argv[2] ?? 15);
const PAGE = path.join(ROOT, 'docs', 'bench.md');
const BEGINNING = '<!-- From here on: written by `npm run bench:python`. -->';
const END = '<!-- To here. -->';
const APPS = [
  { name: '@org/prod-constructs', file: path.join(ROOT, 'bench', 'python', 'core.py') },
  { name: 'L2s in Python', file: path.join(ROOT, 'bench', 'python', 'by_hand.py') },
];

/** One run of an app in a process of its own. */
interface Sample {
  /** Without the start of Python and the import of CDK, which are the same for every app. */
  readonly microseconds: number;
  readonly processMilliseconds: number;
  /** Requests to jsii's process, by kind, and the microseconds until their answers. */
  readonly calls: { readonly [kind: string]: number };
  readonly waited: { readonly [kind: string]: number };
  readonly resources: number;
  readonly bytes: number;
}

/** What the time of a run is made of, in milliseconds. */
const TIMES: { [row: string]: (sample: Sample) => number } = {
  'Constructs and synthesis, ms': ({ microseconds }) => microseconds / 1000,
  'of these loading the library': ({ waited }) => (waited.LoadRequest ?? 0) / 1000,
  'of these making constructs, in Node': ({ waited }) => (sum(waited) - (waited.LoadRequest ?? 0) - waited.synth) / 1000,
  'of these `app.synth()`': ({ waited }) => waited.synth / 1000,
  'of these in Python': ({ microseconds, waited }) => (microseconds - sum(waited)) / 1000,
  'Whole process, ms': ({ processMilliseconds }) => processMilliseconds,
};

install();
const samples = new Map(APPS.map(({ name }) => [name, [] as Sample[]]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const { name, file } of APPS) {
    const sample = measured(file);
    // The first round fills Python's and jsii's caches.
    if (round > 0) {
      samples.get(name)!.push(sample);
    }
  }
}
const table = report();
console.log(table);
const [before, after] = fs.readFileSync(PAGE, 'utf8').split(new RegExp(`${BEGINNING}[^]*${END}`));
fs.writeFileSync(PAGE, `${before}${BEGINNING}\n\n${table}\n\n${END}${after}`);

function report(): string {
  const columns = APPS.map(({ name, file }): [string, string[]] => {
    const runs = samples.get(name)!;
    const [{ calls, resources, bytes }] = runs;
    return [name, [
      `${linesOfCode(file)}`,
      `${resources}`,
      bytes.toLocaleString('en'),
      `${sum(calls)}`,
      ...Object.values(TIMES).map((time) => milliseconds(figure(runs.map(time)))),
    ]];
  });
  const rows = ['Lines of app code', 'Resources, three stacks', 'Template bytes', 'Calls to jsii', ...Object.keys(TIMES)];
  const version = run(ROOT, [PYTHON, '--version']).trim();
  return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${version}, Node ${process.versions.node}, aws-cdk-lib ${CDK_VERSION}, `
    + `load average ${os.loadavg()[0].toFixed(1)} at the end, median of ${ROUNDS} (fastest–slowest):\n\n`
    + `${comparison('Core of document A, from Python', new Map(columns), rows)}\n\n`
    + `**The aim of five times faster is ${byHandTakes(TIMES['Constructs and synthesis, ms']) >= 5 ? '' : 'not '}met in time**: by hand, constructs and synthesis take `
    + `${byHandTakes(TIMES['Constructs and synthesis, ms']).toFixed(2)} times as long, the whole process ${byHandTakes(TIMES['Whole process, ms']).toFixed(2)} times, `
    + `for ${byHandTakes(({ calls }) => sum(calls)).toFixed(0)} times as many calls.`;
}

/** How many times as much the app by hand takes. */
function byHandTakes(measure: (sample: Sample) => number): number {
  const [library, byHand] = APPS.map(({ name }) => figure(samples.get(name)!.map(measure)).median);
  return byHand / library;
}

function sum(numbers: { readonly [name: string]: number }): number {
  return Object.values(numbers).reduce((total, number) => total + number, 0);
}

function install(): void {
  fs.rmSync(path.join(DIST, 'python'), { recursive: true, force: true });
  run(ROOT, ['npx', 'jsii-pacmak', '--target', 'python']);
  fs.rmSync(VENV, { recursive: true, force: true });
  run(ROOT, ['python3', '-m', 'venv', VENV]);
  run(ROOT, [PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', built('python', '.whl'), `aws-cdk-lib==${CDK_VERSION}`]);
}

function measured(file: string): Sample {
  const assembly = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    const environment = { CDK_OUTDIR: assembly, CDK_VALIDATION: 'false', ROLLOUT_HOOK: path.join(ROOT, 'assets', 'rollout-hook') };
    const start = performance.now();
    const output = run(ROOT, [PYTHON, path.join(ROOT, 'bench', 'python', 'measure.py'), file], environment);
    const processMilliseconds = performance.now() - start;
    const templates = fs.readdirSync(assembly).filter((name) => name.endsWith('.template.json')).map((name) => fs.readFileSync(path.join(assembly, name), 'utf8'));
    return {
      ...JSON.parse(output) as Pick<Sample, 'calls' | 'microseconds' | 'waited'>,
      processMilliseconds,
      resources: templates.reduce((count, template) => count + Object.keys((JSON.parse(template) as { Resources: object }).Resources).length, 0),
      bytes: templates.reduce((count, template) => count + template.length, 0),
    };
  } finally {
    fs.rmSync(assembly, { recursive: true });
  }
}

function linesOfCode(file: string): number {
  const source = fs.readFileSync(file, 'utf8').replace(/"""[^]*?"""/g, '');
  return source.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#')).length;
}
