import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CacheSignals } from '../../contracts';
import { SubnetTier } from '../../network';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { NodeSettings } from '../capacity/cache-capacity';
import type { CacheAddress, CacheServer, CacheServerProps } from './cache-server';

/** Properties of {@link NodeCache}. All are required. */
export interface NodeCacheProps extends CacheServerProps {
  /** Size and number of the nodes. */
  readonly nodes: NodeSettings;
  /** Parameters of the engine. */
  readonly parameters: { readonly [name: string]: string };
  /** Log groups by the type of log. */
  readonly logs: { readonly [type: string]: LogGroup };
}

/** Primary and its replicas: one shard, without cluster mode. */
export class NodeCache extends Construct implements CacheServer {
  public readonly resource: CfnReplicationGroup;
  public readonly parameterGroup: CfnParameterGroup;
  public readonly subnetGroup: CfnSubnetGroup;
  public readonly endpoint: string;
  public readonly readAddress?: CacheAddress;
  public readonly clusterMode = false;
  public readonly arnResource = 'replicationgroup';
  public readonly signals: Omit<CacheSignals, 'source'>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NodeCacheProps,
  ) {
    super(scope, id);
    const { nodes, port } = props;
    this.parameterGroup = this.createParameterGroup();
    this.subnetGroup = this.createSubnetGroup();
    this.resource = this.createReplicationGroup();
    this.endpoint = this.resource.attrPrimaryEndPointAddress;
    this.readAddress = nodes.replicas > 0 ? { host: this.resource.attrReaderEndPointAddress, port } : undefined;
    this.signals = { nodeIds: nodeIds(props.identifier, nodes) };
  }

  private createParameterGroup(): CfnParameterGroup {
    const { engine, parameters, dependencyRemovalPolicy } = this.props;
    const group = new CfnParameterGroup(this, 'ParameterGroup', {
      cacheParameterGroupFamily: engine.family,
      description: textFor('database group', `Parameters of ${stackPath(this.node.scope!)}`),
      properties: parameters,
    });
    group.applyRemovalPolicy(dependencyRemovalPolicy);
    return group;
  }

  private createSubnetGroup(): CfnSubnetGroup {
    const { network, dependencyRemovalPolicy } = this.props;
    const group = new CfnSubnetGroup(this, 'SubnetGroup', {
      description: textFor('database group', `Data tier of ${stackPath(network)}`),
      subnetIds: network.vpc.selectSubnets(network.subnets(SubnetTier.DATA)).subnetIds,
    });
    group.applyRemovalPolicy(dependencyRemovalPolicy);
    return group;
  }

  private createReplicationGroup(): CfnReplicationGroup {
    const { props } = this;
    const { engine, nodes } = props;
    const replicated = nodes.replicas > 0;
    const group = new CfnReplicationGroup(this, 'ReplicationGroup', {
      replicationGroupId: props.identifier,
      replicationGroupDescription: textFor('database group', `Cache ${stackPath(this.node.scope!)}`),
      engine: engine.engine,
      engineVersion: engine.version,
      autoMinorVersionUpgrade: true,
      cacheNodeType: nodes.nodeType,
      numCacheClusters: nodes.replicas + 1,
      automaticFailoverEnabled: replicated,
      multiAzEnabled: replicated,
      port: props.port,
      atRestEncryptionEnabled: true,
      kmsKeyId: props.key.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      userGroupIds: [props.userGroup.ref],
      cacheParameterGroupName: this.parameterGroup.ref,
      cacheSubnetGroupName: this.subnetGroup.ref,
      securityGroupIds: [props.securityGroup.securityGroupId],
      snapshotRetentionLimit: props.snapshotDays,
      snapshotWindow: props.snapshotWindow,
      preferredMaintenanceWindow: props.maintenanceWindow,
      snapshotName: props.restoreFrom,
      logDeliveryConfigurations: this.logDelivery(),
    });
    group.applyRemovalPolicy(props.removalPolicy);
    return group;
  }

  private logDelivery(): CfnReplicationGroup.LogDeliveryConfigurationRequestProperty[] {
    return Object.entries(this.props.logs).map(([logType, { logGroupName }]) => ({
      destinationType: 'cloudwatch-logs',
      destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } },
      logFormat: 'json',
      logType,
    }));
  }
}

/** Names that ElastiCache gives the nodes: that of the group, and a number. */
function nodeIds(identifier: string, { replicas }: NodeSettings): string[] {
  return Array.from({ length: replicas + 1 }, (_, node) => `${identifier}-${String(node + 1).padStart(3, '0')}`);
}
