import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import {
  type BitbucketDeployRoleProps,
  CiDeployRole,
  EnvironmentProfile,
  type GithubDeployRoleProps,
  type GitlabDeployRoleProps,
  ImageRepository,
  Release,
} from '../../../src';
import { refusedByIam } from '../../catalogues/iam-actions';
import { shop } from '../../fixtures/delivery-stages';
import { ACCOUNT, refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';

const PIPELINE_ARN = `arn:aws:codepipeline:eu-central-1:${ACCOUNT}:shop`;
const WORKSPACE_UUID = '11111111-2222-3333-4444-555555555555';
const REPOSITORY_UUID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const ENVIRONMENT_UUID = '99999999-8888-7777-6666-000000000000';
const SUBJECT = 'repo:org/app:environment:production';

function repositories() {
  const app = testApp();
  const repository = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
  return { repository, stack: testStack({ app }) };
}

function github(props: Partial<GithubDeployRoleProps> = {}) {
  const { repository, stack } = repositories();
  CiDeployRole.github(stack, 'Deploy', { repositories: [repository], subjects: [SUBJECT], ...props });
  return stack;
}

function bitbucket(props: Partial<BitbucketDeployRoleProps> = {}) {
  const { repository, stack } = repositories();
  CiDeployRole.bitbucket(stack, 'Deploy', {
    repositories: [repository],
    workspace: 'acme',
    workspaceUuid: WORKSPACE_UUID,
    repositoryUuid: REPOSITORY_UUID,
    environmentUuid: ENVIRONMENT_UUID,
    ...props,
  });
  return stack;
}

function gitlab(props: Partial<GitlabDeployRoleProps> = {}) {
  const { repository, stack } = repositories();
  CiDeployRole.gitlab(stack, 'Deploy', { repositories: [repository], project: 'org/team/app', ...props });
  return stack;
}

type Statement = { Action: string | string[]; Resource: unknown; Effect: string };

const trust = (template: Template) => {
  const [role] = Object.values(template.findResources('AWS::IAM::Role'));
  return role.Properties.AssumeRolePolicyDocument.Statement as Array<{
    Action: string;
    Condition: object;
    Principal: object;
  }>;
};
const statements = (template: Template): Statement[] =>
  Object.values(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
  );

describe('The deploy role for GitHub', () => {
  test('is assumed with a token of one environment of the repository, and without a stored key (B-11)', () => {
    const template = templateOf(github());
    expect(trust(template)).toEqual([
      {
        Action: 'sts:AssumeRoleWithWebIdentity',
        Effect: 'Allow',
        Principal: { Federated: { Ref: expect.stringContaining('DeployProvider') } },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': [SUBJECT],
          },
        },
      },
    ]);
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
    template.resourceCountIs('AWS::IAM::User', 0);
    template.resourceCountIs('AWS::IAM::AccessKey', 0);
  });

  test.each([
    'repo:org/app:ref:refs/heads/main',
    'repo:org/app:ref:refs/heads/release/2026',
    'repo:org/app:ref:refs/tags/v1.0.0',
    'repo:org@123/app@456:environment:production',
    'repository_id:456:environment:production',
  ])('accepts the subject %s as it is', (subject) => {
    const [{ Condition }] = trust(templateOf(github({ subjects: [subject] })));
    expect(Condition).toMatchObject({ StringEquals: { 'token.actions.githubusercontent.com:sub': [subject] } });
  });

  test('accepts the number of the repository, and a wildcard at the end of a tag (B-11)', () => {
    const [{ Condition }] = trust(
      templateOf(github({ repositoryId: '4711', subjects: ['repo:org@1/app@4711:ref:refs/tags/v*'] })),
    );
    expect(Condition).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:repository_id': '4711',
      },
      StringLike: { 'token.actions.githubusercontent.com:sub': ['repo:org@1/app@4711:ref:refs/tags/v*'] },
    });
  });

  test('may be limited to networks (B-12)', () => {
    const [{ Condition }] = trust(templateOf(github({ allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'] })));
    expect(Condition).toMatchObject({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } });
  });

  test('is refused where subjects or networks make a trust policy that IAM refuses', () => {
    const subjects = Array.from({ length: 60 }, (_, index) => `repo:org/app:environment:production-${index}`);
    const allowedCidrs = Array.from({ length: 100 }, (_, index) => `203.0.${index}.0/24`);
    expect(refusal(() => github({ subjects }))).toMatch(/subjects makes a trust policy of \d{4} characters, and IAM accepts 2048/);
    expect(refusal(() => bitbucket({ allowedCidrs }))).toMatch(/allowedCidrs makes a trust policy of \d{4} characters/);
    expect(() => github({ subjects: subjects.slice(0, 25) })).not.toThrow();
  });

  test.each<[string, 'production' | 'development', string]>([
    ['keeps its provider, which roles of other stacks may trust, in production', 'production', 'RetainExceptOnCreate'],
    ['deletes its provider with its stack in development', 'development', 'Delete'],
  ])('%s', (_, profile, DeletionPolicy) => {
    const { repository, stack } = repositories();
    EnvironmentProfile[profile]().applyTo(stack);
    CiDeployRole.github(stack, 'Deploy', { repositories: [repository], subjects: [SUBJECT] });
    templateOf(stack).hasResource('AWS::IAM::OIDCProvider', { DeletionPolicy });
  });

  test('uses an existing provider instead of creating one', () => {
    const providerArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
    const template = templateOf(github({ providerArn }));
    template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    expect(trust(template)[0].Principal).toEqual({ Federated: providerArn });
  });

  test('may sign in and push to one repository, and nothing else (B-11)', () => {
    const template = templateOf(github());
    const [signIn, push, ...more] = statements(template);
    expect(signIn).toMatchObject({ Action: 'ecr:GetAuthorizationToken', Resource: '*', Effect: 'Allow' });
    expect(push.Resource).not.toBe('*');
    expect(JSON.stringify(push.Resource)).toMatch(/Images/);
    expect(push.Action).toContain('ecr:PutImage');
    expect(
      [...push.Action].filter((action) => /Delete|Policy|Lifecycle|Tag(Resource|Mutability)|\*/.test(action)),
    ).toEqual([]);
    expect(more).toEqual([]);
  });

  test('may start one pipeline (C-17)', () => {
    const { repository, stack } = repositories();
    CiDeployRole.github(stack, 'Deploy', {
      repositories: [repository],
      subjects: [SUBJECT],
      pipeline: Pipeline.fromPipelineArn(stack, 'Pipeline', PIPELINE_ARN),
    });
    expect(statements(templateOf(stack))[2]).toEqual({
      Sid: 'Start',
      Effect: 'Allow',
      Action: 'codepipeline:StartPipelineExecution',
      Resource: PIPELINE_ARN,
    });
  });

  test('has sessions of one hour by default', () => {
    templateOf(github()).hasResourceProperties('AWS::IAM::Role', {
      MaxSessionDuration: 3600,
      Policies: Match.absent(),
    });
    templateOf(github({ maxSessionDuration: Duration.hours(2) })).hasResourceProperties('AWS::IAM::Role', {
      MaxSessionDuration: 7200,
    });
  });

  test('leaves no finding unacknowledged, and allows actions on resources that they support', async () => {
    const stack = github();
    expect(unacknowledged(stack)).toEqual([]);
    expect(await refusedByIam(templateOf(stack).toJSON())).toEqual([]);
  });
});

describe('The deploy role for Bitbucket', () => {
  const issuer = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';

  test('is assumed by steps of one environment of one repository (C-17)', () => {
    const template = templateOf(bitbucket());
    expect(trust(template)[0].Condition).toEqual({
      StringEquals: { [`${issuer}:aud`]: `ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}` },
      StringLike: { [`${issuer}:sub`]: `{${REPOSITORY_UUID}}:{${ENVIRONMENT_UUID}}:*` },
    });
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: `https://${issuer}`,
      ClientIdList: [`ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}`],
    });
  });

  test('takes UUIDs as Bitbucket shows them (C-17)', () => {
    const [{ Condition }] = trust(
      templateOf(
        bitbucket({ repositoryUuid: `{${REPOSITORY_UUID.toUpperCase()}}`, environmentUuid: `{${ENVIRONMENT_UUID}}` }),
      ),
    );
    expect(Condition).toMatchObject({
      StringLike: { [`${issuer}:sub`]: `{${REPOSITORY_UUID}}:{${ENVIRONMENT_UUID}}:*` },
    });
  });

  test('is assumed by steps of every branch only with a reason (C-17)', () => {
    const withoutEnvironment = { reason: 'The plan of the workspace has no deployment permissions.' };
    const [{ Condition }] = trust(templateOf(bitbucket({ environmentUuid: undefined, withoutEnvironment })));
    expect(Condition).toMatchObject({ StringLike: { [`${issuer}:sub`]: `{${REPOSITORY_UUID}}:*` } });
    expect(refusal(() => bitbucket({ environmentUuid: undefined, withoutEnvironment: { reason: '' } }))).toContain(
      'withoutEnvironment.reason is "", expected a sentence',
    );
    expect(refusal(() => bitbucket({ withoutEnvironment }))).toContain(
      'withoutEnvironment is not supported together with environmentUuid',
    );
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(bitbucket())).toEqual([]);
  });
});

describe('The deploy role for GitLab', () => {
  test('is assumed by jobs of the main branch of one project (B-11)', () => {
    const template = templateOf(gitlab());
    expect(trust(template)[0].Condition).toEqual({
      StringEquals: {
        'gitlab.com:aud': 'https://gitlab.com',
        'gitlab.com:sub': ['project_path:org/team/app:ref_type:branch:ref:main'],
      },
    });
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://gitlab.com',
      ClientIdList: ['https://gitlab.com'],
    });
  });

  test('takes branches and a host of your own', () => {
    const [{ Condition }] = trust(templateOf(gitlab({ branches: ['release'], host: 'git.example.com' })));
    expect(Condition).toEqual({
      StringEquals: {
        'git.example.com:aud': 'https://git.example.com',
        'git.example.com:sub': ['project_path:org/team/app:ref_type:branch:ref:release'],
      },
    });
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(gitlab())).toEqual([]);
  });
});

describe('The deploy role for several repositories', () => {
  test('pushes to each of them, and to no other (B-11)', () => {
    const app = testApp();
    const registry = testStack({ app, id: 'Registry' });
    const pushed = [new ImageRepository(registry, 'Api'), new ImageRepository(registry, 'Web')];
    new ImageRepository(registry, 'Other');
    const stack = testStack({ app });
    CiDeployRole.github(stack, 'Deploy', { repositories: pushed, subjects: [SUBJECT] });
    const push = statements(templateOf(stack)).find(({ Action }) => Action.includes('ecr:PutImage'))!;
    const resources = (push.Resource as unknown[]).map((resource) => /(Api|Web|Other)Repo/.exec(JSON.stringify(resource))?.[1]);
    expect(resources).toEqual(['Api', 'Web']);
  });
});

describe('The deploy role for a release without a pipeline', () => {
  const { stack, production } = shop();
  const release = new Release(stack, 'Release', { stageName: 'production', services: [production.api] });
  CiDeployRole.github(stack, 'Deploy', { release, subjects: [SUBJECT] });
  const template = templateOf(stack);

  test('starts the one state machine, reads its executions, and does nothing else (B-11)', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy'));
    const [, policy] = policies.find(([id]) => id.startsWith('DeployPolicy'))!;
    const machine = { Ref: expect.stringMatching(/^ReleaseMachine/) };
    const executions = JSON.stringify(policy.Properties.PolicyDocument.Statement[1].Resource);
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      { Sid: 'Release', Effect: 'Allow', Action: 'states:StartExecution', Resource: machine },
      { Sid: 'Wait', Effect: 'Allow', Action: 'states:DescribeExecution', Resource: expect.anything() },
    ]);
    expect(executions).toMatch(/:execution:.*ReleaseMachine.*:\*/);
  });

  test('leaves no finding unacknowledged, and allows actions on resources that they support', async () => {
    expect(unacknowledged(stack)).toEqual([]);
    expect(await refusedByIam(template.toJSON())).toEqual([]);
  });
});

describe('CiDeployRole refuses in one line with path, prop, value, expectation and fix:', () => {
  test.each<[string, () => unknown, string]>([
    [
      'an empty list of subjects',
      () => github({ subjects: [] }),
      "'Test/Deploy': subjects is [], expected at least one",
    ],
    ...[
      'repo:*',
      'repo:org/*',
      'repo:org/app*:ref:refs/heads/main',
      'repo:org/app:*',
      'repo:org/app:pull_request',
      'repo:org/app:pull_request*',
      'repo:org/app:p*',
      'repo:org/app:????_???????',
      'repo:org/app:ref:*',
      'repo:org/app:ref:refs/heads/*',
      'repo:org/app:ref:refs/heads/release-*',
      'repo:org/app:ref:refs/tags/*.0',
      'repo:org/app:ref:refs/pull/1/merge',
      'repo:org/app:environment:*',
      'repo:org/app:environment:prod?',
      'repo:org/app:*main',
      'repo:org/app:job_workflow_ref:org/app/.github/workflows/deploy.yml@*',
      'repo:org/app:event_name:pull_request',
      'repo:org/app:context:anything',
      'repo:org/app:actor:*',
      'job_workflow_ref:org/app/.github/workflows/deploy.yml@refs/heads/main',
      '*',
    ].map((subject): [string, () => unknown, string] => [
      `the subject ${subject}`,
      () => github({ subjects: [SUBJECT, subject] }),
      `'Test/Deploy': subjects is "${subject}", expected repo:OWNER/NAME:environment:NAME`,
    ]),
    ['a repository id that is a name', () => github({ repositoryId: 'app' }), 'repositoryId is "app", expected digits'],
    [
      'an empty list of networks',
      () => github({ allowedCidrs: [] }),
      'allowedCidrs is [], expected at least one network',
    ],
    [
      'an address without a prefix length',
      () => github({ allowedCidrs: ['203.0.113.1'] }),
      'allowedCidrs is "203.0.113.1"',
    ],
    [
      'a prefix length that IPv4 does not have',
      () => github({ allowedCidrs: ['203.0.113.0/33'] }),
      'allowedCidrs is "203.0.113.0/33"',
    ],
    [
      'the whole internet as a restriction',
      () => github({ allowedCidrs: ['0.0.0.0/0'] }),
      'allowedCidrs is "0.0.0.0/0"',
    ],
    [
      'a session shorter than the minimum of IAM',
      () => github({ maxSessionDuration: Duration.minutes(30) }),
      'maxSessionDuration is 30, expected a whole number from 60 to 720 minutes',
    ],
    [
      'a workspace that is a URL',
      () => bitbucket({ workspace: 'bitbucket.org/acme' }),
      'workspace is "bitbucket.org/acme"',
    ],
    [
      'an invalid workspace UUID',
      () => bitbucket({ workspaceUuid: 'acme' }),
      'workspaceUuid is "acme", expected a UUID',
    ],
    [
      'a repository UUID with a wildcard',
      () => bitbucket({ repositoryUuid: '*' }),
      'repositoryUuid is "*", expected a UUID',
    ],
    [
      'every branch of a repository of Bitbucket',
      () => bitbucket({ environmentUuid: undefined }),
      'environmentUuid is not given, expected an environment: without one, steps of every branch',
    ],
    ['a branch of GitLab with a wildcard', () => gitlab({ branches: ['main', '*'] }), 'branches is "*", expected 1 to 10'],
    ['no branch of GitLab', () => gitlab({ branches: [] }), 'branches is [], expected 1 to 10 branches'],
    ['a group of GitLab', () => gitlab({ project: 'org/*' }), 'project is "org/*", expected the path of one project'],
    ['a host with a scheme', () => gitlab({ host: 'https://gitlab.com' }), 'host is "https://gitlab.com", expected a host'],
    ['a role without a permission', () => github({ repositories: undefined }), 'repositories is not given, expected a permission'],
    ['an empty list of repositories', () => github({ repositories: [] }), 'repositories is [], expected 1 to 20'],
    [
      'a name instead of the UUID of an environment',
      () => bitbucket({ environmentUuid: 'Production' }),
      'environmentUuid is "Production", expected a UUID',
    ],
  ])('%s', (_, make, message) => {
    const said = refusal(make);
    expect(said).toContain(message);
    expect(said).toMatch(/^CiDeployRole 'Test\/Deploy': \w+ is .+, expected .+\. [A-Z].+\.$/);
  });
});
