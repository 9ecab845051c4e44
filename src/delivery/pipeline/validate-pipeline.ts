import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { ProductionWebService } from '../../service';
import { knownToDiffer } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { DeployStage } from './deploy-stage';
import type { ImageBuild } from './image-build';
import type { SourceParts } from './source-actions';

/** Stages of CodePipeline that are the pipeline's own. */
const OWN_STAGES = ['source', 'check', 'build', 'scan'];

/** A managed policy holds 6,144 characters: up to 400 for each state machine, after 1,350 of the pipeline's own. */
const MOST_STAGES = 10;

/** What a pipeline can't be made from. */
export function checkStages(scope: IConstruct, stages: DeployStage[]): void {
  stages.forEach((stage) => stage._check(scope));
  const names = stages.map(({ _plan }) => _plan.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index || OWN_STAGES.includes(name));
  if (twice !== undefined) {
    throw new PropError(scope, {
      prop: 'stages.name',
      value: twice,
      expected: `names of which each stands once, and not ${OWN_STAGES.join(', ')}`,
      fix: 'give the stage a name of its own',
    });
  }
  if (stages.length > MOST_STAGES) {
    throw new PropError(scope, {
      prop: 'stages',
      value: `${stages.length} stages`,
      expected: `at most ${MOST_STAGES}: the policy of the pipeline's role names no more state machines`,
      fix: 'make a second pipeline for some of them',
    });
  }
  const first = stages.findIndex(({ _plan }) => _plan.production);
  if (first === -1) {
    throw new PropError(scope, {
      prop: 'stages',
      value: names,
      expected: 'a production stage at the end',
      fix: 'add DeployStage.production({ services })',
    });
  }
  const late = stages.slice(first).find(({ _plan }) => !_plan.production);
  if (late) {
    throw new PropError(scope, {
      prop: 'stages',
      value: names,
      expected: `production last: ${late._plan.name} comes too late to find anything`,
      fix: 'put it before production',
    });
  }
  checkTargets(scope, stages);
  stages.forEach((stage) => checkSmokeTest(scope, stage));
}

/** Two stages with one track would write each other's released image: the second refuses to begin, or starts what nobody approved. */
function checkTargets(scope: IConstruct, stages: DeployStage[]): void {
  const targets = stages.flatMap(
    ({ _plan: { name, here } }) =>
      here?.services.map(({ releaseTarget: target }) => ({ stage: name, ...target })) ?? [],
  );
  targets.forEach((target, index) => {
    const before = targets.slice(0, index).filter(({ stage }) => stage !== target.stage);
    const same = before.find(({ source }) => source === target.source);
    if (same) {
      throw new PropError(scope, {
        prop: `stages.${target.stage}.services`,
        value: target.source,
        expected: `services of no other stage: ${same.stage} releases it`,
        fix: 'make a service for each stage',
      });
    }
    const shared = before.find(
      ({ releasedImageParameterName: track }) =>
        track !== undefined && !Token.isUnresolved(track) && track === target.releasedImageParameterName,
    );
    if (shared) {
      throw new PropError(scope, {
        prop: `stages.${target.stage}.services`,
        value: [shared.source, target.source],
        expected: 'a release track for each stage: these two have the same',
        fix: `name the track of each, as in ServiceImage.released(images, '${shared.stage}')`,
      });
    }
  });
}

/** A stage elsewhere is reached with what CodePipeline needs there: a bucket in another region, a role in another account. */
export function checkPlaces(scope: IConstruct, stages: DeployStage[], buckets: { [region: string]: IBucket }): void {
  const own = Stack.of(scope);
  stages.forEach(({ _plan: { name, elsewhere } }) => {
    const { region = own.region, account = own.account } = elsewhere
      ? Arn.split(elsewhere.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME)
      : own;
    if (knownToDiffer(region, own.region) && !buckets[region]) {
      throw new PropError(scope, {
        prop: 'artifactBuckets',
        value: Object.keys(buckets),
        expected: `a bucket with a key in ${region}, for the stage ${name}`,
        fix: `give artifactBuckets: { '${region}': bucket }, or make a pipeline there`,
      });
    }
    if (knownToDiffer(account, own.account) && elsewhere?.roleArn === undefined) {
      throw new PropError(scope, {
        prop: `stages.${name}.roleArn`,
        value: undefined,
        expected: `a role of ${account}: no other may start a state machine there`,
        fix: `make a role there that trusts ${own.account}, and give its ARN`,
      });
    }
  });
}

/** Every image that is built is released, and every service gets one. */
export function checkImages(scope: IConstruct, source: SourceParts, images: ImageBuild[], stages: DeployStage[]): void {
  images.forEach((image) => image._check(scope));
  const built = source.pushed ? [source.pushed.repository] : images.map(({ _repository }) => _repository);
  if (source.pushed && images.length > 0) {
    throw new PropError(scope, {
      prop: 'images',
      value: images.map(({ _repository }) => _repository),
      expected: 'none with PipelineSource.imagePush: the image is there already',
      fix: 'leave images out, or take PipelineSource.codeConnection',
    });
  }
  if (built.length === 0) {
    throw new PropError(scope, {
      prop: 'images',
      value: images,
      expected: 'at least one image of these sources',
      fix: 'add ImageBuild.docker({ repository })',
    });
  }
  const twice = built.find((repository, index) => built.indexOf(repository) !== index);
  if (twice) {
    throw new PropError(scope, {
      prop: 'images',
      value: twice,
      expected: 'each repository once: both images would have the commit as their tag',
      fix: 'make an ImageRepository for each image',
    });
  }
  const targets = stages.flatMap(({ _plan }) => _plan.here?.services.map(({ releaseTarget }) => releaseTarget) ?? []);
  const names = built.map(({ repository }) => repository.repositoryName);
  const without = targets.find(({ repositoryName }) => !names.includes(repositoryName));
  if (without && !source.pushed) {
    throw new PropError(scope, {
      prop: 'stages.services',
      value: without.source,
      expected: 'services whose images the pipeline builds',
      fix: 'add an ImageBuild for its repository, or release it by a pipeline of its own',
    });
  }
  const unused = built.find(
    ({ repository }) => !targets.some(({ repositoryName }) => repositoryName === repository.repositoryName),
  );
  if (unused && !stages.some(({ _plan }) => _plan.elsewhere)) {
    throw new PropError(scope, {
      prop: source.pushed ? 'source' : 'images',
      value: unused,
      expected: 'images that a service of a stage runs',
      fix: 'add the service to a stage, or leave the image out',
    });
  }
}

function checkSmokeTest(scope: IConstruct, { _plan: { name, here } }: DeployStage): void {
  const foreign = here?.smokeTest && here.services.find((service) => !(service instanceof ProductionWebService));
  if (foreign) {
    throw new PropError(scope, {
      prop: `stages.${name}.smokeTest`,
      value: foreign.releaseTarget.source,
      expected: 'services of ProductionWebService: the test becomes their own hook',
      fix: 'leave smokeTest out, and give the service a lifecycle hook of its own',
    });
  }
}
