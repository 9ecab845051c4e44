import type { Conditions } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { checkReason } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import type { BitbucketDeployRoleProps, GithubDeployRoleProps, GitlabDeployRoleProps } from './ci-deploy-role-props';
import { bareUuid, bitbucketRules, githubRules, gitlabRules } from './validate-oidc';

const GITHUB = 'token.actions.githubusercontent.com';
const AWS_AUDIENCE = 'sts.amazonaws.com';

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
    const hasWildcard = subjects.some((value) => value.endsWith('*'));
    return new OidcIdentity(
      'GitHub Actions',
      `https://${GITHUB}`,
      AWS_AUDIENCE,
      hasWildcard ? { StringEquals: others, StringLike: subject } : { StringEquals: { ...others, ...subject } },
    );
  }

  public static gitlab(role: IConstruct, props: GitlabDeployRoleProps): OidcIdentity {
    checkRules(role, gitlabRules(props));
    const { project, branches = ['main'], host = 'gitlab.com' } = props;
    const url = `https://${host}`;
    const subjects = branches.map((branch) => `project_path:${project}:ref_type:branch:ref:${branch}`);
    return new OidcIdentity('GitLab CI/CD', url, url, {
      StringEquals: { [`${host}:aud`]: url, [`${host}:sub`]: subjects },
    });
  }

  public static bitbucket(role: IConstruct, props: BitbucketDeployRoleProps): OidcIdentity {
    checkRules(role, bitbucketRules(props));
    const { workspace, workspaceUuid, repositoryUuid, environmentUuid, withoutEnvironment } = props;
    if (withoutEnvironment) {
      checkReason(role, 'withoutEnvironment.reason', withoutEnvironment.reason);
    }
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
