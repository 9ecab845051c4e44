import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { EnvironmentProfile } from '../../environment';
import type { IImageRepository } from '../../registry';
import { checkReason } from '../../validation/checks';
import { BuildProject, type BuildProjectProps } from './build-project';
import { BUILD_SCAN_PUSH, NAME_BUILT_IMAGE, NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE, SCAN_REPORTS } from './build-script';
import type { ImageBuild } from './image-build';
import type { PipelineChecks } from './pipeline-checks';
import type { PushedImageSource, SourceParts } from './source-actions';

/** What {@link BuildStages} are made from, all of it checked. */
export interface BuildStagesProps {
  /** Where sources or pushed images come from; a pushed image is scanned, and neither checked nor built. */
  readonly source: SourceParts;
  /** One action each, side by side; none are built where an image is pushed. */
  readonly images: ImageBuild[];
  /** What the sources must pass before an image is built (requirement A-09). */
  readonly checks: PipelineChecks;
  /** What runs the images. */
  readonly targets: ReleaseTarget[];
  /** The pipeline's: for logs, artifacts and reports of every project. */
  readonly key: Key;
  /** The pipeline's bucket; reports lie in it under `reports/`. */
  readonly artifacts: IBucket;
  /** Answers how long the logs of builds are kept. */
  readonly profile: EnvironmentProfile;
}

/** What building and scanning differ in. */
type DockerStep = Pick<BuildProjectProps, 'purpose' | 'commands' | 'pushes'> & { readonly environment: object };

interface Step {
  readonly name: string;
  readonly build: BuildProject;
  readonly repository?: IImageRepository;
}

/** Emulation and builder for several architectures, version 10.2.3 and 0.33.1; privileged, so by digest like Trivy. */
const BINFMT_IMAGE =
  'docker.io/tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0';
const BUILDKIT_IMAGE =
  'docker.io/moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea';
const TAG = 'IMAGE_TAG';
/** CodePipeline takes longer names; ids of constructs and ARNs are made of this one. */
const MOST_NAMED = 50;
const WHY_DOCKER =
  'Docker builds and scans images here, which takes a privileged build; it has no other rights than to push to one repository.';

/** What comes between the sources and the first release: checks, and the images. */
export class BuildStages extends Construct {
  /** Everything that is built with. */
  public readonly projects: BuildProject[];
  /** The tag of each repository's image, as the actions after the build read it. */
  public readonly tags: { [repositoryName: string]: string };
  private readonly checks?: BuildProject;
  private readonly steps: Step[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildStagesProps,
  ) {
    super(scope, id);
    const { pushed } = props.source;
    this.checks = pushed ? undefined : this.createChecks();
    this.steps = pushed
      ? [this.createScan(pushed)]
      : props.images.map((image, index) => this.createImage(image, index));
    this.projects = [...(this.checks ? [this.checks] : []), ...this.steps.map(({ build }) => build)];
    this.tags = Object.fromEntries(
      this.steps.map(({ name, repository }) => [repository!.repository.repositoryName, `#{${name}.${TAG}}`]),
    );
  }

  /** Checks, and when they pass the images, side by side. */
  public addTo(pipeline: Pipeline): void {
    if (this.checks) {
      pipeline.addStage({ stageName: 'check', actions: [this.action({ name: 'Check', build: this.checks })] });
    }
    pipeline.addStage({
      stageName: this.props.source.pushed ? 'scan' : 'build',
      actions: this.steps.map((step) => this.action(step)),
    });
  }

  private action({ name, build }: Step): CodeBuildAction {
    return new CodeBuildAction({
      actionName: name,
      project: build.project,
      input: this.props.source.artifact,
      variablesNamespace: name,
      environmentVariables: this.revision(),
    });
  }

  /** What the source knows of this execution. */
  private revision(): { [name: string]: { value: string } } {
    const { commitId, pushed } = this.props.source;
    return {
      ...(commitId && { COMMIT_ID: { value: commitId } }),
      ...(pushed && { IMAGE_DIGEST: { value: '#{Source.ImageDigest}' } }),
    };
  }

  private createChecks(): BuildProject {
    const { images, checks } = this.props;
    const { install, lint, unit, integration, runtimes, reports, docker } = checks._commands([
      ...new Set(images.map(({ _directory }) => _directory)),
    ]);
    if (docker) {
      checkReason(this.node.scope!, 'checks.docker.reason', docker.reason);
    }
    return this.project('Check', {
      purpose: 'Lint, unit and integration tests',
      install,
      commands: [...lint, ...unit, ...integration],
      runtimes,
      reports: reports === undefined ? undefined : { directory: '.', files: reports },
      docker: docker?.reason,
      arm64: false,
    });
  }

  private createImage(image: ImageBuild, index: number): Step {
    const architectures = image._props.architectures ?? this.architecturesOf(image._repository);
    return this.step(
      `Build${index + 1}-${image._repository.node.id}`.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, MOST_NAMED),
      image._repository,
      architectures,
      {
        purpose: `Build of ${image._repository.node.path}`,
        commands: [NAME_BUILT_IMAGE, BUILD_SCAN_PUSH],
        environment: { ...image._environment, ...(architectures.length > 1 && { BINFMT_IMAGE, BUILDKIT_IMAGE }) },
        pushes: true,
      },
    );
  }

  private createScan(source: PushedImageSource): Step {
    const { included, excluded } = source.tagPatterns;
    return this.step('Scan', source.repository, this.architecturesOf(source.repository), {
      purpose: `Scan of ${source.repository.node.path}`,
      commands: [NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE],
      environment: {
        TRIVY_IMAGE: source.trivyImage,
        TAGS_INCLUDED: included.join(' '),
        TAGS_EXCLUDED: excluded.join(' '),
      },
      pushes: false,
    });
  }

  private step(name: string, images: IImageRepository, architectures: CpuArchitecture[], props: DockerStep): Step {
    const { repository } = images;
    const build = this.project(name, {
      ...props,
      environment: {
        REPOSITORY_NAME: repository.repositoryName,
        REPOSITORY_URI: repository.repositoryUri,
        PLATFORMS: architectures.map(platformOf).join(','),
        ...props.environment,
      },
      exported: [TAG],
      reports: { directory: SCAN_REPORTS, files: '*.xml' },
      docker: WHY_DOCKER,
      // A machine of the one architecture builds without emulation.
      arm64: architectures.length === 1 && architectures[0] === CpuArchitecture.ARM64,
      repository,
    });
    return { name, build, repository: images };
  }

  private project(id: string, props: Omit<BuildProjectProps, 'key' | 'artifacts' | 'profile'>): BuildProject {
    const { key, artifacts, profile } = this.props;
    return new BuildProject(this, id, { ...props, key, artifacts, profile });
  }

  /** Those that the services need; a stage elsewhere doesn't say. */
  private architecturesOf({ repository }: IImageRepository): CpuArchitecture[] {
    const users = this.props.targets.filter(({ repositoryName }) => repositoryName === repository.repositoryName);
    const needed = new Set(users.map(({ arm64 }) => (arm64 ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64)));
    return needed.size > 0
      ? [CpuArchitecture.X86_64, CpuArchitecture.ARM64].filter((architecture) => needed.has(architecture))
      : [CpuArchitecture.X86_64];
  }
}

function platformOf(architecture: CpuArchitecture): string {
  return architecture === CpuArchitecture.ARM64 ? 'linux/arm64' : 'linux/amd64';
}
