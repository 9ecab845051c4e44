import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { parse } from 'yaml';
import { ImageBuild, ImageRepository } from '../../src';
import { BUILD_SCAN_PUSH, NAME_BUILT_IMAGE } from '../../src/delivery/pipeline/build/build-script';
import { actionlint, checkJsonschema } from '../fixtures/ci-linters';
import { testStack } from '../fixtures/test-stack';
import { BuildHost } from '../simulators/shell-commands';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'ci');
const read = (name: string): string => fs.readFileSync(path.join(EXAMPLE, name), 'utf8');
const WORKFLOW = '.github/workflows/release.yml';
const PIPELINES = 'bitbucket-pipelines.yml';

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: object;
  readonly env?: { readonly [name: string]: string };
  readonly steps: ReadonlyArray<{ readonly uses?: string; readonly run?: string }>;
}
const workflow = parse(read(WORKFLOW), { merge: true }) as {
  on: { [event: string]: unknown };
  permissions: object;
  jobs: { [name: string]: Job };
};
interface Step {
  readonly step: {
    readonly name: string;
    readonly oidc?: boolean;
    readonly deployment?: string;
    readonly script: string[];
    readonly services?: string[];
  };
}
const bitbucket = parse(read(PIPELINES), { merge: true }) as {
  pipelines: { 'branches': { [branch: string]: Step[] }; 'pull-requests': { [branch: string]: Step[] } };
};
const buildStack = testStack();
const build = ImageBuild.docker({ repository: new ImageRepository(buildStack, 'Images') });
const trivy = build._bind(buildStack).environment.TRIVY_IMAGE;

/** Scripts of the builds, in a file for other CI services. */
const IMAGE_SCRIPT = `#!/usr/bin/env bash
# Builds, scans and pushes an image. The CodeBuild projects of the library run the same script
# (src/delivery/pipeline/build/build-script.ts). UPDATE_EXAMPLES=1 npx jest test/examples/ci.test.ts writes this file.
set -euo pipefail
${NAME_BUILT_IMAGE}
${BUILD_SCAN_PUSH}
`;

describe('The script ci/image.sh', () => {
  const file = path.join(EXAMPLE, 'ci', 'image.sh');
  if (process.env.UPDATE_EXAMPLES) {
    fs.writeFileSync(file, IMAGE_SCRIPT, { mode: 0o755 });
  }

  test('is the script that the builds of the pipeline run (B-11, C-17)', () => {
    expect(fs.readFileSync(file, 'utf8')).toBe(IMAGE_SCRIPT);
    expect(() => fs.accessSync(file, fs.constants.X_OK)).not.toThrow();
  });

  test('keeps its scan in the directory that SCAN_FOLDER names (C-17)', () => {
    const host = new BuildHost({
      docker: 'exit 0',
      aws: '[ "$2" != describe-images ] || { echo ImageNotFoundException; exit 1; }',
    }).source('package.json', '{}');
    try {
      const { calls } = host.run([IMAGE_SCRIPT], {
        COMMIT_ID: 'a'.repeat(40),
        REPOSITORY_NAME: 'shop',
        REPOSITORY_URI: 'registry/shop',
        DIRECTORY: '.',
        DOCKERFILE: './Dockerfile',
        PLATFORMS: 'linux/amd64',
        TRIVY_IMAGE: trivy,
        SCAN_FOLDER: path.join(host.folder, 'sources', '.scan'),
      });
      expect(
        calls
          .filter((call) => call.includes('docker run'))
          .every((call) => call.includes('--volume /sources/.scan:/scan')),
      ).toBe(true);
      expect(calls.filter((call) => call.startsWith('docker push'))).toHaveLength(1);
    } finally {
      host.remove();
    }
  });
});

describe('The workflow of GitHub Actions', () => {
  const uses = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));

  test('runs on pushes to main and by hand, and tests before it builds (B-11)', () => {
    expect(Object.keys(workflow.on)).toEqual(['push', 'pull_request', 'workflow_dispatch']);
    expect(workflow.on.push).toEqual({ branches: ['main'] });
    expect(workflow.jobs.image.needs).toBe('test');
    expect(workflow.jobs.test.steps.map(({ run }) => run).filter(Boolean)).toEqual([
      'npm ci',
      'npm run lint',
      'npm test',
      'npm run test:integration',
    ]);
  });

  test('pins actions by commit and Trivy by digest (B-11)', () => {
    uses.forEach((action) => expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/));
    expect(workflow.jobs.image.env!.TRIVY_IMAGE).toBe(trivy);
  });

  test('stores no key, and requests a token only in the job that pushes, in the environment of the role (B-11)', () => {
    expect(read(WORKFLOW)).not.toMatch(/secrets\.|AKIA|access[_-]key/i);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(
      Object.entries(workflow.jobs)
        .filter(([, { permissions }]) => JSON.stringify(permissions ?? {}).includes('id-token'))
        .map(([name]) => name),
    ).toEqual(['image']);
    expect(workflow.jobs.image.environment).toBe('production');
  });

  test('deploys nothing from pull requests, and shows their infrastructure diff without a credential (C-17)', () => {
    expect(workflow.jobs.image.if).toBe("github.ref == 'refs/heads/main' && github.event_name != 'pull_request'");
    expect(workflow.jobs['infrastructure-diff'].if).toBe("github.event_name == 'pull_request'");
    expect(JSON.stringify(workflow.jobs['infrastructure-diff'])).not.toMatch(/role-to-assume|id-token/);
  });

  (actionlint ? test : test.skip)('passes actionlint (skipped where scripts/install-ci-linters.ts has not run)', () => {
    const { status, stdout } = spawnSync(
      actionlint!,
      ['-no-color', '-shellcheck=', '-pyflakes=', path.join(EXAMPLE, WORKFLOW)],
      { encoding: 'utf8' },
    );
    expect([status, stdout]).toEqual([0, '']);
  });

  (checkJsonschema ? test : test.skip)(
    'conforms to the schema of workflows (skipped where scripts/install-ci-linters.ts has not run)',
    () => {
      const { status, stdout } = spawnSync(
        checkJsonschema!,
        ['--builtin-schema', 'vendor.github-workflows', path.join(EXAMPLE, WORKFLOW)],
        { encoding: 'utf8' },
      );
      expect([status, stdout.trim()]).toEqual([0, 'ok -- validation done']);
    },
    30_000,
  );
});

describe('The pipelines of Bitbucket', () => {
  const { branches, 'pull-requests': pullRequests } = bitbucket.pipelines;
  const names = (steps: Step[]) => steps.map(({ step }) => step.name);

  test('test, build, scan and push main and staging, and test and compare pull requests (C-17)', () => {
    expect(Object.keys(branches)).toEqual(['main', 'staging']);
    Object.values(branches).forEach((steps) => expect(names(steps)).toEqual(['Test', 'Build, scan, push']));
    expect(names(pullRequests['**'])).toEqual(['Test', 'Infrastructure diff']);
  });

  test('get tokens in the deployment of the role, and store no key; pull requests get none (C-17)', () => {
    expect(Object.values(branches).map(([, { step }]) => [step.oidc, step.deployment])).toEqual([
      [true, 'production'],
      [true, 'staging'],
    ]);
    pullRequests['**'].forEach(({ step }) => expect([step.oidc, step.deployment]).toEqual([undefined, undefined]));
    expect(read(PIPELINES)).not.toMatch(/AWS_ACCESS_KEY|AWS_SECRET|AKIA/);
  });

  test('pin Trivy by digest, and scan where Bitbucket allows volumes (A-09)', () => {
    const [, { step }] = branches.main;
    expect(step.script).toContain(`export TRIVY_IMAGE=${trivy}`);
    expect(step.script).toContain('export SCAN_FOLDER="$BITBUCKET_CLONE_DIR/.scan"');
  });

  (checkJsonschema ? test : test.skip)(
    'conform to the schema of Bitbucket (skipped where scripts/install-ci-linters.ts has not run)',
    () => {
      const { status, stdout } = spawnSync(
        checkJsonschema!,
        ['--builtin-schema', 'vendor.bitbucket-pipelines', path.join(EXAMPLE, PIPELINES)],
        { encoding: 'utf8' },
      );
      expect([status, stdout.trim()]).toEqual([0, 'ok -- validation done']);
    },
    30_000,
  );
});

describe('The script ci/infrastructure-diff.sh', () => {
  test('compares each stack with its version before, including new and removed stacks (C-17)', () => {
    const host = new BuildHost({
      npm: 'exit 0',
      npx: 'if [ "$2" = synth ]; then mkdir -p cdk.out; for stack in $(cat stacks); do echo "{}" > "cdk.out/$stack.template.json"; done; fi',
    })
      .source('before/stacks', 'kept removed')
      .source('after/stacks', 'kept added')
      .source('diff.sh', read('ci/infrastructure-diff.sh'));
    try {
      const { status, output, calls } = host.run(['bash diff.sh before after'], {});
      expect(status).toBe(0);
      expect(
        calls
          .filter((call) => call.includes('cdk diff'))
          .map((call) => call.replace(/--template \/tmp\S+/, '--template nothing')),
      ).toEqual([
        expect.stringMatching(/^npx cdk diff --app cdk\.out --template \S+ added$/),
        'npx cdk diff --app cdk.out --template /sources/before/cdk.out/kept.template.json kept',
      ]);
      expect(output).toContain('removed is not part of the app any more');
    } finally {
      host.remove();
    }
  });
});
