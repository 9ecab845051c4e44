import { Token } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { IImageRepository } from '../../registry';
import { checkInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';
import { warnOfDockerHub } from './docker-hub';
import { resolveReleased } from './released-image';
import type { ResolvedImage } from './resolved-image';

/** Properties of {@link ServiceImage.fromRepository}. Exactly one of the two is required. */
export interface DeclaredImageProps {
  /**
   * Tag of the image, for example `1.4.2`.
   * @default - `digest` names the image
   */
  readonly tag?: string;
  /**
   * Digest of the image, `sha256:` and 64 hexadecimal digits.
   * @default - `tag` names the image
   */
  readonly digest?: string;
}

/**
 * Container and task that an image is bound to.
 * @internal
 */
export interface ImageContext {
  /** Prop that holds the image, for errors: `image`, `sidecars.image`. */
  readonly prop: string;
  /** True for a task on ARM64. An image that is built from a directory is built for it. */
  readonly arm64: boolean;
  /** True where a tag that moves is refused. */
  readonly immutableImageTags: boolean;
  /** True for a service of production. */
  readonly production: boolean;
  /** True where tasks can pull from public registries. */
  readonly reachesInternet: boolean;
  /**
   * Name of the container next to the application's. Its image must be declared and must never move.
   * @default - the application's container
   */
  readonly sidecar?: string;
}

/** Properties in which the kinds of images differ. */
interface ImageSource {
  /** True where a release decides the tag. */
  readonly released?: boolean;
  /** The image as the caller named it, where its tag moves. */
  readonly movingName?: string;
  resolve(scope: Construct, context: ImageContext): ResolvedImage;
}

/**
 * Container image and its deployer: `cdk deploy` if it is declared, a `Release` if it is released.
 *
 * Two deployers of one service would undo each other. docs/adr/0002-one-deployer.md has the decision.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   certificate,
 *   image: ServiceImage.fromRepository(images, { tag: '1.4.2' }),
 * });
 */
export class ServiceImage {
  /**
   * Declared image of a private repository, by its tag or digest. `cdk deploy` deploys it.
   *
   * Push it before the first deployment, which fails without it. `released` has no such order.
   *
   * @example
   * const image = ServiceImage.fromRepository(images, { tag: '1.4.2' });
   */
  public static fromRepository(repository: IImageRepository, props: DeclaredImageProps): ServiceImage {
    return new ServiceImage({
      movingName: movingName(props.tag, props.tag),
      resolve: (scope, { prop }) => declared(scope, prop, repository, props),
    });
  }

  /**
   * Declared image of any public registry. The network needs a route to the internet.
   *
   * Tasks pull it without a login, so a private image of another registry can't be used. Docker Hub limits such pulls
   * by address, and all tasks behind a NAT gateway have one. Synthesis warns of an image of Docker Hub in production.
   * Copy such images into an `ImageRepository`, and use `fromRepository`.
   *
   * Its container must run as the service starts it: as the numeric `user`, not root, with a read-only root file system
   * and no Linux capabilities. It writes to `writablePaths` and `volumes` alone, listens on `port`, and answers the
   * health check, `GET /ready` by default. Set these props to what the image needs. Choose an image that is built for a
   * user other than root, as `nginx-unprivileged` is: an image like `nginx` starts as root on port 80 and fails.
   *
   * @example
   * new ProductionWebService(this, 'Web', {
   *   network,
   *   certificate,
   *   image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1'),
   *   port: 8080,
   *   user: '101:101',
   *   healthCheck: { path: '/' },
   * });
   */
  public static fromRegistry(name: string): ServiceImage {
    return new ServiceImage({
      movingName: movingName(tagOf(name), name),
      resolve: (scope, context) => {
        if (context.production) {
          warnOfDockerHub(scope, name, context);
        }
        return { image: ContainerImage.fromRegistry(name), version: tagOf(name) };
      },
    });
  }

  /**
   * Declared image that `cdk deploy` builds from a directory and pushes. The machine that deploys needs Docker.
   *
   * @example
   * const image = ServiceImage.fromAsset('services/api');
   */
  public static fromAsset(directory: string): ServiceImage {
    return new ServiceImage({
      resolve: (scope, { arm64, sidecar }) => {
        const parent = sidecar === undefined ? scope : new Construct(scope, `Image-${sidecar}`);
        const platform = arm64 ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
        const asset = new DockerImageAsset(parent, 'Image', { directory, platform });
        return {
          image: ContainerImage.fromDockerImageAsset(asset),
          repository: asset.repository,
          version: asset.assetHash,
        };
      },
    });
  }

  /**
   * Released image: the one that the SSM parameter of a release track names.
   *
   * `cdk deploy` never starts a rollout and never rolls an image back. The repository belongs to a stack that is
   * deployed earlier, and may be empty: the service has no tasks until the first release.
   *
   * @param repository repository with the parameter of the track
   * @param track release track of the stage, `production` unless named
   *
   * @example
   * const image = ServiceImage.released(images, 'staging');
   */
  public static released(repository: IImageRepository, track?: string): ServiceImage {
    return new ServiceImage({
      released: true,
      resolve: (scope, { prop }) => resolveReleased(scope, prop, repository, track ?? 'production'),
    });
  }

  private constructor(private readonly source: ImageSource) {}

  /**
   * Checks the image for a container and returns the settings of the container.
   * @internal
   */
  public _bind(scope: Construct, context: ImageContext): ResolvedImage {
    checkVersion(scope, context, this.source);
    const settings = this.source.resolve(scope, context);
    checkCanBePulled(scope, context, settings);
    return settings;
  }
}

/**
 * Requires declared images whose tags don't move, except for the application's image.
 * A release replaces the application's image only.
 */
function checkVersion(scope: Construct, context: ImageContext, source: ImageSource): void {
  const { prop, sidecar, immutableImageTags } = context;
  const { movingName: moving, released: isReleased } = source;
  checkRules(scope, [
    {
      condition: sidecar !== undefined && isReleased === true,
      prop,
      problem: `is a released image, which is not supported for the container ${sidecar}`,
      fix: "name the version: ServiceImage.fromRepository(images, { tag: '1.4.2' })",
    },
    {
      condition: sidecar !== undefined && moving !== undefined,
      prop,
      value: moving,
      expected: `a tag or a digest that never moves for the container ${sidecar}, in every environment`,
      fix: "name the version: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1')",
    },
    {
      condition: immutableImageTags && moving !== undefined,
      prop,
      value: moving,
      expected: 'a tag that never moves, or a digest, in this environment',
      fix: 'name the version, or use EnvironmentProfile.development()',
    },
  ]);
}

/** Without a route to the internet, tasks reach private ECR alone. Source: requirement B-14. */
function checkCanBePulled(scope: Construct, context: ImageContext, { repository }: ResolvedImage): void {
  const { prop, sidecar, reachesInternet } = context;
  if (!reachesInternet && repository === undefined) {
    throw new PropError(scope, {
      prop,
      problem:
        `is the image of ${sidecar ?? 'the application'} in a public registry, ` +
        'which a network without a route to the internet does not reach',
      fix:
        'copy it to an ImageRepository and use ServiceImage.fromRepository(mirror, { tag }), ' +
        'or use a pull-through cache',
    });
  }
}

function declared(
  scope: Construct,
  prop: string,
  repository: IImageRepository,
  { tag, digest }: DeclaredImageProps,
): ResolvedImage {
  checkInReach(scope, prop, repository, 'image');
  checkRules(scope, [
    {
      condition: (tag === undefined) === (digest === undefined),
      prop,
      value: { tag, digest },
      expected: 'a tag or a digest, exactly one',
      fix: "name the version: { tag: '1.4.2' }",
    },
    {
      condition: digest !== undefined && !Token.isUnresolved(digest) && !/^sha256:[0-9a-f]{64}$/.test(digest),
      prop: `${prop}.digest`,
      value: digest,
      expected: 'sha256: and 64 hexadecimal digits',
      fix: 'copy it from the registry',
    },
  ]);
  if (tag !== undefined) {
    repository.keepTag(tag);
  }
  const version = tag ?? digest;
  return {
    image: ContainerImage.fromEcrRepository(repository.repository, version),
    repository: repository.repository,
    version,
  };
}

/** Tag in the name of an image. Registries read a name without one as `latest`. */
function tagOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.includes('@') ? last : (last.split(':')[1] ?? 'latest');
}

/** The name as it is shown in errors, where the tag may come to mean another image. */
function movingName(tag: string | undefined, name: string | undefined): string | undefined {
  return tag === 'latest' ? name : undefined;
}
