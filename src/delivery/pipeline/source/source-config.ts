import type { Artifact, Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Action } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IImageRepository } from '../../../registry';
import type { ImageScanConfig } from '../build/image-scan';

/** Name of the only source action, and namespace of its variables. */
export const SOURCE_ACTION = 'Source';

/** Settings of the source of a pipeline. */
export interface SourceConfig {
  /** Input of checks and builds. A scan of a pushed image has the artifact of that image instead. */
  readonly artifact: Artifact;
  /** Source actions. Events override the revision of one by its name. */
  readonly actions: Action[];
  /** Permissions that the role of the pipeline needs for the action. */
  readonly permissions: PolicyStatement[];
  /**
   * Variable with the commit, for later actions.
   * @default - no commit, for an archive or a pushed image
   */
  readonly commitId?: string;
  /**
   * Images that are built outside the pipeline.
   * @default - the pipeline builds the images
   */
  readonly pushed?: PushedSource;
  /** Starts the pipeline on a new revision. The role is created where EventBridge needs one. */
  addTrigger(scope: Construct, pipeline: Pipeline, createRole: () => Role): void;
}

/** Image of one repository that is built outside the pipeline. */
export interface PushedImage {
  /** Repository of the image. */
  readonly repository: IImageRepository;
  /** Suffix of the names of its actions, empty for the only image of a pipeline. */
  readonly suffix: string;
  /** Description of the image, from its source action. */
  readonly artifact: Artifact;
  /** Variable with the digest of the image. */
  readonly digest: string;
  /** Patterns of the tags that may be released. */
  readonly tagPatterns: TagPatterns;
}

/** Shell patterns that select the tag of an image. */
export interface TagPatterns {
  /** Patterns of which one must match. */
  readonly included: string[];
  /** Patterns of which none may match. */
  readonly excluded: string[];
}

/** Images that are built outside the pipeline. */
export interface PushedSource {
  /** One image for each repository. */
  readonly images: PushedImage[];
  /** Settings of their scan. */
  readonly scan: ImageScanConfig;
}
