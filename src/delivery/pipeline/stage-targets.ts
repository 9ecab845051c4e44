import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { IImageRepository } from '../../registry';
import { literalNameOf } from '../../registry/image-replication';
import type { StageConfig } from './validate-stage';

/**
 * Services of a stage, with the names of repositories as the pipeline has them.
 *
 * The repositories of another account or region are replicas with the same literal name.
 */
export function targetsOf(scope: IConstruct, stage: StageConfig, built: IImageRepository[]): ReleaseTarget[] {
  const { local, access } = stage;
  if (!access) {
    return local?.services.map(({ releaseTarget }) => releaseTarget) ?? [];
  }
  return access.release._targets.map((target) => {
    // A name of another account or region is resolved to the literal one.
    const name: unknown = Stack.of(scope).resolve(target.repositoryName);
    const own = built.find((images) => literalNameOf(images) === name);
    return { ...target, repositoryName: own?.repository.repositoryName ?? String(name) };
  });
}
