import type { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import type { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { sortedByName } from '../../../contracts/sorted-by-name';
import type { IImageRepository } from '../../../registry';
import { checkKinds } from '../../../validation/kinds';
import { checkInReach } from '../../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../../validation/rules';
import { BuildSecret, type SecretVariable } from './build-secret';
import { checkSecretNames } from './secret-names';
import { SOURCE_PATH } from './source-path';
import { TRIVY_IMAGE, trivyImageRule } from './trivy-image';

/** Properties of {@link ImageBuild.docker}. The repository is required. */
export interface DockerBuildProps {
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
   * Values of `ARG` instructions, one line each. Don't pass secrets, because they stay readable in the image.
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
   * Image of Trivy, with its digest.
   * @default - version 0.74.0 from Amazon ECR Public
   */
  readonly trivyImage?: string;
  /**
   * Path of a `.trivyignore` file in the sources with accepted findings.
   *
   * An accepted finding of severity HIGH or CRITICAL doesn't stop the push. Reports still show it.
   * @default - no accepted findings
   */
  readonly acceptedFindings?: string;
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
    checkRules(scope, rulesOf(this.props));
    const { repository, directory = '.', architectures, computeType, secrets = [] } = this.props;
    checkKinds(scope, { 'images.secrets': secrets }, { 'images.secrets': BuildSecret });
    checkSecretNames(scope, 'images.secrets', secrets);
    return {
      repository,
      directory,
      architectures,
      computeType,
      secrets: secrets.map((secret) => secret._bind(scope, 'images.secrets')),
      environment: environmentOf(directory, this.props),
    };
  }
}

function environmentOf(directory: string, props: DockerBuildProps): { [name: string]: string } {
  const { dockerfile, buildArguments = {}, versionFile, acceptedFindings, trivyImage, secrets = [] } = props;
  return {
    DIRECTORY: directory,
    DOCKERFILE: dockerfile ?? `${directory}/Dockerfile`,
    TRIVY_IMAGE: trivyImage ?? TRIVY_IMAGE,
    MOVING_TAG: 'latest',
    ...(versionFile !== undefined && { VERSION_FILE: versionFile }),
    ...(secrets.length > 0 && { BUILD_SECRETS: secrets.map(({ name }) => name).join(' ') }),
    ...(acceptedFindings !== undefined && { ACCEPTED_FINDINGS: acceptedFindings }),
    ...(Object.keys(buildArguments).length > 0 && {
      BUILD_ARGUMENTS: Object.entries(sortedByName(buildArguments))
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    }),
  };
}

function rulesOf(props: DockerBuildProps): Rule[] {
  const { directory, dockerfile, versionFile, acceptedFindings, architectures } = props;
  const { buildArguments = {}, trivyImage = TRIVY_IMAGE } = props;
  return [
    ...Object.entries({ directory, dockerfile, versionFile, acceptedFindings }).map(([prop, value]) => ({
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
    trivyImageRule('images.trivyImage', trivyImage),
  ];
}
