import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';

/** Properties of {@link ServiceSecret.generated}. None is required. */
export interface GeneratedSecretProps {
  /**
   * Number of letters and digits, 32 to 256.
   * @default 64 - more than 256 bits
   */
  readonly length?: number;
}

/**
 * Source of a secret variable's value.
 * @internal
 */
export type SecretOrigin =
  | { readonly kind: 'generated'; readonly length: number }
  | { readonly kind: 'placeholder' }
  | { readonly kind: 'secret'; readonly secret: ISecret; readonly field?: string }
  | { readonly kind: 'parameter'; readonly parameterName: string; readonly key?: IKey };

/**
 * Environment variable whose value is secret.
 *
 * ECS reads the value by ARN when a task starts. No template, log or task definition contains it. A running task keeps
 * the value with which it started.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   certificate,
 *   secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.placeholder('STRIPE_KEY')],
 * });
 */
export class ServiceSecret {
  /**
   * New random value that nobody needs to know, for example the signing key of JSON web tokens.
   *
   * Secrets Manager generates it once and encrypts it with a customer key.
   *
   * @example
   * const secret = ServiceSecret.generated('JWT_SECRET');
   */
  public static generated(variable: string, props: GeneratedSecretProps = {}): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'generated', length: props.length ?? 64 });
  }

  /**
   * New secret for a value that another party issues: an API key, a token.
   *
   * The secret contains the text `to-be-filled` until a person puts the value in. docs/service.md has the command.
   * Later deployments keep the value.
   *
   * @example
   * const secret = ServiceSecret.placeholder('STRIPE_KEY');
   */
  public static placeholder(variable: string): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'placeholder' });
  }

  /**
   * Existing secret of Secrets Manager.
   *
   * @param variable name of the environment variable
   * @param secret the secret. An imported one needs its complete ARN
   * @param field key of the JSON document in the secret. The variable gets the whole secret unless it is named
   *
   * @example
   * const secret = ServiceSecret.fromSecret('INTEGRATION_KEY', integrationKey, 'apiKey');
   */
  public static fromSecret(variable: string, secret: ISecret, field?: string): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'secret', secret, field });
  }

  /**
   * Existing SecureString parameter of the Parameter Store.
   *
   * CloudFormation can't create SecureString parameters. Source: requirement D-10.
   *
   * @param variable name of the environment variable
   * @param parameterName name of the parameter, in the same account and region
   * @param key customer key that encrypts the parameter, `aws/ssm` unless given
   *
   * @example
   * const secret = ServiceSecret.fromParameter('SMTP_PASSWORD', '/shop/smtp-password');
   */
  public static fromParameter(variable: string, parameterName: string, key?: IKey): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'parameter', parameterName, key });
  }

  private constructor(
    /** Name of the environment variable. */
    public readonly variable: string,
    /** @internal */
    public readonly _origin: SecretOrigin,
  ) {}

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    const { variable, _origin: origin } = this;
    checkInReach(scope, 'secrets', 'secret' in origin ? origin.secret : undefined, 'secret');
    const length = origin.kind === 'generated' ? origin.length : 64;
    checkRules(scope, [
      {
        condition: !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable),
        prop: 'secrets.variable',
        value: variable,
        expected: 'letters, digits and _, without a digit at the start',
        fix: 'name the variable as the application reads it: JWT_SECRET',
      },
      {
        condition: !(Number.isInteger(length) && length >= 32 && length <= 256),
        prop: 'secrets.length',
        value: length,
        expected: 'a whole number from 32 to 256',
        fix: 'remove length to get 64 characters',
      },
      {
        condition: origin.kind === 'secret' && origin.secret.secretFullArn === undefined,
        prop: 'secrets',
        problem:
          `has the secret of '${variable}' without its complete ARN, ` +
          'and a name alone would permit every secret that begins with it',
        fix: 'import it with Secret.fromSecretCompleteArn',
      },
    ]);
  }
}
