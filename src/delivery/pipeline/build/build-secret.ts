import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { type BuildEnvironmentVariable, BuildEnvironmentVariableType } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { viaService } from '../../../iam/service-host';
import { checkInReach } from '../../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../../validation/rules';

/** Variable of a build whose value CodeBuild reads when the build starts, and hides in its log. */
export interface SecretVariable {
  /** Name of the variable. */
  readonly name: string;
  /** Source of the value, as CodeBuild writes it. */
  readonly variable: BuildEnvironmentVariable;
  /** Permissions to read exactly this value. */
  readonly statements: PolicyStatement[];
}

type Origin =
  | { readonly kind: 'secret'; readonly secret: ISecret; readonly field?: string }
  | { readonly kind: 'parameter'; readonly parameterName: string; readonly key?: IKey };

/** Variables of CodeBuild, of the AWS tools, of the shell, and of the scripts of this library. */
const TAKEN_PREFIX = /^(AWS|CODEBUILD|REGISTRY|DOCKER|BUILDX|BUILDKIT|TRIVY)_/;
const TAKEN = [
  ...['PATH', 'HOME', 'USER', 'SHELL', 'IFS', 'LD_PRELOAD', 'BASH_ENV', 'ENV', 'CI'],
  ...['COMMIT_ID', 'IMAGE_TAG', 'IMAGE_DIGEST', 'DIRECTORY', 'DOCKERFILE', 'PLATFORMS', 'PATHS', 'VARIANT'],
  ...['MOVING_TAG', 'VERSION_FILE', 'BUILD_ARGUMENTS', 'BUILD_SECRETS', 'LAYER_CACHE'],
  ...['REPOSITORY_NAME', 'REPOSITORY_URI', 'BINFMT_IMAGE', 'ACCEPTED_FINDINGS', 'UNFIXED_FINDINGS'],
];

/**
 * Secret of a build: a variable of checks, or a secret of BuildKit that a Dockerfile mounts.
 *
 * CodeBuild reads the value when a build starts, and hides it in the log of the build. No template and no image layer
 * has it. Commands of the sources can read it, so give builds secrets of their own, and not those of production.
 *
 * @example
 *
 * ImageBuild.docker({ repository: apiImages, secrets: [BuildSecret.fromSecret('SENTRY_TOKEN', integrationKey)] });
 */
export class BuildSecret {
  /**
   * Existing secret of Secrets Manager.
   *
   * @param name name of the variable, and id of the BuildKit secret: `RUN --mount=type=secret,id=NAME,env=NAME ...`
   * @param secret the secret. An imported one needs its complete ARN
   * @param field key of the JSON document in the secret. The build gets the whole secret unless it is named
   *
   * @example
   *
   * BuildSecret.fromSecret('SENTRY_TOKEN', integrationKey, 'token');
   */
  public static fromSecret(name: string, secret: ISecret, field?: string): BuildSecret {
    return new BuildSecret(name, { kind: 'secret', secret, field });
  }

  /**
   * Existing SecureString parameter of the Parameter Store.
   *
   * @param name name of the variable, and id of the BuildKit secret: `RUN --mount=type=secret,id=NAME,env=NAME ...`
   * @param parameterName name of the parameter, in the same account and region
   * @param key customer key that encrypts the parameter, `aws/ssm` unless given
   *
   * @example
   *
   * BuildSecret.fromParameter('LICENSE_KEY', '/builds/license-key');
   */
  public static fromParameter(name: string, parameterName: string, key?: IKey): BuildSecret {
    return new BuildSecret(name, { kind: 'parameter', parameterName, key });
  }

  private constructor(
    /** Name of the variable, and id of the BuildKit secret. */
    public readonly name: string,
    private readonly origin: Origin,
  ) {}

  /**
   * Checks the secret and returns its variable.
   * @internal
   */
  public _bind(scope: IConstruct, prop: string): SecretVariable {
    checkInReach(scope, prop, 'secret' in this.origin ? this.origin.secret : undefined, 'secret');
    checkRules(scope, [
      {
        condition: !/^[A-Za-z_][A-Za-z0-9_]*$/.test(this.name) || isTaken(this.name),
        prop: `${prop}.name`,
        value: this.name,
        expected: 'letters, digits and _, and no variable of the build itself',
        fix: 'name the secret as the commands read it: SENTRY_TOKEN',
      },
      ...this.originRules(prop),
    ]);
    return secretVariable(scope, this.name, this.origin);
  }

  private originRules(prop: string): Rule[] {
    const { name, origin } = this;
    return origin.kind === 'secret'
      ? secretRules(prop, origin.secret, origin.field)
      : [
        {
          condition: !Token.isUnresolved(origin.parameterName) && !/^[A-Za-z0-9_./-]+$/.test(origin.parameterName),
          prop: `${prop}.${name}`,
          value: origin.parameterName,
          expected: 'the name of a parameter of this account and region',
          fix: "write it as '/builds/license-key'",
        },
      ];
  }
}

function isTaken(name: string): boolean {
  return TAKEN_PREFIX.test(name) || TAKEN.includes(name);
}

/** Rules for a secret of Secrets Manager, and for one of its fields. */
export function secretRules(prop: string, secret: ISecret, field?: string): Rule[] {
  return [
    {
      condition: secret?.secretFullArn === undefined,
      prop,
      problem:
        'has a secret without its complete ARN, and a name alone would permit every secret that begins with it',
      fix: 'import it with Secret.fromSecretCompleteArn',
    },
    {
      condition: field !== undefined && !/^[^:\s]+$/.test(field),
      prop,
      value: field,
      expected: 'a key of the JSON document, without a colon or white space',
      fix: 'rename the key in the secret',
    },
  ];
}

/** Variable of CodeBuild for a secret or a parameter, with the right to read it. */
export function secretVariable(scope: IConstruct, name: string, origin: Origin): SecretVariable {
  if (origin.kind === 'secret') {
    const { secret, field } = origin;
    return {
      name,
      variable: {
        type: BuildEnvironmentVariableType.SECRETS_MANAGER,
        value: `${secret.secretArn}${field === undefined ? '' : `:${field}`}`,
      },
      statements: [
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
        ...decrypting(scope, secret.encryptionKey, 'secretsmanager'),
      ],
    };
  }
  const { parameterName, key } = origin;
  const resourceName = parameterName.replace(/^\//, '');
  return {
    name,
    variable: { type: BuildEnvironmentVariableType.PARAMETER_STORE, value: parameterName },
    statements: [
      new PolicyStatement({
        actions: ['ssm:GetParameters'],
        resources: [
          Arn.format(
            { service: 'ssm', resource: 'parameter', resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
            Stack.of(scope),
          ),
        ],
      }),
      ...decrypting(scope, key, 'ssm'),
    ],
  };
}

/** The keys of AWS admit everyone who may read the value. */
function decrypting(scope: IConstruct, key: IKey | undefined, service: string): PolicyStatement[] {
  return key
    ? [
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': viaService(scope, service) } },
      }),
    ]
    : [];
}
