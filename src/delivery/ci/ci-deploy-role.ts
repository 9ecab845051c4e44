import { Duration } from 'aws-cdk-lib';
import {
  type Conditions,
  ManagedPolicy,
  OidcProviderNative,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { documentSize } from '../../iam/policy-size';
import type { IImageRepository } from '../../registry';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkList, checkWholeNumber } from '../../validation/checks';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';
import { executionsOf } from '../asl/logged-state-machine';
import type { Release } from '../release/release';
import type {
  BitbucketDeployRoleProps,
  CiDeployRoleProps,
  GithubDeployRoleProps,
  GitlabDeployRoleProps,
} from './ci-deploy-role-props';
import { OidcIdentity } from './oidc-identity';
import { checkCidrs } from './validate-cidrs';

/** Default quota of IAM for the trust policy of a role. */
const MOST_TRUST_CHARACTERS = 2_048;
/** A managed policy holds the ARNs of about 40. */
const MAX_REPOSITORIES = 20;

/**
 * IAM role for GitHub Actions, GitLab or Bitbucket Pipelines, assumed by OpenID Connect.
 *
 * No key is stored. The role pushes images to the given repositories, and may start one pipeline or one release. It has
 * no other permission: it can't delete an image, and immutable tags stay. Sources: requirements B-11 and C-17.
 *
 * @example
 *
 * CiDeployRole.github(this, 'Ci', { repositories: [images], subjects: ['repo:org/app:environment:production'] });
 */
export class CiDeployRole extends Construct {
  /**
   * Role for GitHub Actions.
   *
   * Throws a PropError for a subject that is no exact environment or branch, and no tag of one repository.
   */
  public static github(scope: Construct, id: string, props: GithubDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => OidcIdentity.github(role, props));
  }

  /** Role for GitLab CI/CD. Throws a PropError for a branch or project with a wildcard. */
  public static gitlab(scope: Construct, id: string, props: GitlabDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => OidcIdentity.gitlab(role, props));
  }

  /** Role for Bitbucket Pipelines. Throws a PropError for an invalid workspace or UUID, or without environment. */
  public static bitbucket(scope: Construct, id: string, props: BitbucketDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => OidcIdentity.bitbucket(role, props));
  }

  /** IAM role. The workflow names its ARN. */
  public readonly role: Role;

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: CiDeployRoleProps,
    identityOf: (role: Construct) => OidcIdentity,
  ) {
    super(scope, id);
    checkList(this, 'repositories', props.repositories);
    checkAllInReach(this, props);
    this.checkPermissions();
    const session = props.maxSessionDuration ?? Duration.hours(1);
    checkWholeNumber(this, 'maxSessionDuration', session.toMinutes({ integral: false }), {
      min: 60,
      max: 720,
      unit: 'minutes',
      fix: 'give Duration.hours(n) from 1 to 12',
    });
    checkCidrs(this, props.allowedCidrs);
    this.role = this.createRole(identityOf(this), session);
    this.checkTrustPolicy();
    this.createPolicy();
  }

  private createRole(identity: OidcIdentity, maxSessionDuration: Duration): Role {
    const conditions: Conditions = { ...identity.conditions };
    if (this.props.allowedCidrs) {
      conditions.IpAddress = { 'aws:SourceIp': this.props.allowedCidrs };
    }
    const providerArn = this.props.providerArn ?? this.createProvider(identity);
    return new Role(this, 'Role', {
      description: textFor('role', `${this.purpose} from ${identity.name}`),
      assumedBy: new WebIdentityPrincipal(providerArn, conditions),
      maxSessionDuration,
    });
  }

  /** The account has one provider for each URL. Roles of other stacks trust it, so it stays when this one leaves. */
  private createProvider({ url, audience }: OidcIdentity): string {
    const { removalPolicy } = EnvironmentProfile.of(this);
    return new OidcProviderNative(this, 'Provider', { url, clientIds: [audience], removalPolicy }).oidcProviderArn;
  }

  /** The trust policy grows with the subjects and the networks, and can't be divided. */
  private checkTrustPolicy(): void {
    const characters = documentSize(this, this.role.assumeRolePolicy!);
    checkRules(this, [
      {
        condition: characters > MOST_TRUST_CHARACTERS,
        prop: this.props.allowedCidrs ? 'allowedCidrs' : 'subjects',
        problem: `makes a trust policy of ${characters} characters, and IAM accepts ${MOST_TRUST_CHARACTERS}`,
        fix: 'give fewer or shorter values, or divide them among several roles',
      },
    ]);
  }

  private checkPermissions(): void {
    const { repositories, pipeline, release } = this.props;
    checkRules(this, [
      {
        condition: !repositories && !pipeline && !release,
        prop: 'repositories',
        value: repositories,
        expected: 'a permission: without repositories, pipeline and release the role can do nothing',
        fix: 'give the repositories that the role pushes to, or the release that it starts',
      },
      {
        condition: repositories !== undefined && !(repositories.length >= 1 && repositories.length <= MAX_REPOSITORIES),
        prop: 'repositories',
        value: repositories,
        expected: `1 to ${MAX_REPOSITORIES} repositories`,
        fix: 'give the repositories that the role pushes to, or divide them among several roles',
      },
    ]);
  }

  private get purpose(): string {
    const { repositories, release } = this.props;
    const images = repositories && `Pushes images of ${repositories.map(stackPath).join(', ')}`;
    return images ?? (release ? `Releases to ${release.stageName}` : 'Starts a pipeline');
  }

  private createPolicy(): void {
    const { repositories, pipeline, release } = this.props;
    const policy = new ManagedPolicy(this, 'Policy', {
      description: textFor('policy', this.policyDescription()),
      roles: [this.role],
      statements: [
        ...(repositories ? this.pushStatements(repositories) : []),
        ...(pipeline
          ? [
            new PolicyStatement({
              sid: 'Start',
              actions: ['codepipeline:StartPipelineExecution'],
              resources: [pipeline.pipelineArn],
            }),
          ]
          : []),
        ...(release ? this.releaseStatements(release) : []),
      ],
    });
    if (repositories) {
      acknowledge(
        policy,
        'AwsSolutions-IAM5[Resource::*]',
        'ecr:GetAuthorizationToken does not support resource-level permissions; the next statement limits pushes.',
      );
    }
    if (release) {
      const executions = executionsOf(release.stateMachine);
      acknowledgeWildcard(policy, executions, 'Whoever starts an execution names it, below the one state machine.');
    }
  }

  private policyDescription(): string {
    const { repositories } = this.props;
    return repositories ? `Pushing to ${repositories.map(stackPath).join(', ')}` : this.purpose;
  }

  /** They need no statement for the keys of the repositories, because ECR has a grant on each. */
  private pushStatements(repositories: IImageRepository[]): PolicyStatement[] {
    return [
      new PolicyStatement({ sid: 'SignIn', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      new PolicyStatement({
        sid: 'Push',
        actions: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:CompleteLayerUpload',
          'ecr:DescribeImages',
          'ecr:GetDownloadUrlForLayer',
          'ecr:InitiateLayerUpload',
          'ecr:PutImage',
          'ecr:UploadLayerPart',
        ],
        resources: repositories.map(({ repository }) => repository.repositoryArn),
      }),
    ];
  }

  private releaseStatements({ stateMachine }: Release): PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'Release',
        actions: ['states:StartExecution'],
        resources: [stateMachine.stateMachineArn],
      }),
      new PolicyStatement({
        sid: 'Wait',
        actions: ['states:DescribeExecution'],
        resources: [executionsOf(stateMachine)],
      }),
    ];
  }
}
