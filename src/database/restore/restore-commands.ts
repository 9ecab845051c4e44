import { Lazy } from 'aws-cdk-lib';
import { CfnDBInstance, type CfnDBCluster, type DatabaseCluster, type DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { clusterScripts } from './cluster-scripts';
import { instanceScripts } from './instance-scripts';
import type { RestoreScripts } from './shell-script';

/** Server that the commands restore a copy of. Either `instance` or `cluster` is set. */
interface RestorableServer {
  readonly instance?: DatabaseInstance;
  readonly cluster?: DatabaseCluster;
}

/**
 * Shell scripts that restore a database into a new server with exactly the settings of this one.
 *
 * They are for the hour in which no deployment is possible. They need `aws` and permissions for RDS.
 * `restoreFrom` is the way that leaves the new server with CloudFormation.
 * Each script takes its variables from the environment and stops at the first error.
 * docs/recovery.md has the procedure.
 * Source: requirements A-07, D-12.
 *
 * @example
 * new CfnOutput(this, 'RestorePointInTime', { value: database.restoreCommands.toPointInTime });
 */
export class RestoreCommands {
  /**
   * Commands that restore a copy of a server.
   * @internal
   */
  public static _of({ instance, cluster }: RestorableServer): RestoreCommands {
    return new RestoreCommands(() =>
      instance
        ? instanceScripts(instance.node.defaultChild as CfnDBInstance, instance.secret!.secretArn)
        : clusterScripts(cluster!.node.defaultChild as CfnDBCluster, membersOf(cluster!), cluster!.secret!.secretArn),
    );
  }

  /** Script that restores a snapshot. Variables: `TARGET`, the new identifier, and `SNAPSHOT`, the snapshot's ARN. */
  public readonly fromSnapshot: string;
  /**
   * Script that restores a point in time of this server.
   * Variables: `TARGET`, the new identifier, and `TIME`, a time in UTC such as `2026-11-20T10:00:00Z`.
   */
  public readonly toPointInTime: string;
  /**
   * Script that gives the restored server the identifier of this one.
   * This one is renamed to end in `-former`. Clients keep the host name.
   * Variable: `TARGET`, the identifier of the restored server.
   */
  public readonly rename: string;

  private constructor(scripts: () => RestoreScripts) {
    // At synthesis, when tags and overrides are in place.
    const script = (of: keyof RestoreScripts) => Lazy.string({ produce: () => scripts()[of].join('\n') });
    this.fromSnapshot = script('fromSnapshot');
    this.toPointInTime = script('toPointInTime');
    this.rename = script('rename');
  }
}

function membersOf(cluster: DatabaseCluster): CfnDBInstance[] {
  return cluster.node
    .findAll()
    .filter((construct): construct is CfnDBInstance => CfnDBInstance.isCfnDBInstance(construct));
}
