import { awscdk, javascript } from 'projen';

/** The lowest release with CDK's own template validation that exists for npm, PyPI, Maven and Go alike. */
const CDK_VERSION = '2.270.0';

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
  workflowNodeVersion: '24',
  jsiiVersion: '~6.0.0',
  cdkVersion: CDK_VERSION,
  constructsVersion: '10.5.1',
  tsconfigDevFile: 'tsconfig.dev.json',
  docgen: true,

  devDeps: [
    '@aws-cdk/cloudformation-diff',
    '@cdklabs/cdk-validator-cfnguard@0.0.62',
    '@swc/core',
    '@swc/jest',
    'cdk-nag@^3.0.2',
    'fast-check@^4',
    'jsii-pacmak',
  ],

  publishToPypi: { distName: 'org-prod-constructs', module: 'org_prod_constructs' },
  publishToMaven: {
    javaPackage: 'org.prodconstructs',
    mavenGroupId: 'org.prodconstructs',
    mavenArtifactId: 'prod-constructs',
    mavenServerId: 'central-ossrh',
  },
  publishToGo: { moduleName: 'github.com/org/prod-constructs-go', packageName: 'prodconstructs' },
  npmAccess: javascript.NpmAccess.PUBLIC,
  npmProvenance: true,

  jestOptions: { configFilePath: 'jest.config.json', updateSnapshot: javascript.UpdateSnapshot.NEVER, coverageText: false },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'lambda', 'examples', 'bench', 'scripts'], prettier: false },
  gitignore: ['cdk.out', 'tmp/', '__pycache__', '.venv', 'target/', 'examples/**/*.js', 'examples/**/*.d.ts', 'bench/**/*.js', 'bench/**/*.d.ts'],
  npmignore: ['.ci', 'bench', 'docs', 'examples', 'lambda', 'scripts', 'jest.config.json', 'tsconfig.*.json', '.npmrc', 'test-reports'],
});

// package-lock.json must not name the registry that happened to serve the packages.
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

// The package resolves itself by name, so that examples import it as their readers will.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
  './.warnings.jsii.js': './.warnings.jsii.js',
});

// Tests are transpiled by swc and type-checked once by tsc, instead of once in every worker.
const jest = project.tryFindObjectFile('jest.config.json')!;
jest.addOverride('transform', { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] });
jest.addOverride('testMatch', ['<rootDir>/test/**/*.test.ts', '<rootDir>/lambda/**/*.test.ts']);
jest.addOverride('testPathIgnorePatterns', ['/node_modules/', '<rootDir>/test/languages/']);
jest.addOverride('coverageProvider', 'babel');
jest.addOverride('coverageThreshold', { global: { lines: 95 } });
jest.addOverride('collectCoverageFrom', ['src/**/*.ts', '!src/**/index.ts']);
jest.addOverride('coverageReporters', ['text-summary', 'json', 'lcov']);

const typecheck = project.addTask('typecheck', {
  description: 'Type-checks sources, tests, examples, benchmarks and scripts',
  exec: 'tsc --noEmit -p tsconfig.dev.json',
});
project.testTask.spawn(typecheck);
project.testTask.exec('jest --ci --coverage=false --reporters=default', { env: { FEATURE_FLAGS: 'none' } });

const compileApps = project.addTask('compile:apps', { description: 'Compiles the library, and the apps of examples and bench against it' });
compileApps.spawn(project.compileTask);
compileApps.exec('tsc -p tsconfig.apps.json');
const demo = project.addTask('demo', { description: 'Synthesizes every example without an account and shows what comes of it' });
demo.spawn(compileApps);
demo.exec('ts-node --transpile-only --project tsconfig.dev.json scripts/demo.ts');
const bench = project.addTask('bench', { description: 'Measures synthesis beside the same architecture written by hand, and the import of the library' });
bench.spawn(compileApps);
bench.exec('ts-node --transpile-only --project tsconfig.dev.json bench/run.ts', { receiveArgs: true });

project.tsconfigDev.addInclude('examples/**/*.ts');
project.tsconfigDev.addInclude('bench/**/*.ts');
project.tsconfigDev.addInclude('scripts/**/*.ts');
project.tsconfigDev.addInclude('lambda/**/*.ts');
project.tsconfigDev.file.addOverride('compilerOptions.paths', { '@org/prod-constructs': ['./src'] });
project.tryFindObjectFile('.eslintrc.json')?.addOverride('parserOptions.project', './tsconfig.dev.json');

project.synth();
