import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { IConstruct } from 'constructs';

/** Repository of images, with one SSM parameter for each release track that names the released image. */
export interface IImageRepository extends IConstruct {
  /** ECR repository. */
  readonly repository: IRepository;

  /**
   * Tags that may move from one image to another, as patterns with `*`. With `['*']` every tag may move.
   * @default - unknown, for an existing repository
   */
  readonly mutableTags?: string[];

  /**
   * Name of the SSM parameter that holds the tag of the released image of a track.
   *
   * The parameter holds `none` before the first release. Throws an error for a track that the repository does not have.
   */
  releasedImageParameterName(track: string): string;

  /**
   * Prevents an image that an app names by its tag from expiring.
   *
   * Does nothing where a rule already keeps the tag.
   */
  keepTag(tag: string): void;
}
