import { part, type Part, put } from '../../asl/asl';
import { choice, isOneOf, present } from '../../asl/conditions';
import { array } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls, CallOptions } from '../../asl/sdk-integrations';
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

/** Stages of a deployment in which the new version has all traffic. */
const AFTER_SHIFT = ['BAKE_TIME', 'CLEAN_UP'];

/** Transitions of a look at a service that is repeated. */
interface Look {
  /** State to go to when the call fails: nothing is known then. */
  readonly failed?: string;
  /** State to go to when ECS has no such service. */
  readonly unknown?: string;
  /** Retries the call for an hour. */
  readonly patient?: boolean;
}

/** Filter of a service's deployments. */
interface DeploymentFilter {
  /** Value or path of the statuses. */
  readonly status?: { readonly [field in 'Status' | 'Status.$']?: unknown };
  /** Moment before the first of them. */
  readonly createdAfter?: JsonPath;
  /**
   * State to go to when the call fails.
   * @default - the call is retried, and fails
   */
  readonly failed?: string;
}

/**
 * Describes a service at {@link CURRENT}. Of an unknown service ECS returns an empty list; a path into that would end
 * the execution with an error that can't be caught.
 */
export function describeService(name: string, calls: AwsCalls, arns: ReleaseArns, look: Look = {}): Part {
  const services = `${FOUND.current}.services` as const;
  const { failed, unknown, patient } = look;
  const keep = `${name}: keep the result`;
  return part(
    [
      `${name}: describe`,
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': SERVICE.cluster, 'Services.$': array(SERVICE.service) },
        {
          resources: arns.services,
          resultPath: FOUND.current,
          resultSelector: { 'services.$': '$.Services' },
          failed,
          patient,
        },
      ),
    ],
    [`${name}: does ECS know it?`, choice([present(`${services}[0].TaskDefinition`)], keep, unknown)],
    ...(unknown === undefined
      ? [refuse(`${name}: unknown`, 'Release.Service', 'ECS has no service {}', SERVICE.name)]
      : []),
    [
      keep,
      put(FOUND.current, {
        'status.$': `${services}[0].Status`,
        'revision.$': `${services}[0].TaskDefinition`,
        'tasks.$': `${services}[0].DesiredCount`,
      }),
    ],
  );
}

/** Describes the family's latest active revision, and keeps its ARN at {@link FOUND.latest}. */
export function describeLatestRevision(calls: AwsCalls, patient = false): State {
  return calls.task(
    'ecs:describeTaskDefinition',
    { 'TaskDefinition.$': SERVICE.family },
    {
      resources: ['*'],
      resultPath: '$.latest',
      resultSelector: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' },
      patient,
    },
  );
}

/** Describes the revision that a service names, as {@link describeService} has found it. */
export function describeRunningRevision(calls: AwsCalls, resultPath: JsonPath): State {
  return calls.task(
    'ecs:describeTaskDefinition',
    { 'TaskDefinition.$': CURRENT.revision },
    { resources: ['*'], resultPath },
  );
}

/** Lists deployments of a service. */
export function listDeployments(
  calls: AwsCalls,
  arns: ReleaseArns,
  resultPath: JsonPath,
  { status = { Status: UNFINISHED }, createdAfter, failed }: DeploymentFilter = {},
): State {
  return calls.task(
    'ecs:listServiceDeployments',
    { ...ECS_SERVICE, ...status, ...(createdAfter && { CreatedAt: { 'After.$': createdAfter } }) },
    { resources: arns.services, resultPath, failed },
  );
}

/** Deployment to look at, and where to go on. */
interface TrafficOfDeployment {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Path to the ARN of the deployment. */
  readonly deployment: JsonPath;
  /** State to go to when the new version of the deployment has all traffic. */
  readonly shifted: string;
  /** State to go to otherwise, or where it is not known. */
  readonly otherwise: string;
}

/** Names of the states of {@link checkShift}, in their order. */
export function lookAtShift(name: string): string[] {
  return [`${name}: describe deployment`, `${name}: has all traffic shifted?`];
}

/** Asks in which stage a deployment is that runs: in its bake time, all traffic has shifted. */
export function checkShift(calls: AwsCalls, arns: ReleaseArns, options: TrafficOfDeployment): Part {
  const { name, deployment, shifted, otherwise } = options;
  const [describe, check] = lookAtShift(name);
  const described = '$.shift' as const;
  const stage: JsonPath = `${described}.deployments[0].LifecycleStage`;
  return part(
    [
      describe,
      calls.task(
        'ecs:describeServiceDeployments',
        { 'ServiceDeploymentArns.$': array(deployment) },
        {
          resources: [...arns.services, ...arns.deployments],
          resultPath: described,
          resultSelector: { 'deployments.$': '$.ServiceDeployments' },
          failed: otherwise,
        },
      ),
    ],
    [
      check,
      choice([present(stage), isOneOf(stage, AFTER_SHIFT)], shifted, otherwise),
    ],
  );
}

/** Updates a service. Errors that would come back are not retried if they are named. */
export function updateService(
  calls: AwsCalls,
  arns: ReleaseArns,
  parameters: { readonly [name: string]: unknown },
  options: Pick<CallOptions, 'notRetried' | 'failed' | 'fields'> = {},
): State {
  return calls.task('ecs:updateService', { ...ECS_SERVICE, ...parameters }, { resources: arns.services, ...options });
}
