import { Duration } from 'aws-cdk-lib';
import { type CorsRule, type LifecycleRule, StorageClass } from 'aws-cdk-lib/aws-s3';
import type { PurposeSettings } from './bucket-purpose';

/** Storage class for objects that are rarely read. They are read in milliseconds, as before. */
const ARCHIVE = StorageClass.GLACIER_INSTANT_RETRIEVAL;

/** Lifecycle of all objects. */
export function lifecycleRule(settings: PurposeSettings): LifecycleRule {
  const { name, rule: id, retention: expiration, restorableFor, archiveAfter, archiveReplacedAfter } = settings;
  const broken = name === 'logs' || name === 'artifacts' ? Duration.days(1) : Duration.days(7);
  return {
    id,
    expiration,
    // S3 refuses it beside an expiration, which removes the markers as well.
    ...(!expiration && { expiredObjectDeleteMarker: true }),
    noncurrentVersionExpiration: restorableFor,
    abortIncompleteMultipartUploadAfter: broken,
    ...(archiveAfter && { transitions: [{ storageClass: ARCHIVE, transitionAfter: archiveAfter }] }),
    ...(archiveReplacedAfter && {
      noncurrentVersionTransitions: [{ storageClass: ARCHIVE, transitionAfter: archiveReplacedAfter }],
    }),
  };
}

/** Requests that pages of other origins may send. Uploads in parts read the ETag of each part. */
export function corsRule({ origins = [], methods = [] }: PurposeSettings): CorsRule[] | undefined {
  return origins.length === 0
    ? undefined
    : [
      {
        allowedOrigins: origins,
        allowedMethods: methods,
        allowedHeaders: ['*'],
        exposedHeaders: ['ETag'],
        maxAge: 3600,
      },
    ];
}
