import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { IBackingService, ServiceBinding } from '../contracts';
import { BucketAccess, type BucketVariables } from './bucket-access';

/** Bucket as a service uses it: with certain rights, and under a certain name. */
export class BucketBinding implements IBackingService {
  public constructor(
    private readonly store: IConstruct & { readonly bucket: IBucket },
    private readonly key: IKey | undefined,
    private readonly access: BucketAccess,
    private readonly variables: BucketVariables,
  ) {}

  public bind(): ServiceBinding {
    const { bucketName = 'BUCKET_NAME' } = this.variables;
    return {
      store: this.store,
      environment: { [bucketName]: this.store.bucket.bucketName },
      secrets: [],
      permissions: [...this.onObjects(), ...this.onBucket(), ...this.onKey()],
    };
  }

  private onObjects(): PolicyStatement[] {
    const actions = [
      ...(this.reads ? ['s3:GetObject'] : []),
      ...(this.writes ? ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'] : []),
    ];
    return [new PolicyStatement({ actions, resources: [this.store.bucket.arnForObjects('*')] })];
  }

  /** Without the right to list, S3 answers 403 instead of 404 for an object that does not exist. */
  private onBucket(): PolicyStatement[] {
    return this.reads
      ? [new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.store.bucket.bucketArn] })]
      : [];
  }

  /** An upload in parts decrypts what it has written. */
  private onKey(): PolicyStatement[] {
    const actions = ['kms:Decrypt', ...(this.writes ? ['kms:GenerateDataKey'] : [])];
    return this.key ? [new PolicyStatement({ actions, resources: [this.key.keyArn] })] : [];
  }

  private get reads(): boolean {
    return this.access !== BucketAccess.WRITE_ONLY;
  }

  private get writes(): boolean {
    return this.access !== BucketAccess.READ_ONLY;
  }
}
