import { type ChildProcess, spawn, spawnSync } from 'child_process';
import * as os from 'os';
import * as path from 'path';

export type Variables = { readonly [name: string]: string };

/** User of the tasks, who owns nothing of the image. Only root can start another user's process. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

/** A process as a container of a task: with the variables of the task and no others, in a folder that it can't write to. */
export class Application {
  /** Installs the packages of a folder from its lock file, and builds it as its Dockerfile does. */
  public static build(folder: string): void {
    for (const command of ['npm ci --ignore-scripts --no-audit --no-fund', 'npm test', 'npm run build']) {
      const { status, stdout, stderr } = spawnSync(command, { shell: true, cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_ENV: '', NEXT_TELEMETRY_DISABLED: '1' } });
      if (status !== 0) {
        throw new Error(`${command}: ${stdout}${stderr}`);
      }
    }
  }

  public static start(folder: string, [program, ...words]: readonly string[], variables: Variables): Application {
    const env = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: '/tmp', ...variables };
    return new Application(spawn(program, words, { ...USER, cwd: folder, env, stdio: 'pipe' }));
  }

  /** Code of the end, which of a process that a signal ended is 128 and the signal's number. */
  public readonly ended: Promise<number>;
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? 128 + os.constants.signals[signal!])));
    child.stdout!.on('data', (text) => { this.output += text; });
    child.stderr!.on('data', (text) => { this.output += text; });
  }

  /** Everything that it has printed. */
  public get text(): string {
    return this.output;
  }

  /** Lines of the log that are JSON, as CloudWatch Logs reads them. */
  public get log(): Array<{ readonly [field: string]: unknown }> {
    return this.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { [field: string]: unknown });
  }

  /** Sends SIGTERM as ECS does. */
  public stop(): Promise<number> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
