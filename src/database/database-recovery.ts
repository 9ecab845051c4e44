import { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { stackPath } from '../text/stack-path';
import { DatabaseBackups } from './backup/database-backups';
import type { DatabaseSettings } from './database-settings';
import type { EngineConfig } from './engine-config';
import type { DatabaseServer } from './server/database-server';

/** Keeps ready what a restore of a database needs in the recovery region. */
export function prepareRecovery(database: Construct, settings: DatabaseSettings, { optionGroup }: EngineConfig): void {
  const { backup, capacity, parameters } = settings;
  const { instance, serverless, engine } = capacity;
  backup.recoveryRegion?._prepare({
    path: stackPath(database),
    engine,
    cluster: serverless !== undefined,
    parameters,
    optionGroup: instance && optionGroup && ((scope) => optionGroup(scope, instance.engine, RemovalPolicy.DESTROY)),
  });
}

/** Daily snapshots of a database, undefined where none are kept. */
export function createBackups(
  database: Construct,
  settings: DatabaseSettings,
  { server, key }: { readonly server: DatabaseServer; readonly key: Key },
): DatabaseBackups | undefined {
  const { backup, identifier, maintenanceWindow, restore, snapshotRemovalPolicy } = settings;
  return (
    backup.snapshotRetention &&
    new DatabaseBackups(database, 'Backups', {
      settings: backup,
      snapshotRetention: backup.snapshotRetention,
      databaseArn: server.arn,
      cluster: server.cluster !== undefined,
      maintenanceWindow,
      identifier,
      key,
      storageEncryptionKey: restore?.storageEncryptionKey,
      removalPolicy: snapshotRemovalPolicy,
    })
  );
}
