import { type awscdk, github } from 'projen';

const { JobPermission } = github.workflows;
const { ACTIONS_SETUP_NODE, ACTIONS_SETUP_JAVA, ACTIONS_SETUP_PYTHON, ACTIONS_SETUP_GO, ACTIONS_DOWNLOAD_ARTIFACT } = github.ActionRefs;

/** The commits of actions that projen names by a tag, which their owners can move. */
const COMMITS: { [action: string]: string } = {
  'actions/attest': '1e69f48acb82d1966a394da916b4c1698aa569d6', // v4.2.2
  'actions/setup-go': 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e', // v7.0.0
  'actions/setup-java': 'b6effb05e454b25005698d916606bdc6ffcbf961', // v5.7.0
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020', // v7.0.0
  'actions/setup-python': '5fda3b95a4ea91299a34e894583c3862153e4b97', // v7.0.0
  'peter-evans/create-pull-request': '5f6978faf089d4d20b00c7766989d076bb2fc7f1', // v8.1.1
};

/** A registry that a job publishes to. */
interface Registry {
  /** Of the job. */
  readonly name: string;
  readonly setup?: github.workflows.JobStep;
  /** Program of publib. */
  readonly program: string;
  readonly env: { [name: string]: string };
}

/** Workflows that a reader of the repository, a pull request and a dependency can do little with. */
export class Workflows {
  public constructor(private readonly project: awscdk.AwsCdkConstructLibrary, private readonly nodeVersion: string, private readonly publib: string) {}

  /** After everything that adds workflows. */
  public configure(): void {
    this.addCheck();
    this.addEngineVersions();
    this.addImages();
    this.addAwsModels();
    this.pinActions();
    this.publishWhatWasBuilt();
    this.attestWhatIsPublished();
    this.lintTitlesWithoutSecrets();
    this.keepNoCredentials();
  }

  /**
   * Pull requests and pushes run what anyone runs at home: `.ci/run`. It installs what is missing as root of a Debian 12, which GitHub's
   * runners are not.
   */
  private addCheck(): void {
    const workflow = new github.GithubWorkflow(this.project.github!, 'check');
    workflow.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
    workflow.addJob('check', {
      runsOn: ['ubuntu-latest'],
      container: { image: `node:${this.nodeVersion}-bookworm` },
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 60,
      steps: [
        // With its tags: the API is compared with that of the last release.
        github.WorkflowSteps.checkout({ with: { fetchDepth: 0 } }),
        { name: 'Trust the checkout', run: 'git config --global --add safe.directory "$GITHUB_WORKSPACE"' },
        { name: 'Check', run: '.ci/run' },
      ],
    });
  }

  /** Opens an issue when a date of an engine version has passed. No test depends on the day. */
  private addEngineVersions(): void {
    this.addDates('engine-versions', 'Engine versions: dates have passed');
  }

  /** Opens an issue when an image that the library names is old, or has no digest. */
  private addImages(): void {
    this.addDates('images', 'Images of the library: newer versions are due');
  }

  /** Opens an issue with what `check:NAME` says when it fails. */
  private addDates(name: string, title: string): void {
    const workflow = new github.GithubWorkflow(this.project.github!, name);
    workflow.on({ schedule: [{ cron: '0 6 * * 1' }], workflowDispatch: {} });
    workflow.addJob('due', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 15,
      outputs: { dates: { stepId: 'check', outputName: 'dates' } },
      steps: [
        github.WorkflowSteps.checkout(),
        this.setupNode(),
        { name: 'Install dependencies', run: 'npm ci' },
        {
          id: 'check',
          name: 'Check the dates',
          run: [
            `npx projen check:${name} > "$RUNNER_TEMP/due.txt" 2>&1 && exit 0`,
            'cat "$RUNNER_TEMP/due.txt"',
            '{ echo "dates<<END-OF-DATES"; cat "$RUNNER_TEMP/due.txt"; echo "END-OF-DATES"; } >> "$GITHUB_OUTPUT"',
          ].join('\n'),
        },
      ],
    });
    // Nothing that was installed runs where the token may write.
    workflow.addJob('issue', {
      needs: ['due'],
      if: "needs.due.outputs.dates != ''",
      runsOn: ['ubuntu-latest'],
      permissions: { issues: JobPermission.WRITE },
      timeoutMinutes: 5,
      steps: [{
        name: 'Open an issue',
        env: {
          GH_TOKEN: '${{ github.token }}',
          GH_REPO: '${{ github.repository }}',
          TITLE: title,
          DATES: '${{ needs.due.outputs.dates }}',
        },
        run: [
          'open=$(gh issue list --state open --search "$TITLE in:title" --json number --jq length)',
          'if [ "$open" = 0 ]; then gh issue create --title "$TITLE" --body "$DATES"; fi',
        ].join('\n'),
      }],
    });
  }

  /** Opens an issue when AWS has changed a request that the library makes, or an answer or an error of it. */
  private addAwsModels(): void {
    const workflow = new github.GithubWorkflow(this.project.github!, 'aws-models');
    workflow.on({ schedule: [{ cron: '0 6 * * 1' }], workflowDispatch: {} });
    workflow.addJob('compare', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 15,
      outputs: { changed: { stepId: 'compare', outputName: 'changed' } },
      steps: [
        github.WorkflowSteps.checkout(),
        this.setupNode(),
        { name: 'Install dependencies', run: 'npm ci' },
        { name: 'Bundle the functions', run: 'npx projen bundle:lambdas' },
        { name: 'Write the newest models', run: 'npx projen aws-models --newest' },
        {
          id: 'compare',
          name: 'Compare them',
          run: [
            '# The version alone is no change.',
            'git diff -U0 --ignore-matching-lines=\'"version":\' -- test/catalogues > "$RUNNER_TEMP/models.diff"',
            'cat "$RUNNER_TEMP/models.diff"',
            'if [ -s "$RUNNER_TEMP/models.diff" ]; then echo "changed=true" >> "$GITHUB_OUTPUT"; fi',
          ].join('\n'),
        },
      ],
    });
    // Nothing that was installed runs where the token may write.
    workflow.addJob('issue', {
      needs: ['compare'],
      if: "needs.compare.outputs.changed == 'true'",
      runsOn: ['ubuntu-latest'],
      permissions: { issues: JobPermission.WRITE },
      timeoutMinutes: 5,
      steps: [{
        name: 'Open an issue',
        env: { GH_TOKEN: '${{ github.token }}', GH_REPO: '${{ github.repository }}', TITLE: 'Service models of AWS have changed' },
        run: [
          'open=$(gh issue list --state open --search "$TITLE in:title" --json number --jq length)',
          'if [ "$open" = 0 ]; then gh issue create --title "$TITLE" --body "Run npx projen aws-models --newest, and review the difference."; fi',
        ].join('\n'),
      }],
    });
  }

  private pinActions(): void {
    Object.entries(COMMITS).forEach(([action, commit]) => this.project.github!.actions.set(action, `${action}@${commit}`));
  }

  /** The release has built and tried every package, so a job that holds an identity installs nothing but the program that uploads. */
  private publishWhatWasBuilt(): void {
    const { file } = this.project.github!.tryFindWorkflow('release')!;
    // The job of GitHub's release makes the tag.
    file!.addOverride('jobs.release.permissions.contents', 'read');
    for (const { name, setup, program, env } of registries()) {
      file!.addOverride(`jobs.release_${name}.steps`, [
        ...[this.setupNode(), setup].filter((step) => step !== undefined),
        this.downloadPackages(),
        {
          name: 'Release',
          env: { ...env, PUBLIB_DRYRUN: '${{ inputs.dry_run }}', NPM_CONFIG_IGNORE_SCRIPTS: 'true' },
          run: `npx -p publib@${this.publib} ${program}`,
        },
      ].map((step) => this.pinned(step)));
    }
  }

  /** Provenance and the list of contents of every package, signed by the workflow's identity. */
  private attestWhatIsPublished(): void {
    const { file } = this.project.github!.tryFindWorkflow('release')!;
    const packages = ['dist/js/*.tgz', 'dist/python/*', 'dist/java/**/*.jar', 'dist/go/**/*.go'].join('\n');
    const job = {
      'name': 'Attest the packages',
      'needs': 'release',
      'runs-on': 'ubuntu-latest',
      'permissions': { 'id-token': 'write', 'attestations': 'write', 'contents': 'read' },
      'if': "needs.release.outputs.tag_exists != 'true' && needs.release.outputs.latest_commit == github.sha && !inputs.dry_run",
      'steps': [
        this.downloadPackages(),
        { name: 'Provenance', uses: 'actions/attest', with: { 'subject-path': packages } },
        { name: 'Contents', uses: 'actions/attest', with: { 'subject-path': packages, 'sbom-path': 'dist/sbom.cdx.json' } },
      ].map((step) => this.pinned(step)),
    };
    file!.addOverride('jobs.attest', job);
  }

  /** A title is read with the rights of the pull request itself. */
  private lintTitlesWithoutSecrets(): void {
    const { file } = this.project.github!.tryFindWorkflow('pull-request-lint')!;
    file!.addOverride('on.pull_request_target', undefined);
    file!.addOverride('on.pull_request', { types: ['opened', 'synchronize', 'reopened', 'ready_for_review', 'edited'] });
    file!.addOverride('jobs.validate.permissions', { 'pull-requests': 'read' });
  }

  /** No later step finds the token of the checkout in the repository's configuration. */
  private keepNoCredentials(): void {
    for (const workflow of this.project.github!.workflows) {
      for (const [name, job] of Object.entries(workflow.jobs)) {
        const steps = 'steps' in job ? (typeof job.steps === 'function' ? (job.steps as () => github.workflows.JobStep[])() : job.steps) : [];
        steps.forEach(({ uses }, index) => {
          if (uses?.startsWith('actions/checkout') && !(workflow.name === 'release' && name.startsWith('release_'))) {
            workflow.file!.addOverride(`jobs.${name}.steps.${index}.with.persist-credentials`, false);
          }
        });
      }
    }
  }

  private setupNode(): github.workflows.JobStep {
    return {
      name: 'Setup Node.js',
      uses: ACTIONS_SETUP_NODE,
      with: { 'node-version': this.nodeVersion, 'package-manager-cache': false },
    };
  }

  private downloadPackages(): github.workflows.JobStep {
    return {
      name: 'Download the packages',
      uses: ACTIONS_DOWNLOAD_ARTIFACT,
      with: { 'artifact-ids': '${{ needs.release.outputs.artifact_id }}', 'path': 'dist' },
    };
  }

  /** Overrides are written as they are, after projen has looked up the versions of actions. */
  private pinned<T extends object>(step: T & { uses?: string }): T {
    return step.uses ? { ...step, uses: this.project.github!.actions.get(step.uses) } : step;
  }
}

function registries(): Registry[] {
  return [
    {
      name: 'npm',
      program: 'publib-npm',
      env: { NPM_DIST_TAG: 'latest', NPM_CONFIG_PROVENANCE: 'true', NPM_TRUSTED_PUBLISHER: 'true' },
    },
    {
      name: 'maven',
      setup: { uses: ACTIONS_SETUP_JAVA, with: { 'distribution': 'corretto', 'java-version': '17' } },
      program: 'publib-maven',
      env: {
        MAVEN_SERVER_ID: 'central-ossrh',
        MAVEN_GPG_PRIVATE_KEY: '${{ secrets.MAVEN_GPG_PRIVATE_KEY }}',
        MAVEN_GPG_PRIVATE_KEY_PASSPHRASE: '${{ secrets.MAVEN_GPG_PRIVATE_KEY_PASSPHRASE }}',
        MAVEN_PASSWORD: '${{ secrets.MAVEN_PASSWORD }}',
        MAVEN_USERNAME: '${{ secrets.MAVEN_USERNAME }}',
        MAVEN_STAGING_PROFILE_ID: '${{ secrets.MAVEN_STAGING_PROFILE_ID }}',
      },
    },
    {
      name: 'pypi',
      setup: { uses: ACTIONS_SETUP_PYTHON, with: { 'python-version': '3.x' } },
      program: 'publib-pypi',
      env: { PYPI_TRUSTED_PUBLISHER: 'true' },
    },
    {
      name: 'golang',
      setup: { uses: ACTIONS_SETUP_GO, with: { 'go-version': '1.26', 'cache': false } },
      program: 'publib-golang',
      env: {
        GIT_USER_NAME: 'github-actions[bot]',
        GIT_USER_EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
        GITHUB_TOKEN: '${{ secrets.GO_GITHUB_TOKEN }}',
      },
    },
  ];
}
