import { spawnSync } from 'child_process';

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

/** The number that a script prints. */
export function printedNumber(script: string, cwd: string): number {
  return Number(node(['--eval', script], cwd, process.env));
}

function node(args: string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const run = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  if (run.status !== 0) {
    throw new Error(`node ${args.join(' ')} failed:\n${run.stderr}`);
  }
  return run.stdout;
}
