import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnDBClusterProps, CfnDBInstanceProps } from 'aws-cdk-lib/aws-rds';

/** Context of a restore: what it needs to know of the database. */
export interface RestoreContext {
  /** True if the server is a cluster. */
  readonly cluster: boolean;
  /**
   * Identifier as the caller wrote it.
   * @default - not given, which is refused
   */
  readonly identifier?: string;
  /** Identifier that the database has without one. */
  readonly defaultIdentifier: string;
  /** Region of the database. */
  readonly region: string;
  /** Account of the database. */
  readonly account: string;
}

/** Properties with which an instance is restored. All of them replace it when they change. */
export type InstanceSource = Pick<
  CfnDBInstanceProps,
  | 'dbSnapshotIdentifier'
  | 'sourceDbiResourceId'
  | 'sourceDbInstanceAutomatedBackupsArn'
  | 'restoreTime'
  | 'useLatestRestorableTime'
>;

/** Properties with which a cluster is restored. All of them replace it when they change. */
export type ClusterSource = Pick<
  CfnDBClusterProps,
  | 'snapshotIdentifier'
  | 'sourceDbClusterIdentifier'
  | 'sourceDbClusterResourceId'
  | 'restoreToTime'
  | 'useLatestRestorableTime'
>;

/** Settings of a restore, checked. Either `instance` or `cluster` is set. */
export interface RestoreSettings {
  /**
   * Source of an instance.
   * @default - the server is a cluster
   */
  readonly instance?: InstanceSource;
  /**
   * Source of a cluster.
   * @default - the server is an instance
   */
  readonly cluster?: ClusterSource;
  /**
   * Key of the storage of an instance, which comes with the data.
   * @default - the key of the database
   */
  readonly storageEncryptionKey?: IKey;
  /**
   * Master user of the restored data.
   * @default - the master user of every database
   */
  readonly masterUserName?: string;
  /** Identifier that no server of this database may take, so that nobody falls back to an empty one. */
  readonly reservedIdentifier: string;
}
