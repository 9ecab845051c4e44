import { SecretValue, Stack } from 'aws-cdk-lib';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { SecretVariable } from '../../contracts';
import { SECRET_PLACEHOLDER } from '../../contracts/secret-placeholder';
import type { EnvironmentProfile } from '../../environment';
import { viaService } from '../../iam/service-host';
import { textFor } from '../../text/text-for';
import { isAliasArn } from '../../validation/given-key';
import { checkRules } from '../../validation/rules';
import type { ServiceSecret } from '../container/service-secret';

/** Properties of {@link TaskSecrets}. All but the key are required. */
export interface TaskSecretsProps {
  /** Environment profile: removal policy of new secrets and of their key. */
  readonly profile: EnvironmentProfile;
  /** Policy of the execution role, which gets the permissions to read. */
  readonly policy: ManagedPolicy;
  /** Construct path of the service, for descriptions. */
  readonly service: string;
  /**
   * Key of new secrets, which other services may use too.
   * @default - a dedicated key
   */
  readonly key?: IKey;
}

/**
 * Secrets of a service's tasks, and the execution role's permissions to read exactly those in use.
 * It creates the new ones. The permissions are by ARN, so no secret or key of another stack refers to the role.
 */
export class TaskSecrets extends Construct {
  /** True where a container reads from Secrets Manager. */
  public usesSecretsManager = false;
  /** True where a container reads from the Parameter Store. */
  public usesParameterStore = false;
  /** A map, because a variable may be called like a member of Object.prototype. */
  private readonly created = new Map<string, ISecret>();
  private readonly granted = new Set<string>();
  private key?: IKey;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskSecretsProps,
  ) {
    super(scope, id);
  }

  /** Secrets that were created for the service, by variable. */
  public get made(): { [variable: string]: ISecret } {
    return Object.fromEntries(this.created);
  }

  /** ECS secret of a container, for a secret of a backing service. */
  public ofBackingService(container: string, variable: SecretVariable): EcsSecret {
    [variable.secretArn, ...(variable.formerSecretArns ?? [])].forEach((arn) => this.allowSecret(arn, variable.keyArn));
    const secret = Secret.fromSecretCompleteArn(
      this,
      `Reference-${container}-${variable.variable}`,
      variable.secretArn,
    );
    return EcsSecret.fromSecretsManager(secret, variable.field);
  }

  /** ECS secret of a container, for a secret of the service itself. */
  public ofService(container: string, secret: ServiceSecret): EcsSecret {
    const { variable, _origin: origin } = secret;
    if (origin.kind === 'parameter') {
      return this.parameter(container, variable, origin);
    }
    if (origin.kind === 'secret') {
      return this.ofBackingService(container, {
        variable,
        secretArn: origin.secret.secretArn,
        keyArn: origin.secret.encryptionKey?.keyArn,
        field: origin.field,
      });
    }
    const created = this.created.get(variable) ?? this.create(variable, origin);
    this.created.set(variable, created);
    if (this.props.key) {
      this.allowDecryptOf(created, this.props.key);
      return this.ofBackingService(container, { variable, secretArn: created.secretArn });
    }
    return this.ofBackingService(container, { variable, secretArn: created.secretArn, keyArn: this.key!.keyArn });
  }

  private create(variable: string, origin: { kind: 'generated'; length: number } | { kind: 'placeholder' }): Secret {
    this.key ??= this.props.key ?? this.createKey();
    const secret = new Secret(this, `Secret-${variable}`, {
      description: textFor('secret', `${variable} of ${this.props.service}`),
      encryptionKey: this.key,
      removalPolicy: this.props.profile.removalPolicy,
      ...(origin.kind === 'generated'
        ? { generateSecretString: { passwordLength: origin.length, excludePunctuation: true } }
        : { secretStringValue: SecretValue.unsafePlainText(SECRET_PLACEHOLDER) }),
    });
    const why =
      origin.kind === 'generated'
        ? 'A new value makes everything signed with the old one invalid: ' +
          'a person rotates it, when the application knows both.'
        : 'Another party gives this value out: a person rotates it there, and puts it in here.';
    acknowledge(secret, 'AwsSolutions-SMG4', why);
    acknowledgeInCompliancePacks(secret, 'SecretsManagerRotationEnabled', why);
    return secret;
  }

  private createKey(): Key {
    const { removalPolicy } = this.props.profile;
    return new Key(this, 'Key', {
      description: `Encrypts the secrets of ${this.props.service}`,
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  private parameter(
    container: string,
    variable: string,
    origin: { parameterName: string; key?: { keyArn: string } },
  ): EcsSecret {
    const parameter = StringParameter.fromSecureStringParameterAttributes(this, `Reference-${container}-${variable}`, {
      parameterName: origin.parameterName,
    });
    this.usesParameterStore = true;
    this.allow('ssm:GetParameters', parameter.parameterArn);
    this.allowDecrypt('ssm', origin.key?.keyArn);
    return EcsSecret.fromSsmParameter(parameter);
  }

  private allowSecret(secretArn: string, keyArn?: string): void {
    this.usesSecretsManager = true;
    this.allow('secretsmanager:GetSecretValue', secretArn);
    this.allowDecrypt('secretsmanager', keyArn);
  }

  /** Reading needs no permission on the AWS managed key, but on a customer key. */
  private allowDecrypt(service: string, keyArn?: string): void {
    if (keyArn !== undefined) {
      checkRules(this.node.scope!, [
        {
          condition: isAliasArn(keyArn),
          prop: 'secrets',
          problem: `has the alias ${keyArn} as its key, which IAM policies can not name`,
          fix: 'import the secret or parameter with the key itself, by Key.fromKeyArn()',
        },
      ]);
      this.allow('kms:Decrypt', keyArn, {
        StringEquals: { 'kms:ViaService': viaService(this, service) },
      });
    }
  }

  /** The encryption context keeps the tasks of one service from the secrets of others. */
  private allowDecryptOf({ secretArn }: ISecret, { keyArn }: IKey): void {
    this.allow('kms:Decrypt', keyArn, {
      StringEquals: {
        'kms:ViaService': viaService(this, 'secretsmanager'),
        'kms:EncryptionContext:SecretARN': secretArn,
      },
    });
  }

  private allow(action: string, resource: string, conditions?: { [operator: string]: unknown }): void {
    const once = JSON.stringify(Stack.of(this).resolve([action, resource, conditions]));
    if (!this.granted.has(once)) {
      this.granted.add(once);
      this.props.policy.addStatements(new PolicyStatement({ actions: [action], resources: [resource], conditions }));
    }
  }
}
