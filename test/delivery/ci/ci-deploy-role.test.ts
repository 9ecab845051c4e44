import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { type BitbucketDeployRoleProps, CiDeployRole, EnvironmentProfile, type GithubDeployRoleProps, ImageRepository } from '../../../src';
import { refusedByIam } from '../../catalogues/iam-actions';
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
  CiDeployRole.github(stack, 'Deploy', { repository, subjects: [SUBJECT], ...props });
  return stack;
}

function bitbucket(props: Partial<BitbucketDeployRoleProps> = {}) {
  const { repository, stack } = repositories();
  CiDeployRole.bitbucket(stack, 'Deploy', {
    repository,
    workspace: 'acme',
    workspaceUuid: WORKSPACE_UUID,
    repositoryUuid: REPOSITORY_UUID,
    ...props,
  });
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

  test('accepts the number of the repository, and a wildcard after the repository (B-11)', () => {
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
    CiDeployRole.github(stack, 'Deploy', { repository, subjects: [SUBJECT] });
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
      repository,
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

  test('is assumed by steps of one repository (C-17)', () => {
    const template = templateOf(bitbucket());
    expect(trust(template)[0].Condition).toEqual({
      StringEquals: { [`${issuer}:aud`]: `ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}` },
      StringLike: { [`${issuer}:sub`]: `{${REPOSITORY_UUID}}:*` },
    });
    template.hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: `https://${issuer}`,
      ClientIdList: [`ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}`],
    });
  });

  test('may be limited to one deployment environment, with UUIDs as Bitbucket shows them (C-17)', () => {
    const [{ Condition }] = trust(
      templateOf(
        bitbucket({ repositoryUuid: `{${REPOSITORY_UUID.toUpperCase()}}`, environmentUuid: `{${ENVIRONMENT_UUID}}` }),
      ),
    );
    expect(Condition).toMatchObject({
      StringLike: { [`${issuer}:sub`]: `{${REPOSITORY_UUID}}:{${ENVIRONMENT_UUID}}:*` },
    });
  });

  test('leaves no finding unacknowledged', () => {
    expect(unacknowledged(bitbucket())).toEqual([]);
  });
});

describe('CiDeployRole refuses in one line with path, prop, value, expectation and fix:', () => {
  test.each<[string, () => unknown, string]>([
    [
      'an empty list of subjects',
      () => github({ subjects: [] }),
      "'Test/Deploy': subjects is [], expected at least one",
    ],
    ['every repository', () => github({ subjects: ['repo:*'] }), 'subjects is "repo:*", expected one repository'],
    ['every repository of an owner', () => github({ subjects: ['repo:org/*'] }), 'subjects is "repo:org/*"'],
    [
      "a wildcard in a repository's name",
      () => github({ subjects: ['repo:org/app*:ref:refs/heads/main'] }),
      'subjects is "repo:org/app*:ref',
    ],
    [
      'everything of a repository, its pull requests too',
      () => github({ subjects: ['repo:org/app:*'] }),
      'subjects is "repo:org/app:*"',
    ],
    ['pull requests', () => github({ subjects: ['repo:org/app:pull_request'] }), 'a subject that matches no pull request'],
    [
      'pull requests by a wildcard',
      () => github({ subjects: ['repo:org/app:pull_request*'] }),
      'subjects is "repo:org/app:pull_request*", expected a subject that matches no pull request',
    ],
    [
      'pull requests by their first letter',
      () => github({ subjects: ['repo:org/app:p*'] }),
      'subjects is "repo:org/app:p*", expected a subject that matches no pull request',
    ],
    ['pull requests by their length', () => github({ subjects: ['repo:org/app:????_???????'] }), 'a subject that matches no pull request'],
    ['the merged commits of pull requests', () => github({ subjects: ['repo:org/app:ref:*'] }), 'a subject that matches no pull request'],
    ['one wrong subject among good ones', () => github({ subjects: [SUBJECT, '*'] }), 'subjects is "*"'],
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
