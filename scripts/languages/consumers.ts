import * as fs from 'fs';
import * as path from 'path';
import { built, CDK_VERSION, CDK_VERSION_OF_MAVEN, DIST, forgetEarlierBuilds, MANIFEST, maven, ROOT } from './packages';
import { sampleOf } from './page';
import { run } from './programs';

const SOURCES = path.join(ROOT, 'test', 'languages');
const MYPY_VERSION = '2.4.1';
const GO_MODULE = 'github.com/org/prod-constructs-go/prodconstructs';

/** The commands that run the programs of a language. */
export interface Programs {
  readonly app: string[];
  /** The sample of docs/languages.md. */
  readonly sample: string[];
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
  fs.writeFileSync(path.join(folder, 'sample.ts'), sampleOf('ts'));
  const { version } = JSON.parse(fs.readFileSync(require.resolve('typescript/package.json'), 'utf8')) as { version: string };
  run(folder, ['npm', 'install', '--no-audit', '--no-fund', built('js', '.tgz'), `aws-cdk-lib@${cdkVersion}`, `typescript@${version}`, '@types/node@20']);
  run(folder, ['npx', 'tsc', '--strict', '--target', 'es2022', '--module', 'node16', 'app.ts', 'sample.ts', 'refusals.ts']);
  return { app: ['node', 'app.js'], sample: ['node', 'sample.js'], refusals: ['node', 'refusals.js'] };
}

function installPython(folder: string): Programs {
  copySources('python', folder);
  fs.writeFileSync(path.join(folder, 'sample.py'), sampleOf('python'));
  run(folder, ['python3', '-m', 'venv', '.venv']);
  const python = path.join('.venv', 'bin', 'python');
  run(folder, [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', built('python', '.whl'), `aws-cdk-lib==${CDK_VERSION}`, `mypy==${MYPY_VERSION}`]);
  run(folder, [python, '-m', 'mypy', '--strict', 'app.py', 'sample.py', 'refusals.py']);
  return { app: [python, 'app.py'], sample: [python, 'sample.py'], refusals: [python, 'refusals.py'] };
}

/** The pom makes every warning of the compiler an error. */
function installJava(folder: string): Programs {
  copySources('java', folder);
  fs.writeFileSync(path.join(folder, 'src', 'main', 'java', 'example', 'Sample.java'), javaProgram(sampleOf('java')));
  forgetEarlierBuilds();
  maven(folder, [
    'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt',
    `-Dcdk.version=${CDK_VERSION_OF_MAVEN}`, `-Dlibrary.version=${MANIFEST.version}`, `-Dlibrary.repository=file://${path.join(DIST, 'java')}`,
  ]);
  const classpath = ['target/classes', fs.readFileSync(path.join(folder, 'classpath.txt'), 'utf8').trim()].join(path.delimiter);
  const program = (main: string) => ['java', '-classpath', classpath, `example.${main}`];
  return { app: program('Main'), sample: program('Sample'), refusals: program('Refusals') };
}

/** A sample is statements after imports, which leave out the types that TypeScript doesn't name. */
function javaProgram(sample: string): string {
  const lines = sample.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const statements = lines.filter((line) => !line.startsWith('import '));
  return `package example;\n\nimport org.prodconstructs.*;\n${imports.join('\n')}\n\npublic final class Sample {\n  public static void main(final String[] args) {\n${statements.join('\n')}\n  }\n}\n`;
}

function installGo(folder: string): Programs {
  copySources('go', folder);
  run(folder, ['go', 'mod', 'edit', '-replace', `${GO_MODULE}=${path.dirname(built('go', 'go.mod'))}`]);
  run(folder, ['go', 'vet', '-mod=mod', './...']);
  run(folder, ['go', 'build', '-mod=mod', '-o', 'bin/', './...']);
  return { app: ['bin/example'], sample: ['bin/shortest'], refusals: ['bin/refusals'] };
}

function copySources(language: string, folder: string): void {
  fs.cpSync(path.join(SOURCES, language), folder, { recursive: true });
}
