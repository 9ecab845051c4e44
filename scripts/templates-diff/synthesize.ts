import { execFile } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { promisify } from 'util';
import { transformSync } from 'esbuild';
import { run } from '../languages/programs';
import type { Apps } from './report';

/** A program, how it is started in its folder, and what CDK's command line would tell it. */
interface App {
  readonly name: string;
  readonly folder: string;
  readonly command: string;
  readonly context: object;
}

/** Variables that would make the outcome depend on who runs it. */
const OF_THE_CALLER = /^(AWS_|CDK_|NODE_OPTIONS$)/;
/** Differences are grouped by construct path. */
const CONTEXT = { 'aws:cdk:enable-path-metadata': true };
/** CDK's own validation writes no template. */
const WITHOUT_VALIDATION = { CDK_VALIDATION: 'false' };
const LANGUAGES = path.join('test', 'languages', 'typescript');
/** Fails by design. */
const REFUSALS = 'refusals.js';

/** Runs all apps of a folder that `build` made, and gives their templates. */
export async function synthesize(built: string, root: string): Promise<Apps> {
  const templates: Apps = new Map();
  for (const app of [...examples(root, built), ...languageTests(built)]) {
    templates.set(app.name, await templatesOf(app, path.join(built, 'cdk.out', app.name)));
  }
  return templates;
}

function examples(root: string, built: string): App[] {
  const described = (name: string) => path.join(root, 'examples', name, 'cdk.json');
  return fs.readdirSync(path.join(root, 'examples')).filter((name) => fs.existsSync(described(name))).map((name) => {
    const { app, context = {} } = readJson(described(name)) as { app: string; context?: object };
    return { name: `examples/${name}`, folder: path.join(built, 'examples', name), command: app, context };
  });
}

/** The apps of the language tests, with the flags of a new app. */
function languageTests(built: string): App[] {
  const folder = path.join(built, LANGUAGES);
  if (!fs.existsSync(folder)) {
    return [];
  }
  writeShortest(built, path.join(folder, 'shortest.js'));
  const context = readJson(path.join(built, 'node_modules', 'aws-cdk-lib', 'recommended-feature-flags.json'));
  return fs.readdirSync(folder).filter((file) => file.endsWith('.js') && file !== REFUSALS).map((file) => {
    const { name } = path.parse(file);
    return { name: `test/languages/typescript/${name}`, folder, command: `node ${file}`, context };
  });
}

/** The program of the README, which stands on a page alone; the scripts of its revision know where. */
function writeShortest(built: string, file: string): void {
  if (fs.existsSync(path.join(built, 'scripts', 'languages', 'page.js'))) {
    const print = "process.stdout.write(require('./scripts/languages/page').programOnPage?.('shortest', 'ts') ?? '')";
    const program = run(built, ['node', '--eval', print]);
    if (program !== '') {
      fs.writeFileSync(file, transformSync(program, { loader: 'ts', format: 'cjs' }).code);
    }
  }
}

async function templatesOf({ name, folder, command, context }: App, assembly: string): Promise<Map<string, string>> {
  const [program, ...args] = command.split(' ');
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([variable]) => !OF_THE_CALLER.test(variable))),
    ...WITHOUT_VALIDATION,
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...CONTEXT }),
  };
  try {
    await promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`'${command}' of ${name} failed:\n${stderr || message}`);
  }
  const files = fs.readdirSync(assembly, { recursive: true, encoding: 'utf8' });
  const templates = files.filter((file) => file.endsWith('.template.json'));
  return new Map(templates.map((file) => [file, fs.readFileSync(path.join(assembly, file), 'utf8')]));
}

function readJson(file: string): object {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as object;
}
