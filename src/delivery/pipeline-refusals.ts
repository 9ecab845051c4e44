import type { IConstruct } from 'constructs';
import { PropError } from '../refusal/prop-error';
import { ProductionWebService } from '../service';
import type { DeployStage } from './deploy-stage';
import type { ImageBuild } from './image-build';
import type { SourceParts } from './source-parts';

/** Stages of CodePipeline that are the pipeline's own. */
const OWN_STAGES = ['source', 'check', 'build', 'scan'];

/** What a pipeline can't be made from. */
export function checkStages(scope: IConstruct, stages: DeployStage[]): void {
  stages.forEach((stage) => stage._check(scope));
  const names = stages.map(({ _plan }) => _plan.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index || OWN_STAGES.includes(name));
  if (twice !== undefined) {
    throw new PropError(scope, { prop: 'stages.name', value: twice, allowed: `names of which each stands once, and not ${OWN_STAGES.join(', ')}`, wayOut: 'give the stage a name of its own' });
  }
  const first = stages.findIndex(({ _plan }) => _plan.production);
  if (first === -1) {
    throw new PropError(scope, { prop: 'stages', value: names, allowed: 'a production stage at the end', wayOut: 'add DeployStage.production({ services })' });
  }
  const late = stages.slice(first).find(({ _plan }) => !_plan.production);
  if (late) {
    throw new PropError(scope, { prop: 'stages', value: names, allowed: `production last: ${late._plan.name} comes too late to find anything`, wayOut: 'put it before production' });
  }
  stages.forEach((stage) => checkSmokeTest(scope, stage));
}

/** Every image that is built is released, and every service gets one. */
export function checkImages(scope: IConstruct, source: SourceParts, images: ImageBuild[], stages: DeployStage[]): void {
  images.forEach((image) => image._check(scope));
  const built = source.pushed ? [source.pushed.repository] : images.map(({ _repository }) => _repository);
  if (source.pushed && images.length > 0) {
    throw new PropError(scope, { prop: 'images', value: images.map(({ _repository }) => _repository), allowed: 'none with PipelineSource.imagePush: the image is there already', wayOut: 'leave images out, or take PipelineSource.codeConnection' });
  }
  if (built.length === 0) {
    throw new PropError(scope, { prop: 'images', value: images, allowed: 'at least one image of these sources', wayOut: 'add ImageBuild.docker({ repository })' });
  }
  const twice = built.find((repository, index) => built.indexOf(repository) !== index);
  if (twice) {
    throw new PropError(scope, { prop: 'images', value: twice, allowed: 'each repository once: both images would have the commit as their tag', wayOut: 'make an ImageRepository for each image' });
  }
  const targets = stages.flatMap(({ _plan }) => _plan.here?.services.map(({ releaseTarget }) => releaseTarget) ?? []);
  const names = built.map(({ repository }) => repository.repositoryName);
  const without = targets.find(({ repositoryName }) => !names.includes(repositoryName));
  if (without && !source.pushed) {
    throw new PropError(scope, { prop: 'stages.services', value: without.source, allowed: 'services whose images the pipeline builds', wayOut: 'add an ImageBuild for its repository, or release it by a pipeline of its own' });
  }
  const unused = built.find(({ repository }) => !targets.some(({ repositoryName }) => repositoryName === repository.repositoryName));
  if (unused && !stages.some(({ _plan }) => _plan.elsewhere)) {
    throw new PropError(scope, { prop: source.pushed ? 'source' : 'images', value: unused, allowed: 'images that a service of a stage runs', wayOut: 'add the service to a stage, or leave the image out' });
  }
}

function checkSmokeTest(scope: IConstruct, { _plan: { name, here } }: DeployStage): void {
  const foreign = here?.smokeTest && here.services.find((service) => !(service instanceof ProductionWebService));
  if (foreign) {
    throw new PropError(scope, {
      prop: `stages.${name}.smokeTest`, value: foreign.releaseTarget.source, allowed: 'services of ProductionWebService: the test becomes their own hook', wayOut: 'leave smokeTest out, and give the service a lifecycle hook of its own',
    });
  }
}
