import { Token } from 'aws-cdk-lib';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import type { IImageRepository } from '../../registry';
import { PropError } from '../../validation/prop-error';

/** Trivy 0.74.0 for all architectures. By digest: in March 2026 the tags 0.69.4 to 0.69.6 held a thief (CVE-2026-33634). */
const TRIVY_IMAGE =
  'public.ecr.aws/aquasecurity/trivy:0.74.0@sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969';
const FOLDER = /^(?!\/)(?!.*\.\.(?:\/|$))[A-Za-z0-9._/@-]+$/;

/** What {@link ImageBuild.docker} may be told. */
export interface DockerBuildProps {
  /** Where the image goes. */
  readonly repository: IImageRepository;
  /**
   * The folder of the sources that is handed to Docker, relative to their root.
   * @default '.' - all of them
   */
  readonly directory?: string;
  /**
   * The Dockerfile, relative to the root of the sources.
   * @default - `Dockerfile` in `directory`
   */
  readonly dockerfile?: string;
  /**
   * Values for the Dockerfile's `ARG`s, one line each; nothing secret: they stay readable in the image.
   * @default - none
   */
  readonly buildArguments?: { [name: string]: string };
  /**
   * The file that holds the semantic version, relative to the root of the sources: a JSON file with `version`, or one with nothing else. The
   * build fails without one in it. The image gets the version as a tag (requirement A-12); the first commit of a version keeps it.
   * @default - the package.json of `directory`, where there is one with a version
   */
  readonly versionFile?: string;
  /**
   * Processor architectures. One is built by a machine that has it; for both, one machine emulates the other, which takes several times longer.
   * @default - those of the services that the stages release from the repository
   */
  readonly architectures?: CpuArchitecture[];
  /**
   * Image of Trivy, by digest.
   * @default - version 0.74.0 of ECR Public
   */
  readonly trivyImage?: string;
  /**
   * A file of the sources that lists findings which the team has accepted, in the form of `.trivyignore`: with it a finding of HIGH or
   * CRITICAL doesn't stop the push. The report shows them all the same.
   * @default - none is accepted
   */
  readonly acceptedFindings?: string;
}

/** How an image comes out of the sources: built, scanned by Trivy, pushed (requirements, B-11). */
export class ImageBuild {
  /** By a Dockerfile. */
  public static docker(props: DockerBuildProps): ImageBuild {
    return new ImageBuild(props);
  }

  private constructor(
    /** @internal */
    public readonly _props: DockerBuildProps,
  ) {}

  /**
   * @internal
   */
  public get _repository(): IImageRepository {
    return this._props.repository;
  }

  /**
   * @internal
   */
  public get _directory(): string {
    return this._props.directory ?? '.';
  }

  /**
   * What the shell text reads, the platforms left out.
   * @internal
   */
  public get _environment(): { [name: string]: string } {
    const { dockerfile, buildArguments = {}, versionFile, acceptedFindings, trivyImage } = this._props;
    return {
      DIRECTORY: this._directory,
      DOCKERFILE: dockerfile ?? `${this._directory}/Dockerfile`,
      TRIVY_IMAGE: trivyImage ?? TRIVY_IMAGE,
      MOVING_TAG: 'latest',
      ...(versionFile !== undefined && { VERSION_FILE: versionFile }),
      ...(acceptedFindings !== undefined && { ACCEPTED_FINDINGS: acceptedFindings }),
      ...(Object.keys(buildArguments).length > 0 && {
        BUILD_ARGUMENTS: Object.entries(sortedByName(buildArguments))
          .map(([name, value]) => `${name}=${value}`)
          .join('\n'),
      }),
    };
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    const { directory, dockerfile, versionFile, acceptedFindings, buildArguments = {}, architectures } = this._props;
    Object.entries({ directory, dockerfile, versionFile, acceptedFindings }).forEach(([prop, value]) => {
      if (value !== undefined && !FOLDER.test(value)) {
        throw new PropError(scope, {
          prop: `images.${prop}`,
          value,
          expected: 'a path within the sources, relative to their root',
          fix: "write it as 'api' or 'api/Dockerfile'",
        });
      }
    });
    Object.entries(buildArguments).forEach(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name) || /\n/.test(value)) {
        throw new PropError(scope, {
          prop: 'images.buildArguments',
          value: name,
          expected: 'names of letters, digits and _, with values of one line',
          fix: 'put longer values into a file of the sources',
        });
      }
    });
    if (architectures?.length === 0) {
      throw new PropError(scope, {
        prop: 'images.architectures',
        value: architectures,
        expected: 'at least one',
        fix: 'leave it out to build what the services need',
      });
    }
    checkTrivyImage(scope, 'images.trivyImage', this._environment.TRIVY_IMAGE);
  }
}

/**
 * Trivy as it is by default, for images that were built elsewhere.
 */
export function trivyImageOf(scope: IConstruct, trivyImage: string | undefined): string {
  const image = trivyImage ?? TRIVY_IMAGE;
  checkTrivyImage(scope, 'source.trivyImage', image);
  return image;
}

function checkTrivyImage(scope: IConstruct, prop: string, image: string): void {
  if (!Token.isUnresolved(image) && !/@sha256:[0-9a-f]{64}$/.test(image)) {
    throw new PropError(scope, {
      prop,
      value: image,
      expected: 'an image with its digest: tags of Trivy were stolen (CVE-2026-33634)',
      fix: "write it as 'public.ecr.aws/aquasecurity/trivy:VERSION@sha256:DIGEST', or leave it out",
    });
  }
}
