import { spawnSync } from 'child_process';
import { Template } from 'aws-cdk-lib/assertions';
import { projectOf, rightsOf } from '../../../fixtures/build-pipeline';
import { pipelineOf, shop } from '../../../fixtures/delivery-stages';
import { unacknowledged } from '../../../fixtures/test-stack';
import { BuildHost } from '../../../simulators/shell-commands';

const fixture = shop();
pipelineOf(fixture);
const { stack } = fixture;
const project = projectOf(stack, /productionCommits/);
const [ONE, TWO, THREE, FOUR, NEW] = ['1', '2', '3', '4', 'a'].map((digit) => digit.repeat(40));
const ENVIRONMENT = { RELEASED_PARAMETERS: '/api /web', COMMIT_ID: NEW, TAGS: NEW };

/** What the build tells the approval, with parameters that have these tags. */
function told(tags: { readonly [parameter: string]: string }, environment: { readonly [name: string]: string } = {}): string {
  const host = new BuildHost({
    aws: `case "$4" in ${Object.entries(tags).map(([name, tag]) => `${name}) echo '${tag}' ;;`).join(' ')} *) echo denied >&2; exit 254 ;; esac`,
  });
  try {
    const { status, environment: { COMMITS_SINCE_RELEASE } } = host.run(project.spec.phases.build.commands, { ...ENVIRONMENT, ...environment });
    return status === 0 ? COMMITS_SINCE_RELEASE : `failed with ${status}`;
  } finally {
    host.remove();
  }
}

describe('The commits since the last release', () => {
  test('are those that no released image contains, because an unchanged image keeps an older tag (A-10)', () => {
    expect(told({ '/api': ONE, '/web': TWO })).toBe(`git log --oneline ${NEW} --not ${ONE} ${TWO}`);
    expect(told({ '/api': ONE, '/web': ONE })).toBe(`git log --oneline ${NEW} --not ${ONE}`);
  });

  test('know variants by the commit in their tag', () => {
    expect(told({ '/api': `${ONE}-php8-3`, '/web': ONE })).toBe(`git log --oneline ${NEW} --not ${ONE}`);
  });

  test('are all before the first release, and none where the commit is released', () => {
    expect(told({ '/api': 'none', '/web': 'none' })).toBe('all, because nothing is released yet');
    expect(told({ '/api': NEW, '/web': NEW })).toBe('none, because this commit is released');
    expect(told({ '/api': NEW, '/web': ONE })).toContain('git log');
  });

  test('of a service that is new are those since the others were released', () => {
    expect(told({ '/api': ONE, '/web': 'none' })).toBe(`git log --oneline ${NEW} --not ${ONE}`);
  });

  test('are named by tags where the source has no commits, or where a tag is no commit', () => {
    expect(told({ '/api': ONE, '/web': ONE }, { COMMIT_ID: '' })).toBe(`those since ${ONE}`);
    expect(told({ '/api': '1.4.2', '/web': '1.4.2' })).toBe('those since 1.4.2');
  });

  test('do not fail the stage where a parameter is not answered', () => {
    expect(told({ '/api': ONE })).toBe('not known');
    expect(told({})).toBe('not known');
  });

  test('are in the log where an approval has no place for them', () => {
    const released = { '/api': ONE, '/web': TWO, '/three': THREE, '/four': FOUR };
    expect(told(released, { RELEASED_PARAMETERS: '/api /web /three /four' })).toBe('the command is in the log of the action Compare');
  });

  test('come with what the stage before runs, if that is something else meanwhile (A-10)', () => {
    const before = { PARAMETERS_BEFORE: '/s/api /s/web', STAGE_BEFORE: 'staging' };
    const released = { '/api': ONE, '/web': ONE };
    expect(told({ ...released, '/s/api': NEW, '/s/web': NEW }, before)).toBe(`git log --oneline ${NEW} --not ${ONE}`);
    expect(told({ ...released, '/s/api': FOUR, '/s/web': FOUR }, before)).toBe(`git log --oneline ${NEW} --not ${ONE} (staging runs ${FOUR} meanwhile)`);
    expect(told({ ...released, '/s/api': NEW, '/s/web': THREE }, { ...before, TAGS: `${NEW} ${THREE}` })).not.toContain('staging');
  });

  test('fit into an approval, one line of 300 characters', () => {
    const long = told({ '/api': 'x'.repeat(128), '/web': 'y'.repeat(128) }, { PARAMETERS_BEFORE: '/s', STAGE_BEFORE: 'staging' });
    expect([long.length, /\n/.test(long)]).toEqual([300, false]);
  });
});

describe('The comparison of a stage', () => {
  const [pipeline] = Object.values(Template.fromStack(stack).findResources('AWS::CodePipeline::Pipeline'));
  const actionsOf = (name: string) => pipeline.Properties.Stages.find(({ Name }: { Name: string }) => Name === name).Actions;

  test('runs when the stage has begun, before its approval, which shows it (A-10)', () => {
    const [compare] = actionsOf('production');
    expect([compare.Name, compare.RunOrder, compare.Namespace]).toEqual(['Compare', 1, 'Compare-production']);
    const approval = actionsOf('production').find(({ Name }: { Name: string }) => Name === 'Approve');
    expect(JSON.stringify(approval.Configuration.CustomData)).toContain('#{Compare-production.COMMITS_SINCE_RELEASE}');
    expect(approval.RunOrder).toBeGreaterThan(compare.RunOrder);
    expect(actionsOf('staging').map(({ Name }: { Name: string }) => Name)).not.toContain('Compare');
  });

  test('reads the parameters of its stage and of the stage before, and nothing else (A-08)', () => {
    const parametersIn = (variable: string) => String(project.variables[variable].value).split(' ');
    const released = ['api', 'web'].map((name) => expect.stringMatching(new RegExp(`^/registry-${name}-\\w+/released/production$`)));
    expect(parametersIn('RELEASED_PARAMETERS')).toEqual(released);
    expect(parametersIn('PARAMETERS_BEFORE').map((name) => name.split('/').at(-1))).toEqual(['staging', 'staging']);
    const readable = rightsOf(project)['ssm:GetParameter'];
    expect(readable.match(/:parameter\/[\w/-]+/g)).toHaveLength(4);
    expect(Object.keys(rightsOf(project)).sort()).toEqual([
      'kms:Decrypt', 'kms:DescribeKey', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion',
      'ssm:GetParameter',
    ]);
    expect(project.properties.Environment.PrivilegedMode).toBe(false);
  });

  test('has nothing unexplained', () => {
    expect(unacknowledged(stack)).toEqual([]);
  });
});

test('The comparison is shell that bash accepts', () => {
  expect(spawnSync('bash', ['-n', '-c', project.spec.phases.build.commands[0]]).status).toBe(0);
});
