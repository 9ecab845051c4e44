import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import type { CacheSignals } from '../../contracts';
import { SubnetTier } from '../../network';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { ServerlessSettings } from '../capacity/cache-capacity';
import type { CacheAddress, CacheServer, CacheServerProps } from './cache-server';

/** Port for reads, which ElastiCache fixes. */
export const READ_PORT = 6380;

/**
 * Subnets of the endpoints of a serverless cache.
 *
 * ElastiCache takes two or three and never others. Two remain where the network gets a third zone, or gives it back.
 */
const SUBNETS = 2;

/** Properties of {@link ServerlessCache}. All are required. */
export interface ServerlessCacheServerProps extends CacheServerProps {
  /** Limits of the cache. */
  readonly serverless: ServerlessSettings;
}

/** Cache that scales by itself. */
export class ServerlessCache extends Construct implements CacheServer {
  public readonly resource: CfnServerlessCache;
  public readonly endpoint: string;
  public readonly readAddress?: CacheAddress;
  public readonly clusterMode = true;
  public readonly arnResource = 'serverlesscache';
  public readonly signals: Omit<CacheSignals, 'source'>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ServerlessCacheServerProps,
  ) {
    super(scope, id);
    const { identifier, serverless } = props;
    this.resource = this.createCache();
    this.endpoint = this.resource.attrEndpointAddress;
    this.readAddress = serverless.readFromReplicas
      ? { host: this.resource.attrReaderEndpointAddress, port: READ_PORT }
      : undefined;
    this.signals = { nodeIds: [], serverlessName: identifier };
  }

  private createCache(): CfnServerlessCache {
    const { network, engine, serverless, ...props } = this.props;
    const { subnetIds } = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
    const cache = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: props.identifier,
      description: textFor('database group', `Cache ${stackPath(this.node.scope!)}`),
      engine: engine.engine,
      majorEngineVersion: engine.majorVersion,
      kmsKeyId: props.key.keyArn,
      userGroupId: props.userGroup.ref,
      securityGroupIds: [props.securityGroup.securityGroupId],
      subnetIds: subnetIds.slice(0, SUBNETS),
      cacheUsageLimits: {
        dataStorage: { maximum: serverless.maxStorageGb, unit: 'GB' },
        ecpuPerSecond: { maximum: serverless.maxUnitsPerSecond },
      },
      dailySnapshotTime: props.snapshotWindow.split('-')[0],
      snapshotRetentionLimit: props.snapshotDays,
      snapshotArnsToRestore: props.restoreFrom === undefined ? undefined : [props.restoreFrom],
    });
    cache.applyRemovalPolicy(props.removalPolicy);
    return cache;
  }
}
