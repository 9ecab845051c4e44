import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { run } from './programs';
import { TABLET, writeTablet } from './samples';

export const ROOT = path.resolve(__dirname, '..', '..');
export const DIST = path.join(ROOT, 'dist');
/** Maven's downloads; kept between runs, ignored by git. */
const MAVEN_REPOSITORY = path.join(ROOT, 'tmp', 'maven');
/** The lowest release that every Maven repository holds: of 2.270.0, some have the description and not the archive. */
export const CDK_VERSION_OF_MAVEN = '2.271.0';

interface Manifest {
  readonly version: string;
  readonly devDependencies: { [name: string]: string };
}

/** The library's own package.json. */
export const MANIFEST = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
/** The lowest release that the library takes, which is the one that it is developed with. */
export const CDK_VERSION = MANIFEST.devDependencies['aws-cdk-lib'];

/** Writes the npm tarball, the wheel and the sdist, the Maven artifacts and the Go module into dist/; what else a release has there stays. */
export function buildPackages(): void {
  ['js', 'python', 'java', 'go'].forEach((language) => fs.rmSync(path.join(DIST, language), { recursive: true, force: true }));
  writeTablet();
  offerToMaven('software.amazon.awscdk', 'aws-cdk-lib', CDK_VERSION_OF_MAVEN);
  const pacmak = ['npx', 'jsii-pacmak', '--rosetta-tablet', TABLET];
  run(ROOT, [...pacmak, '--target', 'js', '--target', 'python', '--target', 'java', '--rosetta-unknown-snippets', 'fail', '--maven-local-repository', MAVEN_REPOSITORY]);
  // The module alone: compiling it, too, would resolve its dependencies to the newest of the day. The app of test/languages/go compiles it.
  run(ROOT, [...pacmak, '--target', 'go', '--code-only']);
}

/** The files that are published, with their sizes; a Go module is a folder. Throws when one was not built. */
export function builtFiles(): { file: string; bytes: number }[] {
  const { version } = MANIFEST;
  const files = [
    built('js', '.tgz'), built('python', '.whl'), built('python', '.tar.gz'),
    ...['.jar', '-sources.jar', '-javadoc.jar', '.pom'].map((ending) => built('java', `${version}${ending}`)),
    built('go', 'go.mod'),
  ];
  return files.map((file) => ({ file: path.relative(ROOT, file), bytes: fs.statSync(file).size }));
}

/** The one file with this ending that was built for a language. */
export function built(language: string, ending: string): string {
  const files = found(language, new RegExp(`${ending.replace(/\./g, '\\.')}$`));
  if (files.length !== 1) {
    throw new Error(`Expected one ${ending} in dist/${language}, found ${files.length}.`);
  }
  return files[0];
}

/** Maven, with the downloads of this project. */
export function maven(folder: string, args: string[]): void {
  run(folder, ['mvn', '--quiet', '--batch-mode', `-Dmaven.repo.local=${MAVEN_REPOSITORY}`, ...args]);
}

/** Every build has the same version: without this, Maven would take the first one for ever. */
export function forgetEarlierBuilds(): void {
  fs.rmSync(path.join(MAVEN_REPOSITORY, 'org', 'prodconstructs'), { recursive: true, force: true });
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

function found(language: string, pattern: RegExp): string[] {
  const folder = path.join(DIST, language);
  return !fs.existsSync(folder) ? [] : fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => pattern.test(file)).map((file) => path.join(folder, file));
}
