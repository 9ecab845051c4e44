import { SecretValue, Stack } from 'aws-cdk-lib';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { SecretVariable } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import type { ServiceSecret } from '../container/service-secret';

/** What {@link TaskSecrets} are made from. */
export interface TaskSecretsProps {
  /** Answers what remains of the secrets that are made here, and of their key. */
  readonly profile: EnvironmentProfile;
  /** Where the permission to read goes: what starts the tasks. */
  readonly policy: ManagedPolicy;
  /** Path of the service, for descriptions. */
  readonly service: string;
}

/** What a secret of the library's own holds until a person puts the value in. */
const TO_BE_FILLED = 'to-be-filled';

/**
 * The secrets of a service's tasks: makes those that are made here, and lets what starts the tasks read exactly the ones in use.
 * By ARN, so that no secret or key of another stack learns of the role.
 */
export class TaskSecrets extends Construct {
  /** The secrets that were made here, by variable. */
  public readonly made: { [variable: string]: ISecret } = {};
  /** Whether a task reads from Secrets Manager, or from the Parameter Store. */
  public usesSecretsManager = false;
  public usesParameterStore = false;
  private readonly granted = new Set<string>();
  private key?: Key;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskSecretsProps,
  ) {
    super(scope, id);
  }

  /** What a container is given for a secret of a backing service. */
  public ofBackingService(container: string, variable: SecretVariable): EcsSecret {
    this.allowSecret(variable.secretArn, variable.keyArn);
    const secret = Secret.fromSecretCompleteArn(
      this,
      `Reference-${container}-${variable.variable}`,
      variable.secretArn,
    );
    return EcsSecret.fromSecretsManager(secret, variable.field);
  }

  /** What a container is given for a secret of the service itself. */
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
    const made = this.made[variable] ?? this.make(variable, origin);
    this.made[variable] = made;
    return this.ofBackingService(container, { variable, secretArn: made.secretArn, keyArn: this.key!.keyArn });
  }

  private make(variable: string, origin: { kind: 'generated'; length: number } | { kind: 'placeholder' }): Secret {
    this.key ??= this.createKey();
    const secret = new Secret(this, `Secret-${variable}`, {
      description: `${variable} of ${this.props.service}`,
      encryptionKey: this.key,
      removalPolicy: this.props.profile.removalPolicy,
      ...(origin.kind === 'generated'
        ? { generateSecretString: { passwordLength: origin.length, excludePunctuation: true } }
        : { secretStringValue: SecretValue.unsafePlainText(TO_BE_FILLED) }),
    });
    const why =
      origin.kind === 'generated'
        ? 'A new value makes everything signed with the old one invalid: a person rotates it, when the application knows both.'
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

  /** The account's own keys admit whoever may read the secret; a customer key has to be named. */
  private allowDecrypt(service: string, keyArn?: string): void {
    if (keyArn !== undefined) {
      this.allow('kms:Decrypt', keyArn, {
        StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` },
      });
    }
  }

  private allow(action: string, resource: string, conditions?: { [operator: string]: unknown }): void {
    const once = JSON.stringify(Stack.of(this).resolve([action, resource, conditions]));
    if (!this.granted.has(once)) {
      this.granted.add(once);
      this.props.policy.addStatements(new PolicyStatement({ actions: [action], resources: [resource], conditions }));
    }
  }
}
