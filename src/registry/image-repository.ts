import { CfnOutput, Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import {
  ImageTagMutabilityExclusionFilter,
  type IRepository,
  Repository,
  RepositoryEncryption,
  type RepositoryProps,
  TagMutability,
  TagStatus,
} from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { globToRegExp, type Wildcards } from '../text/glob';
import { stackPath } from '../text/stack-path';
import { checkWholeNumber } from '../validation/checks';
import { checkGivenKey } from '../validation/given-key';
import { checkRules } from '../validation/rules';
import { checkStackTags } from '../validation/stack-tags';
import { AdoptedRepository } from './adopted-repository';
import type { IImageRepository } from './image-repository-interface';
import type { AdoptedRepositoryProps, ImageRepositoryProps } from './image-repository-props';
import { parameterName } from './parameter-name';
import { NOTHING_RELEASED } from './released-image';
import { keyRules } from './validate-key';
import { checkTracks, unknownTrack } from './validate-tracks';

const DEFAULT_TRACKS = ['staging', 'production'];
/** Images to keep unless a prop says otherwise. */
const DEFAULT_IMAGES = 10;
/** Tags of releases and versions: `live-production-7`, `v1.4.2`, `1.4.2`. */
const KEPT_TAGS = ['live-*', 'v*', '*.*.*'];
/** Most images that a rule of ECR can keep: releases hardly reach this number. */
const MOST_IMAGES = 1000;
const UNTAGGED_MAX_AGE = Duration.days(30);
/** Wildcards of ECR's tag patterns. */
const TAG_WILDCARDS: Wildcards = new Map([['*', '.*']]);

/**
 * Encrypted, scanned ECR repository with immutable tags and the parameters of released images.
 *
 * Its lifecycle rules never expire an image that may be running. Define it in a stack that is deployed before the
 * services, because their images must exist first.
 *
 * @example
 * const images = new ImageRepository(this, 'Images');
 * const image = ServiceImage.released(images);
 */
export class ImageRepository extends Construct implements IImageRepository {
  /**
   * Image repository of an existing ECR repository, in which nothing is created.
   *
   * `ServiceImage.released` also requires a String parameter for each track, which holds `none` or a tag.
   */
  public static fromRepository(scope: Construct, id: string, props: AdoptedRepositoryProps): IImageRepository {
    return new AdoptedRepository(scope, id, props);
  }

  public readonly repository: IRepository;
  public readonly mutableTags?: string[];
  private readonly parameters: Map<string, CfnParameter>;
  private readonly keptTags: string[] = [...KEPT_TAGS];
  private readonly ecr: Repository;

  public constructor(scope: Construct, id: string, props: ImageRepositoryProps = {}) {
    super(scope, id);
    const { profile = EnvironmentProfile.of(this), tracks = DEFAULT_TRACKS, keepImages = DEFAULT_IMAGES } = props;
    checkWholeNumber(this, 'keepImages', keepImages, {
      min: 1,
      max: MOST_IMAGES,
      unit: 'images',
      fix: 'keep at least the image that runs',
    });
    checkTracks(this, tracks);
    checkGivenKey(this, 'key', props.key);
    checkRules(this, keyRules(props));

    this.mutableTags = props.mutableTags ?? (profile.immutableImageTags ? ['latest'] : ['*']);
    this.ecr = this.createRepository(props, profile);
    this.repository = this.ecr;
    this.addLifecycleRules(keepImages);
    this.parameters = new Map(tracks.map((track) => [track, this.createParameter(track)]));
    new CfnOutput(this, 'Uri', { value: this.repository.repositoryUri, description: 'Push images here' });
    checkStackTags(this, {
      id: 'stackTagsResetReleasedImages',
      effect: 'writes "none" into the parameters of released images',
      production: profile._isProduction,
    });
  }

  public releasedImageParameterName(track: string): string {
    const parameter = this.parameters.get(track);
    if (!parameter) {
      throw unknownTrack(this, track, [...this.parameters.keys()]);
    }
    return parameter.name!;
  }

  public keepTag(tag: string): void {
    const kept = this.keptTags.some((pattern) => globToRegExp(pattern, TAG_WILDCARDS).test(tag));
    if (Token.isUnresolved(tag) || kept) {
      return;
    }
    this.keptTags.push(tag);
    this.ecr.addLifecycleRule({
      rulePriority: this.keptTags.length,
      description: `Named by an app: ${tag}`,
      tagStatus: TagStatus.TAGGED,
      tagPatternList: [tag],
      maxImageCount: 1,
    });
  }

  private createRepository(props: ImageRepositoryProps, profile: EnvironmentProfile): Repository {
    const removalPolicy = profile.removalPolicy;
    const mutableTags = props.mutableTags ?? (profile.immutableImageTags ? ['latest'] : undefined);
    return new Repository(this, 'Repository', {
      repositoryName: props.repositoryName,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: props.key ?? this.createKey(removalPolicy),
      imageScanOnPush: true,
      ...tagMutability(mutableTags),
      removalPolicy,
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
    });
  }

  private createKey(removalPolicy: RemovalPolicy): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the images of ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  /**
   * Adds a rule for each pattern, one for untagged images, and one for all others.
   *
   * Later rules can't select an image that a rule has selected, even if that rule keeps it. They still count it. A list
   * of patterns selects only images that match all of them, so each pattern has a rule. Rules that count tagged images
   * omit the parts of multi-architecture images, which have no tags.
   */
  private addLifecycleRules(keepImages: number): void {
    KEPT_TAGS.forEach((pattern, index) =>
      this.ecr.addLifecycleRule({
        rulePriority: index + 1,
        description: `Released or versioned: ${pattern}`,
        tagStatus: TagStatus.TAGGED,
        tagPatternList: [pattern],
        maxImageCount: MOST_IMAGES,
      }),
    );
    this.ecr.addLifecycleRule({
      rulePriority: 900,
      description: 'Untagged',
      tagStatus: TagStatus.UNTAGGED,
      maxImageAge: UNTAGGED_MAX_AGE,
    });
    this.ecr.addLifecycleRule({
      rulePriority: 901,
      description: `The last ${keepImages}`,
      tagStatus: TagStatus.TAGGED,
      tagPatternList: ['*'],
      maxImageCount: keepImages,
    });
  }

  /**
   * Creates the parameter that names the released image of a track.
   *
   * Afterwards only a release writes it. Every update by CloudFormation, even of a tag,
   * resets the value to that of the template. So nothing in it may ever change, and it has no tags.
   */
  private createParameter(track: string): CfnParameter {
    const parameter = new CfnParameter(this, `Released-${track}`, {
      type: 'String',
      name: parameterName(this, `released/${track}`),
      value: NOTHING_RELEASED,
    });
    parameter.addPropertyDeletionOverride('Tags');
    return parameter;
  }
}

/** All tags may move where no list is given. */
function tagMutability(
  mutableTags: string[] | undefined,
): Pick<RepositoryProps, 'imageTagMutability' | 'imageTagMutabilityExclusionFilters'> {
  if (!mutableTags) {
    return { imageTagMutability: TagMutability.MUTABLE };
  }
  return mutableTags.length === 0
    ? { imageTagMutability: TagMutability.IMMUTABLE }
    : {
      imageTagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: mutableTags.map((tag) => ImageTagMutabilityExclusionFilter.wildcard(tag)),
    };
}
