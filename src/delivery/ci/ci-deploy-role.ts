import { isIP } from 'net';
import { Duration, Token } from 'aws-cdk-lib';
import type { IPipeline } from 'aws-cdk-lib/aws-codepipeline';
import {
  type Conditions,
  ManagedPolicy,
  OidcProviderNative,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { IImageRepository } from '../../registry';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { CiIdentity } from './oidc-identity';

/** What a {@link CiDeployRole} may be told, whoever's CI it is. */
export interface CiDeployRoleProps {
  /** The one repository that the role pushes images to. */
  readonly repository: IImageRepository;
  /**
   * The one pipeline that the role starts.
   * @default - none: a pipeline with `PipelineSource.imagePush` starts by itself
   */
  readonly pipeline?: IPipeline;
  /**
   * ARN of the account's identity provider, where there is one: an account has one for each address.
   * @default - one is made in this stack
   */
  readonly providerArn?: string;
  /**
   * Networks from which the role may be assumed, IPv4 or IPv6 in CIDR notation (requirement B-12): those of your own runners.
   * @default - all: hosted runners have no addresses of their own
   */
  readonly allowedCidrs?: string[];
  /**
   * How long the credentials of one job hold at most, whole minutes, 1 to 12 hours.
   * @default Duration.hours(1) - the least that IAM lets a role say; a job may ask for less
   */
  readonly maxSessionDuration?: Duration;
}

/** What {@link CiDeployRole.github} may be told. */
export interface GithubDeployRoleProps extends CiDeployRoleProps {
  /**
   * Subjects as GitHub writes them, at least one: `repo:org/app:environment:production`, `repo:org/app:ref:refs/heads/main`. Newer repositories
   * have numbers in theirs: `repo:org@123/app@456:environment:production`. `*` may stand behind the repository, never in its place nor
   * for pull requests.
   */
  readonly subjects: string[];
  /**
   * The repository's number, which stays when a repository is renamed and isn't given again when one is deleted.
   * @default - the subjects alone decide
   */
  readonly repositoryId?: string;
}

/** What {@link CiDeployRole.bitbucket} may be told. */
export interface BitbucketDeployRoleProps extends CiDeployRoleProps {
  /** The workspace as in addresses, lower-case: `acme` of `bitbucket.org/acme/app`. */
  readonly workspace: string;
  /** The workspace's UUID, with or without braces. */
  readonly workspaceUuid: string;
  /** The repository's UUID, with or without braces. */
  readonly repositoryUuid: string;
  /**
   * The deployment environment's UUID: then only its steps get the role.
   * @default - every step of the repository's pipelines
   */
  readonly environmentUuid?: string;
}

/**
 * What GitHub Actions or Bitbucket Pipelines becomes by OpenID Connect, without a stored key (requirements B-11, C-17): it may push images to
 * one repository and start one pipeline, and nothing else. It can't delete an image, and a tag that is immutable stays.
 */
export class CiDeployRole extends Construct {
  /** For GitHub Actions. Throws for a subject that admits more than one repository. */
  public static github(scope: Construct, id: string, props: GithubDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => CiIdentity.github(role, props));
  }

  /** For Bitbucket Pipelines. Throws for a workspace or a UUID that is none. */
  public static bitbucket(scope: Construct, id: string, props: BitbucketDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => CiIdentity.bitbucket(role, props));
  }

  /** The role, whose ARN the workflow names; closed. */
  public readonly role: Role;

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: CiDeployRoleProps,
    identityOf: (role: Construct) => CiIdentity,
  ) {
    super(scope, id);
    const session = props.maxSessionDuration ?? Duration.hours(1);
    checkWholeNumber(this, 'maxSessionDuration', session.toMinutes({ integral: false }), {
      min: 60,
      max: 720,
      unit: 'minutes',
      fix: 'give Duration.hours(1) to Duration.hours(12)',
    });
    checkCidrs(this, props.allowedCidrs);
    this.role = this.createRole(identityOf(this), session);
    this.allowPushing();
  }

  private createRole(identity: CiIdentity, maxSessionDuration: Duration): Role {
    const conditions: Conditions = { ...identity.conditions };
    if (this.props.allowedCidrs) {
      conditions.IpAddress = { 'aws:SourceIp': this.props.allowedCidrs };
    }
    const providerArn = this.props.providerArn ?? this.createProvider(identity);
    return new Role(this, 'Role', {
      description: `Pushes images of ${this.props.repository.node.path} from ${identity.name}`,
      assumedBy: new WebIdentityPrincipal(providerArn, conditions),
      maxSessionDuration,
    });
  }

  private createProvider({ url, audience }: CiIdentity): string {
    return new OidcProviderNative(this, 'Provider', { url, clientIds: [audience] }).oidcProviderArn;
  }

  /** The only policy. The key needs no statement: ECR encrypts with it itself, by a grant that it got when the repository was made. */
  private allowPushing(): void {
    const { repository, pipeline } = this.props;
    const policy = new ManagedPolicy(this, 'Policy', {
      description: `Pushing to ${repository.node.path}`,
      roles: [this.role],
      statements: [
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
          resources: [repository.repository.repositoryArn],
        }),
        ...(pipeline
          ? [
            new PolicyStatement({
              sid: 'Start',
              actions: ['codepipeline:StartPipelineExecution'],
              resources: [pipeline.pipelineArn],
            }),
          ]
          : []),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Signing in to ECR knows no resource; what may be pushed is said by the next statement.',
    );
  }
}

/** What IAM takes as a network. A wrong one is refused by IAM at best, and admits nobody at worst. */
function checkCidrs(role: CiDeployRole, cidrs: string[] | undefined): void {
  if (cidrs?.length === 0) {
    throw new PropError(role, {
      prop: 'allowedCidrs',
      value: cidrs,
      expected: 'at least one network: an empty list admits nobody',
      fix: 'leave it out to admit all',
    });
  }
  const wrong = cidrs?.find((cidr) => !Token.isUnresolved(cidr) && !isCidr(cidr));
  if (wrong !== undefined) {
    throw new PropError(role, {
      prop: 'allowedCidrs',
      value: wrong,
      expected: 'networks in CIDR notation, smaller than the whole internet',
      fix: "write it as '203.0.113.0/24' or '2001:db8::/32'",
    });
  }
}

function isCidr(value: string): boolean {
  const [address, bits, ...rest] = value.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    rest.length === 0 &&
    /^\d+$/.test(bits ?? '') &&
    Number(bits) >= 1 &&
    Number(bits) <= (version === 4 ? 32 : 128)
  );
}
