import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { TemplateJson } from '../deploy-rules/template-json';
import { FLAGS } from './test-stack';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** Names of the examples: folders with an app. */
export function exampleNames(): string[] {
  return fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'app.ts')));
}

/** Synthesizes an example as the CDK CLI does, in this process, and returns the template of each of its stacks. */
export function templatesOfExample(name: string): { [stack: string]: TemplateJson } {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
  const environment = { ...process.env };
  const before = process.listeners('beforeExit');
  try {
    Object.assign(process.env, { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...contextOf(name), ...FLAGS }) });
    jest.isolateModules(() => { jest.requireActual(path.join(EXAMPLES, name, 'app.ts')); });
    // With an output folder given, an app synthesizes itself when its process ends: here it is told that it does.
    const added = process.listeners('beforeExit').filter((listener) => !before.includes(listener));
    added.forEach((listener) => listener(0));
    return templatesIn(outdir);
  } finally {
    process.env = environment;
    fs.rmSync(outdir, { recursive: true });
  }
}

/** What the example's own cdk.json says, without its feature flags: those are the suite's. */
function contextOf(name: string): { [key: string]: unknown } {
  const { context } = JSON.parse(fs.readFileSync(path.join(EXAMPLES, name, 'cdk.json'), 'utf8')) as { context: { [key: string]: unknown } };
  return Object.fromEntries(Object.entries(context).filter(([key]) => !key.startsWith('@aws-cdk')));
}

function templatesIn(folder: string): { [stack: string]: TemplateJson } {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.template.json'));
  return Object.fromEntries(files.map((file) => [path.basename(file, '.template.json'), JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as TemplateJson]));
}
