import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { IImageRepository } from '../../registry';
import { ProductionWebService } from '../../service';
import { knownToDiffer } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import type { ImageBuildConfig } from './build/image-build';
import type { SourceConfig } from './source/source-config';
import type { StageConfig } from './validate-stage';

/** Parts of a pipeline, each of them valid by itself. */
export interface PipelineParts {
  /** Source of the pipeline. */
  readonly source: SourceConfig;
  /** Stages in order. */
  readonly stages: StageConfig[];
  /** Images that the pipeline builds. */
  readonly images: ImageBuildConfig[];
  /** True if the caller set `checks`. */
  readonly checksGiven: boolean;
  /**
   * Artifact buckets of other regions, by region.
   * @default - all stages are in the region of the pipeline
   */
  readonly artifactBuckets?: { readonly [region: string]: IBucket };
}

/** Stages that the pipeline adds itself. */
const RESERVED_STAGE_NAMES = ['source', 'check', 'build', 'scan'];

/** A managed policy holds 6,144 characters: up to 400 for each state machine, after 1,350 for the rest. */
const MAX_STAGES = 10;

/** Throws a PropError for parts that can't be combined. */
export function validatePipeline(scope: IConstruct, parts: PipelineParts): void {
  checkRules(scope, [
    ...stageRules(parts.stages),
    ...targetRules(parts.stages),
    ...parts.stages.map(smokeTestRule),
    ...imageRules(parts),
    ...parts.stages.flatMap((stage) => locationRules(scope, stage, parts.artifactBuckets)),
  ]);
}

function stageRules(stages: StageConfig[]): Rule[] {
  const names = stages.map(({ name }) => name);
  const duplicate = names.find(isRepeated);
  const reserved = names.find((name) => RESERVED_STAGE_NAMES.includes(name));
  const firstProduction = stages.findIndex(({ production }) => production);
  const late = stages.slice(firstProduction).find(({ production }) => !production);
  return [
    {
      condition: duplicate !== undefined,
      prop: 'stages.name',
      value: duplicate,
      expected: 'a unique name for each stage',
      fix: 'give one of the stages another name',
    },
    {
      condition: reserved !== undefined,
      prop: 'stages.name',
      value: reserved,
      expected: `no name of the stages that the pipeline adds: ${RESERVED_STAGE_NAMES.join(', ')}`,
      fix: 'give the stage another name',
    },
    {
      condition: stages.length > MAX_STAGES,
      prop: 'stages',
      problem: `has ${stages.length} elements, but the policy of the pipeline has room for ${MAX_STAGES}`,
      fix: 'create a second pipeline for some of them',
    },
    {
      condition: firstProduction === -1,
      prop: 'stages',
      value: names,
      expected: 'a production stage at the end',
      fix: 'add DeployStage.production({ services })',
    },
    {
      condition: firstProduction !== -1 && late !== undefined,
      prop: 'stages',
      value: names,
      expected: `production stages last, but ${late?.name} follows one`,
      fix: 'move it before production',
    },
  ];
}

/** Two stages that share a release track would overwrite the released image of each other. */
function targetRules(stages: StageConfig[]): Rule[] {
  const targets = stages.flatMap((stage) => targetsOf(stage).map((target) => ({ ...target, stage: stage.name })));
  return targets.flatMap((target, index) => {
    const others = targets.slice(0, index).filter(({ stage }) => stage !== target.stage);
    const same = others.find(({ source }) => source === target.source);
    const sameTrack = others.find(
      ({ releasedImageParameterName: track }) =>
        track !== undefined && !Token.isUnresolved(track) && track === target.releasedImageParameterName,
    );
    return [
      {
        condition: same !== undefined,
        prop: `stages.${target.stage}.services`,
        value: target.source,
        expected: `services of no other stage, but ${same?.stage} releases it`,
        fix: 'create a service for each stage',
      },
      {
        condition: sameTrack !== undefined,
        prop: `stages.${target.stage}.services`,
        value: [sameTrack?.source, target.source],
        expected: 'a release track for each stage, but these services share one',
        fix: `name the track of each, as in ServiceImage.released(images, '${sameTrack?.stage}')`,
      },
    ];
  });
}

/** The smoke test of a stage becomes a lifecycle hook, which a ReleasedService doesn't have. */
function smokeTestRule({ name, local }: StageConfig): Rule {
  const unsupported = local?.services.find((service) => !(service instanceof ProductionWebService));
  const path = unsupported?.releaseTarget.source.node.path;
  return {
    condition: local?.smokeTest !== undefined && unsupported !== undefined,
    prop: `stages.${name}.smokeTest`,
    problem: `is not supported for ${path}: only a ProductionWebService has a hook for it`,
    fix: 'remove smokeTest, and give that service a dedicated lifecycle hook',
  };
}

/** Each image is released, and each service gets an image. */
function imageRules({ source: { pushed }, images, stages, checksGiven }: PipelineParts): Rule[] {
  const built = (pushed?.images ?? images).map(({ repository }) => repository);
  const targets = stages.flatMap(targetsOf);
  const duplicate = built.find(isRepeated);
  const notBuilt = targets.find((target) => !built.some((repository) => isImageOf(repository, target)));
  const notReleased = built.find((repository) => !targets.some((target) => isImageOf(repository, target)));
  return [
    {
      condition: pushed !== undefined && images.length > 0,
      prop: 'images',
      problem: 'is not supported with PipelineSource.imagePush(): its images are built already',
      fix: 'remove images, or use PipelineSource.codeConnection()',
    },
    {
      condition: pushed !== undefined && checksGiven,
      prop: 'checks',
      problem: 'is not supported with PipelineSource.imagePush(): the pipeline has no sources',
      fix: 'remove checks, and run them where the image is built',
    },
    {
      condition: built.length === 0,
      prop: 'images',
      value: images,
      expected: 'at least one image',
      fix: 'add ImageBuild.docker({ repository })',
    },
    {
      condition: duplicate !== undefined,
      prop: pushed ? 'source.repositories' : 'images',
      value: duplicate,
      expected: 'one image for each repository, because all get the tag of the commit',
      fix: 'create an ImageRepository for each image',
    },
    {
      condition: notBuilt !== undefined,
      prop: 'stages.services',
      value: notBuilt?.source,
      expected: pushed ? 'services of the repositories of the source' : 'services whose images the pipeline builds',
      fix: pushed
        ? 'add its repository to PipelineSource.imagePush(), or release it by another pipeline'
        : 'add an ImageBuild for its repository, or release it by another pipeline',
    },
    {
      condition: notReleased !== undefined && !stages.some(({ elsewhere }) => elsewhere),
      prop: pushed ? 'source' : 'images',
      value: notReleased,
      expected: 'images that a service of a stage runs',
      fix: 'add the service to a stage, or remove the image',
    },
  ];
}

/** CodePipeline needs a bucket in each region of an action, and a role in each other account. */
function locationRules(
  scope: IConstruct,
  { name, elsewhere }: StageConfig,
  buckets: { readonly [region: string]: IBucket } | undefined,
): Rule[] {
  const own = Stack.of(scope);
  const { region = own.region, account = own.account } = elsewhere
    ? Arn.split(elsewhere.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME)
    : own;
  return [
    {
      condition: knownToDiffer(region, own.region) && !Object.keys(buckets ?? {}).includes(region),
      prop: 'artifactBuckets',
      value: buckets && Object.keys(buckets),
      expected: `an encrypted bucket in ${region}, for the stage ${name}`,
      fix: `add artifactBuckets: { '${region}': bucket }, or create a pipeline in that region`,
    },
    {
      condition: knownToDiffer(account, own.account) && elsewhere?.roleArn === undefined,
      prop: `stages.${name}.roleArn`,
      value: undefined,
      expected: `a role in ${account}, where the state machine is`,
      fix: `create a role there that trusts ${own.account}, and give its ARN`,
    },
  ];
}

function targetsOf({ local }: StageConfig): ReleaseTarget[] {
  return local?.services.map(({ releaseTarget }) => releaseTarget) ?? [];
}

function isImageOf({ repository }: IImageRepository, { repositoryName }: ReleaseTarget): boolean {
  return repository.repositoryName === repositoryName;
}

function isRepeated<T>(value: T, index: number, values: T[]): boolean {
  return values.indexOf(value) !== index;
}
