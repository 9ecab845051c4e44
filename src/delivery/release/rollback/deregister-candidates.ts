import { type Part, part, put } from '../../asl/asl';
import { choice, equalsPath, matches, not, present } from '../../asl/conditions';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import { FOUND, SERVICE } from '../context/service-facts';

/** Paths to the state of a service before the release, and to the revision that the release registered. */
export const BEFORE = {
  revision: `${FOUND.before}.revision`,
  tag: `${FOUND.before}.tag`,
  latest: `${FOUND.before}.latest`,
  candidate: `${FOUND.before}.candidate`,
  /** Present where nobody asked if the previous version was healthy. */
  unchecked: `${FOUND.before}.unchecked`,
} as const;

/**
 * Deregisters the revisions that the state machine's role has registered since the release began.
 * ECS uses the family's latest active revision when CloudFormation updates the service, and that must never be one of a
 * failed release. Revisions of CloudFormation stay.
 * It is only for a service that is rolled back, because a revision that runs is never deregistered.
 *
 * Goes to `failed` when a call fails.
 */
export function deregisterCandidates(calls: AwsCalls, roleName: string, failed: string): Part {
  const latest = '$.latest.definition';
  const [describe, end, forget] = ['Describe latest revision of the family', 'Family is clean', 'Forget the family'];
  const deregister = (arn: JsonPath): State =>
    calls.task('ecs:deregisterTaskDefinition', { 'TaskDefinition.$': arn }, { resources: ['*'], failed: forget });
  const keptRevisions = [BEFORE.latest, BEFORE.revision];
  return part(
    ['Was a candidate registered?', choice([present(BEFORE.candidate)], 'Deregister candidate', describe)],
    ['Deregister candidate', deregister(BEFORE.candidate)],
    [
      describe,
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': SERVICE.family },
        {
          resources: ['*'],
          resultPath: '$.latest',
          resultSelector: { 'definition.$': '$.TaskDefinition' },
          failed: forget,
        },
      ),
    ],
    [
      'Is it of this release?',
      choice(
        [
          present(`${latest}.RegisteredBy`),
          matches(`${latest}.RegisteredBy`, `*:assumed-role/${roleName}/*`),
          ...keptRevisions.map((kept) => not(equalsPath(`${latest}.TaskDefinitionArn`, kept))),
        ],
        'Deregister revision',
        end,
      ),
    ],
    ['Deregister revision', { ...deregister(`${latest}.TaskDefinitionArn`), Next: describe }],
    [forget, { ...put('$.latest', {}), Next: failed }],
    [end, put('$.latest', {})],
  );
}
