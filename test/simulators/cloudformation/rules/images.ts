import { list, type Properties } from '../template';
import { lostBy } from './endpoint-policy';
import type { Rules } from './rule';

const USER_GUIDE = 'Amazon ECR User Guide';

/** Images on their way into repositories. */
export const IMAGES: Rules = {
  effects: [
    {
      id: 'tags-become-immutable',
      source: `${USER_GUIDE}, "Preventing image tags from being overwritten": ImageTagAlreadyExistsException`,
      on: ['update'],
      types: ['AWS::ECR::Repository'],
      properties: ['ImageTagMutability', 'ImageTagMutabilityExclusionFilters'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => movableTags(properties));
        return was.some((tag) => !is.includes(tag) && !is.includes('*'))
          ? { verdict: 'some affected', says: 'a push is refused whose tag is there already, and was to move' }
          : undefined;
      },
    },
    {
      id: 'images-no-longer-copied',
      source: `${USER_GUIDE}, "Private image replication": what is pushed after a change follows the new rules`,
      on: ['update', 'delete'],
      types: ['AWS::ECR::ReplicationConfiguration'],
      effect: ({ before, after }) => {
        const kept = after ? copiesOf(after.properties) : [];
        const lost = copiesOf(before!.properties).filter((copy) => !kept.includes(copy));
        return lost.length > 0
          ? { verdict: 'some affected', says: `images that are pushed from then on are not copied any more: ${lost.join(', ')}` }
          : undefined;
      },
    },
    {
      id: 'images-no-longer-admitted',
      source: `${USER_GUIDE}, "Private registry permissions": ecr:ReplicateImage, which the destination grants`,
      on: ['update', 'delete'],
      types: ['AWS::ECR::RegistryPolicy'],
      effect: ({ before, after }) =>
        lostBy(statementsOf(before!.properties), after ? statementsOf(after.properties) : []).length > 0
          ? { verdict: 'some affected', says: 'images that the former account pushes arrive no more' }
          : undefined,
    },
  ],
};

/** Patterns of tags that may move to another image. */
function movableTags({ ImageTagMutability = 'MUTABLE', ImageTagMutabilityExclusionFilters }: Properties): string[] {
  const excluded = list(ImageTagMutabilityExclusionFilters as Properties[]).map((filter) =>
    String(filter.ImageTagMutabilityExclusionFilterValue));
  return ImageTagMutability === 'IMMUTABLE_WITH_EXCLUSION'
    ? excluded
    : ImageTagMutability === 'IMMUTABLE' ? [] : ['*'];
}

/** What a replication copies, each repository to each destination. */
function copiesOf({ ReplicationConfiguration }: Properties): string[] {
  return list(ReplicationConfiguration?.Rules as Properties[]).flatMap(({ Destinations, RepositoryFilters }) => {
    const filters = list(RepositoryFilters as Properties[]).map(({ Filter }) => `${Filter}`);
    return list(Destinations as Properties[]).flatMap(({ Region, RegistryId }) =>
      (filters.length > 0 ? filters : ['all']).map((filter) => `${filter} to ${Region} of ${RegistryId}`));
  });
}

function statementsOf({ PolicyText }: Properties): Properties[] {
  return list(PolicyText?.Statement as Properties[]);
}
