import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../compliance/acknowledge';
import { EnvironmentProfile } from '../environment';
import { sourceAccount } from '../iam/source-account';
import { checkWholeNumber } from '../validation/checks';
import { checkKinds } from '../validation/kinds';
import { BucketPurpose } from './bucket-purpose';

/** Properties of a {@link SecureBucket}. `purpose` is required. */
export interface SecureBucketProps {
  /** Purpose of the bucket, which determines its writers, retention and encryption. */
  readonly purpose: BucketPurpose;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Private, encrypted, versioned bucket with a lifecycle, which accepts TLS only and has no ACLs.
 *
 * Its purpose determines who may write to it. In development its stack deletes it only when it is empty, because
 * CloudFormation can't empty a bucket.
 *
 * @example
 * const logs = new SecureBucket(this, 'Logs', { purpose: BucketPurpose.logs() });
 * new SecureVpc(this, 'Network', { flowLogBucket: logs.bucket });
 */
export class SecureBucket extends Construct {
  /** S3 bucket. */
  public readonly bucket: Bucket;

  public constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    checkKinds(this, props, { purpose: BucketPurpose, profile: EnvironmentProfile });
    const profile = props.profile ?? EnvironmentProfile.of(this);
    checkWholeNumber(this, 'purpose.retention', props.purpose._retention.toDays({ integral: false }), {
      min: 1,
      max: 3650,
      unit: 'days',
      fix: 'give Duration.days(n) with a whole n',
    });
    this.bucket = this.createBucket(props.purpose, profile);
    if (props.purpose._name === 'logs') {
      this.allowLogDelivery();
      this.acknowledgeSettingsOfLogs();
    } else {
      this.acknowledgeSettingsOfArtifacts();
    }
  }

  private createBucket(
    { _name: name, _retention: expiration, _key: encryptionKey }: BucketPurpose,
    profile: EnvironmentProfile,
  ): Bucket {
    return new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      encryptionKey,
      bucketKeyEnabled: encryptionKey && true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          id: name === 'logs' ? 'ExpireLogs' : 'ExpireArtifacts',
          expiration,
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: profile.removalPolicy,
    });
  }

  /** Adds statements that CDK adds only under a feature flag, or else the first delivery adds them. */
  private allowLogDelivery(): void {
    const stack = Stack.of(this);
    const conditions = {
      ...sourceAccount(stack.account),
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
    };
    const delivery = new ServicePrincipal('delivery.logs.amazonaws.com');
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogDeliveryWrites',
        principals: [delivery],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions,
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogDeliveryLooks',
        principals: [delivery],
        actions: ['s3:GetBucketAcl', 's3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions,
      }),
    );
  }

  private acknowledgeSettingsOfLogs(): void {
    const itself = 'This bucket holds logs: logging the access to it would write logs about logs without end.';
    acknowledge(this.bucket, 'AwsSolutions-S1', itself);
    acknowledgeInCompliancePacks(this.bucket, 'S3BucketLoggingEnabled', itself);
    acknowledgeInCompliancePacks(
      this.bucket,
      'S3BucketReplicationEnabled',
      'Access and flow logs expire within months and can be lost with their region.',
    );
    acknowledgeInCompliancePacks(
      this.bucket,
      'S3DefaultEncryptionKMS',
      'Load balancers deliver access logs only to buckets that S3 encrypts with its own keys.',
    );
  }

  private acknowledgeSettingsOfArtifacts(): void {
    const read =
      "Only the pipeline's own roles read and write it, and CloudTrail records what they do; " +
      'an access log would need a dedicated bucket.';
    acknowledge(this.bucket, 'AwsSolutions-S1', read);
    acknowledgeInCompliancePacks(this.bucket, 'S3BucketLoggingEnabled', read);
    acknowledgeInCompliancePacks(
      this.bucket,
      'S3BucketReplicationEnabled',
      'Artifacts are made again from their sources, and expire within weeks.',
    );
  }
}
