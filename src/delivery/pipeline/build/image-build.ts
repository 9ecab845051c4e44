import type { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import type { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { sortedByName } from '../../../contracts/sorted-by-name';
import type { IImageRepository } from '../../../registry';
import { checkKinds } from '../../../validation/kinds';
import { checkInReach } from '../../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../../validation/rules';
import { isSecret } from '../../../validation/secret-text';
import { BuildSecret, type SecretVariable } from './build-secret';
import { bindScan, type ImageScanConfig, type ImageScanProps } from './image-scan';
import { checkSecretNames } from './secret-names';
import { SOURCE_PATH } from './source-path';

/** Properties of {@link ImageBuild.docker}. The repository is required. */
export interface DockerBuildProps extends ImageScanProps {
  /** Repository that the image is pushed to. */
  readonly repository: IImageRepository;
  /**
   * Docker build context, relative to the root of the sources.
   * @default '.' - the root
   */
  readonly directory?: string;
  /**
   * Path of the Dockerfile, relative to the root of the sources.
   * @default - `Dockerfile` in `directory`
   */
  readonly dockerfile?: string;
  /**
   * Values of `ARG` instructions, one line each. Secrets are refused, because they stay readable in the image.
   * @default - no build arguments
   */
  readonly buildArguments?: { [name: string]: string };
  /**
   * Secrets that instructions of the Dockerfile mount: `RUN --mount=type=secret,id=NAME,env=NAME ...`.
   *
   * No layer of the image has them.
   * @default - no secrets
   */
  readonly secrets?: BuildSecret[];
  /**
   * Size of the build host.
   * @default - the size of all builds of the pipeline
   */
  readonly computeType?: ComputeType;
  /**
   * Path of the file with the semantic version, relative to the root of the sources.
   *
   * It is a JSON file with the key `version`, or a file with nothing but the version. A build without a version in this
   * file fails. The image gets the version as a tag, which stays on the first commit of the version.
   * Source: requirement A-12.
   * @default - the package.json of `directory`, if it has a version
   */
  readonly versionFile?: string;
  /**
   * Processor architectures of the image.
   *
   * One architecture is built natively. For both, one is emulated, which takes several times longer.
   * @default - the architectures of the services that the stages release from the repository
   */
  readonly architectures?: CpuArchitecture[];
  /**
   * Paths that the image is made of, relative to the root of the sources: `['api', 'shared']`.
   *
   * A commit that changes none of them, nor the Dockerfile, gets the image that exists, with its tag. Name everything
   * that the Dockerfile copies. The base image is renewed with the next change, or when the image no longer passes the
   * scan.
   * @default - every commit is built
   */
  readonly paths?: string[];
  /**
   * Name of a variant, of which one commit may have several: `php8-3`. Tags end with it: `COMMIT-php8-3`.
   *
   * Stages release the first image of a repository. The others are built, scanned and pushed beside it, without the
   * tag `latest`.
   * @default - the image has no variants
   */
  readonly variant?: string;
  /**
   * Keeps layers of the build in a dedicated ECR repository for the next build.
   *
   * It saves the instructions whose files are unchanged. The repository costs storage, and its unused layers expire.
   * @default false
   */
  readonly layerCache?: boolean;
}

/**
 * Settings of an image build, checked.
 * @internal
 */
export interface ImageBuildConfig {
  /** Repository of the image. */
  readonly repository: IImageRepository;
  /** Build context within the sources. */
  readonly directory: string;
  /**
   * Processor architectures to build for.
   * @default - those of the services
   */
  readonly architectures?: CpuArchitecture[];
  /** Variables of the build script, except the platforms. */
  readonly environment: { readonly [name: string]: string };
  /** Commands before those of the build. */
  readonly commands: string[];
  /**
   * Name of the variant.
   * @default - no variants
   */
  readonly variant?: string;
  /** True where layers are kept for the next build. */
  readonly layerCache: boolean;
  /** Settings of the scan, which the weekly scan shares. */
  readonly scan: ImageScanConfig;
  /** Variables of the secrets. */
  readonly secrets: SecretVariable[];
  /**
   * Size of the build host.
   * @default - the size of all builds of the pipeline
   */
  readonly computeType?: ComputeType;
}

/**
 * Build of a container image: Docker builds it, Trivy scans it, and a passing image is pushed.
 *
 * Findings of severity HIGH or CRITICAL stop the push. Sources: requirements and B-11.
 *
 * @example
 *
 * ImageBuild.docker({ repository: apiImages, directory: 'api' });
 */
export class ImageBuild {
  /** Build from a Dockerfile. */
  public static docker(props: DockerBuildProps): ImageBuild {
    return new ImageBuild(props);
  }

  private constructor(private readonly props: DockerBuildProps) {}

  /**
   * Checks the props and returns the settings of the build.
   * @internal
   */
  public _bind(scope: IConstruct): ImageBuildConfig {
    checkInReach(scope, 'images.repository', this.props.repository, 'image');
    checkRules(scope, [...rulesOf(this.props), ...secretRules(scope, this.props)]);
    const { repository, directory = '.', architectures, computeType, secrets = [], variant, layerCache } = this.props;
    const scan = bindScan(scope, 'images', this.props);
    checkKinds(scope, { 'images.secrets': secrets }, { 'images.secrets': BuildSecret });
    checkSecretNames(scope, 'images.secrets', secrets);
    return {
      repository,
      directory,
      architectures,
      computeType,
      variant,
      layerCache: layerCache ?? false,
      scan,
      commands: scan.commands,
      secrets: secrets.map((secret) => secret._bind(scope, 'images.secrets')),
      environment: { ...scan.environment, ...environmentOf(directory, this.props) },
    };
  }
}

function environmentOf(directory: string, props: DockerBuildProps): { [name: string]: string } {
  const { dockerfile, buildArguments = {}, versionFile, paths, variant, secrets = [] } = props;
  return {
    DIRECTORY: directory,
    DOCKERFILE: dockerfile ?? `${directory}/Dockerfile`,
    ...(variant === undefined ? { MOVING_TAG: 'latest' } : { VARIANT: variant }),
    ...(paths !== undefined && { PATHS: [...paths].sort().join(' ') }),
    ...(versionFile !== undefined && { VERSION_FILE: versionFile }),
    ...(secrets.length > 0 && { BUILD_SECRETS: secrets.map(({ name }) => name).join(' ') }),
    ...(Object.keys(buildArguments).length > 0 && {
      BUILD_ARGUMENTS: Object.entries(sortedByName(buildArguments))
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    }),
  };
}

/** A build argument stays readable in the history of the image, and in the settings of the project. */
function secretRules(scope: IConstruct, { buildArguments = {} }: DockerBuildProps): Rule[] {
  return Object.entries(buildArguments).map(([name, value]) => ({
    condition: isSecret(scope, name, value),
    prop: `images.buildArguments.${name}`,
    value: '(not shown)',
    expected: 'a value that every reader of the image may know',
    fix: `pass it by secrets: [BuildSecret.fromSecret('${name}', secret)], or rename the ARG if it is no secret`,
  }));
}

function rulesOf(props: DockerBuildProps): Rule[] {
  const { directory, dockerfile, versionFile, architectures, buildArguments = {}, paths, variant } = props;
  return [
    ...Object.entries({ directory, dockerfile, versionFile }).map(([prop, value]) => ({
      condition: value !== undefined && !SOURCE_PATH.test(value),
      prop: `images.${prop}`,
      value,
      expected: 'a path within the sources, relative to their root',
      fix: "write it as 'api' or 'api/Dockerfile'",
    })),
    ...Object.entries(buildArguments).flatMap(([name, value]) => [
      {
        condition: !/^[A-Za-z_]\w*$/.test(name),
        prop: 'images.buildArguments',
        value: name,
        expected: 'names of letters, digits and _',
        fix: 'rename the ARG in the Dockerfile',
      },
      {
        condition: /\n/.test(value),
        prop: `images.buildArguments.${name}`,
        problem: 'has several lines, but an argument is passed as one',
        fix: 'put longer values into a file of the sources',
      },
    ]),
    {
      condition: architectures?.length === 0,
      prop: 'images.architectures',
      value: architectures,
      expected: 'at least one architecture',
      fix: 'remove it to build for the architectures of the services',
    },
    {
      condition: paths !== undefined && (paths.length === 0 || !paths.every((path) => SOURCE_PATH.test(path))),
      prop: 'images.paths',
      value: paths,
      expected: 'paths within the sources, relative to their root, without patterns',
      fix: "write them as 'api', or remove paths to build every commit",
    },
    {
      condition: variant !== undefined && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(variant),
      prop: 'images.variant',
      value: variant,
      expected: 'lower-case letters, digits and hyphens, with a letter first',
      fix: "write it as 'php8-3'",
    },
  ];
}
