import { RemovalPolicy } from 'aws-cdk-lib';
import type { EnvironmentProfile } from './environment-profile';

/**
 * Removal policy of the server.
 *
 * `RETAIN` does not apply to the creation, because a failed first deployment must leave nothing behind.
 * RDS deletes such a server only after its deletion protection is turned off by hand (docs/database.md).
 */
export function serverRemovalPolicy(given: RemovalPolicy | undefined, profile: EnvironmentProfile): RemovalPolicy {
  const policy = given ?? profile.removalPolicy;
  return policy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
}

/**
 * Removal policy of what snapshots need.
 *
 * That is their key, the vault of those that AWS Backup took, and a MySQL option group.
 * AWS refuses to delete a vault that holds snapshots, and an option group that a snapshot names.
 * Snapshots outlive a destroyed server where the caller asked for them.
 */
export function snapshotRemovalPolicy(server: RemovalPolicy, keepsSnapshots: boolean): RemovalPolicy {
  return keepsSnapshots || server === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : server;
}

/**
 * Removal policy of the security group, the subnets and the parameters of a server.
 * None of them can be deleted while the server exists.
 */
export function dependencyRemovalPolicy(server: RemovalPolicy): RemovalPolicy {
  return server === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : server;
}
