/** Checks in the tools of a language: commands for one folder, and what they need. */
export interface CheckPreset {
  /** Runtime as CodeBuild names it. */
  readonly runtime: string;
  /** Version of the runtime, pinned, because updates of the CodeBuild image change its own default. */
  readonly version: string;
  /**
   * Commands that prepare the build host, once.
   * @default - no commands
   */
  readonly prepare?: string[];
  /** Commands that install dependencies of a folder. */
  readonly install: string[];
  /** Commands that check the sources without running them. */
  readonly lint: string[];
  /** Commands of the unit tests. */
  readonly unit: string[];
  /** Commands of the integration tests. */
  readonly integration: string[];
  /**
   * JUnit files that the tests write by themselves.
   * @default - the tests write none
   */
  readonly reports?: string[];
}

/** Runs a command where a JSON file has a script. yarn and composer have no option for it. */
function ifScript(file: string, script: string, command: string): string {
  const exists = `jq -e '.scripts["${script}"]' ${file} > /dev/null`;
  return `if ${exists}; then ${command}; else echo 'no script ${script}'; fi`;
}

/** ruff where it is a dependency, pytest always, and integration tests in a folder of their own. */
function pythonTests(run: string): Pick<CheckPreset, 'lint' | 'unit' | 'integration' | 'reports'> {
  const integration = 'tests/integration';
  return {
    lint: [
      `if ${run} -m ruff --version > /dev/null 2>&1; ` +
        `then ${run} -m ruff check .; else echo 'ruff is no dependency'; fi`,
    ],
    unit: [`${run} -m pytest --ignore=${integration} --junitxml=reports/unit.xml`],
    integration: [
      `if [ -d ${integration} ]; then ${run} -m pytest ${integration} --junitxml=reports/integration.xml; fi`,
    ],
    reports: ['**/reports/unit.xml', '**/reports/integration.xml'],
  };
}

const MAVEN = 'if [ -f mvnw ]; then sh mvnw "$@"; else mvn "$@"; fi';
const GRADLE = 'if [ -f gradlew ]; then sh gradlew "$@"; else gradle "$@"; fi';
const GOFMT =
  "unformatted=\"$(find . -name '*.go' -not -path './vendor/*' -exec gofmt -l {} +)\" && " +
  '{ [ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; false; }; }';
/** Runs a tool by its wrapper in the sources, or else as the build image has it. */
function wrapped(tool: string, options: string): string {
  return `set -- ${options} && ${tool}`;
}

/** Tools by the factory of PipelineChecks that names them. */
export const CHECK_PRESETS = {
  npmScripts: {
    runtime: 'nodejs',
    version: '22',
    install: ['npm ci'],
    lint: ['npm run lint --if-present'],
    unit: ['npm test'],
    integration: ['npm run test:integration --if-present'],
  },
  pnpmScripts: {
    runtime: 'nodejs',
    version: '22',
    prepare: ['corepack enable pnpm'],
    install: ['pnpm install --frozen-lockfile'],
    lint: ['pnpm run --if-present lint'],
    unit: ['pnpm run test'],
    integration: ['pnpm run --if-present test:integration'],
  },
  yarnScripts: {
    runtime: 'nodejs',
    version: '22',
    prepare: ['corepack enable yarn'],
    install: [
      'case "$(yarn --version)" in 1.*) yarn install --frozen-lockfile ;; *) yarn install --immutable ;; esac',
    ],
    lint: [ifScript('package.json', 'lint', 'yarn run lint')],
    unit: ['yarn run test'],
    integration: [ifScript('package.json', 'test:integration', 'yarn run test:integration')],
  },
  pip: {
    runtime: 'python',
    version: '3.13',
    install: [
      'python -m venv .venv',
      '.venv/bin/python -m pip install --requirement requirements.txt',
      'if [ -f requirements-dev.txt ]; then .venv/bin/python -m pip install --requirement requirements-dev.txt; fi',
    ],
    ...pythonTests('.venv/bin/python'),
  },
  uv: {
    runtime: 'python',
    version: '3.13',
    prepare: ["python -m pip install 'uv==0.9.30'"],
    install: ['uv sync --locked'],
    ...pythonTests('uv run --no-sync python'),
  },
  maven: {
    runtime: 'java',
    version: 'corretto21',
    install: [],
    lint: [wrapped(MAVEN, '--batch-mode --no-transfer-progress test-compile')],
    unit: [],
    integration: [wrapped(MAVEN, '--batch-mode --no-transfer-progress verify')],
    reports: ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'],
  },
  gradle: {
    runtime: 'java',
    version: 'corretto21',
    install: [],
    lint: [wrapped(GRADLE, '--no-daemon --console=plain testClasses')],
    unit: [],
    integration: [wrapped(GRADLE, '--no-daemon --console=plain check')],
    reports: ['**/build/test-results/**/TEST-*.xml'],
  },
  goModules: {
    runtime: 'golang',
    version: '1.24',
    install: ['go mod download'],
    lint: [GOFMT, 'go vet ./...'],
    unit: ['go test ./...'],
    integration: ['go test -tags=integration ./...'],
  },
  composerScripts: {
    runtime: 'php',
    version: '8.3',
    install: ['composer install --no-interaction --no-progress'],
    lint: [ifScript('composer.json', 'lint', 'composer run-script lint')],
    unit: ['composer run-script test'],
    integration: [ifScript('composer.json', 'test:integration', 'composer run-script test:integration')],
  },
} satisfies { readonly [factory: string]: CheckPreset };
