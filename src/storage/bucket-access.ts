/** Rights of a service in a bucket. */
export enum BucketAccess {
  /** Lists and reads objects. */
  READ_ONLY = 'READ_ONLY',
  /** Writes and deletes objects, and reads none. Deleted objects can be got back for a time. */
  WRITE_ONLY = 'WRITE_ONLY',
  /** Lists, reads, writes and deletes objects. */
  READ_WRITE = 'READ_WRITE',
}

/** Names of the environment variables that a service gets from a bucket. All of them are optional. */
export interface BucketVariables {
  /**
   * Variable with the name of the bucket.
   * @default 'BUCKET_NAME'
   */
  readonly bucketName?: string;
}
