import { isIP } from 'net';
import { Duration, Token } from 'aws-cdk-lib';
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
import { EnvironmentProfile } from '../../environment';
import { documentSize } from '../../iam/policy-size';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkWholeNumber } from '../../validation/checks';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';
import type { BitbucketDeployRoleProps, CiDeployRoleProps, GithubDeployRoleProps } from './ci-deploy-role-props';
import { OidcIdentity } from './oidc-identity';

/** Default quota of IAM for the trust policy of a role. */
const MOST_TRUST_CHARACTERS = 2_048;

/**
 * IAM role for GitHub Actions or Bitbucket Pipelines, assumed by OpenID Connect without a stored key.
 *
 * The role pushes images to one repository, and may start one pipeline. It has no other permission: it can't delete an
 * image, and immutable tags stay. Sources: requirements B-11 and C-17.
 *
 * @example
 *
 * CiDeployRole.github(this, 'Ci', { repository: images, subjects: ['repo:org/app:environment:production'] });
 */
export class CiDeployRole extends Construct {
  /** Role for GitHub Actions. Throws a PropError for a subject that matches more than one repository. */
  public static github(scope: Construct, id: string, props: GithubDeployRoleProps): CiDeployRole {
    return new CiDeployRole(scope, id, props, (role) => OidcIdentity.github(role, props));
  }

  /** Role for Bitbucket Pipelines. Throws a PropError for an invalid workspace or UUID. */
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
    checkAllInReach(this, props);
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
      description: textFor('role', `Pushes images of ${stackPath(this.props.repository)} from ${identity.name}`),
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

  /** The policy needs no statement for the key of the repository, because ECR has a grant on it. */
  private createPolicy(): void {
    const { repository, pipeline } = this.props;
    const policy = new ManagedPolicy(this, 'Policy', {
      description: textFor('policy', `Pushing to ${stackPath(repository)}`),
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
      'ecr:GetAuthorizationToken does not support resource-level permissions; the next statement limits pushes.',
    );
  }
}

/** An invalid network fails the deployment, or is accepted by IAM and never matches. */
function checkCidrs(role: CiDeployRole, cidrs: string[] | undefined): void {
  const invalid = cidrs?.find((cidr) => !Token.isUnresolved(cidr) && !isCidr(cidr));
  checkRules(role, [
    {
      condition: cidrs?.length === 0,
      prop: 'allowedCidrs',
      value: cidrs,
      expected: 'at least one network: with an empty list nobody can assume the role',
      fix: 'add a network, or remove allowedCidrs to accept all',
    },
    {
      condition: invalid !== undefined,
      prop: 'allowedCidrs',
      value: invalid,
      expected: 'networks in CIDR notation, smaller than the whole internet',
      fix: "write it as '203.0.113.0/24' or '2001:db8::/32'",
    },
  ]);
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
