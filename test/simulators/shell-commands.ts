import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** What a shell did. */
export interface Outcome { readonly status: number; readonly output: string; readonly calls: string[]; readonly environment: { [name: string]: string } }

/** A stand-in is a bash script; `$*` is what it was called with. */
export interface StandIns { readonly [program: string]: string }

/**
 * Runs the commands of a buildspec as CodeBuild does: one after the other in bash, each seeing what those before exported, until one fails.
 * Programs are stand-ins that write down how they were called.
 */
export class BuildHost {
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'build-host-'));

  public constructor(standIns: StandIns) {
    fs.mkdirSync(path.join(this.folder, 'bin'));
    fs.mkdirSync(path.join(this.folder, 'sources'));
    this.write('calls', '');
    Object.entries(standIns).forEach(([program, body]) => {
      this.write(`bin/${program}`, `#!/bin/bash\necho "${program} $*" >> '${this.folder}/calls'\n${body}\n`);
      fs.chmodSync(path.join(this.folder, 'bin', program), 0o755);
    });
  }

  /** A file of the sources. */
  public source(name: string, content: string): this {
    fs.mkdirSync(path.dirname(path.join(this.folder, 'sources', name)), { recursive: true });
    this.write(path.join('sources', name), content);
    return this;
  }

  public run(commands: string[], environment: { [name: string]: string }): Outcome {
    // Paths of the build machine are this host's own, so that tests run beside each other.
    const own = commands.map((command) => command.replace(/\/tmp\//g, `${this.folder}/tmp/`));
    const script = [...own.map((command) => `${command}\n[ $? -eq 0 ] || exit 1`), `env -0 > '${this.folder}/environment'`].join('\n');
    fs.mkdirSync(path.join(this.folder, 'tmp'), { recursive: true });
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: path.join(this.folder, 'sources'),
      encoding: 'utf8',
      // Where its input is a socket, bash takes itself for a remote shell, and reads the settings of the user.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, PATH: `${path.join(this.folder, 'bin')}:${process.env.PATH}`, STATE: this.folder },
    });
    return { status: status ?? -1, output: `${stdout}${stderr}`, calls: this.calls(), environment: this.exported() };
  }

  public remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private calls(): string[] {
    return fs.readFileSync(path.join(this.folder, 'calls'), 'utf8').split('\n').filter(Boolean).map((call) => call.replaceAll(this.folder, ''));
  }

  private exported(): { [name: string]: string } {
    const file = path.join(this.folder, 'environment');
    return fs.existsSync(file) ? Object.fromEntries(fs.readFileSync(file, 'utf8').split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)])) : {};
  }

  private write(name: string, content: string): void {
    fs.writeFileSync(path.join(this.folder, name), content);
  }
}
