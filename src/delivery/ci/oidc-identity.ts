import { Token } from 'aws-cdk-lib';
import type { Conditions } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { globToRegExp, type Wildcards } from '../../text/glob';
import { PropError } from '../../validation/prop-error';
import type { BitbucketDeployRoleProps, GithubDeployRoleProps } from './ci-deploy-role';

const GITHUB = 'token.actions.githubusercontent.com';
const AWS_AUDIENCE = 'sts.amazonaws.com';
/** A repository by name or by number, and then what of it: never a wildcard in its place. */
const SUBJECT = /^(?:repo:[^/*?:\s]+\/[^/*?:\s]+|repository_id:\d+):([^\s]+)$/;
/** What of a repository the token of a pull request says. */
const PULL_REQUESTS = ['pull_request', 'ref:refs/pull/1/merge'];
const UUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Who a CI is by OpenID Connect, and what its token must say. */
export class CiIdentity {
  public static github(role: IConstruct, { subjects, repositoryId }: GithubDeployRoleProps): CiIdentity {
    if (subjects.length === 0) {
      throw new PropError(role, {
        prop: 'subjects',
        value: subjects,
        expected: 'at least one: without, every repository of GitHub has the role',
        fix: "name one: 'repo:org/app:environment:production'",
      });
    }
    subjects.filter((subject) => !Token.isUnresolved(subject)).forEach((subject) => checkSubject(role, subject));
    if (repositoryId !== undefined && !Token.isUnresolved(repositoryId) && !/^\d+$/.test(repositoryId)) {
      throw new PropError(role, {
        prop: 'repositoryId',
        value: repositoryId,
        expected: 'digits',
        fix: 'ask GitHub: gh api repos/OWNER/NAME --jq .id',
      });
    }
    const match = subjects.some((subject) => /[*?]/.test(subject)) ? 'StringLike' : 'StringEquals';
    const fixed = {
      [`${GITHUB}:aud`]: AWS_AUDIENCE,
      ...(repositoryId && { [`${GITHUB}:repository_id`]: repositoryId }),
    };
    const subject = { [`${GITHUB}:sub`]: subjects };
    return new CiIdentity(
      'GitHub Actions',
      `https://${GITHUB}`,
      AWS_AUDIENCE,
      match === 'StringEquals'
        ? { StringEquals: { ...fixed, ...subject } }
        : { StringEquals: fixed, StringLike: subject },
    );
  }

  public static bitbucket(role: IConstruct, props: BitbucketDeployRoleProps): CiIdentity {
    const { workspace, environmentUuid } = props;
    if (!Token.isUnresolved(workspace) && !/^[a-z0-9_-]+$/.test(workspace)) {
      throw new PropError(role, {
        prop: 'workspace',
        value: workspace,
        expected: 'lower-case letters, digits, _ and -',
        fix: "take it from the repository's address: bitbucket.org/WORKSPACE/app",
      });
    }
    const issuer = `api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`;
    const audience = `ari:cloud:bitbucket::workspace/${uuid(role, 'workspaceUuid', props.workspaceUuid)}`;
    // The token's subject ends in the step's UUID, which is new each time.
    const parts = [
      uuid(role, 'repositoryUuid', props.repositoryUuid),
      ...(environmentUuid ? [uuid(role, 'environmentUuid', environmentUuid)] : []),
    ];
    return new CiIdentity('Bitbucket Pipelines', `https://${issuer}`, audience, {
      StringEquals: { [`${issuer}:aud`]: audience },
      StringLike: { [`${issuer}:sub`]: `${parts.map((part) => `{${part}}`).join(':')}:*` },
    });
  }

  private constructor(
    public readonly name: string,
    public readonly url: string,
    public readonly audience: string,
    /** What a token must say for the role. */
    public readonly conditions: Conditions,
  ) {}
}

/** Wildcards of IAM's StringLike. */
const STRING_LIKE: Wildcards = new Map([
  ['*', '.*'],
  ['?', '.'],
]);

function checkSubject(role: IConstruct, subject: string): void {
  const [, what] = SUBJECT.exec(subject) ?? [];
  if (what === undefined || /^[*?]+$/.test(what)) {
    throw new PropError(role, {
      prop: 'subjects',
      value: subject,
      expected:
        'one repository and what of it: repo:OWNER/NAME:environment:NAME or repo:OWNER/NAME:ref:refs/heads/BRANCH',
      fix: 'name the repository and its branch or environment in full, wildcards only behind them',
    });
  }
  if (PULL_REQUESTS.some((subjectOf) => globToRegExp(what, STRING_LIKE).test(subjectOf))) {
    throw new PropError(role, {
      prop: 'subjects',
      value: subject,
      expected: 'no pull requests: nothing is deployed from them (requirement C-17)',
      fix: 'name the branch that is deployed, or an environment, and let no wildcard stand for pull_request',
    });
  }
}

function uuid(role: IConstruct, prop: string, value: string): string {
  const [, bare] = UUID.exec(value) ?? [];
  if (bare === undefined) {
    throw new PropError(role, {
      prop,
      value,
      expected: 'a UUID of 32 hexadecimal digits, with or without braces',
      fix: 'copy it from the repository settings, OpenID Connect',
    });
  }
  return bare.toLowerCase();
}
