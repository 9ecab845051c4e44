import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import type { EnvironmentProfile } from '../../../environment';
import type { IImageRepository } from '../../../registry';
import { NAMED_IMAGES, pinnedImage } from '../../../registry/named-images';
import { stackPath } from '../../../text/stack-path';
import type { PushedImage, PushedSource, SourceConfig } from '../source/source-config';
import type { StageConfig } from '../validate-stage';
import { BuildProject, type BuildProjectProps } from './build-project';
import { BUILD_SCAN_PUSH, EXPORT_IMAGE, NAME_BUILT_IMAGE, NAME_PUSHED_IMAGE } from './build-script';
import { type BoundSettings, bindSettings, type BuildSettings } from './build-settings';
import type { ComparisonSettings } from './commits-since-release';
import type { ImageBuildConfig } from './image-build';
import { createLayerCache } from './layer-cache';
import type { BoundChecks } from './pipeline-checks';
import { SCAN_PUSHED_IMAGE, SCAN_REPORTS } from './scan-script';
import { type RunningImage, WeeklyScan } from './weekly-scan';

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
  readonly checks?: BoundChecks;
  /**
   * Settings of all builds.
   * @default - those of {@link BuildSettings}
   */
  readonly settings?: BuildSettings;
  /** Services of production, whose images are scanned each week. */
  readonly production: ReleaseTarget[];
  /**
   * Topic that is notified of findings in what production runs.
   * @default - no weekly scan, because nobody would hear of it
   */
  readonly topic?: ITopic;
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
type DockerStep = Pick<BuildProjectProps, 'purpose' | 'commands' | 'pulls' | 'pushes' | 'secrets' | 'computeType'> & {
  readonly environment: object;
};

/** Props of a project that the others of the pipeline do not share. */
type OwnProps = Omit<BuildProjectProps, 'key' | 'artifacts' | 'profile' | 'settings'>;

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

/** Emulation and builder for several architectures. They run privileged, so by digest as Trivy. */
const BINFMT_IMAGE = pinnedImage(NAMED_IMAGES.binfmt);
const BUILDKIT_IMAGE = pinnedImage(NAMED_IMAGES.buildkit);
const TAG_VARIABLE = 'IMAGE_TAG';
const DIGEST_VARIABLE = 'IMAGE_DIGEST';
/** CodePipeline accepts 1,000 characters at an approval, of which a digest takes 71. */
const MOST_DIGESTS = 4;
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
  /** Images that stages release: the first of each repository. */
  private readonly released: ImageStep[];
  private readonly settings: BoundSettings;
  private readonly checks?: BuildProject;
  private readonly steps: ImageStep[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildStagesProps,
  ) {
    super(scope, id);
    const { pushed } = props.source;
    this.settings = bindSettings(scope, this, props.settings);
    this.checks = props.checks && this.createChecks(props.checks);
    this.steps = pushed
      ? pushed.images.map((image) => this.createScan(pushed, image))
      : props.images.map((image, index) => this.createBuild(image, index));
    this.projects = [...(this.checks ? [this.checks] : []), ...this.steps.map(({ build }) => build)];
    this.createWeeklyScan();
    this.released = firstOfEach(this.steps);
    this.tags = Object.fromEntries(
      this.released.map(({ name, repository }) => [repository.repository.repositoryName, variable(name, TAG_VARIABLE)]),
    );
  }

  /** Images of a release, for people: the tag, and the digests that were scanned. */
  public get summary(): string {
    const [{ name }] = this.released;
    const digests = this.released.slice(0, MOST_DIGESTS).map((step) => variable(step.name, DIGEST_VARIABLE));
    return `${variable(name, TAG_VARIABLE)} (${digests.join(', ')})`;
  }

  /** Settings of a comparison of this commit with what a stage has released, and with the stage before it. */
  public comparison(before?: StageConfig): ComparisonSettings {
    const { key, artifacts, source } = this.props;
    return {
      key,
      artifacts,
      settings: this.settings,
      input: (source.pushed?.images[0] ?? source).artifact,
      commitId: source.commitId,
      before: before?.local && {
        name: before.name,
        targets: before.local.services.map(({ releaseTarget }) => releaseTarget),
      },
    };
  }

  /** Adds a stage for the checks, then one for the images. */
  public addTo(pipeline: Pipeline): void {
    if (this.checks) {
      pipeline.addStage({ stageName: 'check', actions: [this.createAction('Check', this.checks)] });
    }
    pipeline.addStage({
      stageName: this.props.source.pushed ? 'scan' : 'build',
      actions: this.steps.map((step, index) =>
        this.createAction(step.name, step.build, { pushed: step.pushed, runOrder: this.runOrderOf(index) }),
      ),
    });
  }

  /** All at once, or as many as may run at once. */
  private runOrderOf(index: number): number | undefined {
    const { concurrentBuilds } = this.settings;
    return concurrentBuilds && Math.floor(index / concurrentBuilds) + 1;
  }

  private createAction(
    name: string,
    { project }: BuildProject,
    { pushed, runOrder }: { readonly pushed?: PushedImage; readonly runOrder?: number } = {},
  ): CodeBuildAction {
    return new CodeBuildAction({
      actionName: name,
      project,
      runOrder,
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

  /** Scans released images with the settings of their build. An image that is declared has no parameter. */
  private createWeeklyScan(): void {
    const { production, topic, source, images, key, artifacts, profile } = this.props;
    const { pushed } = source;
    const scans = pushed ? pushed.images.map(({ repository }) => ({ repository, scan: pushed.scan })) : images;
    const running = production.flatMap((target): RunningImage[] => {
      const build = scans.find(({ repository }) => repository.repository.repositoryName === target.repositoryName);
      return build && target.releasedImageParameterName !== undefined ? [{ target, scan: build.scan }] : [];
    });
    if (topic && running.length > 0) {
      new WeeklyScan(this, 'Weekly', { running, topic, key, artifacts, profile, settings: this.settings });
    }
  }

  private createChecks(checks: BoundChecks): BuildProject {
    const { install, lint, unit, integration, runtimes, reports, docker, secrets, computeType } = checks;
    return this.createProject('Check', {
      purpose: 'Lint, unit and integration tests',
      install,
      commands: [...lint, ...unit, ...integration],
      runtimes,
      environment: { CI: 'true' },
      secrets,
      computeType,
      reports: reports.length === 0 ? undefined : { directory: '.', files: reports },
      docker: docker?.reason,
      arm64: false,
    });
  }

  private createBuild(image: ImageBuildConfig, index: number): ImageStep {
    const { repository, environment, secrets, computeType, layerCache, variant } = image;
    const architectures = image.architectures ?? this.architecturesOf(repository);
    const name = `Build${index + 1}-${[repository.node.id, variant].filter(Boolean).join('-')}`
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, MAX_NAME_LENGTH);
    const cache = layerCache ? createLayerCache(this, `Cache${name}`, this.props) : undefined;
    const tools = { BUILDKIT_IMAGE, ...(architectures.length > 1 && { BINFMT_IMAGE }) };
    return this.createStep(name, repository, architectures, {
      purpose: `Build of ${stackPath(repository)}`,
      commands: [...image.commands, NAME_BUILT_IMAGE, BUILD_SCAN_PUSH, EXPORT_IMAGE],
      environment: {
        ...environment,
        ...((architectures.length > 1 || cache) && tools),
        ...(cache && { LAYER_CACHE: cache.repositoryUri }),
      },
      secrets,
      computeType,
      pushes: [repository.repository, ...(cache ? [cache] : [])],
    });
  }

  private createScan({ scan }: PushedSource, pushed: PushedImage): ImageStep {
    const { repository, suffix, tagPatterns } = pushed;
    const step = this.createStep(`Scan${suffix}`, repository, this.architecturesOf(repository), {
      purpose: `Scan of ${stackPath(repository)}`,
      commands: [...scan.commands, NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE],
      environment: {
        ...scan.environment,
        TAGS_INCLUDED: tagPatterns.included.join(' '),
        TAGS_EXCLUDED: tagPatterns.excluded.join(' '),
      },
      pulls: [repository.repository],
    });
    return { ...step, pushed };
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
      exported: [TAG_VARIABLE, DIGEST_VARIABLE],
      reports: { directory: SCAN_REPORTS, files: ['*.xml'] },
      docker: DOCKER_REASON,
      // An ARM image alone is built on an ARM host, without emulation.
      arm64: architectures.length === 1 && architectures[0] === CpuArchitecture.ARM64,
    });
    return { name, build, repository: images };
  }

  private createProject(id: string, props: OwnProps): BuildProject {
    const { key, artifacts, profile } = this.props;
    return new BuildProject(this, id, { ...props, key, artifacts, profile, settings: this.settings });
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

/** Variable that a build exports, as later actions name it. */
function variable(action: string, name: string): string {
  return `#{${action}.${name}}`;
}

/** First step of each repository. The others are its variants. */
function firstOfEach(steps: ImageStep[]): ImageStep[] {
  return steps.filter((step, index) => steps.findIndex(({ repository }) => repository === step.repository) === index);
}
