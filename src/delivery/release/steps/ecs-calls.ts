import { part, type Part, put } from '../../asl/asl';
import { choice, equalsPath, present } from '../../asl/conditions';
import { array } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import type { ReleaseArns } from '../context/release-arns';
import { ECS_SERVICE, FOUND, SERVICE } from '../context/service-facts';

/** Statuses of a service deployment that has not ended. */
const UNFINISHED = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

/** Paths into the report of ECS about the service. */
export const CURRENT = {
  status: `${FOUND.current}.status`,
  revision: `${FOUND.current}.revision`,
  tasks: `${FOUND.current}.tasks`,
} as const;

/** Filter of a service's deployments. */
interface DeploymentFilter {
  /** Value or path of the statuses. */
  readonly status?: { readonly [field in 'Status' | 'Status.$']?: unknown };
  /** Moment before the first of them. */
  readonly createdAfter?: JsonPath;
}

/**
 * Describes a service at {@link CURRENT}. Of an unknown service ECS returns an empty list; a path into that would end
 * the execution with an error that can't be caught.
 */
export function describeService(name: string, calls: AwsCalls, arns: ReleaseArns): Part {
  const services = `${FOUND.current}.services` as const;
  return part(
    [
      `${name}: describe`,
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': SERVICE.cluster, 'Services.$': array(SERVICE.service) },
        { resources: arns.services, resultPath: FOUND.current, resultSelector: { 'services.$': '$.Services' } },
      ),
    ],
    [`${name}: does ECS know it?`, choice([present(`${services}[0].TaskDefinition`)], `${name}: keep the result`)],
    refuse(`${name}: unknown`, 'Release.Service', 'ECS has no service {}', SERVICE.name),
    [
      `${name}: keep the result`,
      put(FOUND.current, {
        'status.$': `${services}[0].Status`,
        'revision.$': `${services}[0].TaskDefinition`,
        'tasks.$': `${services}[0].DesiredCount`,
      }),
    ],
  );
}

/** Texts of {@link requireCandidate}. */
interface CandidateCheck {
  /** Name of the state that compares. */
  readonly name: string;
  /** Name of the state that refuses. */
  readonly refusal: string;
  /** Reason, with the service and its revision for `{}`. */
  readonly reason: string;
  /** State that follows if the service runs the candidate. */
  readonly next: string;
}

/** Fails unless the service, as described last, runs the new revision. Something else has deployed it otherwise. */
export function requireCandidate({ name, refusal, reason, next }: CandidateCheck): Part {
  return part(
    [name, choice([equalsPath(CURRENT.revision, FOUND.candidate)], next)],
    refuse(refusal, 'Release.OtherRevision', reason, SERVICE.name, CURRENT.revision),
  );
}

/** Describes the family's latest active revision, and keeps its ARN at {@link FOUND.latest}. */
export function describeLatestRevision(calls: AwsCalls): State {
  return calls.task(
    'ecs:describeTaskDefinition',
    { 'TaskDefinition.$': SERVICE.family },
    { resources: ['*'], resultPath: '$.latest', resultSelector: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' } },
  );
}

/** Lists deployments of a service. */
export function listDeployments(
  calls: AwsCalls,
  arns: ReleaseArns,
  resultPath: JsonPath,
  { status = { Status: UNFINISHED }, createdAfter }: DeploymentFilter = {},
): State {
  return calls.task(
    'ecs:listServiceDeployments',
    { ...ECS_SERVICE, ...status, ...(createdAfter && { CreatedAt: { 'After.$': createdAfter } }) },
    { resources: arns.services, resultPath },
  );
}

/** Updates a service. Errors that would come back are not retried if they are named. */
export function updateService(
  calls: AwsCalls,
  arns: ReleaseArns,
  parameters: { readonly [name: string]: unknown },
  notRetried?: string[],
): State {
  return calls.task('ecs:updateService', { ...ECS_SERVICE, ...parameters }, { resources: arns.services, notRetried });
}
