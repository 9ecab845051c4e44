import type { ReleaseTarget } from '../../../contracts';
import { stackPath } from '../../../text/stack-path';
import { copy, LABEL, type Part, part, put, stateNameFor } from '../../asl/asl';
import { absent, anyOf, branches, choice, equals, present } from '../../asl/conditions';
import { toJson } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { JsonPath } from '../../asl/state';
import { INPUT, SERVICES } from '../context/service-facts';

const NAMES = '$.names';

/**
 * Gives each service the tag that the input names for its repository. Only these states are written once for each
 * service, because a path can't be put together.
 */
export function selectImages(targets: ReleaseTarget[]): Part {
  const [first, ...others] = targets.map(({ repositoryName, source }, index) => {
    const tag: JsonPath = `${INPUT.images}['${repositoryName}']`;
    const done = stateNameFor(stackPath(source), (path) => `Image of ${path} is known`);
    return part(
      [stateNameFor(stackPath(source), (path) => `Is no image of ${path} named?`), choice([absent(tag)], done)],
      [stateNameFor(stackPath(source), (path) => `Take image of ${path}`), copy(tag, tagOf(index))],
      [done, LABEL],
    );
  });
  return part(first, ...others);
}

/**
 * Refuses images of which none is for this stage. One build may serve several stages, so that some may be for another.
 */
export function checkImageNames(targets: ReleaseTarget[]): Part {
  const valid = 'Images are of this stage';
  return part(
    [
      'Are images of this stage named?',
      branches([
        { when: anyOf(...targets.map((_, index) => present(tagOf(index)))), next: valid },
        { when: absent(INPUT.images), next: valid },
      ]),
    ],
    [
      'List repositories',
      put(NAMES, {
        'given.$': toJson(INPUT.images),
        'known': [...new Set(targets.map(({ repositoryName }) => repositoryName))],
      }),
    ],
    ['Is no image named at all?', choice([equals(`${NAMES}.given`, '{}')], valid)],
    refuse(
      'Images are of another stage',
      'Release.NoImage',
      'none of the images is of a repository of this stage, which has {}: {}',
      toJson(`${NAMES}.known`),
      `${NAMES}.given`,
    ),
    [valid, LABEL],
  );
}

function tagOf(index: number): JsonPath {
  return `${SERVICES}[${index}].tag`;
}
