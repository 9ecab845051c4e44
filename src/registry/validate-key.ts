import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { knownToDiffer } from '../validation/checks';
import type { Rule } from '../validation/rules';
import type { ImageRepositoryProps } from './image-repository-props';

/** Rules of a given key. ECR takes it at creation only, so that a change must not replace the repository. */
export function keyRules(scope: IConstruct, { key, repositoryName }: ImageRepositoryProps): Rule[] {
  const { region } = Stack.of(scope);
  return [
    {
      condition: key !== undefined && repositoryName === undefined,
      prop: 'key',
      problem: 'needs repositoryName, because a change of the key would replace a repository without a name',
      fix: 'set repositoryName, or remove key',
    },
    {
      condition: key !== undefined && knownToDiffer(key.env.region, region),
      prop: 'key',
      problem: `is in ${key?.env.region}, and the repository is in ${region}`,
      fix: 'give a key of the region of the repository',
    },
  ];
}
