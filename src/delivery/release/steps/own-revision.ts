import type { ReleaseTarget } from '../../../contracts';
import { LABEL, part, type Part } from '../../asl/asl';
import { catchAll, FAILURE } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { ReleaseArns } from '../context/release-arns';
import { FOUND, type ServiceFacts } from '../context/service-facts';
import { registerTaskDefinition } from './register-task-definition';

/** Facts of a task's own family, by which its revision is registered. The tag is a path of the caller. */
export function factsOfFamily(
  target: ReleaseTarget,
): Pick<ServiceFacts, 'family' | 'container' | 'repository' | 'uri' | 'parameter'> {
  return {
    family: target.family,
    container: target.containerName,
    repository: target.repositoryName,
    uri: target.repositoryUri,
    parameter: target.releasedImageParameterName,
  };
}

/**
 * Runs a part with a revision of a task's own family, and deregisters the revision.
 *
 * The revision has the image of the release. The family's latest revision remains the one that CloudFormation has
 * registered. The data of the part are {@link factsOfFamily}.
 */
export function withOwnRevision(calls: AwsCalls, arns: ReleaseArns, name: string, run: Part): Part {
  const state = (of: string) => `${name}: ${of}`;
  const [failed, fail, end] = [state('deregister after a failure'), state('fail'), state('end')];
  // A revision that is left is a copy, whose image the next release replaces.
  const deregister = (next: string) =>
    calls.task(
      'ecs:deregisterTaskDefinition',
      { 'TaskDefinition.$': FOUND.candidate },
      {
        resources: ['*'],
        fields: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: next }], Next: next },
      },
    );
  return part(
    registerTaskDefinition(calls, arns, { name: `Register ${name}`, resultPath: FOUND.candidate }),
    [state('run'), catchAll(run, { next: failed })],
    [state('deregister'), deregister(end)],
    [failed, deregister(fail)],
    [fail, { Type: 'Fail', ErrorPath: `${FAILURE}.Error`, CausePath: `${FAILURE}.Cause` }],
    [end, LABEL],
  );
}
