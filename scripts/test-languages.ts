/**
 * npm run test:languages: builds the packages, installs each in a fresh folder as its users do, and synthesizes one app in TypeScript,
 * Python, Java and Go, and the programs of docs/languages.md. Templates and asset manifests must be equal byte for byte, and what the library refuses must read the same.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { type Consumer, CONSUMERS } from './languages/consumers';
import { buildPackages } from './languages/packages';
import { PROGRAMS } from './languages/page';
import { attempt, run, timed } from './languages/programs';
import { checkTools } from './languages/tools';

/** What test/languages/<language>/refusals does, by the number of its argument, and how the library's answer begins. */
const REFUSALS: { [number: string]: string } = {
  1: "ProductionWebService 'application/Web': port is 70000, expected a whole number from 1 to 65535",
  2: "ProductionWebService 'application/Web': rollout.steps is [50,10,100], expected steps that rise",
  3: "HardenedPostgres 'application/Database': backup.retention is 40, expected a whole number from 1 to 35 days",
  4: "SecureVpc 'application/Second': plan.publicBlocks is \"10.2.1.0/24\", expected blocks inside 10.1.0.0/16",
  5: "SecureLoadBalancer 'application/Balancer': plainHttp.reason is \"for now\", expected a sentence",
};

/** What the programs of one language came to. */
interface Outcome {
  readonly name: string;
  /** Templates and asset manifests by name. */
  readonly files: Map<string, Buffer>;
  readonly refusals: string[];
}

try {
  checkTools();
  console.log(`Packages built in ${timed(buildPackages).seconds.toFixed(1)} s.\n`);
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'languages-'));
  try {
    compare(CONSUMERS.map((consumer, index) => tryOut(consumer, path.join(workspace, `${index}`))));
  } finally {
    fs.rmSync(workspace, { recursive: true, force: true });
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function tryOut(consumer: Consumer, folder: string): Outcome {
  const name = `${consumer.language} with aws-cdk-lib ${consumer.cdkVersion}`;
  const { result: programs, seconds: installSeconds } = timed(() => consumer.install(folder));
  const { result: app, seconds } = timed(() => synthesized(folder, 'app.out', programs.app));
  const shown = PROGRAMS.flatMap((program) => synthesized(folder, `${program}.out`, programs.shown[program]));
  const files = new Map([...app, ...shown]);
  const refusals = Object.entries(REFUSALS).map(([number, beginning]) => refusal(consumer, folder, [...programs.refusals, number], beginning));

  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(`${name}: installed and type-checked in ${installSeconds.toFixed(1)} s, synthesized in ${seconds.toFixed(1)} s, ${files.size} files, ${bytes} bytes`);
  refusals.forEach((line) => console.log(`  ${line}`));
  return { name, files, refusals };
}

/** Templates and asset manifests, by the folder and the name. */
function synthesized(folder: string, assembly: string, command: string[]): [string, Buffer][] {
  run(folder, command, appEnvironment(path.join(folder, assembly)));
  const files = fs.readdirSync(path.join(folder, assembly)).filter((file) => /\.(template|assets)\.json$/.test(file)).sort();
  return files.map((file) => [path.join(assembly, file), fs.readFileSync(path.join(folder, assembly, file))]);
}

/** The line in which a language shows the refusal; the program must fail. */
function refusal({ message }: Consumer, folder: string, command: string[], beginning: string): string {
  const { status, stderr } = attempt(folder, command, appEnvironment(path.join(folder, 'refused.out')));
  const line = message.exec(stderr)?.[1];
  if (status === 0 || !line?.startsWith(beginning) || !/\. [A-Z].+\.$/.test(line)) {
    throw new Error(`${command.join(' ')} ended with ${status}, where "${beginning} ... . Fix." should stand it said:\n${stderr}`);
  }
  return line;
}

/** What CDK's command line tells an app: where to write, the flags of a new app, and to note construct paths. */
function appEnvironment(assembly: string): NodeJS.ProcessEnv {
  const flags = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as object;
  return { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, 'aws:cdk:enable-path-metadata': true }) };
}

function compare([first, ...others]: Outcome[]): void {
  for (const other of others) {
    if ([...other.files.keys()].join() !== [...first.files.keys()].join()) {
      throw new Error(`${first.name} writes ${[...first.files.keys()].join(', ')}; ${other.name} writes ${[...other.files.keys()].join(', ')}.`);
    }
    for (const [file, content] of first.files) {
      const at = firstDifference(content, other.files.get(file)!);
      if (at !== undefined) {
        throw new Error(`${file} differs between ${first.name} and ${other.name}, first at byte ${at}:\n${excerpt(content, at)}\n${excerpt(other.files.get(file)!, at)}`);
      }
    }
    if (other.refusals.join('\n') !== first.refusals.join('\n')) {
      throw new Error(`${first.name} and ${other.name} refuse in different words.`);
    }
  }
  console.log(`\nTemplates and asset manifests are equal byte for byte, and so are the refusals: ${[first, ...others].map(({ name }) => name).join(', ')}.`);
}

function firstDifference(a: Buffer, b: Buffer): number | undefined {
  if (a.equals(b)) {
    return undefined;
  }
  const index = a.findIndex((byte, position) => byte !== b[position]);
  return index < 0 ? a.length : index;
}

function excerpt(content: Buffer, at: number): string {
  return content.subarray(Math.max(0, at - 80), at + 80).toString().replace(/\s+/g, ' ');
}
