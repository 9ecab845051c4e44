import { AspectPriority, Aspects, Duration, Names, RemovalPolicy, Token } from 'aws-cdk-lib';
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
import { Construct, type IConstruct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { globToRegExp, type Wildcards } from '../text/glob';
import { checkWholeNumber } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import { NOTHING_RELEASED } from './released-image';
import { StackTagsWarning } from './stack-tags-warning';

/** A repository of images and, for each release track, the parameter that names the released one. */
export interface IImageRepository extends IConstruct {
  /** The ECR repository. */
  readonly repository: IRepository;

  /**
   * Name of the SSM parameter that holds the tag of the image released on a track, or `none` before the first release.
   * Throws for a track that the repository doesn't have.
   */
  releasedImageParameterName(track: string): string;

  /** Keeps an image that an app names by its tag from being expired. Does nothing where a rule keeps the tag already. */
  keepTag(tag: string): void;
}

/** What an {@link ImageRepository} may be told. Nothing is needed. */
export interface ImageRepositoryProps {
  /**
   * Physical name, lower-case. A repository that is named can't be replaced without another name.
   * @default - one that CloudFormation makes up
   */
  readonly repositoryName?: string;
  /**
   * Release tracks: one parameter each, because one repository serves several stages.
   * @default ['staging', 'production']
   */
  readonly tracks?: string[];
  /**
   * Tags that may move from one image to another. All others are immutable. At most 5 patterns with `*`.
   * @default ['latest'] - requirement A-12; what is deployed is never named by it. In development every tag moves (requirement E-05)
   */
  readonly movingTags?: string[];
  /**
   * Newest tagged images that are kept, 1 to 1000. Released, versioned and running ones count among them, and are kept
   * when they are older too. A multi-architecture image counts once.
   * @default 10 - requirements A-12, B-06 and C-12
   */
  readonly keepImages?: number;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/** Tags that a release or a person gave for good: `live-production-7`, `v1.4.2`, `1.4.2`. */
const KEPT_TAGS = ['live-*', 'v*', '*.*.*'];
/** High enough to never be reached by releases, and an end all the same. */
const KEPT_IMAGES = 1000;
/** ECR gives no other character of a tag pattern a meaning. */
const TAG_WILDCARDS: Wildcards = new Map([['*', '.*']]);
const UNTAGGED_DAYS = Duration.days(30);

/**
 * An encrypted, scanned ECR repository with immutable tags, whose lifecycle rules never expire an image that
 * may be running, and the parameters that say which image is released. It belongs in a stack that is deployed
 * before the services, because images exist before services do.
 */
export class ImageRepository extends Construct implements IImageRepository {
  /**
   * Takes an ECR repository that exists. For `ServiceImage.released` it needs the parameters too: a String parameter for
   * each track, holding `none` or a tag.
   */
  public static fromRepository(scope: Construct, id: string, props: AdoptedRepositoryProps): IImageRepository {
    return new AdoptedRepository(scope, id, props);
  }

  public readonly repository: IRepository;
  private readonly parameters = new Map<string, CfnParameter>();
  private readonly kept: string[] = [...KEPT_TAGS];
  private readonly ecr: Repository;

  public constructor(scope: Construct, id: string, props: ImageRepositoryProps = {}) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    const keepImages = props.keepImages ?? 10;
    checkWholeNumber(this, 'keepImages', keepImages, {
      min: 1,
      max: 1000,
      unit: 'images',
      fix: 'keep at least the image that runs',
    });
    this.ecr = this.createRepository(props, profile);
    this.repository = this.ecr;
    this.addLifecycleRules(keepImages);
    this.checkedTracks(props.tracks ?? ['staging', 'production']).forEach((track) =>
      this.parameters.set(track, this.createParameter(track)),
    );
    Aspects.of(this).add(new StackTagsWarning(this), { priority: AspectPriority.READONLY });
  }

  public releasedImageParameterName(track: string): string {
    const parameter = this.parameters.get(track);
    if (!parameter) {
      throw unknownTrack(this, track, [...this.parameters.keys()]);
    }
    return parameter.name!;
  }

  public keepTag(tag: string): void {
    if (Token.isUnresolved(tag) || this.kept.some((pattern) => globToRegExp(pattern, TAG_WILDCARDS).test(tag))) {
      return;
    }
    this.kept.push(tag);
    this.ecr.addLifecycleRule({
      rulePriority: this.kept.length,
      description: `Named by an app: ${tag}`,
      tagStatus: TagStatus.TAGGED,
      tagPatternList: [tag],
      maxImageCount: 1,
    });
  }

  /** A track is part of the parameter's name, and of the tags that releases give. */
  private checkedTracks(tracks: string[]): string[] {
    const wrong = tracks.find(
      (track, index) => !/^[a-z][a-z0-9-]{0,30}$/.test(track) || tracks.indexOf(track) !== index,
    );
    if (wrong !== undefined) {
      throw new PropError(this, {
        prop: 'tracks',
        value: wrong,
        expected: 'lower-case letters, digits and hyphens, at most 31, each track once',
        fix: "name tracks after stages, as ['staging', 'production']",
      });
    }
    return tracks;
  }

  private createRepository(props: ImageRepositoryProps, profile: EnvironmentProfile): Repository {
    const removalPolicy = profile.removalPolicy;
    const key = new Key(this, 'Key', {
      description: `Encrypts the images of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    const movingTags = props.movingTags ?? (profile.fixedImages ? ['latest'] : undefined);
    return new Repository(this, 'Repository', {
      repositoryName: props.repositoryName,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: key,
      imageScanOnPush: true,
      ...mutability(movingTags),
      removalPolicy,
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
    });
  }

  /**
   * An image that a rule selects is out of reach for every rule after it, whether it expires it or not, and still counts there.
   * A list of patterns would select only images that match all of them, hence a rule for each. Counting tagged
   * images leaves out the parts of multi-architecture images, which have no tags.
   */
  private addLifecycleRules(keepImages: number): void {
    KEPT_TAGS.forEach((pattern, index) =>
      this.ecr.addLifecycleRule({
        rulePriority: index + 1,
        description: `Released or versioned: ${pattern}`,
        tagStatus: TagStatus.TAGGED,
        tagPatternList: [pattern],
        maxImageCount: KEPT_IMAGES,
      }),
    );
    this.ecr.addLifecycleRule({
      rulePriority: 900,
      description: 'Untagged',
      tagStatus: TagStatus.UNTAGGED,
      maxImageAge: UNTAGGED_DAYS,
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
   * CloudFormation creates the parameter, a release writes it. Every update that CloudFormation makes to it, even
   * of a tag, puts the template's value back: so nothing of it may ever change, and it carries no tags.
   */
  private createParameter(track: string): CfnParameter {
    const parameter = new CfnParameter(this, `Released-${track}`, {
      type: 'String',
      name: `/${Names.uniqueResourceName(this, { maxLength: 120, separator: '-' }).toLowerCase()}/released/${track}`,
      value: NOTHING_RELEASED,
    });
    parameter.addPropertyDeletionOverride('Tags');
    return parameter;
  }
}

/** What `ImageRepository.fromRepository` needs to know. */
export interface AdoptedRepositoryProps {
  /** The ECR repository. */
  readonly repository: IRepository;
  /**
   * Names of the parameters that hold the released image, by track.
   * @default - none: only declared images can come from it
   */
  readonly releasedImageParameterNames?: { [track: string]: string };
}

class AdoptedRepository extends Construct implements IImageRepository {
  public readonly repository: IRepository;
  private readonly names: { [track: string]: string };

  public constructor(scope: Construct, id: string, props: AdoptedRepositoryProps) {
    super(scope, id);
    this.repository = props.repository;
    this.names = props.releasedImageParameterNames ?? {};
  }

  public releasedImageParameterName(track: string): string {
    if (!this.names[track]) {
      throw unknownTrack(this, track, Object.keys(this.names));
    }
    return this.names[track];
  }

  public keepTag(_tag: string): void {
    // Whoever made the repository decides what expires in it.
  }
}

function unknownTrack(scope: Construct, track: string, known: string[]): PropError {
  return new PropError(scope, {
    prop: 'track',
    value: track,
    expected: `a track of this repository (${known.join(', ') || 'it has none'})`,
    fix: 'name the track in ServiceImage.released, or add it to the repository',
  });
}

function mutability(
  movingTags: string[] | undefined,
): Pick<RepositoryProps, 'imageTagMutability' | 'imageTagMutabilityExclusionFilters'> {
  if (!movingTags) {
    return { imageTagMutability: TagMutability.MUTABLE };
  }
  return movingTags.length === 0
    ? { imageTagMutability: TagMutability.IMMUTABLE }
    : {
      imageTagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: movingTags.map((tag) => ImageTagMutabilityExclusionFilter.wildcard(tag)),
    };
}
