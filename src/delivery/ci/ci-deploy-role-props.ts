import type { Duration } from 'aws-cdk-lib';
import type { IPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { IImageRepository } from '../../registry';

/** Properties of a {@link CiDeployRole} for any CI service. The repository is required. */
export interface CiDeployRoleProps {
  /** Repository that the role pushes images to. */
  readonly repository: IImageRepository;
  /**
   * Pipeline that the role starts.
   * @default - no pipeline, because one with `PipelineSource.imagePush` starts on each push
   */
  readonly pipeline?: IPipeline;
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

/** Properties of {@link CiDeployRole.github}. The repository and at least one subject are required. */
export interface GithubDeployRoleProps extends CiDeployRoleProps {
  /**
   * Subject claims as GitHub writes them, at least one.
   *
   * Examples are `repo:org/app:environment:production` and `repo:org/app:ref:refs/heads/main`. Newer repositories have
   * their numbers in the claim: `repo:org@123/app@456:environment:production`. The wildcard `*` is accepted after the
   * repository only, and only where it can't match pull requests.
   */
  readonly subjects: string[];
  /**
   * Number of the repository, which a rename keeps and GitHub never assigns again.
   * @default - only the subjects are compared
   */
  readonly repositoryId?: string;
}

/** Properties of {@link CiDeployRole.bitbucket}. The workspace and both UUIDs are required. */
export interface BitbucketDeployRoleProps extends CiDeployRoleProps {
  /** Workspace ID in lower case, as in URLs: `acme` of `bitbucket.org/acme/app`. */
  readonly workspace: string;
  /** UUID of the workspace, with or without braces. */
  readonly workspaceUuid: string;
  /** UUID of the repository, with or without braces. */
  readonly repositoryUuid: string;
  /**
   * UUID of the deployment environment whose steps may assume the role.
   * @default - every step of the pipelines of the repository
   */
  readonly environmentUuid?: string;
}
