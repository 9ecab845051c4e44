import { type ICluster, LogDriver, type ServiceConnectProps } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../refusal/prop-error';

/** Name of the port's mapping, by which Service Connect finds the container. */
export const PORT_NAME = 'http';

/** What {@link serviceConnect} needs to know. */
export interface DiscoveryProps {
  readonly cluster: ICluster;
  readonly logGroup: ILogGroup;
  /** The name and port under which others call the service; without one it only calls. */
  readonly name?: string;
  readonly port: number;
}

/**
 * Service Connect within the cluster's namespace, by its ARN, so that the service waits for it. The proxy is ECS's own: it needs no
 * image, and logs to a stream of its own.
 */
export function serviceConnect(scope: IConstruct, { cluster, logGroup, name, port }: DiscoveryProps): ServiceConnectProps {
  const namespace = cluster.defaultCloudMapNamespace;
  if (!namespace) {
    throw new PropError(scope, {
      prop: 'cluster', value: cluster.node.path, allowed: 'a cluster with a namespace, in which services find each other', wayOut: "share new ServiceCluster(this, 'Cluster', { network }).cluster",
    });
  }
  return {
    namespace: namespace.namespaceArn,
    services: name === undefined ? undefined : [{ portMappingName: PORT_NAME, discoveryName: name, dnsName: name, port }],
    logDriver: LogDriver.awsLogs({ logGroup, streamPrefix: 'service-connect' }),
  };
}
