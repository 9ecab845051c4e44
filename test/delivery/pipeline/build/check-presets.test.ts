import { spawnSync } from 'child_process';
import { PipelineChecks } from '../../../../src';
import { CHECK_PRESETS } from '../../../../src/delivery/pipeline/build/check-presets';
import { pipelineWith, projectOf } from '../../../fixtures/build-pipeline';
import { refusal, testStack } from '../../../fixtures/test-stack';
import { BuildHost, type Outcome } from '../../../simulators/shell-commands';

/** Each factory, the versions that it takes, and what it runs in a project that has all that is optional. */
const PRESETS: ReadonlyArray<[keyof typeof CHECK_PRESETS, object, string[]]> = [
  ['npmScripts', { nodejs: '22' }, ['npm ci', 'npm run lint --if-present', 'npm test', 'npm run test:integration --if-present']],
  ['pnpmScripts', { nodejs: '22' }, ['corepack enable pnpm', 'pnpm install --frozen-lockfile', 'pnpm run --if-present lint', 'pnpm run test', 'pnpm run --if-present test:integration']],
  ['yarnScripts', { nodejs: '22' }, ['corepack enable yarn', 'yarn --version', 'yarn install --immutable', 'yarn run lint', 'yarn run test', 'yarn run test:integration']],
  ['uv', { python: '3.13' }, [
    'python -m pip install uv==0.9.30', 'uv sync --locked', 'uv run --no-sync python -m ruff --version', 'uv run --no-sync python -m ruff check .',
    'uv run --no-sync python -m pytest --ignore=tests/integration --junitxml=reports/unit.xml',
    'uv run --no-sync python -m pytest tests/integration --junitxml=reports/integration.xml',
  ]],
  ['maven', { java: 'corretto21' }, ['mvn --batch-mode --no-transfer-progress test-compile', 'mvn --batch-mode --no-transfer-progress verify']],
  ['gradle', { java: 'corretto21' }, ['gradle --no-daemon --console=plain testClasses', 'gradle --no-daemon --console=plain check']],
  ['goModules', { golang: '1.24' }, ['go mod download', 'gofmt -l ./main.go', 'go vet ./...', 'go test ./...', 'go test -tags=integration ./...']],
  ['composerScripts', { php: '8.3' }, ['composer install --no-interaction --no-progress', 'composer run-script lint', 'composer run-script test', 'composer run-script test:integration']],
];
const SCRIPTS = JSON.stringify({ scripts: { 'lint': 'x', 'test': 'x', 'test:integration': 'x' } });
const TOOLS = ['npm', 'pnpm', 'yarn', 'corepack', 'python', 'uv', 'mvn', 'gradle', 'go', 'gofmt', 'composer'];
const stack = testStack();
const bound = (checks: PipelineChecks) => checks._bind(stack, { directories: ['api'] });
const commandsOf = (checks: PipelineChecks) => {
  const { install = [], lint, unit, integration } = bound(checks);
  return [...install, ...lint, ...unit, ...integration];
};

/** Runs the commands of a preset in the folder of the image. */
function run(checks: PipelineChecks, sources: { readonly [name: string]: string }, programs: { readonly [name: string]: string } = {}): Outcome {
  const host = new BuildHost({ ...Object.fromEntries(TOOLS.map((tool) => [tool, 'exit 0'])), yarn: '[ "$1" != --version ] || echo 4.9.1', ...programs });
  Object.entries(sources).forEach(([name, content]) => host.source(`api/${name}`, content));
  try {
    return host.run(commandsOf(checks), {});
  } finally {
    host.remove();
  }
}

describe('The checks in the tools of a language', () => {
  const ALL = { 'package.json': SCRIPTS, 'composer.json': SCRIPTS, 'tests/integration/test_it.py': '', 'main.go': '', 'vendor/other.go': '' };

  test('have a test each here, or one of their own', () => {
    expect([...PRESETS.map(([name]) => name), 'pip'].sort()).toEqual(Object.keys(CHECK_PRESETS).sort());
  });

  test.each(PRESETS)('%s install, analyze and test (A-09)', (name, runtimes, calls) => {
    const checks = PipelineChecks[name]();
    expect(bound(checks).runtimes).toEqual(runtimes);
    const outcome = run(checks, ALL);
    expect([outcome.status, outcome.calls]).toEqual([0, calls]);
  });

  test.each(PRESETS)('%s take another version of the language', (name, runtimes) => {
    expect(bound(PipelineChecks[name]('1.2.3')).runtimes).toEqual({ [Object.keys(runtimes)[0]]: '1.2.3' });
  });

  test('pip runs pytest in an environment of its own', () => {
    const python = '.venv/bin/python';
    expect(commandsOf(PipelineChecks.pip())).toEqual([
      'python -m venv .venv',
      `${python} -m pip install --requirement requirements.txt`,
      `if [ -f requirements-dev.txt ]; then ${python} -m pip install --requirement requirements-dev.txt; fi`,
      expect.stringContaining(`then ${python} -m ruff check .;`),
      `${python} -m pytest --ignore=tests/integration --junitxml=reports/unit.xml`,
      expect.stringContaining(`then ${python} -m pytest tests/integration --junitxml=reports/integration.xml;`),
    ].map((command) => (typeof command === 'string' ? `(cd 'api' && ${command})` : command)));
  });

  test.each([
    ['yarnScripts', 'yarn run test'],
    ['composerScripts', 'composer run-script test'],
  ] as const)('%s leave out scripts that the project does not have, except the tests', (name, last) => {
    const { calls, output } = run(PipelineChecks[name](), { 'package.json': '{}', 'composer.json': '{}' });
    expect(calls.pop()).toBe(last);
    expect(output).toContain('no script lint');
  });

  test('uv leaves out ruff and integration tests where there are none', () => {
    const { status, calls, output } = run(PipelineChecks.uv(), { 'uv.lock': '' }, { uv: '[[ "$*" != *ruff* ]]' });
    expect([status, calls.filter((call) => /ruff check|pytest tests/.test(call))]).toEqual([0, []]);
    expect(output).toContain('ruff is no dependency');
  });

  test.each([
    ['maven', 'mvnw', 'mvn'],
    ['gradle', 'gradlew', 'gradle'],
  ] as const)('%s uses the wrapper in the sources', (name, wrapper, tool) => {
    const { status, calls, output } = run(PipelineChecks[name](), { [wrapper]: 'echo "wrapper $*"' });
    expect([status, calls.filter((call) => call.startsWith(tool))]).toEqual([0, []]);
    expect(output).toMatch(/wrapper --/);
  });

  test('goModules fail where a file is not formatted, and leave the code of others alone', () => {
    const { status, output } = run(PipelineChecks.goModules(), ALL, { gofmt: 'printf "%s\\n" "${@:2}"' });
    expect(status).not.toBe(0);
    expect(output).toContain('not formatted: ./main.go');
    expect(output).not.toContain('vendor');
  });

  test('yarnScripts install by the lock file of either yarn', () => {
    expect(run(PipelineChecks.yarnScripts(), ALL, { yarn: '[ "$1" != --version ] || echo 1.22.22' }).calls).toContain('yarn install --frozen-lockfile');
  });

  test.each(Object.keys(CHECK_PRESETS) as Array<keyof typeof CHECK_PRESETS>)('%s end at the first command that fails', (name) => {
    const failing = Object.fromEntries(TOOLS.map((tool) => [tool, 'exit 1']));
    const { status, calls } = run(PipelineChecks[name](), ALL, failing);
    expect(status).not.toBe(0);
    expect(calls.length).toBeLessThanOrEqual(1);
  });

  test('keep the reports that their tool writes, or those that the tests write', () => {
    const files = (checks: PipelineChecks) =>
      Object.values<any>(projectOf(pipelineWith(() => ({ checks })).stack, /Check/).spec.reports ?? {}).map((report) => report.files);
    expect(files(PipelineChecks.maven())).toEqual([['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml']]);
    expect(files(PipelineChecks.npmScripts())).toEqual([]);
    expect(files(PipelineChecks.npmScripts('22', { reports: 'api/junit.xml' }))).toEqual([['api/junit.xml']]);
  });

  test('run in other folders than those of the images', () => {
    const checks = PipelineChecks.npmScripts('22', { directories: ['libs/a', 'libs/b'] });
    expect(bound(checks).install).toEqual(["(cd 'libs/a' && npm ci)", "(cd 'libs/b' && npm ci)"]);
  });

  test.each([[[]], [['../elsewhere']], [["a'b"]]])('are refused in the folders %j', (directories) => {
    expect(refusal(() => bound(PipelineChecks.npmScripts('22', { directories })))).toContain('checks.directories is ');
  });

  const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  (shellcheck ? test : test.skip).each(Object.keys(CHECK_PRESETS) as Array<keyof typeof CHECK_PRESETS>)('%s pass shellcheck, where it is installed', (name) => {
    const input = commandsOf(PipelineChecks[name]()).join('\n');
    expect(spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' }).stdout).toBe('');
  });
});
