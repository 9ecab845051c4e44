import * as fs from 'fs';
import * as path from 'path';
import { ScratchRepository } from './scratch-repository';

const ROOT = path.join(__dirname, '..', '..');
const MANIFEST = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as object;
const { tasks } = JSON.parse(fs.readFileSync(path.join(ROOT, '.projen', 'tasks.json'), 'utf8')) as { tasks: { release: { env: NodeJS.ProcessEnv } } };
/** What the release is told, the major version among it; and nothing of a release in which this test itself may run. */
const env = { ...tasks.release.env, LATEST_TAG: undefined, RELEASABLE_COMMITS: undefined, SUGGESTED_BUMP: undefined };

describe('the bump of a release', () => {
  let repository: ScratchRepository;

  beforeEach(() => {
    repository = new ScratchRepository();
    repository.take('.projen');
    // During a release, the real one has the version that is being released.
    repository.write('package.json', `${JSON.stringify({ ...MANIFEST, version: '0.0.0' }, undefined, 2)}\n`);
    repository.commit('feat: a beginning');
  });
  afterEach(() => repository.remove());

  function bump(): { status: number | null; version: string; output: string } {
    const { status, output } = repository.run('npx', ['projen', 'bump'], env);
    const { version } = JSON.parse(repository.read('package.json')) as { version: string };
    return { status, version, output };
  }

  test('makes the first release 1.0.0, with tag and changelog', () => {
    expect(bump()).toMatchObject({ status: 0, version: '1.0.0' });
    expect(repository.read('dist/version.txt')).toBe('1.0.0');
    expect(repository.read('dist/releasetag.txt')).toBe('v1.0.0');
    expect(repository.read('dist/changelog.md')).toContain('a beginning');
  }, 180_000);

  test.each([
    ['fix(network): a route', '1.2.4'],
    ['feat(service): a rollout', '1.3.0'],
  ])('after 1.2.3, "%s" makes %s, and the changelog says why', (message, version) => {
    repository.tag('v1.2.3');
    repository.commit(message);

    expect(bump()).toMatchObject({ status: 0, version });
    expect(repository.read('dist/releasetag.txt')).toBe(`v${version}`);
    expect(repository.read('dist/changelog.md')).toContain(message.split(': ')[1]);
  }, 180_000);

  test('makes no release of documentation alone', () => {
    repository.tag('v1.2.3');
    repository.commit('docs: a page');

    expect(bump()).toMatchObject({ status: 0, version: '1.2.3' });
  }, 180_000);

  test('refuses a new major version that nobody decided in .projenrc.ts', () => {
    repository.tag('v1.2.3');
    repository.commit('feat(network)!: other blocks');

    const { status, output } = bump();

    expect(status).not.toBe(0);
    expect(output).toContain('only publish v1 releases - bump resulted in 2.0.0');
  }, 180_000);

  test('is taken back after the build', () => {
    bump();
    repository.run('npx', ['projen', 'unbump'], env);

    expect(JSON.parse(repository.read('package.json'))).toMatchObject({ version: '0.0.0' });
    expect(repository.git('status', '--porcelain')).toBe('');
  }, 180_000);
});
