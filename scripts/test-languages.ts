/**
 * Builds the package for npm, PyPI and Maven into dist/, installs each in a fresh folder, and synthesizes one app in TypeScript,
 * Python and Java from it. The templates must be equal byte for byte, and a prop out of range must give the same line in all three.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.resolve(__dirname, '..');
const DIST = path.join(ROOT, 'dist');
const SOURCES = path.join(ROOT, 'test', 'languages');
/** Maven's downloads; kept between runs, ignored by git. */
const MAVEN_REPOSITORY = path.join(ROOT, 'tmp', 'maven');
/** The lowest release that can be installed in all three languages: Maven Central has the description of 2.270.0, but not everywhere its archive. */
const CDK_VERSION = '2.271.0';
const BAD_PORT = '70000';
const REFUSAL = /ProductionWebService 'application\/Web': port is .*/;
const TEMPLATES = ['registry.template.json', 'application.template.json'];

/** A program that must be there, how to ask for it, and how to get it. */
interface Tool {
  readonly name: string;
  readonly probe: string[];
  readonly get: string;
}

const TOOLS: Tool[] = [
  { name: 'Python 3 with venv', probe: ['python3', '-c', 'import ensurepip, venv'], get: 'https://www.python.org/downloads, or apt-get install python3 python3-venv' },
  { name: 'a Java development kit', probe: ['javac', '-version'], get: 'https://adoptium.net, or apt-get install default-jdk-headless' },
  { name: 'Maven', probe: ['mvn', '--version'], get: 'https://maven.apache.org/download.cgi, or apt-get install maven' },
];

/** A language, and what it takes there to run an app against the built package. */
interface Language {
  readonly name: string;
  /** Installs the built package and the app into an empty folder, and gives the command that runs the app. */
  install(folder: string): string[];
}

const LANGUAGES: Language[] = [
  { name: 'TypeScript', install: installTypeScript },
  { name: 'Python', install: installPython },
  { name: 'Java', install: installJava },
];

/** What an app in one language came to. */
interface Outcome {
  readonly language: string;
  readonly templates: Buffer[];
  /** The line that the bad port gave. */
  readonly refusal: string;
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function main(): void {
  checkTools();
  const buildSeconds = timed(build).seconds;
  console.log(`Built for npm, PyPI and Maven in ${buildSeconds.toFixed(1)} s. aws-cdk-lib ${CDK_VERSION}.\n`);

  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'languages-'));
  try {
    const outcomes = LANGUAGES.map((language) => tryOut(language, path.join(workspace, language.name)));
    compare(outcomes);
  } finally {
    fs.rmSync(workspace, { recursive: true, force: true });
  }
}

function checkTools(): void {
  const missing = TOOLS.filter(({ probe: [command, ...args] }) => spawnSync(command, args).status !== 0);
  if (missing.length > 0) {
    fail(missing.map(({ name, get }) => `Missing: ${name}. Get it: ${get}`).join('\n'));
  }
}

function build(): void {
  fs.rmSync(DIST, { recursive: true, force: true });
  offerToMaven('software.amazon.awscdk', 'aws-cdk-lib', CDK_VERSION);
  run(ROOT, ['npx', 'jsii-pacmak', '--target', 'js', '--target', 'python', '--target', 'java', '--maven-local-repository', MAVEN_REPOSITORY]);
}

/**
 * Makes a release known to Maven by name. The package asks for a range of versions, and a repository's index, from which Maven
 * picks, may be older than what the repository holds.
 */
function offerToMaven(group: string, artifact: string, version: string): void {
  const jars = fs.mkdtempSync(path.join(os.tmpdir(), 'jars-'));
  try {
    maven(jars, ['org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy', `-Dartifact=${group}:${artifact}:${version}`, '-DoutputDirectory=.']);
    maven(jars, [
      'org.apache.maven.plugins:maven-install-plugin:3.1.3:install-file', `-Dfile=${artifact}-${version}.jar`,
      `-DgroupId=${group}`, `-DartifactId=${artifact}`, `-Dversion=${version}`, '-Dpackaging=jar',
    ]);
  } finally {
    fs.rmSync(jars, { recursive: true, force: true });
  }
}

function installTypeScript(folder: string): string[] {
  fs.cpSync(path.join(SOURCES, 'typescript'), folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  const { version } = readJson(require.resolve('typescript/package.json')) as { version: string };
  run(folder, ['npm', 'install', '--no-audit', '--no-fund', built('js', '.tgz'), `aws-cdk-lib@${CDK_VERSION}`, `typescript@${version}`, '@types/node@20']);
  run(folder, ['npx', 'tsc', '--strict', '--target', 'es2022', '--module', 'node16', 'app.ts']);
  return ['node', 'app.js'];
}

function installPython(folder: string): string[] {
  fs.cpSync(path.join(SOURCES, 'python'), folder, { recursive: true });
  run(folder, ['python3', '-m', 'venv', '.venv']);
  const python = path.join('.venv', 'bin', 'python');
  run(folder, [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', built('python', '.whl'), `aws-cdk-lib==${CDK_VERSION}`]);
  return [python, 'app.py'];
}

function installJava(folder: string): string[] {
  fs.cpSync(path.join(SOURCES, 'java'), folder, { recursive: true });
  // Every build has the same version: without this, Maven would take the first one for ever.
  fs.rmSync(path.join(MAVEN_REPOSITORY, 'org', 'prodconstructs'), { recursive: true, force: true });
  maven(folder, [
    'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt',
    `-Dcdk.version=${CDK_VERSION}`, `-Dlibrary.version=${packageVersion()}`, `-Dlibrary.repository=file://${path.join(DIST, 'java')}`,
  ]);
  const classpath = fs.readFileSync(path.join(folder, 'classpath.txt'), 'utf8').trim();
  return ['java', '-classpath', ['target/classes', classpath].join(path.delimiter), 'example.Main'];
}

function tryOut({ name, install }: Language, folder: string): Outcome {
  const installed = timed(() => install(folder));
  const assembly = path.join(folder, 'cdk.out');
  const synthesized = timed(() => run(folder, installed.result, appEnvironment(assembly)));
  const templates = TEMPLATES.map((template) => fs.readFileSync(path.join(assembly, template)));
  const refusal = refusalOf(folder, installed.result);

  const sizes = TEMPLATES.map((template, index) => `${template} ${templates[index].length} bytes`).join(', ');
  console.log(`${name}: installed in ${installed.seconds.toFixed(1)} s, synthesized in ${synthesized.seconds.toFixed(1)} s, ${sizes}`);
  console.log(`  port ${BAD_PORT}: ${refusal}\n`);
  return { language: name, templates, refusal };
}

/** The line that a port out of range gives; its app must fail. */
function refusalOf(folder: string, command: string[]): string {
  const { status, stderr } = spawn(folder, command, { ...appEnvironment(path.join(folder, 'refused.out')), PORT: BAD_PORT });
  const line = REFUSAL.exec(stderr)?.[0].trim();
  if (status === 0 || !line) {
    fail(`${command.join(' ')} with port ${BAD_PORT} ended with ${status} and said:\n${stderr}`);
  }
  return line;
}

/** What CDK's command line tells an app: where to write, the flags of a new app, and to note construct paths. */
function appEnvironment(assembly: string): NodeJS.ProcessEnv {
  const flags = readJson(require.resolve('aws-cdk-lib/recommended-feature-flags.json'));
  return { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, 'aws:cdk:enable-path-metadata': true }) };
}

function compare([first, ...others]: Outcome[]): void {
  others.forEach((other) => {
    TEMPLATES.forEach((template, index) => {
      if (!first.templates[index].equals(other.templates[index])) {
        fail(`${template} differs between ${first.language} and ${other.language}, first at byte ${firstDifference(first.templates[index], other.templates[index])}.`);
      }
    });
    if (other.refusal !== first.refusal) {
      fail(`${first.language} and ${other.language} refuse port ${BAD_PORT} with different words.`);
    }
  });
  console.log(`The templates of ${LANGUAGES.map(({ name }) => name).join(', ')} are equal byte for byte, and so are the refusals.`);
}

function firstDifference(a: Buffer, b: Buffer): number {
  const index = a.findIndex((byte, position) => byte !== b[position]);
  return index < 0 ? a.length : index;
}

/** The one file with this ending that was built for a language. */
function built(language: string, ending: string): string {
  const folder = path.join(DIST, language);
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(ending));
  if (files.length !== 1) {
    fail(`Expected one ${ending} in ${folder}, found ${files.length}.`);
  }
  return path.join(folder, files[0]);
}

function packageVersion(): string {
  return (readJson(path.join(ROOT, 'package.json')) as { version: string }).version;
}

function readJson(file: string): object {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as object;
}

function maven(folder: string, args: string[]): void {
  run(folder, ['mvn', '--quiet', '--batch-mode', `-Dmaven.repo.local=${MAVEN_REPOSITORY}`, ...args]);
}

/** Runs a program, quietly while it succeeds. */
function run(folder: string, command: string[], environment: NodeJS.ProcessEnv = {}): void {
  const { status, stdout, stderr } = spawn(folder, command, environment);
  if (status !== 0) {
    fail(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  }
}

function spawn(folder: string, [program, ...args]: string[], environment: NodeJS.ProcessEnv): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 });
}

function timed<T>(action: () => T): { result: T; seconds: number } {
  const start = performance.now();
  const result = action();
  return { result, seconds: (performance.now() - start) / 1000 };
}

function fail(message: string): never {
  throw new Error(message);
}
