import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** Something that is measured in a process of its own. */
export interface Subject {
  readonly name: string;
  /** Milliseconds of one run. */
  readonly run: () => number;
}

/** The middle of a number of runs, and how far they lie apart. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Runs the subjects in turn, so that a machine that slows down slows all of them, after one round that doesn't count. */
export function interleaved(subjects: Subject[], rounds: number): Map<string, Figure> {
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of subjects) {
      const milliseconds = run();
      if (round > 0) {
        times.get(name)!.push(milliseconds);
      }
    }
  }
  return new Map([...times].map(([name, measured]) => [name, figure(measured)]));
}

export function figure(times: number[]): Figure {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** Wall time of a Node process, from its start to its end. */
export function processTime(args: string[], cwd: string, env: NodeJS.ProcessEnv): number {
  const start = process.hrtime.bigint();
  node(args, cwd, env);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** The number that a Node process prints. */
export function printedNumber(args: string[], cwd: string, env: NodeJS.ProcessEnv): number {
  return Number(node(args, cwd, env));
}

/** The whole of it: start of Node, imports, constructs, templates; without the linter, which takes the same for every app. */
export function coldSynth(folder: string): number {
  return withoutLinter(folder, (env) => processTime(['app.js'], folder, env));
}

/** The second synthesis of a process: constructs and templates alone. The app must print it when it is asked to (bench/services/service-app). */
export function warmSynth(folder: string): number {
  return withoutLinter(folder, (env) => printedNumber(['app.js', 'warm'], folder, env));
}

/** Runs something in the environment that CDK's command line would make, with a folder for the templates that is removed afterwards. */
function withoutLinter(folder: string, run: (env: NodeJS.ProcessEnv) => number): number {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const { context } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.json'), 'utf8')) as { context: object };
  try {
    return run({ ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) });
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

function node(args: string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const run = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  if (run.status !== 0) {
    throw new Error(`node ${args.join(' ')} failed:\n${run.stderr}`);
  }
  return run.stdout;
}
