import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { CapacitySettings } from '../capacity/capacity-settings';
import { ClusterServer } from './cluster-server';
import type { DatabaseServer, DatabaseServerProps } from './database-server';
import { InstanceServer } from './instance-server';

/** Properties of the server of either kind. */
interface ServerProps extends Omit<DatabaseServerProps, 'autoMinorVersionUpgrade'> {
  /** Decides between instance and cluster. */
  readonly capacity: CapacitySettings;
  /** Physical names of the read replicas of an instance. */
  readonly replicaIdentifiers: string[];
}

/** Creates the instance or cluster that the capacity asks for. */
export function createServer(scope: Construct, id: string, props: ServerProps): DatabaseServer {
  const { instance, serverless, autoMinorVersionUpgrade } = props.capacity;
  const shared = { ...props, autoMinorVersionUpgrade };
  const server = serverless
    ? new ClusterServer(scope, id, { ...shared, settings: serverless })
    : new InstanceServer(scope, id, { ...shared, settings: instance! });
  if (!autoMinorVersionUpgrade) {
    acknowledgeChosenMinorVersion(server);
  }
  return server;
}

function acknowledgeChosenMinorVersion(server: DatabaseServer): void {
  server.node
    .findAll()
    .filter((child) => CfnDBInstance.isCfnDBInstance(child))
    .forEach((instance) =>
      acknowledgeInCompliancePacks(
        instance,
        'RDSAutomaticMinorVersionUpgradeEnabled',
        'The minor version was asked for: with upgrades by RDS, the next change of the template would be a downgrade.',
      ),
    );
}
