import type { Construct } from 'constructs';
import type { CapacitySettings } from '../capacity/capacity-settings';
import { ClusterServer } from './cluster-server';
import type { DatabaseServer, DatabaseServerProps } from './database-server';
import { InstanceServer } from './instance-server';

/** Properties of the server of either kind. */
interface ServerProps extends DatabaseServerProps {
  /** Decides between instance and cluster. */
  readonly capacity: CapacitySettings;
  /** Physical names of the read replicas of an instance. */
  readonly replicaIdentifiers: string[];
}

/** Creates the instance or cluster that the capacity asks for. */
export function createServer(scope: Construct, id: string, props: ServerProps): DatabaseServer {
  const { instance, serverless } = props.capacity;
  return serverless
    ? new ClusterServer(scope, id, { ...props, settings: serverless })
    : new InstanceServer(scope, id, { ...props, settings: instance! });
}
