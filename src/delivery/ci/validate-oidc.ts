import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../validation/rules';
import type { BitbucketDeployRoleProps, GithubDeployRoleProps, GitlabDeployRoleProps } from './ci-deploy-role-props';

/** Subject: a repository, then an environment or branch in full, or a tag with a wildcard at its end. */
const GITHUB_SUBJECT = new RegExp(
  '^(?:repo:[^/*?:\\s]+/[^/*?:\\s]+|repository_id:\\d+)' +
    ':(?:environment:[^*?:\\s]+|ref:refs/heads/[^*?:\\s]+|ref:refs/tags/(?:[^*?:\\s]+\\*?|\\*))$',
);
const MAX_GITLAB_BRANCHES = 10;
const UUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Rules for the claims of GitHub. No form of them matches a pull request (requirement C-17). */
export function githubRules({ subjects, repositoryId }: GithubDeployRoleProps): Rule[] {
  const wrong = subjects.find((subject) => isInvalid(subject, GITHUB_SUBJECT));
  return [
    {
      condition: subjects.length === 0,
      prop: 'subjects',
      value: subjects,
      expected: 'at least one subject: without a condition on it, every repository of GitHub may assume the role',
      fix: "add one, for example 'repo:org/app:environment:production'",
    },
    {
      condition: wrong !== undefined,
      prop: 'subjects',
      value: wrong,
      expected:
        'repo:OWNER/NAME:environment:NAME, repo:OWNER/NAME:ref:refs/heads/BRANCH or ' +
        'repo:OWNER/NAME:ref:refs/tags/TAG, with a wildcard at the end of a tag alone',
      fix: 'name the repository, and its environment or branch in full',
    },
    {
      condition: isInvalid(repositoryId, /^\d+$/),
      prop: 'repositoryId',
      value: repositoryId,
      expected: 'digits',
      fix: 'read the number with: gh api repos/OWNER/NAME --jq .id',
    },
  ];
}

/** Rules for the claims of GitLab, whose pipelines of merge requests have the name of the source branch. */
export function gitlabRules({ project, branches = ['main'], host }: GitlabDeployRoleProps): Rule[] {
  const wrong = branches.find((branch) => isInvalid(branch, /^[^*?:\s]+$/));
  return [
    {
      condition: isInvalid(project, /^[\w.-]+(\/[\w.-]+)+$/),
      prop: 'project',
      value: project,
      expected: 'the path of one project with its groups, without wildcards',
      fix: "copy it from the URL of the project: 'org/app'",
    },
    {
      condition: branches.length === 0 || branches.length > MAX_GITLAB_BRANCHES || wrong !== undefined,
      prop: 'branches',
      value: wrong ?? branches,
      expected: `1 to ${MAX_GITLAB_BRANCHES} branches in full, without wildcards`,
      fix: "name the protected branch that deploys, for example 'main'",
    },
    {
      condition: isInvalid(host, /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/),
      prop: 'host',
      value: host,
      expected: 'a host name, without scheme and path',
      fix: "write it as 'gitlab.example.com', or remove it",
    },
  ];
}

/** Rules for the claims of Bitbucket, whose steps outside an environment are those of every branch. */
export function bitbucketRules(props: BitbucketDeployRoleProps): Rule[] {
  const { workspace, workspaceUuid, repositoryUuid, environmentUuid, withoutEnvironment } = props;
  return [
    {
      condition: isInvalid(workspace, /^[a-z0-9_-]+$/),
      prop: 'workspace',
      value: workspace,
      expected: 'lower-case letters, digits, _ and -',
      fix: 'copy it from the URL of the repository: bitbucket.org/WORKSPACE/app',
    },
    {
      condition: !environmentUuid && !withoutEnvironment,
      prop: 'environmentUuid',
      value: environmentUuid,
      expected: 'an environment: without one, steps of every branch and pull request may assume the role',
      fix: 'copy its UUID from the deployment settings, or set withoutEnvironment with a reason',
    },
    {
      condition: environmentUuid !== undefined && withoutEnvironment !== undefined,
      prop: 'withoutEnvironment',
      problem: 'is not supported together with environmentUuid',
      fix: 'remove one of them',
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

/** UUID as claims have it: without braces, in lower case. */
export function bareUuid(uuid: string): string {
  return UUID.exec(uuid)![1].toLowerCase();
}

function isInvalid(value: string | undefined, form: RegExp): boolean {
  return value !== undefined && !Token.isUnresolved(value) && !form.test(value);
}
