import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../environment';

/** What an {@link EncryptedLogGroup} is made from. */
export interface EncryptedLogGroupProps {
  /** Answers how long events are kept, and what remains of group and key. */
  readonly profile: EnvironmentProfile;
  /**
   * Only where a document or AWS fixes it.
   * @default - one that CloudFormation makes up; the key then admits every log group of the account
   */
  readonly logGroupName?: string;
  /**
   * A key that encrypts more than this log group; it gets a statement for this group.
   * @default - one of its own
   */
  readonly key?: Key;
}

/**
 * A log group with a customer key whose policy admits the log service.
 * CDK writes no such statement: the group would be created and nothing would ever arrive.
 */
export class EncryptedLogGroup extends Construct {
  public readonly key: IKey;
  public readonly logGroup: LogGroup;

  public constructor(scope: Construct, id: string, props: EncryptedLogGroupProps) {
    super(scope, id);
    const key = props.key ?? this.createKey(props);
    this.admitLogService(key, props);
    this.key = key;
    this.logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: props.logGroupName,
      retention: props.profile.logRetention,
      removalPolicy: props.profile.removalPolicy,
      encryptionKey: this.key,
    });
  }

  private createKey(props: EncryptedLogGroupProps): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the log group of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: props.profile.removalPolicy,
    });
  }

  /** On a shared key there is a statement for each group, and no two may have one name. */
  private admitLogService(key: Key, props: EncryptedLogGroupProps): void {
    const stack = Stack.of(this);
    // The name that CloudFormation makes up depends on the key: then the context can only name the account's groups.
    const groupArn = stack.formatArn({ service: 'logs', resource: `log-group:${props.logGroupName ?? '*'}` });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: props.key ? undefined : 'LogServiceOnly',
        principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groupArn } },
      }),
    );
  }
}
