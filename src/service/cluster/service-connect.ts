import { type ICluster, LogDriver, type ServiceConnectProps } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** Name of the port's mapping, by which Service Connect finds the container. */
export const PORT_NAME = 'http';

/** What {@link serviceConnect} needs to know. */
interface DiscoveryProps {
  /** Refused without a namespace. */
  readonly cluster: ICluster;
  /** Takes the proxy's log, in a stream of its own. */
  readonly logGroup: ILogGroup;
  /**
   * The name under which others call the service.
   * @default - it only calls, and is not found
   */
  readonly name?: string;
  /** TCP port of the container, which callers use, too. */
  readonly port: number;
}

/**
 * Service Connect within the cluster's namespace, by its ARN, so that the service waits for it. The proxy is ECS's own: it needs no
 * image, and logs to a stream of its own.
 */
export function serviceConnect(
  scope: IConstruct,
  { cluster, logGroup, name, port }: DiscoveryProps,
): ServiceConnectProps {
  const namespace = cluster.defaultCloudMapNamespace;
  if (!namespace) {
    throw new PropError(scope, {
      prop: 'cluster',
      value: cluster.node.path,
      expected: 'a cluster with a namespace, in which services find each other',
      fix: "share new ServiceCluster(this, 'Cluster', { network }).cluster",
    });
  }
  return {
    namespace: namespace.namespaceArn,
    services:
      name === undefined ? undefined : [{ portMappingName: PORT_NAME, discoveryName: name, dnsName: name, port }],
    logDriver: LogDriver.awsLogs({ logGroup, streamPrefix: 'service-connect' }),
  };
}

/** A service, as far as a call between two is concerned. */
interface Callable extends IConstruct {
  /** Its namespace decides which names resolve. */
  readonly cluster: ICluster;
}

/** Refuses a call that no name would resolve, and one that has each service wait for the other. */
export function checkCall(caller: Callable, callee: Callable, callsBack: boolean): void {
  if (callsBack || caller === callee) {
    throw new PropError(caller, {
      prop: 'calls',
      value: callee.node.path,
      expected: 'a service that does not call this one: each would wait for the other to be deployed',
      fix: 'call one of the two through the load balancer',
    });
  }
  if (caller.cluster.defaultCloudMapNamespace !== callee.cluster.defaultCloudMapNamespace) {
    throw new PropError(caller, {
      prop: 'calls',
      value: callee.node.path,
      expected: 'a service of the same namespace: names of another one do not resolve',
      fix: 'give both services the cluster of one ServiceCluster',
    });
  }
}
