import type { IImageRepository } from './image-repository-interface';
import type { ReplicaLocation } from './replica-location';

/** Properties of an {@link ImageReplication}. Both are required. */
export interface ImageReplicationProps {
  /** Repositories whose images are replicated, 1 to 100, each with a literal `repositoryName`. */
  readonly repositories: IImageRepository[];
  /** Accounts and regions that get the images, 1 to 25. */
  readonly destinations: ReplicaLocation[];
}

/** Properties of a {@link ReplicationPermission}. Both are required. */
export interface ReplicationPermissionProps {
  /** Account that replicates images to this one, 12 digits. */
  readonly sourceAccount: string;
  /** Repositories of this account and region that receive the images. Their names are those of the source. */
  readonly repositories: IImageRepository[];
}
