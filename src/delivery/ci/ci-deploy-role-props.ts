import type { Duration } from 'aws-cdk-lib';
import type { IPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Waiver } from '../../compliance';
import type { IImageRepository } from '../../registry';
import type { Release } from '../release/release';

/** Properties of a {@link CiDeployRole} for any CI service. At least one permission is required. */
export interface CiDeployRoleProps {
  /**
   * Repositories that the role pushes images to, 1 to 20.
   * @default - the role pushes no images
   */
  readonly repositories?: IImageRepository[];
  /**
   * Pipeline that the role starts, with any revision of its sources.
   *
   * Whoever may assume the role can start the pipeline with a commit of any branch, or with an older image. So give it
   * only where the subjects of the role may release that.
   * @default - no pipeline, because one with `PipelineSource.imagePush` starts on each push
   */
  readonly pipeline?: IPipeline;
  /**
   * Release that the role starts and waits for, without a pipeline.
   *
   * The role may start its state machine and read its executions. It can't stop one.
   * @default - no release
   */
  readonly release?: Release;
  /**
   * ARN of the OpenID Connect provider of the account. IAM allows one provider for each URL.
   * @default - a new provider in this stack
   */
  readonly providerArn?: string;
  /**
   * Networks that the role may be assumed from, IPv4 or IPv6 in CIDR notation.
   *
   * Give the addresses of self-hosted runners. Source: requirement B-12.
   * @default - all networks, because hosted runners have no fixed addresses
   */
  readonly allowedCidrs?: string[];
  /**
   * Longest session of one job, in whole minutes, 1 to 12 hours. A job may request less.
   * @default Duration.hours(1) - the minimum in IAM
   */
  readonly maxSessionDuration?: Duration;
}

/** Properties of {@link CiDeployRole.github}. At least one subject and one permission are required. */
export interface GithubDeployRoleProps extends CiDeployRoleProps {
  /**
   * Subject claims as GitHub writes them, at least one, each of one of three forms.
   *
   * An environment is `repo:org/app:environment:production`. It needs protection rules in GitHub that limit it to
   * branches, because without them a job of any branch may use it. A branch is `repo:org/app:ref:refs/heads/main`. A
   * tag is `repo:org/app:ref:refs/tags/v1.0`, or with a wildcard at its end `repo:org/app:ref:refs/tags/v*`. Newer
   * repositories have their numbers in the claim: `repo:org@123/app@456:environment:production`.
   */
  readonly subjects: string[];
  /**
   * Number of the repository, which a rename keeps and GitHub never assigns again.
   * @default - only the subjects are compared
   */
  readonly repositoryId?: string;
}

/** Properties of {@link CiDeployRole.gitlab}. The project and one permission are required. */
export interface GitlabDeployRoleProps extends CiDeployRoleProps {
  /** Path of the project with its groups: `org/app`. */
  readonly project: string;
  /**
   * Branches whose jobs may assume the role, 1 to 10, without wildcards.
   *
   * Protect them in GitLab, so that only reviewed merges reach them.
   * @default ['main']
   */
  readonly branches?: string[];
  /**
   * Host of GitLab.
   * @default 'gitlab.com'
   */
  readonly host?: string;
}

/** Properties of {@link CiDeployRole.bitbucket}. The workspace, the UUIDs and one permission are required. */
export interface BitbucketDeployRoleProps extends CiDeployRoleProps {
  /** Workspace ID in lower case, as in URLs: `acme` of `bitbucket.org/acme/app`. */
  readonly workspace: string;
  /** UUID of the workspace, with or without braces. */
  readonly workspaceUuid: string;
  /** UUID of the repository, with or without braces. */
  readonly repositoryUuid: string;
  /**
   * UUID of the deployment environment whose steps may assume the role, with or without braces.
   *
   * Limit the environment to branches in Bitbucket, because without that a step of any branch may use it. Source:
   * requirement C-17.
   * @default - required, unless `withoutEnvironment` is set
   */
  readonly environmentUuid?: string;
  /**
   * Trusts every step of the repository, also those of pull requests, with the reason.
   * @default - only steps of the environment
   */
  readonly withoutEnvironment?: Waiver;
}
