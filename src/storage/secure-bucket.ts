import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../compliance/acknowledge';
import type { IBackingService, IBackingServiceClient, ServiceBinding } from '../contracts';
import { EnvironmentProfile } from '../environment';
import { sourceAccount } from '../iam/source-account';
import { stackPath } from '../text/stack-path';
import { checkKinds } from '../validation/kinds';
import { checkInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';
import { BucketAccess, type BucketVariables } from './bucket-access';
import { BucketBinding } from './bucket-binding';
import { BucketPurpose, type PurposeSettings } from './bucket-purpose';
import { corsRule, lifecycleRule } from './bucket-rules';
import { checkAccessLogBucket, validatePurpose } from './validate-bucket';

/** Reasons by purpose, for purposes that have the finding. */
type Reasons = { readonly [name in PurposeSettings['name']]: string };

const BY_OWN_LOG = 'Its access log is in the bucket that it names.';
const UNLOGGED: Reasons = {
  logs: 'This bucket holds logs: logging the access to it would write logs about logs without end.',
  artifacts:
    "Only the pipeline's own roles read and write it, and CloudTrail records what they do; " +
    'an access log would need a dedicated bucket.',
  files: BY_OWN_LOG,
  assets: BY_OWN_LOG,
  backups: BY_OWN_LOG,
};
const UNREPLICATED: Reasons = {
  logs: 'Access and flow logs expire within months and can be lost with their region.',
  artifacts: 'Artifacts are made again from their sources, and expire within weeks.',
  files: 'S3 keeps files in at least three zones. A copy in another region is a decision of the team.',
  assets: 'Assets are made again from their sources.',
  backups: 'Backups are copies themselves. A second copy in another region is a decision of the team.',
};
const BY_KEY = 'A customer key encrypts it.';
const WITHOUT_KEY: Reasons = {
  logs: 'Load balancers deliver access logs only to buckets that S3 encrypts with its own keys.',
  assets: 'Static assets are public, and a distribution reads them without the right to a key.',
  artifacts: BY_KEY,
  files: BY_KEY,
  backups: BY_KEY,
};

/** Properties of a {@link SecureBucket}. `purpose` is required. */
export interface SecureBucketProps {
  /** Purpose of the bucket, which determines its writers, retention and encryption. */
  readonly purpose: BucketPurpose;
  /**
   * Bucket for logs that gets the access log of this one, in the same account and region.
   * @default - a dedicated one for files, assets and backups; none for logs and artifacts
   */
  readonly accessLogBucket?: SecureBucket;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Private, encrypted, versioned bucket with a lifecycle, which accepts TLS only and has no ACLs.
 *
 * Its purpose determines who may write to it. Give one with files, assets or backups to a service by `backingServices`:
 * its tasks get the name as `BUCKET_NAME`, and the rights to list, read, write and delete. In development its stack
 * deletes it only when it is empty, because CloudFormation can't empty a bucket.
 *
 * @example
 * const uploads = new SecureBucket(this, 'Uploads', { purpose: BucketPurpose.files() });
 * new ProductionWebService(this, 'Api', { network, certificate, image, backingServices: [uploads] });
 */
export class SecureBucket extends Construct implements IBackingService {
  /** S3 bucket. */
  public readonly bucket: Bucket;
  /** Key that encrypts the objects. Undefined where S3 encrypts them with its own keys. */
  public readonly key?: IKey;
  /** Bucket that gets the access log of this one. */
  public readonly accessLogBucket?: SecureBucket;
  private readonly settings: PurposeSettings;
  private takesAccessLogs = false;

  public constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    checkKinds(this, props, { purpose: BucketPurpose, profile: EnvironmentProfile, accessLogBucket: SecureBucket });
    const profile = props.profile ?? EnvironmentProfile.of(this);
    this.settings = props.purpose._settings;
    validatePurpose(this, this.settings);
    checkInReach(this, 'accessLogBucket', props.accessLogBucket);
    checkAccessLogBucket(this, props.accessLogBucket);
    this.key = this.settings.key ?? (this.settings.dedicatedKey ? this.createKey(profile) : undefined);
    this.bucket = this.createBucket(profile);
    this.accessLogBucket = props.accessLogBucket ?? (this.settings.accessLogs ? this.createLogs(profile) : undefined);
    this.logAccess();
    this.sendEvents();
    if (this.settings.name === 'logs') {
      this.allowLogDelivery();
    }
    this.acknowledgeSettings();
  }

  /** Gives a service the variable `BUCKET_NAME`, and the rights to list, read, write and delete. */
  public bind(client: IBackingServiceClient): ServiceBinding {
    return this.withAccess(BucketAccess.READ_WRITE).bind(client);
  }

  /**
   * Same bucket for a service with other rights, or with another name of its variable.
   *
   * Throws a PropError for buckets of logs and artifacts, which services of AWS alone use.
   */
  public withAccess(access: BucketAccess, names: BucketVariables = {}): IBackingService {
    if (this.settings.name === 'logs' || this.settings.name === 'artifacts') {
      throw new PropError(this, {
        prop: 'purpose',
        problem: `is ${this.settings.name}: services of AWS write it, and no application`,
        fix: 'give the service a bucket with BucketPurpose.files()',
      });
    }
    return new BucketBinding(this, this.key, access, names);
  }

  /** True for a bucket to which S3 may deliver access logs. @internal */
  public get _takesLogs(): boolean {
    return this.settings.name === 'logs';
  }

  /** Lets S3 write the access logs of this account's buckets. @internal */
  public _allowAccessLogs(): void {
    if (this.takesAccessLogs) {
      return;
    }
    this.takesAccessLogs = true;
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AccessLogs',
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: sourceAccount(Stack.of(this).account),
      }),
    );
  }

  private createKey({ removalPolicy }: EnvironmentProfile): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the bucket ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  private createBucket({ removalPolicy }: EnvironmentProfile): Bucket {
    const { key: encryptionKey, settings } = this;
    return new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      encryptionKey,
      bucketKeyEnabled: encryptionKey && true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [lifecycleRule(settings)],
      cors: corsRule(settings),
      removalPolicy,
    });
  }

  private createLogs(profile: EnvironmentProfile): SecureBucket {
    return new SecureBucket(this, 'AccessLogs', { purpose: BucketPurpose.logs(), profile });
  }

  /** CDK would write an ACL, which a bucket without ACLs refuses, where a feature flag is off. */
  private logAccess(): void {
    if (!this.accessLogBucket) {
      return;
    }
    this.accessLogBucket._allowAccessLogs();
    this.resource.loggingConfiguration = {
      destinationBucketName: this.accessLogBucket.bucket.bucketName,
      logFilePrefix: `s3/${this.node.addr}/`,
    };
  }

  /** CDK would switch events on by a Lambda function. */
  private sendEvents(): void {
    if (this.settings.events) {
      this.resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }

  private get resource(): CfnBucket {
    return this.bucket.node.defaultChild as CfnBucket;
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

  private acknowledgeSettings(): void {
    const { name } = this.settings;
    if (!this.accessLogBucket) {
      acknowledge(this.bucket, 'AwsSolutions-S1', UNLOGGED[name]);
      acknowledgeInCompliancePacks(this.bucket, 'S3BucketLoggingEnabled', UNLOGGED[name]);
    }
    acknowledgeInCompliancePacks(this.bucket, 'S3BucketReplicationEnabled', UNREPLICATED[name]);
    if (!this.key) {
      acknowledgeInCompliancePacks(this.bucket, 'S3DefaultEncryptionKMS', WITHOUT_KEY[name]);
    }
  }
}
