import {
  type ActionBindOptions,
  type ActionConfig,
  ActionCategory,
  Artifact,
  type IStage,
  type Pipeline,
} from 'aws-cdk-lib/aws-codepipeline';
import { Action } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IImageRepository } from '../../../registry';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';
import type { ImageScanConfig } from '../build/image-scan';
import type { ImagePushProps } from './pipeline-source-props';
import { type PushedImage, SOURCE_ACTION, type SourceConfig, type TagPatterns } from './source-config';
import { createTriggerRule } from './trigger-rule';

/** Tags that move, that releases add, and that name the content of an image. */
const NEVER_RELEASED_TAGS = ['latest', 'live-*', 'content-*'];
/** Tags that start no release by default. Versions are added to images that have the tag of their commit. */
const EXCLUDED_TAGS = [...NEVER_RELEASED_TAGS, 'v*', '*.*.*'];

/** Settings of {@link PushedImages}, checked. */
export interface PushedImagesProps extends Pick<ImagePushProps, 'tags' | 'startOn'> {
  /** Repositories of the images, in the order of their source actions. */
  readonly repositories: IImageRepository[];
  /** Settings of the scan of all images. */
  readonly scan: ImageScanConfig;
}

/**
 * Source actions for images that are built outside the pipeline, one for each repository.
 *
 * Each execution runs all of them. The image of the event is taken by its digest, the others by the tag `latest`.
 */
export class PushedImages implements SourceConfig {
  public readonly artifact: Artifact;
  public readonly actions: Action[];
  public readonly pushed = this;
  public readonly images: PushedImage[];
  public readonly scan: ImageScanConfig;

  public constructor(private readonly props: PushedImagesProps) {
    const { repositories, tags } = props;
    this.scan = props.scan;
    this.images = repositories.map((repository, index) => {
      // The names of a pipeline with one image have no number.
      const suffix = repositories.length === 1 ? '' : `${index + 1}`;
      const artifact = new Artifact(`${SOURCE_ACTION}${suffix}`);
      const digest = `#{${SOURCE_ACTION}${suffix}.ImageDigest}`;
      return { repository, suffix, artifact, digest, tagPatterns: tagPatternsOf(repository, tags) };
    });
    this.artifact = this.images[0].artifact;
    this.actions = this.images.map((image) => new PushedImageAction(image));
  }

  public get permissions(): PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'Image',
        actions: ['ecr:DescribeImages'],
        resources: this.images.map(({ repository }) => repository.repository.repositoryArn),
      }),
    ];
  }

  public addTrigger(scope: Construct, pipeline: Pipeline, createRole: () => Role): void {
    const { startOn = this.props.repositories } = this.props;
    const role = createRole();
    this.images
      .filter(({ repository }) => startOn.includes(repository))
      .forEach((image) => this.createTrigger(scope, pipeline, role, image));
  }

  private createTrigger(scope: Construct, pipeline: Pipeline, role: Role, image: PushedImage): void {
    const { tags } = this.props;
    const { repository, suffix, tagPatterns } = image;
    createTriggerRule(scope, `Pushed${suffix}`, {
      description: textFor('event rule', `Releases images pushed to ${stackPath(repository)} by ${stackPath(scope)}`),
      eventPattern: {
        'source': ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        'detail': {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': [repository.repository.repositoryName],
          // The single images of a multi-architecture image have no tag.
          'image-tag': tags
            ? tags.map((wildcard) => ({ wildcard }))
            : [{ 'anything-but': { wildcard: tagPatterns.excluded } }],
        },
      },
      pipeline,
      role,
      actionName: `${SOURCE_ACTION}${suffix}`,
      revisionType: 'IMAGE_DIGEST',
      revisionPath: '$.detail.image-digest',
    });
  }
}

/** A moving tag could be at another image by the time that the image is released. */
function tagPatternsOf({ mutableTags = [] }: IImageRepository, tags: string[] | undefined): TagPatterns {
  return tags
    ? { included: tags, excluded: [...new Set([...NEVER_RELEASED_TAGS, ...mutableTags])] }
    : { included: ['*'], excluded: [...new Set([...EXCLUDED_TAGS, ...mutableTags])] };
}

/** ECR source action without the rule of EcrSourceAction, which starts the pipeline for one fixed tag. */
class PushedImageAction extends Action {
  public constructor(private readonly image: PushedImage) {
    super({
      actionName: `${SOURCE_ACTION}${image.suffix}`,
      category: ActionCategory.SOURCE,
      provider: 'ECR',
      artifactBounds: { minInputs: 0, maxInputs: 0, minOutputs: 1, maxOutputs: 1 },
      outputs: [image.artifact],
      variablesNamespace: `${SOURCE_ACTION}${image.suffix}`,
    });
  }

  protected bound(_scope: Construct, _stage: IStage, _options: ActionBindOptions): ActionConfig {
    const { repository } = this.image.repository;
    return { configuration: { RepositoryName: repository.repositoryName, ImageTag: 'latest' } };
  }
}
