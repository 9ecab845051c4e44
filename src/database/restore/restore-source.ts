import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';
import { clusterSource, instanceSource } from './point-in-time';
import { optionRules, pointInTimeRules, snapshotRules } from './restore-rules';
import type { RestoreContext, RestoreSettings } from './restore-settings';

/** Properties of {@link RestoreSource.snapshot}. An instance needs `storageEncryptionKey`. */
export interface SnapshotRestoreProps {
  /**
   * Key that encrypts the snapshot, which an instance keeps for as long as it lives.
   * An instance requires it, because an unencrypted snapshot would make an unencrypted instance.
   * A key of this app is retained from then on, because nobody reads the instance or its snapshots without it.
   * To encrypt with another key, copy the snapshot with that key first, and restore the copy.
   * @default - none: a cluster is encrypted with the key of the database, whatever the snapshot is encrypted with
   */
  readonly storageEncryptionKey?: IKey;
  /**
   * Name of the master user, which the restored data bring along and which can't be changed.
   * @default 'dbadmin' - the master user of every database of this library
   */
  readonly masterUserName?: string;
}

/** Properties of {@link RestoreSource.pointInTime}. An instance needs `storageEncryptionKey`, too. */
export interface PointInTimeRestoreProps extends SnapshotRestoreProps {
  /**
   * Server whose data is restored, in the same account and region.
   *
   * For an instance it is the resource id (`db-ABC...`), or the ARN of automated backups that were replicated here.
   * For a cluster it is the identifier, the ARN, or the resource id (`cluster-ABC...`).
   * A resource id also names a deleted server whose automated backups are retained.
   * A token is taken for a resource id on an instance, and for an identifier on a cluster.
   */
  readonly source: string;
  /**
   * Time to restore, in UTC: `2026-11-20T10:00:00Z`. It lies within the backup retention of the source.
   * @default - the latest time that can be restored when the server is created
   */
  readonly time?: string;
}

/**
 * Origin of the data of a new server: a snapshot, or a point in time of another server.
 *
 * RDS restores once, when the server is created.
 * Add it with a new construct id and a new `identifier`, and leave it in place for as long as the server lives.
 * `version` of an instance has the major version of the data. Upgrade in a second deployment.
 * Source: requirements A-07, D-12.
 *
 * @example
 * declare const oldKey: Key;
 * new HardenedPostgres(this, 'RestoredDatabase', {
 *   network,
 *   identifier: 'shop-restored',
 *   restoreFrom: RestoreSource.pointInTime({
 *     source: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
 *     time: '2026-11-20T10:00:00Z',
 *     storageEncryptionKey: oldKey,
 *   }),
 * });
 */
export class RestoreSource {
  /**
   * Snapshot of an instance or a cluster, by its ARN.
   *
   * The ARN of a recovery point of AWS Backup is one, too.
   * The snapshot lies in the account and region of the database. Copy one from elsewhere first.
   */
  public static snapshot(snapshotArn: string, props: SnapshotRestoreProps = {}): RestoreSource {
    return new RestoreSource(props, (scope, context) => {
      checkRules(scope, snapshotRules(context, snapshotArn));
      return context.cluster
        ? { cluster: { snapshotIdentifier: snapshotArn } }
        : { instance: { dbSnapshotIdentifier: snapshotArn } };
    });
  }

  /** Point in time of another server, from its automated backups. The other server goes on as it is. */
  public static pointInTime(props: PointInTimeRestoreProps): RestoreSource {
    return new RestoreSource(props, (scope, context) => {
      checkRules(scope, pointInTimeRules(context, props));
      return context.cluster ? { cluster: clusterSource(props) } : { instance: instanceSource(props) };
    });
  }

  private constructor(
    private readonly props: SnapshotRestoreProps,
    private readonly properties: (
      scope: IConstruct,
      context: RestoreContext,
    ) => Pick<RestoreSettings, 'instance' | 'cluster'>,
  ) {}

  /** Checks the source and returns the properties of the server. @internal */
  public _bind(scope: IConstruct, context: RestoreContext): RestoreSettings {
    const { storageEncryptionKey, masterUserName } = this.props;
    checkRules(scope, optionRules(context, this.props));
    return {
      ...this.properties(scope, context),
      storageEncryptionKey,
      masterUserName,
      reservedIdentifier: context.defaultIdentifier,
    };
  }
}
