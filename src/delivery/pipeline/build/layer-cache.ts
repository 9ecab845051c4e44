import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption } from 'aws-cdk-lib/aws-ecr';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Key of the builds. */
interface LayerCacheProps {
  readonly key: Key;
}

/**
 * Creates the repository of the layers that one build leaves for the next.
 *
 * Its tags move, because each build replaces the cache. Nothing in it is lost that a build could not make again.
 */
export function createLayerCache(scope: Construct, id: string, { key }: LayerCacheProps): Repository {
  return new Repository(scope, id, {
    encryption: RepositoryEncryption.KMS,
    encryptionKey: key,
    imageScanOnPush: true,
    lifecycleRules: [{ maxImageAge: Duration.days(30) }],
    removalPolicy: RemovalPolicy.DESTROY,
    emptyOnDelete: true,
  });
}
