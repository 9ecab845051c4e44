import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as ts from 'typescript';
import { FLAGS } from '../fixtures/test-stack';
import type { Template } from '../simulators/cloudformation/template';

const ROOT = path.join(__dirname, '..', '..');

export const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');

/** A program of the README after its synthesis, as `cdk deploy` gets it. */
export interface ReadmeProgram {
  /** Templates by stack. */
  readonly templates: { readonly [stack: string]: Template };
  /** Names of stacks, each after those that it depends on. */
  readonly stacks: readonly string[];
}

/**
 * Runs one of the programs of the README that stand alone, counted from 0.
 * `edit` is what a team changes in it.
 */
export function readmeProgram(index: number, edit: (program: string) => string = (program) => program): ReadmeProgram {
  const [, program] = [...README.matchAll(/```ts nofixture\n([^]*?)\n```/g)][index];
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(edit(program), { compilerOptions });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'readme-'));
  const before = { ...process.env };
  const listeners = process.listeners('beforeExit');
  Object.assign(process.env, { CDK_CONTEXT_JSON: JSON.stringify(FLAGS), CDK_OUTDIR: folder });
  try {
    const load = (name: string): unknown =>
      jest.requireActual(name === '@org/prod-constructs' ? path.join(ROOT, 'src') : name);
    new Function('require', 'exports', outputText)(load, {}); // eslint-disable-line @typescript-eslint/no-implied-eval
    return synthesized(folder);
  } finally {
    process.env = before;
    // An app that has been told its folder synthesizes once more when the process ends.
    const added = process.listeners('beforeExit').filter((one) => !listeners.includes(one));
    added.forEach((one) => process.off('beforeExit', one));
    fs.rmSync(folder, { recursive: true });
  }
}

function synthesized(folder: string): ReadmeProgram {
  const read = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  const { artifacts } = read('manifest.json') as {
    artifacts: { [name: string]: { type: string; dependencies?: string[] } };
  };
  const stacks = new Set<string>();
  const take = (name: string): void => {
    if (artifacts[name].type === 'aws:cloudformation:stack') {
      artifacts[name].dependencies?.forEach(take);
      stacks.add(name);
    }
  };
  Object.keys(artifacts).forEach(take);
  return {
    stacks: [...stacks],
    templates: Object.fromEntries(
      [...stacks].map((stack) => [stack, read(`${stack}.template.json`) as Template]),
    ),
  };
}
