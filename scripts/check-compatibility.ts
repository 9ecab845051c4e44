/**
 * npm run compat: compares the API of the sources with that of the last tag. A breaking change fails, unless a breaking commit since then
 * (`feat!: ...`, or `BREAKING CHANGE:` in its body) names its key or .compatignore lists it. Takes the repository of the current folder.
 */
import { execFileSync, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = process.cwd();
const BIN = path.join(__dirname, '..', 'node_modules', '.bin');
/** What jsii needs to see of a release. */
const SOURCES = ['package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'src'];

try {
  process.exitCode = check();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function check(): number {
  const tag = lastTag();
  if (tag === undefined) {
    console.log('Nothing is released yet: there is no tag to compare with.');
    return 0;
  }
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'compatibility-'));
  try {
    const released = compiled(path.join(workspace, 'released'), (folder) => {
      execFileSync('tar', ['-x', '-C', folder], { input: execFileSync('git', ['archive', tag, ...SOURCES.filter((file) => inRelease(tag, file))], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 }) });
    });
    const current = compiled(path.join(workspace, 'current'), (folder) => {
      SOURCES.filter((file) => fs.existsSync(path.join(ROOT, file))).forEach((file) => fs.cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true }));
    });
    return compare(tag, released, current);
  } finally {
    fs.rmSync(workspace, { recursive: true });
  }
}

function compare(tag: string, released: string, current: string): number {
  const { status, stdout, stderr } = spawnSync(path.join(BIN, 'jsii-diff'), [released, current, '--keys', '--ignore-file', path.join(ROOT, '.compatignore')], { encoding: 'utf8' });
  const differences = `${stdout}${stderr}`.trim();
  if (status === 0) {
    console.log(`What compiled with ${tag} still does.`);
    return 0;
  }
  console.log(differences);
  const broken = [...differences.matchAll(/^err .*\[(\S+)\]$/gm)].map(([, key]) => key);
  if (broken.length === 0) {
    throw new Error(`jsii-diff ended with ${status} and named no break.`);
  }
  const announcements = breakingCommitsSince(tag);
  const unannounced = broken.filter((key) => !announcements.some(({ words }) => words.has(key)));
  if (unannounced.length === 0) {
    const subjects = announcements.filter(({ words }) => broken.some((key) => words.has(key))).map(({ subject }) => `  ${subject}`);
    console.log(`\nBreaks what compiled with ${tag}, announced by:\n${subjects.join('\n')}`);
    return 0;
  }
  console.error(`\nBreaks what compiled with ${tag}, and no commit says so. Keep the old name and deprecate it, or announce each break in the body of a breaking commit `
    + `(docs/versioning.md):\n\nfeat!: ...\n\n${unannounced.map((key) => `BREAKING CHANGE: ${key} ...`).join('\n')}`);
  return 1;
}

/** Copies a version of the sources into an empty folder and compiles it. */
function compiled(folder: string, copy: (folder: string) => void): string {
  fs.mkdirSync(folder);
  copy(folder);
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const { status, stdout, stderr } = spawnSync(path.join(BIN, 'jsii'), [], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`jsii ended with ${status} in the ${path.basename(folder)} sources:\n${stdout}${stderr}`);
  }
  return folder;
}

function lastTag(): string | undefined {
  if (git('rev-parse', '--is-shallow-repository') === 'true') {
    throw new Error('This clone is shallow: whether there is a release to compare with can\'t be seen. git fetch --unshallow --tags');
  }
  return git('tag', '--list', 'v[0-9]*', '--merged', 'HEAD', '--sort=-version:refname').split('\n').find((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
}

function inRelease(tag: string, file: string): boolean {
  return git('ls-tree', '--name-only', tag, file) !== '';
}

/** As the release's version bump reads them, whatever their type, with the words of their bodies. */
function breakingCommitsSince(tag: string): { subject: string; words: Set<string> }[] {
  const commits = git('log', '--format=%B%x00', `${tag}..HEAD`).split('\0').map((message) => message.trim());
  const breaking = commits.filter((message) => /^\w+(\([^)]*\))?!: /.test(message) || /^(?:\* +)?BREAKING[ -]CHANGE:/im.test(message));
  return breaking.map((message) => {
    const [subject, ...body] = message.split('\n');
    return { subject, words: new Set(body.join('\n').split(/[\s,;`]+/).map((word) => word.replace(/\.$/, ''))) };
  });
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
