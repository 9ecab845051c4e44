import * as fs from 'fs';
import * as path from 'path';
import { built, CDK_VERSION, CDK_VERSION_OF_MAVEN, DIST, forgetEarlierBuilds, MANIFEST, maven, ROOT } from './packages';
import { type Program, programOnPage, PROGRAMS } from './page';
import { run } from './programs';

const SOURCES = path.join(ROOT, 'test', 'languages');
/** What `npm run bench:python` measures with, and what: it has types, too, and runs. */
const BENCHMARK = ['measure.py', 'core.py', 'by_hand.py'];
const MYPY_VERSION = '2.4.1';
const JAVA_CLASSES: { [program in Program]: string } = { shortest: 'Shortest', examples: 'Examples' };
const GO_MODULE = 'github.com/org/prod-constructs-go/prodconstructs';

/** The commands that run the programs of a language. */
export interface Programs {
  readonly app: string[];
  /** What docs/languages.md shows. */
  readonly shown: { readonly [program in Program]: string[] };
  /** Does one thing that the library refuses; the number of the refusal is its argument. */
  readonly refusals: string[];
}

/** A language, and what it takes there to use the built package. */
export interface Consumer {
  readonly language: string;
  readonly cdkVersion: string;
  /** Where the language shows the message of an error that nobody caught, in what the program wrote to stderr. */
  readonly message: RegExp;
  /** Installs the built package and the programs into a folder, and checks their types as strictly as the language can. */
  install(folder: string): Programs;
}

const TYPESCRIPT = { language: 'TypeScript', message: /^PropError: (.*)$/m };

export const CONSUMERS: Consumer[] = [
  { ...TYPESCRIPT, cdkVersion: CDK_VERSION, install: (folder) => installTypeScript(folder, CDK_VERSION) },
  { ...TYPESCRIPT, cdkVersion: CDK_VERSION_OF_MAVEN, install: (folder) => installTypeScript(folder, CDK_VERSION_OF_MAVEN) },
  // The last line: in Python, what happened last stands last.
  { language: 'Python', cdkVersion: CDK_VERSION, message: /^RuntimeError: (.*)\n$(?![^])/m, install: installPython },
  { language: 'Java', cdkVersion: CDK_VERSION_OF_MAVEN, message: /^Exception in thread "main" software\.amazon\.jsii\.\w+: (.*)$/m, install: installJava },
  { language: 'Go', cdkVersion: CDK_VERSION, message: /^[^\n]*panic: (.*)/, install: installGo },
];

function installTypeScript(folder: string, cdkVersion: string): Programs {
  copySources('typescript', folder);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  const shown = PROGRAMS.map((program) => {
    fs.writeFileSync(path.join(folder, `${program}.ts`), programOnPage(program, 'ts'));
    return `${program}.ts`;
  });
  const { version } = JSON.parse(fs.readFileSync(require.resolve('typescript/package.json'), 'utf8')) as { version: string };
  run(folder, ['npm', 'install', '--no-audit', '--no-fund', built('js', '.tgz'), `aws-cdk-lib@${cdkVersion}`, `typescript@${version}`, '@types/node@20']);
  run(folder, ['npx', 'tsc', '--strict', '--target', 'es2022', '--module', 'node16', 'app.ts', 'refusals.ts', ...shown]);
  // Node finds what an import takes from CommonJS by reading the file, which loads its names late.
  run(folder, ['node', '--input-type=module', '--eval', `import { ${classes().join(', ')} } from '@org/prod-constructs';`]);
  return { app: ['node', 'app.js'], shown: { shortest: ['node', 'shortest.js'], examples: ['node', 'examples.js'] }, refusals: ['node', 'refusals.js'] };
}

/** The names of the library that exist in JavaScript. */
function classes(): string[] {
  const { types } = JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as { types: { [fqn: string]: { name: string; kind: string } } };
  return Object.values(types).filter(({ kind }) => kind !== 'interface').map(({ name }) => name);
}

function installPython(folder: string): Programs {
  copySources('python', folder);
  BENCHMARK.forEach((file) => fs.copyFileSync(path.join(ROOT, 'bench', 'python', file), path.join(folder, file)));
  const shown = PROGRAMS.map((program) => {
    fs.writeFileSync(path.join(folder, `${program}.py`), programOnPage(program, 'python'));
    return `${program}.py`;
  });
  run(folder, ['python3', '-m', 'venv', '.venv']);
  const python = path.join('.venv', 'bin', 'python');
  run(folder, [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', built('python', '.whl'), `aws-cdk-lib==${CDK_VERSION}`, `mypy==${MYPY_VERSION}`]);
  checkSamples(run(folder, [python, '-c', "from importlib.metadata import metadata; print(metadata('org-prod-constructs').get_payload())"]), 'Python');
  run(folder, [python, '-m', 'mypy', '--strict', 'app.py', 'refusals.py', ...shown, ...BENCHMARK]);
  runBenchmark(folder, python);
  return { app: [python, 'app.py'], shown: { shortest: [python, 'shortest.py'], examples: [python, 'examples.py'] }, refusals: [python, 'refusals.py'] };
}

function runBenchmark(folder: string, python: string): void {
  const [measure, ...apps] = BENCHMARK;
  apps.forEach((app) => run(folder, [python, measure, app], { CDK_OUTDIR: path.join(folder, 'bench.out'), ROLLOUT_HOOK: path.join(ROOT, 'assets', 'rollout-hook') }));
}

/** The pom makes every warning of the compiler an error. */
function installJava(folder: string): Programs {
  copySources('java', folder);
  for (const [program, name] of Object.entries(JAVA_CLASSES) as [Program, string][]) {
    fs.writeFileSync(path.join(folder, 'src', 'main', 'java', 'example', `${name}.java`), javaProgram(name, programOnPage(program, 'java')));
  }
  forgetEarlierBuilds();
  maven(folder, [
    'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt',
    `-Dcdk.version=${CDK_VERSION_OF_MAVEN}`, `-Dlibrary.version=${MANIFEST.version}`, `-Dlibrary.repository=file://${path.join(DIST, 'java')}`,
  ]);
  const classpath = ['target/classes', fs.readFileSync(path.join(folder, 'classpath.txt'), 'utf8').trim()].join(path.delimiter);
  const program = (main: string) => ['java', '-classpath', classpath, `example.${main}`];
  return { app: program('Main'), shown: { shortest: program(JAVA_CLASSES.shortest), examples: program(JAVA_CLASSES.examples) }, refusals: program('Refusals') };
}

/** The page shows imports and statements. */
function javaProgram(name: string, sample: string): string {
  const lines = sample.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const statements = lines.filter((line) => !line.startsWith('import '));
  return `package example;\n\n${imports.join('\n')}\n\npublic final class ${name} {\n  public static void main(final String[] args) {\n${statements.join('\n')}\n  }\n}\n`;
}

function installGo(folder: string): Programs {
  copySources('go', folder);
  run(folder, ['go', 'mod', 'edit', '-replace', `${GO_MODULE}=${path.dirname(built('go', 'go.mod'))}`]);
  checkSamples(fs.readFileSync(path.join(path.dirname(built('go', 'go.mod')), 'README.md'), 'utf8'), 'Go');
  run(folder, ['go', 'vet', '-mod=mod', './...']);
  run(folder, ['go', 'build', '-mod=mod', '-o', 'bin/', './...']);
  return { app: ['bin/example'], shown: { shortest: ['bin/shortest'], examples: ['bin/examples'] }, refusals: ['bin/refusals'] };
}

/** What a package shows of itself, where it is found. */
function checkSamples(readme: string, language: string): void {
  if (!readme.includes('ProductionWebService') || readme.includes('import {')) {
    throw new Error(`The package for ${language} has no README, or shows TypeScript in it:\n${readme}`);
  }
}

function copySources(language: string, folder: string): void {
  fs.cpSync(path.join(SOURCES, language), folder, { recursive: true });
}
