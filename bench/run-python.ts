/*
 * npm run bench:python [-- rounds]: the core of the app of test/languages/python beside the same resources written with CDK's L2s in Python. Prints Markdown.
 * Needs Python 3; the wheel is built and installed into tmp/.
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
const ROUNDS = Number(process.argv[2] ?? 7);
const APPS = [
  { name: '@org/prod-constructs', file: path.join(ROOT, 'bench', 'python', 'core.py') },
  { name: 'L2s in Python', file: path.join(ROOT, 'bench', 'python', 'by_hand.py') },
];

/** One run of an app in a process of its own. */
interface Sample {
  /** Without the start of Python and the import of CDK, which are the same for every app. */
  readonly milliseconds: number;
  readonly processMilliseconds: number;
  /** Requests to jsii's process, by kind. */
  readonly calls: { readonly [kind: string]: number };
  readonly resources: number;
  readonly bytes: number;
}

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
console.log(report());

function report(): string {
  const columns = APPS.map(({ name, file }): [string, string[]] => {
    const runs = samples.get(name)!;
    const [{ calls, resources, bytes }] = runs;
    return [name, [
      `${linesOfCode(file)}`,
      `${resources}`,
      bytes.toLocaleString('en'),
      `${Object.values(calls).reduce((sum, count) => sum + count, 0)}`,
      milliseconds(figure(runs.map((sample) => sample.milliseconds))),
      milliseconds(figure(runs.map((sample) => sample.processMilliseconds))),
    ]];
  });
  const rows = ['Lines of app code', 'Resources', 'Template bytes', 'Calls to jsii', 'Constructs and synthesis, ms', 'Whole process, ms'];
  const version = run(ROOT, [PYTHON, '--version']).trim();
  return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${version}, Node ${process.versions.node}, aws-cdk-lib ${CDK_VERSION}, `
    + `load average ${os.loadavg()[0].toFixed(1)} at the end.\nMedian of ${ROUNDS} runs (fastest–slowest), each in a process of its own, in turn, CDK_VALIDATION=false.\n\n`
    + comparison('Core of document A', new Map(columns), rows);
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
      ...JSON.parse(output) as Pick<Sample, 'calls' | 'milliseconds'>,
      processMilliseconds,
      resources: templates.reduce((sum, template) => sum + Object.keys((JSON.parse(template) as { Resources: object }).Resources).length, 0),
      bytes: templates.reduce((sum, template) => sum + template.length, 0),
    };
  } finally {
    fs.rmSync(assembly, { recursive: true });
  }
}

function linesOfCode(file: string): number {
  const source = fs.readFileSync(file, 'utf8').replace(/"""[^]*?"""/g, '');
  return source.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#')).length;
}
