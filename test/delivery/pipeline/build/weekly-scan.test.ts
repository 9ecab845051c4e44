import { spawnSync } from 'child_process';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { alertIn, isShownInChat } from '../../../../lambda/alert-forwarder/alert';
import { AcceptedFinding, EnvironmentProfile, UnfixedFindings } from '../../../../src';
import type { ReleaseTarget } from '../../../../src/contracts';
import { bindScan } from '../../../../src/delivery/pipeline/build/image-scan';
import { WeeklyScan } from '../../../../src/delivery/pipeline/build/weekly-scan';
import { projectOf, rightsOf, withoutReferences } from '../../../fixtures/build-pipeline';
import { FORWARDER_HOME } from '../../../fixtures/forwarder-home';
import { testStack, unacknowledged } from '../../../fixtures/test-stack';
import { BuildHost, type Outcome } from '../../../simulators/shell-commands';

const target = (name: string, props: object = {}) => ({
  repositoryName: name,
  repositoryUri: `registry/${name}`,
  repositoryArn: `arn:aws:ecr:eu-central-1:111111111111:repository/${name}`,
  releasedImageParameterName: `/released/${name}`,
  ...props,
}) as unknown as ReleaseTarget;

const stack = testStack();
const key = new Key(stack, 'Key', { enableKeyRotation: true });
const artifacts = Bucket.fromBucketName(stack, 'Artifacts', 'artifacts');
const scanOf = (props: object) => bindScan(stack, 'images', props);
const accepted = [AcceptedFinding.of('CVE-1', { reason: "It's never called there", until: '2999-12-31' })];
new WeeklyScan(stack, 'Weekly', {
  running: [
    { target: target('api'), scan: scanOf({ acceptedFindings: accepted }) },
    { target: target('web', { arm64: true }), scan: scanOf({ unfixedFindings: UnfixedFindings.stop() }) },
    { target: target('api', { releasedImageParameterName: '/released/worker' }), scan: scanOf({}) },
  ],
  topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111111111111:deployments'),
  key,
  artifacts,
  profile: EnvironmentProfile.production(),
  settings: { registries: [], timeout: Duration.hours(1), queuedTimeout: Duration.hours(1) },
});
const template = Template.fromStack(stack);
const project = projectOf(stack, /Weekly/);

/** Runs the scan over services whose parameters say which tag is released. */
function scan(tags: { readonly [parameter: string]: string }, environment: object = {}): Outcome {
  const host = new BuildHost({
    docker: `
case "$1 $2" in
  "login "*) [ "$(cat)" = secret ] ;;
  "save "*) touch "$3"; echo "$4" > "$STATE/saved" ;;
  "run --rm") [[ "$*" != *--exit-code* ]] || ! grep -q "\${FINDINGS_IN:-nothing}" "$STATE/saved" || { [[ "$*" == *--ignorefile* ]] && grep -qs CVE-1 "$STATE/tmp/scan/accepted.yaml"; } ;;
esac`,
    aws: `
case "$2" in
  get-parameter) case "$4" in ${Object.entries(tags).map(([name, tag]) => `${name}) echo ${tag} ;;`).join(' ')} *) echo denied >&2; exit 254 ;; esac ;;
  get-login-password) echo secret ;;
  describe-images) echo "sha256:of-\${6#imageTag=}" ;;
  batch-get-image) echo '{}' ;;
esac`,
  });
  try {
    return host.run(project.spec.phases.build.commands, environment as { [name: string]: string });
  } finally {
    host.remove();
  }
}
const RELEASED = { '/released/api': 'one', '/released/web': 'two', '/released/worker': 'none' };

describe('The weekly scan', () => {
  test('scans the image that each track of production names, by its digest, and pushes nothing (A-09)', () => {
    const { status, output, calls } = scan(RELEASED);
    expect([status, output]).toEqual([0, expect.stringContaining('nothing of api is released yet')]);
    expect(calls.filter((call) => call.startsWith('docker pull'))).toEqual([
      'docker pull --platform linux/amd64 registry/api@sha256:of-one',
      'docker pull --platform linux/arm64 registry/web@sha256:of-two',
    ]);
    expect(calls.flatMap((call) => /reports\/(\S+)\.xml/.exec(call)?.[1] ?? [])).toEqual(['1-amd64', '2-arm64']);
    expect(calls.filter((call) => /docker push|put-image/.test(call))).toEqual([]);
  });

  test('scans the others after a finding in one, and fails at the end with their names (A-09)', () => {
    const { status, output } = scan({ ...RELEASED, '/released/worker': 'three' }, { FINDINGS_IN: 'web' });
    expect(status).not.toBe(0);
    expect(output).toContain('scan of api:three');
    expect(output).toContain('images in production with findings: web');
  });

  test('accepts what the build of the image accepts, and for that image alone', () => {
    expect(scan(RELEASED, { FINDINGS_IN: 'api' }).status).toBe(0);
    expect(scan({ ...RELEASED, '/released/worker': 'three' }, { FINDINGS_IN: 'web' }).status).not.toBe(0);
  });

  test('fails where it can not say what runs', () => {
    const { status, output } = scan({ '/released/api': 'one', '/released/web': 'two' });
    expect(status).not.toBe(0);
    expect(output).toContain('images in production with findings: api');
  });

  test('reads the parameters and repositories of production alone', () => {
    const rights = rightsOf(project);
    expect(rights['ssm:GetParameter'].match(/parameter\/released\/\w+/g)).toEqual(
      ['api', 'web', 'worker'].map((name) => `parameter/released/${name}`));
    expect(JSON.parse(rights['ecr:BatchGetImage'])).toHaveLength(2);
    expect(Object.keys(rights).filter((action) => /PutImage|Upload|s3:Get/.test(action))).toEqual([]);
  });

  test('runs on Mondays, by a role that may start nothing else', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 6 ? * MON *)',
      Target: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Weekly'), 'Arn'] } },
    });
    const starters = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as any[])
      .filter(({ Action }) => Action === 'codebuild:StartBuild');
    expect(starters).toEqual([expect.objectContaining({ Resource: { 'Fn::GetAtt': [expect.stringMatching(/Weekly/), 'Arn'] } })]);
  });

  test('notifies of a scan that fails in a form for chats and mails, with a link to its log', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::Events::Rule'));
    expect(Properties.EventPattern.detail['build-status']).toEqual(['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT']);
    const message = withoutReferences(Properties.Targets[0].InputTransformer.InputTemplate).replace('<project>', 'weekly');
    expect(isShownInChat(message, FORWARDER_HOME)).toBe(true);
    expect(alertIn({ messageId: '1', topicArn: 'deployments', message }, FORWARDER_HOME).text).toContain('/codesuite/codebuild/projects/weekly/history');
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(stack).filter((finding) => finding.includes('Weekly'))).toEqual([]);
  }, 60_000);

  const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  (shellcheck ? test : test.skip)('passes shellcheck, where it is installed', () => {
    const [input] = project.spec.phases.build.commands as string[];
    expect(spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' }).stdout).toBe('');
  });
});
