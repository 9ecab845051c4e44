import type { Rule } from '../validation/rules';
import type { ImageRepositoryProps } from './image-repository-props';

/** Rules of a given key. ECR takes it at creation only, so that a change must not replace the repository. */
export function keyRules({ key, repositoryName }: ImageRepositoryProps): Rule[] {
  return [
    {
      condition: key !== undefined && repositoryName === undefined,
      prop: 'key',
      problem: 'needs repositoryName, because a change of the key would replace a repository without a name',
      fix: 'set repositoryName, or remove key',
    },
  ];
}
