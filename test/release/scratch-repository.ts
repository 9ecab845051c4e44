import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.join(__dirname, '..', '..');
const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false'];

export interface Ended { readonly status: number | null; readonly output: string }

/** A repository of its own, with this project's installed packages, in which commits, tags and releases hurt nobody. */
export class ScratchRepository {
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scratch-'));

  public constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.folder, 'node_modules'), 'junction');
    this.write('.gitignore', '/node_modules\n/dist/\n');
  }

  public write(file: string, content: string): void {
    fs.mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    fs.writeFileSync(path.join(this.folder, file), content);
  }

  /** Takes a file or folder of this project as it is. */
  public take(file: string): void {
    fs.cpSync(path.join(ROOT, file), path.join(this.folder, file), { recursive: true });
  }

  public read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), 'utf8');
  }

  public commit(message: string): void {
    this.git('add', '--all');
    this.git(...IDENTITY, 'commit', '--quiet', '--allow-empty', '--message', message);
  }

  public tag(name: string): void {
    this.git('tag', name);
  }

  public git(...args: string[]): string {
    const { status, output } = this.run('git', args);
    if (status !== 0) {
      throw new Error(`git ${args.join(' ')} ended with ${status}:\n${output}`);
    }
    return output;
  }

  /** Runs a program of this project in the repository. */
  public run(program: string, args: string[], environment: NodeJS.ProcessEnv = {}): Ended {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: this.folder, encoding: 'utf8', env: { ...process.env, CI: 'true', NO_COLOR: '1', ...environment } });
    return { status, output: `${stdout}${stderr}` };
  }

  public remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}
