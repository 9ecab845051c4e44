import { CfnCondition, CfnParameter, Fn, Stack, Token } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { type IImageRepository, ImageRepository } from '../../registry';
import { NOTHING_RELEASED } from '../../registry/released-image';
import { PropError } from '../../validation/prop-error';

/** Which image of a repository an app names. Exactly one of the two. */
export interface DeclaredImageProps {
  /**
   * Tag of the image, for example `1.4.2`.
   * @default - the digest says it
   */
  readonly tag?: string;
  /**
   * Digest of the image, `sha256:` and 64 hexadecimal digits.
   * @default - the tag says it
   */
  readonly digest?: string;
}

/**
 * What an image becomes inside a service.
 * @internal
 */
export interface ResolvedImage {
  /** What the container definition gets. */
  readonly image: ContainerImage;
  /**
   * The private repository that it is pulled from: the execution role may read it.
   * @default - a public registry, which needs a way to the internet
   */
  readonly repository?: IRepository;
  /**
   * Set where a release deploys: true while nothing is released.
   * @default - the image is declared, so there always is one
   */
  readonly nothingReleased?: CfnCondition;
  /**
   * Name of the parameter that holds the released tag.
   * @default - the image is declared
   */
  readonly releasedParameterName?: string;
  /**
   * Its tag or digest, where the template decides it; traces are marked with it.
   * @default - a release decides it after synthesis
   */
  readonly version?: string;
}

/**
 * The image of a service, and by it who deploys. A declared image is deployed by CloudFormation; a released one by the
 * release alone (docs/adr/0002-one-deployer.md).
 */
export class ServiceImage {
  /** Declared: this tag or digest of a repository. Needs no other deployer than `cdk deploy`. */
  public static fromRepository(repository: IImageRepository, props: DeclaredImageProps): ServiceImage {
    return new ServiceImage((scope, fixedImages) => declared(scope, repository, props, fixedImages), {
      moving: moving(props.tag, props.tag),
    });
  }

  /** Declared: an image of any registry, for example `public.ecr.aws/nginx/nginx:1.29`. The network needs a way to the internet. */
  public static fromRegistry(name: string): ServiceImage {
    return new ServiceImage(
      (scope, fixedImages) => {
        checkFixed(scope, tagOf(name), fixedImages, name);
        return { image: ContainerImage.fromRegistry(name), version: tagOf(name) };
      },
      { moving: moving(tagOf(name), name) },
    );
  }

  /** Declared: built from a folder by `cdk deploy`, where Docker runs. */
  public static fromAsset(directory: string): ServiceImage {
    return new ServiceImage((scope, _fixedImages, arm64) => {
      const asset = new DockerImageAsset(scope, 'Image', {
        directory,
        platform: arm64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      });
      return {
        image: ContainerImage.fromDockerImageAsset(asset),
        repository: asset.repository,
        version: asset.assetHash,
      };
    });
  }

  /**
   * Released: whatever the release track's parameter names. No `cdk deploy` ever starts a rollout or brings an old image back.
   * The repository stands in a stack that is deployed before.
   *
   * @param repository the repository with the track's parameter
   * @param track the release track, `production` unless named. Each stage has its own: staging says `ServiceImage.released(images, 'staging')`
   */
  public static released(repository: IImageRepository, track?: string): ServiceImage {
    return new ServiceImage((scope) => released(scope, repository, track ?? 'production'), { released: true });
  }

  /**
   * Whether the release is the deployer.
   * @internal
   */
  public readonly _released: boolean;
  /**
   * The image as it was named, where its tag may come to mean another image.
   * @internal
   */
  public readonly _moving?: string;

  private constructor(
    private readonly resolve: (scope: Construct, fixedImages: boolean, arm64: boolean) => ResolvedImage,
    traits: { released?: boolean; moving?: string } = {},
  ) {
    this._released = traits.released ?? false;
    this._moving = traits.moving;
  }

  /**
   * @internal
   */
  public _resolve(scope: Construct, fixedImages: boolean, arm64: boolean): ResolvedImage {
    return this.resolve(scope, fixedImages, arm64);
  }
}

function declared(
  scope: Construct,
  repository: IImageRepository,
  props: DeclaredImageProps,
  fixedImages: boolean,
): ResolvedImage {
  if ((props.tag === undefined) === (props.digest === undefined)) {
    throw new PropError(scope, {
      prop: 'image',
      value: props,
      expected: 'a tag or a digest, exactly one',
      fix: "name the version: { tag: '1.4.2' }",
    });
  }
  if (props.digest !== undefined && !Token.isUnresolved(props.digest) && !/^sha256:[0-9a-f]{64}$/.test(props.digest)) {
    throw new PropError(scope, {
      prop: 'image.digest',
      value: props.digest,
      expected: 'sha256: and 64 hexadecimal digits',
      fix: 'copy it from the registry',
    });
  }
  if (props.tag !== undefined) {
    checkFixed(scope, props.tag, fixedImages, props.tag);
    repository.keepTag(props.tag);
  }
  const version = props.tag ?? props.digest;
  return {
    image: ContainerImage.fromEcrRepository(repository.repository, version),
    repository: repository.repository,
    version,
  };
}

function released(scope: Construct, repository: IImageRepository, track: string): ResolvedImage {
  if (repository instanceof ImageRepository && Stack.of(repository) === Stack.of(scope)) {
    throw new PropError(scope, {
      prop: 'image',
      value: `released image of ${repository.node.path}`,
      expected:
        'a repository of a stack that is deployed before this one: CloudFormation reads the released image before it creates anything',
      fix: 'make the ImageRepository in a stack of its own, or declare the image with ServiceImage.fromRepository',
    });
  }
  const parameter = new CfnParameter(scope, 'ReleasedImage', {
    type: 'AWS::SSM::Parameter::Value<String>',
    default: repository.releasedImageParameterName(track),
    description: `Tag of the image released on the track ${track}; ${NOTHING_RELEASED} before the first release`,
  });
  const nothingReleased = new CfnCondition(scope, 'NothingReleased', {
    expression: Fn.conditionEquals(parameter.valueAsString, NOTHING_RELEASED),
  });
  if (Stack.of(repository) !== Stack.of(scope)) {
    Stack.of(scope).addStackDependency(Stack.of(repository), `${scope.node.path} reads the released image`);
  }
  return {
    image: ContainerImage.fromEcrRepository(repository.repository, parameter.valueAsString),
    repository: repository.repository,
    nothingReleased,
    releasedParameterName: repository.releasedImageParameterName(track),
  };
}

/** The tag in an image's name; without one, registries serve `latest`. */
function tagOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.includes('@') ? last : (last.split(':')[1] ?? 'latest');
}

function moving(tag: string | undefined, shown: string | undefined): string | undefined {
  return tag === 'latest' ? shown : undefined;
}

function checkFixed(scope: Construct, tag: string, fixedImages: boolean, shown: string): void {
  if (fixedImages && tag === 'latest') {
    throw new PropError(scope, {
      prop: 'image',
      value: shown,
      expected: 'a tag that never moves, or a digest, in this environment',
      fix: 'name the version, or take EnvironmentProfile.development()',
    });
  }
}
