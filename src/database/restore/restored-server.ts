import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnDBCluster, CfnDBInstance, DatabaseCluster, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { RestoreSettings } from './restore-settings';

/** Properties that restored data bring along. RDS refuses them, or CloudFormation's reference forbids them. */
const INHERITED_BY_CLUSTERS = { masterUsername: undefined, databaseName: undefined };
const INHERITED_BY_INSTANCES = {
  masterUsername: undefined,
  dbName: undefined,
  kmsKeyId: undefined,
  storageEncrypted: undefined,
};

/**
 * Restores an instance instead of creating an empty one.
 *
 * All other properties stay. CloudFormation sets those that a restore does not take right afterwards, the master's
 * password among them.
 */
export function restoreInstance(
  instance: DatabaseInstance,
  { instance: source, storageEncryptionKey }: RestoreSettings,
): void {
  Object.assign(instance.node.defaultChild as CfnDBInstance, INHERITED_BY_INSTANCES, source);
  keep(storageEncryptionKey);
  const reason = 'A restored instance keeps the key of its snapshot or source, which storageEncryptionKey names.';
  acknowledge(instance, 'AwsSolutions-RDS2', reason);
  acknowledgeInCompliancePacks(instance, 'RDSStorageEncrypted', reason);
}

/** The key of the data outlives the database that it was made for. Without it, nobody reads the restored one. */
function keep(key?: IKey): void {
  const resource = key?.node.defaultChild;
  if (CfnResource.isCfnResource(resource)) {
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

/**
 * Restores a cluster instead of creating an empty one. It is encrypted anew, with the key of the database.
 *
 * CDK's own construct for snapshots sets the master's password without a name, too.
 */
export function restoreCluster(cluster: DatabaseCluster, { cluster: source }: RestoreSettings): void {
  Object.assign(cluster.node.defaultChild as CfnDBCluster, INHERITED_BY_CLUSTERS, source);
  if (cluster.secret?.node.defaultChild) {
    acknowledge(
      cluster,
      'CloudFormation-Validate::F3021',
      'The name of the master user comes with the restored data, and CloudFormation sets the password afterwards.',
    );
  }
  if (source?.sourceDbClusterIdentifier) {
    acknowledge(
      cluster,
      'CloudFormation-Validate::W3689',
      'RDS takes the key alone. StorageEncrypted stays for whoever judges the encryption by the template.',
    );
  }
}
