import { Token } from 'aws-cdk-lib';
import type { Conditions } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { globToRegExp, type Wildcards } from '../../text/glob';
import { checkRules, type Rule } from '../../validation/rules';
import type { BitbucketDeployRoleProps, GithubDeployRoleProps } from './ci-deploy-role-props';

const GITHUB = 'token.actions.githubusercontent.com';
const AWS_AUDIENCE = 'sts.amazonaws.com';
/** A repository by name or number, without wildcards, then the context within it. */
const SUBJECT = /^(?:repo:[^/*?:\s]+\/[^/*?:\s]+|repository_id:\d+):([^\s]+)$/;
/** Contexts within a repository that tokens of pull requests have. */
const PULL_REQUEST_CONTEXTS = ['pull_request', 'ref:refs/pull/1/merge'];
const UUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Wildcards of StringLike in IAM. */
const STRING_LIKE: Wildcards = new Map([
  ['*', '.*'],
  ['?', '.'],
]);

/** OpenID Connect identity of a CI service, with the conditions of the trust policy. */
export class OidcIdentity {
  public static github(role: IConstruct, props: GithubDeployRoleProps): OidcIdentity {
    checkRules(role, githubRules(props));
    const { subjects, repositoryId } = props;
    const subject = { [`${GITHUB}:sub`]: subjects };
    const others = {
      [`${GITHUB}:aud`]: AWS_AUDIENCE,
      ...(repositoryId && { [`${GITHUB}:repository_id`]: repositoryId }),
    };
    const hasWildcard = subjects.some((value) => /[*?]/.test(value));
    return new OidcIdentity(
      'GitHub Actions',
      `https://${GITHUB}`,
      AWS_AUDIENCE,
      hasWildcard ? { StringEquals: others, StringLike: subject } : { StringEquals: { ...others, ...subject } },
    );
  }

  public static bitbucket(role: IConstruct, props: BitbucketDeployRoleProps): OidcIdentity {
    checkRules(role, bitbucketRules(props));
    const { workspace, workspaceUuid, repositoryUuid, environmentUuid } = props;
    const issuer = `api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`;
    const audience = `ari:cloud:bitbucket::workspace/${bareUuid(workspaceUuid)}`;
    // The subject ends with the UUID of the step, which is new in each run.
    const subject = [repositoryUuid, ...(environmentUuid ? [environmentUuid] : [])]
      .map((uuid) => `{${bareUuid(uuid)}}`)
      .join(':');
    return new OidcIdentity('Bitbucket Pipelines', `https://${issuer}`, audience, {
      StringEquals: { [`${issuer}:aud`]: audience },
      StringLike: { [`${issuer}:sub`]: `${subject}:*` },
    });
  }

  private constructor(
    public readonly name: string,
    public readonly url: string,
    public readonly audience: string,
    /** Conditions on the claims of the token. */
    public readonly conditions: Conditions,
  ) {}
}

function githubRules({ subjects, repositoryId }: GithubDeployRoleProps): Rule[] {
  return [
    {
      condition: subjects.length === 0,
      prop: 'subjects',
      value: subjects,
      expected: 'at least one subject: without a condition on it, every repository of GitHub may assume the role',
      fix: "add one, for example 'repo:org/app:environment:production'",
    },
    ...subjects.filter((subject) => !Token.isUnresolved(subject)).flatMap(subjectRules),
    {
      condition: isInvalid(repositoryId, /^\d+$/),
      prop: 'repositoryId',
      value: repositoryId,
      expected: 'digits',
      fix: 'read the number with: gh api repos/OWNER/NAME --jq .id',
    },
  ];
}

function subjectRules(subject: string): Rule[] {
  const context = SUBJECT.exec(subject)?.[1] ?? '';
  return [
    {
      condition: context === '' || /^[*?]+$/.test(context),
      prop: 'subjects',
      value: subject,
      expected:
        'one repository with a context: repo:OWNER/NAME:environment:NAME or repo:OWNER/NAME:ref:refs/heads/BRANCH',
      fix: 'name the repository and its branch or environment in full, with wildcards only after them',
    },
    {
      condition: PULL_REQUEST_CONTEXTS.some((pullRequest) => globToRegExp(context, STRING_LIKE).test(pullRequest)),
      prop: 'subjects',
      value: subject,
      expected: 'a subject that matches no pull request: pull requests must not deploy (requirement C-17)',
      fix: 'name the branch or environment that deploys, and narrow wildcards that match pull_request or refs/pull',
    },
  ];
}

function bitbucketRules(props: BitbucketDeployRoleProps): Rule[] {
  const { workspace, workspaceUuid, repositoryUuid, environmentUuid } = props;
  return [
    {
      condition: isInvalid(workspace, /^[a-z0-9_-]+$/),
      prop: 'workspace',
      value: workspace,
      expected: 'lower-case letters, digits, _ and -',
      fix: 'copy it from the URL of the repository: bitbucket.org/WORKSPACE/app',
    },
    // UUIDs are normalized, which is impossible for a token.
    ...Object.entries({ workspaceUuid, repositoryUuid, ...(environmentUuid && { environmentUuid }) }).map(
      ([prop, value]) => ({
        condition: !UUID.test(value),
        prop,
        value,
        expected: 'a UUID of 32 hexadecimal digits, with or without braces',
        fix: 'copy it from the repository settings, OpenID Connect',
      }),
    ),
  ];
}

function isInvalid(value: string | undefined, form: RegExp): boolean {
  return value !== undefined && !Token.isUnresolved(value) && !form.test(value);
}

/** UUID as claims have it: without braces, in lower case. */
function bareUuid(uuid: string): string {
  return UUID.exec(uuid)![1].toLowerCase();
}
