import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { parse } from 'yaml';
import { actionlint, checkJsonschema } from '../fixtures/ci-linters';
import { BuildHost, type Outcome } from '../simulators/shell-commands';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'ci');
const FOLDER = 'without-pipeline';
const read = (...name: string[]): string => fs.readFileSync(path.join(EXAMPLE, ...name), 'utf8');
const MACHINE = 'arn:aws:states:eu-central-1:111111111111:stateMachine:shop';
const EXECUTION = 'arn:aws:states:eu-central-1:111111111111:execution:shop:1';
const COMMIT = 'a'.repeat(40);

/** Runs the script. Each answer is what one look at the execution finds; the last one is repeated, and `!` is an error. */
function release(answers: string[], repositories: string[] = ['shop-api'], environment: { [name: string]: string } = {}): Outcome {
  const host = new BuildHost({
    sleep: 'exit 0',
    aws: `case "$2" in
      start-execution) echo '${EXECUTION}' ;;
      assume-role-with-web-identity) echo '{"Credentials":{"AccessKeyId":"ID","SecretAccessKey":"KEY","SessionToken":"TOKEN"}}' ;;
      describe-execution)
        echo "key: $AWS_ACCESS_KEY_ID" >> "$STATE/keys"
        answer="$(head -n 1 "$STATE/sources/answers")"
        if [ "$(wc -l < "$STATE/sources/answers")" -gt 1 ]; then sed -i 1d "$STATE/sources/answers"; fi
        if [ "$answer" = '!' ]; then echo 'Could not connect' >&2; exit 255; fi
        echo "$answer" ;;
    esac`,
  }).source('answers', `${answers.join('\n')}\n`).source('token', 'the token of the job').source('release.sh', read('ci', 'release.sh'));
  try {
    return host.run([`bash release.sh ${repositories.join(' ')}`], { STATE_MACHINE_ARN: MACHINE, COMMIT_ID: COMMIT, ...environment });
  } finally {
    host.remove();
  }
}

const running = '{"status":"RUNNING"}';
const startOf = ({ calls }: Outcome) => calls.filter((call) => call.includes('start-execution'));

describe('The script ci/release.sh', () => {
  test('starts the release of the commit for each repository, and ends when the release has succeeded (B-11)', () => {
    const outcome = release([running, running, '{"status":"SUCCEEDED"}'], ['shop-api', 'shop-web']);
    expect(startOf(outcome)).toEqual([
      `aws stepfunctions start-execution --state-machine-arn ${MACHINE} ` +
        `--input {"images":{"shop-api":"${COMMIT}","shop-web":"${COMMIT}"}} --query executionArn --output text`,
    ]);
    expect(outcome.calls.filter((call) => call.includes(`describe-execution --execution-arn ${EXECUTION}`))).toHaveLength(3);
    expect([outcome.status, outcome.output]).toEqual([0, expect.stringContaining('released')]);
  });

  test('releases what changed in the tasks where no repository is named', () => {
    const outcome = release(['{"status":"SUCCEEDED"}'], [], { COMMIT_ID: '' });
    expect(startOf(outcome)[0]).toContain('--input {"images":{}} ');
    expect(outcome.status).toBe(0);
  });

  test('fails with error and cause of a release that has failed', () => {
    const { status, output } = release(['{"status":"FAILED","error":"Release.Alarm","cause":"an alarm fires: \\"slow\\""}']);
    expect([status, output]).toEqual([1, expect.stringContaining('failed: Release.Alarm\nan alarm fires: "slow"')]);
  });

  test.each(['ABORTED', 'TIMED_OUT'])('fails where the execution is %s', (state) => {
    expect(release([`{"status":"${state}"}`])).toMatchObject({ status: 1, output: expect.stringContaining('stopped: another execution rolls back') });
  });

  test('repeats a look that fails, and says after thirty of them that the release goes on', () => {
    expect(release(['!', '!', '{"status":"SUCCEEDED"}']).status).toBe(0);
    const lost = release(['!']);
    expect([lost.status, lost.output]).toEqual([1, expect.stringContaining(`the state of ${EXECUTION} can not be read: the release goes on`)]);
    expect(lost.calls.filter((call) => call.includes('describe-execution'))).toHaveLength(30);
  });

  test('starts nothing without the commit', () => {
    const outcome = release([], ['shop-api'], { COMMIT_ID: '' });
    expect([outcome.status !== 0, startOf(outcome), outcome.output]).toEqual([true, [], expect.stringContaining('COMMIT_ID is not set')]);
  });

  test('has a session as long as a release where the CI service gives it a token (C-17)', () => {
    const { calls, status } = release(['{"status":"SUCCEEDED"}'], ['shop-api'], {
      AWS_WEB_IDENTITY_TOKEN_FILE: 'token', AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/deploy',
    });
    expect(calls[0]).toBe(
      'aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111111111111:role/deploy --role-session-name release ' +
        '--web-identity-token the token of the job --duration-seconds 14400 --output json',
    );
    expect(status).toBe(0);
  });

  test('is executable', () => {
    expect(() => fs.accessSync(path.join(EXAMPLE, 'ci', 'release.sh'), fs.constants.X_OK)).not.toThrow();
  });
});

const GITHUB = ['release.yml', 'release-stage.yml'].map((name) => path.join(FOLDER, '.github', 'workflows', name));
const GITLAB = path.join(FOLDER, '.gitlab-ci.yml');
const BITBUCKET = path.join(FOLDER, 'bitbucket-pipelines.yml');
const [workflow, stageWorkflow] = GITHUB.map((file) => parse(read(file)) as { jobs: { [name: string]: any }; permissions: object });
const gitlab = parse(read(GITLAB)) as { [job: string]: any };
const bitbucket = parse(read(BITBUCKET), { merge: true }) as { pipelines: any };

describe('The files for delivery without a pipeline', () => {
  test('release to staging, then to production, each in its own environment (B-11, C-17)', () => {
    const { staging, production } = workflow.jobs;
    expect([staging.needs, staging.with.stage, production.needs, production.with.stage]).toEqual(['image', 'staging', 'staging', 'production']);
    expect(stageWorkflow.jobs.release.environment).toBe('${{ inputs.stage }}');
    expect(gitlab.stages).toEqual(['test', 'build', 'staging', 'production']);
    expect([gitlab.staging.environment, gitlab.production.environment]).toEqual(['staging', 'production']);
    const steps = bitbucket.pipelines.branches.main.map(({ step }: any) => [step.name, step.deployment, step.trigger]);
    expect(steps).toEqual([
      ['Test', undefined, undefined], ['Build, scan, push', 'images', undefined], ['Release', 'staging', undefined], ['Release', 'production', 'manual'],
    ]);
  });

  test('approve production before it is released (A-10)', () => {
    // In GitHub the reviewers are a rule of the environment, which no file names.
    expect(gitlab.production.rules[0].when).toBe('manual');
    expect(gitlab.staging.rules).toBeUndefined();
  });

  test('release to a stage one after the other, and cancel no release that runs', () => {
    expect(stageWorkflow.jobs.release.concurrency).toEqual({ 'group': 'release-${{ inputs.stage }}', 'cancel-in-progress': false });
    expect([gitlab.staging.resource_group, gitlab.production.resource_group]).toEqual(['staging', 'production']);
    expect(gitlab['.release'].interruptible).toBe(false);
  });

  test('give tokens only to jobs that deploy, and never to pull requests (C-17)', () => {
    const withToken = Object.entries(workflow.jobs).filter(([, job]) => JSON.stringify(job.permissions ?? {}).includes('id-token'));
    expect(withToken.map(([name]) => name)).toEqual(['image', 'staging', 'production']);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.image.if).toBe("github.ref == 'refs/heads/main' && github.event_name != 'pull_request'");
    expect(gitlab.test.id_tokens).toBeUndefined();
    expect(gitlab['.deploys'].rules[0].if).toBe('$CI_PIPELINE_SOURCE != "merge_request_event" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
    bitbucket.pipelines['pull-requests']['**'].forEach(({ step }: any) => expect([step.oidc, step.deployment]).toEqual([undefined, undefined]));
  });

  test('store no key, and pin actions by commit and Trivy by digest (B-11)', () => {
    const files = [...GITHUB, GITLAB, BITBUCKET].map((file) => read(file));
    files.forEach((file) => expect(file).not.toMatch(/secrets\.|AKIA|access[_-]key/i));
    const uses = files.join('\n').match(/uses: (?!\.\/).*/g)!;
    uses.forEach((action) => expect(action).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v/));
    const pinned = /TRIVY_IMAGE: (\S+)/.exec(read('.github', 'workflows', 'release.yml'))![1];
    [GITHUB[0], GITLAB, BITBUCKET].forEach((file) => expect(read(file)).toContain(pinned));
  });

  (actionlint ? test : test.skip)('pass actionlint (skipped where scripts/install-ci-linters.ts has not run)', () => {
    // A workflow is found from the root of its repository.
    const repository = fs.mkdtempSync(path.join(os.tmpdir(), 'workflows-'));
    fs.mkdirSync(path.join(repository, '.git'));
    fs.cpSync(path.join(EXAMPLE, FOLDER), repository, { recursive: true });
    const { status, stdout } = spawnSync(actionlint!, ['-no-color', '-shellcheck=', '-pyflakes='], { encoding: 'utf8', cwd: repository });
    fs.rmSync(repository, { recursive: true });
    expect([status, stdout]).toEqual([0, '']);
  });

  (checkJsonschema ? test : test.skip).each([
    ['vendor.github-workflows', GITHUB], ['vendor.gitlab-ci', [GITLAB]], ['vendor.bitbucket-pipelines', [BITBUCKET]],
  ])('conform to the schema %s (skipped where scripts/install-ci-linters.ts has not run)', (schema, files) => {
    const { status, stdout } = spawnSync(checkJsonschema!, ['--builtin-schema', schema, ...files.map((file) => path.join(EXAMPLE, file))], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, 'ok -- validation done']);
  }, 30_000);
});
