import * as path from 'path';
import { ScratchRepository } from './scratch-repository';

const ROOT = path.join(__dirname, '..', '..');
const CHECK = [
  '-r', path.join(ROOT, 'node_modules', 'ts-node', 'register', 'transpile-only'), path.join(ROOT, 'scripts', 'check-compatibility.ts'),
];
const TYPESCRIPT = { TS_NODE_PROJECT: path.join(ROOT, 'tsconfig.dev.json') };
const LIBRARY = {
  name: 'released',
  version: '0.0.0',
  description: 'x',
  license: 'Apache-2.0',
  stability: 'stable',
  author: { name: 'x', email: 'x@example.org' },
  repository: { url: 'https://example.org/x.git' },
  main: 'lib/index.js',
  types: 'lib/index.d.ts',
  jsii: { outdir: 'dist', targets: {}, tsc: { rootDir: 'src', outDir: 'lib' } },
};

/** The sources of a small library with one interface. */
function library(...props: string[]): string {
  return `export interface ThingProps {\n${props.map((prop) => `  readonly ${prop}?: number;\n`).join('')}}\n`;
}

describe('the API against the last tag', () => {
  let repository: ScratchRepository;

  beforeEach(() => {
    repository = new ScratchRepository();
    repository.write('package.json', JSON.stringify(LIBRARY));
    repository.write('README.md', '# x\n');
    repository.write('LICENSE', '');
    repository.write('src/index.ts', library('port', 'size'));
    repository.commit('feat: two props');
  });
  afterEach(() => repository.remove());

  const check = () => repository.run(process.execPath, CHECK, TYPESCRIPT);

  test('is compared with nothing before the first release', () => {
    expect(check()).toEqual({ status: 0, output: 'Nothing is released yet: there is no tag to compare with.\n' });
  }, 180_000);

  test('may grow', () => {
    repository.tag('v1.0.0');
    repository.write('src/index.ts', library('port', 'size', 'zones'));
    repository.commit('feat: zones');

    expect(check()).toEqual({ status: 0, output: 'What compiled with v1.0.0 still does.\n' });
  }, 180_000);

  test('may not lose a prop unannounced, committed or not', () => {
    repository.tag('v1.0.0');
    repository.tag('v0.9.0');
    repository.tag('v2.0.0-beta.1');
    repository.write('src/index.ts', library('port'));

    const { status, output } = check();
    expect(status).toBe(1);
    expect(output).toMatch(/size/);
    expect(output).toContain('Breaks what compiled with v1.0.0, and no commit says so.');

    repository.commit('fix: one prop less');
    expect(check().status).toBe(1);
  }, 240_000);

  test.each([
    'feat(api)!: one prop less\n\n- removed:released.ThingProps.size',
    'feat: one prop less\n\nBREAKING CHANGE: removed:released.ThingProps.size, which nothing used.',
    'refactor!: one prop less\n\nWhat goes is `removed:released.ThingProps.size`.',
  ])('may lose it by "%s"', (message) => {
    repository.tag('v1.0.0');
    repository.write('src/index.ts', library('port'));
    repository.commit(message);

    const { status, output } = check();
    expect(status).toBe(0);
    expect(output).toContain(`announced by:\n  ${message.split('\n')[0]}`);
  }, 180_000);

  test.each([
    ['a breaking commit that names another', 'feat!: one prop less\n\nBREAKING CHANGE: removed:released.ThingProps.sizes'],
    ['a breaking commit that names none', 'feat!: other blocks'],
    ['a commit that breaks nothing by its own account', 'feat: one prop less\n\nremoved:released.ThingProps.size'],
  ])('may not lose it by %s', (_, message) => {
    repository.tag('v1.0.0');
    repository.write('src/index.ts', library('port'));
    repository.commit(message);

    const { status, output } = check();
    expect(status).toBe(1);
    expect(output).toContain('BREAKING CHANGE: removed:released.ThingProps.size ...');
  }, 180_000);

  test('may not lose two where one is announced', () => {
    repository.tag('v1.0.0');
    repository.write('src/index.ts', library('zones'));
    repository.commit('feat!: one prop less\n\nBREAKING CHANGE: removed:released.ThingProps.size');

    const { status, output } = check();
    expect(status).toBe(1);
    expect(output).toContain('BREAKING CHANGE: removed:released.ThingProps.port ...');
    expect(output).not.toContain('BREAKING CHANGE: removed:released.ThingProps.size ...');
  }, 180_000);

  test('may lose what .compatignore lists', () => {
    repository.tag('v1.0.0');
    repository.write('src/index.ts', library('port'));
    repository.write('.compatignore', '# Nobody can have used it: it was refused.\nremoved:released.ThingProps.size\n');
    repository.commit('fix: one prop less');

    expect(check()).toMatchObject({ status: 0 });
  }, 180_000);

  test('is not judged by a shallow clone, which may not see the tag', () => {
    repository.commit('fix: a second commit');
    const shallow = new ScratchRepository();
    shallow.git('fetch', '--quiet', '--depth=1', `file://${repository.folder}`, 'main');
    shallow.git('checkout', '--quiet', '--force', 'FETCH_HEAD');

    const { status, output } = shallow.run(process.execPath, CHECK, TYPESCRIPT);
    shallow.remove();

    expect(status).toBe(1);
    expect(output).toContain('git fetch --unshallow --tags');
  }, 180_000);
});
