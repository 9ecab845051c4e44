import type { CfnCondition } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';

/**
 * Settings of a container's image.
 * @internal
 */
export interface ResolvedImage {
  /** Image of the container definition. */
  readonly image: ContainerImage;
  /**
   * Private repository that the execution role may pull from.
   * @default - the image is in a public registry
   */
  readonly repository?: IRepository;
  /**
   * Condition that is true until the first release.
   * @default - the image is declared
   */
  readonly nothingReleased?: CfnCondition;
  /**
   * Name of the SSM parameter that holds the released tag.
   * @default - the image is declared
   */
  readonly releasedParameterName?: string;
  /**
   * Tag or digest, where the template decides it. Traces carry it.
   * @default - a release decides it after synthesis
   */
  readonly version?: string;
}
