import { spawnSync } from 'child_process';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program, quietly while it succeeds, and gives what it printed. */
export function run(folder: string, command: string[], environment: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = attempt(folder, command, environment);
  if (status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  }
  return stdout;
}

/** Runs a program that may fail. */
export function attempt(folder: string, [program, ...args]: string[], environment: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder, encoding: 'utf8', env: { ...process.env, ...withoutBanner(), ...environment }, maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr: error ? `${error.message}\n${stderr}` : stderr };
}

export function timed<T>(action: () => T): { result: T; seconds: number } {
  const start = performance.now();
  const result = action();
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** jsii frames a warning about a Node past its end of life before everything else; it takes a major version to be silent about. */
function withoutBanner(): NodeJS.ProcessEnv {
  return { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0] };
}
