import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** What {@link ServiceSecret.generated} may be told. */
export interface GeneratedSecretProps {
  /**
   * Number of letters and digits, 32 to 256.
   * @default 64 - more than 256 bits
   */
  readonly length?: number;
}

/**
 * Where the value of a variable comes from: made here, or elsewhere.
 * @internal
 */
export type SecretOrigin =
  | { readonly kind: 'generated'; readonly length: number }
  | { readonly kind: 'placeholder' }
  | { readonly kind: 'secret'; readonly secret: ISecret; readonly field?: string }
  | { readonly kind: 'parameter'; readonly parameterName: string; readonly key?: IKey };

/**
 * An environment variable whose value is secret. ECS reads it when a task starts, by ARN; no template, log or task definition holds
 * it. A value that changes reaches the application with its next start.
 */
export class ServiceSecret {
  /** A random value that nobody needs to know, for example the key that signs JSON web tokens. Made once, with a customer key. */
  public static generated(variable: string, props: GeneratedSecretProps = {}): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'generated', length: props.length ?? 64 });
  }

  /**
   * A value that another party gives out: an API key, a token. The secret is made with the text `to-be-filled`; a person puts the
   * value in (docs/service.md has the command), and no later deployment changes it.
   */
  public static placeholder(variable: string): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'placeholder' });
  }

  /**
   * A secret that exists.
   *
   * @param variable name of the environment variable
   * @param secret the secret; an imported one by its complete ARN
   * @param field key of the JSON document that the secret holds; the whole secret unless named
   */
  public static fromSecret(variable: string, secret: ISecret, field?: string): ServiceSecret {
    return new ServiceSecret(variable, { kind: 'secret', secret, field });
  }

  /**
   * A SecureString of the Parameter Store, which CloudFormation can't create (requirement D-10).
   *
   * @param variable name of the environment variable
   * @param parameterName name of the parameter, of the same account and region
   * @param key the customer key that encrypts it; `aws/ssm` unless given
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
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(this.variable)) {
      throw new PropError(scope, {
        prop: 'secrets.variable',
        value: this.variable,
        expected: 'letters, digits and _, not a digit first',
        fix: 'name the variable as the application reads it: JWT_SECRET',
      });
    }
    const origin = this._origin;
    if (
      origin.kind === 'generated' &&
      !(Number.isInteger(origin.length) && origin.length >= 32 && origin.length <= 256)
    ) {
      throw new PropError(scope, {
        prop: 'secrets.length',
        value: origin.length,
        expected: '32 to 256 characters, whole',
        fix: 'leave it out for 64',
      });
    }
    if (origin.kind === 'secret' && origin.secret.secretFullArn === undefined) {
      throw new PropError(scope, {
        prop: 'secrets',
        value: this.variable,
        expected:
          'a secret whose complete ARN is known: with the name alone, ECS would have to be allowed every secret that begins with it',
        fix: 'import it with Secret.fromSecretCompleteArn',
      });
    }
  }
}
