import { type ICluster, LogDriver, type ServiceConnectProps } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** Name of the port mapping, by which Service Connect finds the container. */
export const PORT_NAME = 'http';

/** Properties of {@link serviceConnect}. */
interface ServiceConnectOptions {
  /** Cluster with a namespace. */
  readonly cluster: ICluster;
  /** Log group of the proxy, which has a dedicated log stream. */
  readonly logGroup: ILogGroup;
  /**
   * Name by which other services call this one.
   * @default - the service is a client only
   */
  readonly name?: string;
  /** TCP port of the container and of its Service Connect endpoint. */
  readonly port: number;
}

/**
 * Service Connect configuration in the namespace of the cluster.
 * The namespace is given by its ARN, so the service depends on it. ECS manages the proxy, which needs no image.
 */
export function serviceConnect(
  scope: IConstruct,
  { cluster, logGroup, name, port }: ServiceConnectOptions,
): ServiceConnectProps {
  const namespace = cluster.defaultCloudMapNamespace;
  if (!namespace) {
    throw new PropError(scope, {
      prop: 'cluster',
      value: cluster.node.path,
      expected: 'a cluster with a Cloud Map namespace',
      fix: "use new ServiceCluster(this, 'Cluster', { network }).cluster",
    });
  }
  return {
    namespace: namespace.namespaceArn,
    services:
      name === undefined ? undefined : [{ portMappingName: PORT_NAME, discoveryName: name, dnsName: name, port }],
    logDriver: LogDriver.awsLogs({ logGroup, streamPrefix: 'service-connect' }),
  };
}

/** Service that calls another one or is called. */
interface Callable extends IConstruct {
  /** Cluster with the namespace in which names resolve. */
  readonly cluster: ICluster;
}

/** Refuses a call whose name would not resolve, and a call that makes two services depend on each other. */
export function checkCall(caller: Callable, callee: Callable, callsBack: boolean): void {
  if (callsBack || caller === callee) {
    throw new PropError(caller, {
      prop: 'calls',
      value: callee.node.path,
      expected: 'a service that does not call this one, because each would wait for the other',
      fix: 'call one of the two services through the load balancer',
    });
  }
  if (caller.cluster.defaultCloudMapNamespace !== callee.cluster.defaultCloudMapNamespace) {
    throw new PropError(caller, {
      prop: 'calls',
      value: callee.node.path,
      expected: 'a service of the same namespace, because names of other namespaces do not resolve',
      fix: 'give both services the cluster of one ServiceCluster',
    });
  }
}
