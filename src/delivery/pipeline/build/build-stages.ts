import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import type { EnvironmentProfile } from '../../../environment';
import type { IImageRepository } from '../../../registry';
import { stackPath } from '../../../text/stack-path';
import type { PushedImage, PushedSource, SourceConfig } from '../source/source-config';
import { BuildProject, type BuildProjectProps } from './build-project';
import { BUILD_SCAN_PUSH, NAME_BUILT_IMAGE, NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE, SCAN_REPORTS } from './build-script';
import type { ImageBuildConfig } from './image-build';
import type { CheckCommands } from './pipeline-checks';

/** Properties of {@link BuildStages}, checked. */
export interface BuildStagesProps {
  /** Source of the pipeline. A pushed image is scanned, and neither checked nor built. */
  readonly source: SourceConfig;
  /** Images, each built by one action. All actions run in parallel. */
  readonly images: ImageBuildConfig[];
  /**
   * Commands that the sources must pass.
   * @default - no checks, for a pushed image
   */
  readonly checks?: CheckCommands;
  /** Services that run the images. */
  readonly targets: ReleaseTarget[];
  /** Key of logs, artifacts and reports. */
  readonly key: Key;
  /** Bucket of artifacts and reports. */
  readonly artifacts: IBucket;
  /** Environment profile with the retention of build logs. */
  readonly profile: EnvironmentProfile;
}

/** Differences between a build and a scan. */
type DockerStep = Pick<BuildProjectProps, 'purpose' | 'commands' | 'pushes'> & { readonly environment: object };

interface ImageStep {
  readonly name: string;
  readonly build: BuildProject;
  readonly repository: IImageRepository;
  /**
   * Image that is scanned.
   * @default - the image is built
   */
  readonly pushed?: PushedImage;
}

/** Emulation 10.2.3 and builder 0.33.1 for several architectures. They run privileged, so by digest as Trivy. */
const BINFMT_IMAGE =
  'docker.io/tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0';
const BUILDKIT_IMAGE =
  'docker.io/moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea';
const TAG_VARIABLE = 'IMAGE_TAG';
/** A build may export it. */
const COMMITS_VARIABLE = 'COMMITS_SINCE_RELEASE';
/** CodePipeline accepts longer action names, but construct ids and ARNs derive from this one. */
const MAX_NAME_LENGTH = 50;
const DOCKER_REASON =
  'Docker builds and scans images here, which takes a privileged build; ' +
  'it has no other rights than to push to one repository.';

/** Pipeline stages between the source and the first release: checks, then builds or a scan. */
export class BuildStages extends Construct {
  /** All CodeBuild projects. */
  public readonly projects: BuildProject[];
  /** Variable with the tag of each image, by the name of its repository. */
  public readonly tags: { readonly [repositoryName: string]: string };
  /** Variable with the commits since the last released one. Undefined where no build exports it. */
  public readonly commits?: string;
  private readonly checks?: BuildProject;
  private readonly steps: ImageStep[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildStagesProps,
  ) {
    super(scope, id);
    const { pushed } = props.source;
    this.checks = props.checks && this.createChecks(props.checks);
    this.steps = pushed
      ? pushed.images.map((image) => this.createScan(pushed, image))
      : props.images.map((image, index) => this.createBuild(image, index));
    this.projects = [...(this.checks ? [this.checks] : []), ...this.steps.map(({ build }) => build)];
    const exporting = this.steps.find(({ build }) => build.exported.includes(COMMITS_VARIABLE));
    this.commits = exporting && `#{${exporting.name}.${COMMITS_VARIABLE}}`;
    this.tags = Object.fromEntries(
      this.steps.map(({ name, repository }) => [repository.repository.repositoryName, `#{${name}.${TAG_VARIABLE}}`]),
    );
  }

  /** Adds a stage for the checks, then one for the images. */
  public addTo(pipeline: Pipeline): void {
    if (this.checks) {
      pipeline.addStage({ stageName: 'check', actions: [this.createAction('Check', this.checks)] });
    }
    pipeline.addStage({
      stageName: this.props.source.pushed ? 'scan' : 'build',
      actions: this.steps.map(({ name, build, pushed }) => this.createAction(name, build, pushed)),
    });
  }

  private createAction(name: string, { project }: BuildProject, pushed?: PushedImage): CodeBuildAction {
    return new CodeBuildAction({
      actionName: name,
      project,
      input: (pushed ?? this.props.source).artifact,
      variablesNamespace: name,
      environmentVariables: this.revisionVariables(pushed),
    });
  }

  /** Revision of the execution. */
  private revisionVariables(pushed?: PushedImage): { [name: string]: { value: string } } {
    const { commitId } = this.props.source;
    return {
      ...(commitId && { COMMIT_ID: { value: commitId } }),
      ...(pushed && { IMAGE_DIGEST: { value: pushed.digest } }),
    };
  }

  private createChecks(checks: CheckCommands): BuildProject {
    const { install, lint, unit, integration, runtimes, reports, docker } = checks;
    return this.createProject('Check', {
      purpose: 'Lint, unit and integration tests',
      install,
      commands: [...lint, ...unit, ...integration],
      runtimes,
      reports: reports === undefined ? undefined : { directory: '.', files: reports },
      docker: docker?.reason,
      arm64: false,
    });
  }

  private createBuild({ repository, environment, ...image }: ImageBuildConfig, index: number): ImageStep {
    const architectures = image.architectures ?? this.architecturesOf(repository);
    const name = `Build${index + 1}-${repository.node.id}`.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, MAX_NAME_LENGTH);
    return this.createStep(name, repository, architectures, {
      purpose: `Build of ${stackPath(repository)}`,
      commands: [NAME_BUILT_IMAGE, BUILD_SCAN_PUSH],
      environment: { ...environment, ...(architectures.length > 1 && { BINFMT_IMAGE, BUILDKIT_IMAGE }) },
      pushes: true,
    });
  }

  private createScan({ trivyImage }: PushedSource, pushed: PushedImage): ImageStep {
    const { repository, suffix, tagPatterns } = pushed;
    const scan = this.createStep(`Scan${suffix}`, repository, this.architecturesOf(repository), {
      purpose: `Scan of ${stackPath(repository)}`,
      commands: [NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE],
      environment: {
        TRIVY_IMAGE: trivyImage,
        TAGS_INCLUDED: tagPatterns.included.join(' '),
        TAGS_EXCLUDED: tagPatterns.excluded.join(' '),
      },
      pushes: false,
    });
    return { ...scan, pushed };
  }

  private createStep(
    name: string,
    images: IImageRepository,
    architectures: CpuArchitecture[],
    step: DockerStep,
  ): ImageStep {
    const { repository } = images;
    const build = this.createProject(name, {
      ...step,
      environment: {
        REPOSITORY_NAME: repository.repositoryName,
        REPOSITORY_URI: repository.repositoryUri,
        PLATFORMS: architectures.map(platformOf).join(','),
        ...step.environment,
      },
      exported: [TAG_VARIABLE],
      reports: { directory: SCAN_REPORTS, files: '*.xml' },
      docker: DOCKER_REASON,
      // An ARM image alone is built on an ARM host, without emulation.
      arm64: architectures.length === 1 && architectures[0] === CpuArchitecture.ARM64,
      repository,
    });
    return { name, build, repository: images };
  }

  private createProject(id: string, props: Omit<BuildProjectProps, 'key' | 'artifacts' | 'profile'>): BuildProject {
    const { key, artifacts, profile } = this.props;
    return new BuildProject(this, id, { ...props, key, artifacts, profile });
  }

  /** Architectures of the services that run the image. Those of a stage elsewhere are unknown. */
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
