import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { transformFileSync, transformSync } from '@swc/core';

const ROOT = path.join(__dirname, '..', '..');
const TO_COMMONJS = { swcrc: false, jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } } as const;

/** What a program said. */
export interface Outcome { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/**
 * The library compiled without type checks into a folder that stands for the package, with room for apps that import it by name.
 * So the examples can be run as their readers run them, before anyone has compiled anything.
 */
export class CompiledPackage {
  public readonly examples: string;
  private readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'prod-constructs-'));

  public constructor() {
    this.examples = path.join(this.root, 'examples');
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(this.root, 'package.json'));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.root, 'node_modules'), 'junction');
    fs.cpSync(path.join(ROOT, 'assets'), path.join(this.root, 'assets'), { recursive: true });
    const sources = fs.readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    sources.forEach((file) => this.write(path.join('lib', file.replace(/ts$/, 'js')), transformFileSync(path.join(ROOT, 'src', file), TO_COMMONJS).code));
  }

  /** Adds an app with the cdk.json of an example, and gives its folder. */
  public addApp(name: string, source: string, cdkJson: string): string {
    this.write(path.join('examples', name, 'app.js'), transformSync(source, TO_COMMONJS).code);
    this.write(path.join('examples', name, 'cdk.json'), cdkJson);
    return path.join(this.examples, name);
  }

  /** What `npm run demo` runs, once everything is compiled. */
  public demo(...options: string[]): Outcome {
    const runner = ['-r', 'ts-node/register/transpile-only', path.join('scripts', 'demo.ts'), this.examples, ...options];
    return spawnSync(process.execPath, runner, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TS_NODE_PROJECT: 'tsconfig.dev.json' } });
  }

  public remove(): void {
    fs.rmSync(this.root, { recursive: true });
  }

  private write(file: string, content: string): void {
    const target = path.join(this.root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
}
