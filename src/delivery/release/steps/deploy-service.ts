import { LABEL, type Part, part, put } from '../../asl/asl';
import {
  absent,
  allOf,
  anyOf,
  branches,
  choice,
  type Condition,
  equals,
  equalsPath,
  isOneOf,
  isSet,
  isTrue,
  matches,
  present,
} from '../../asl/conditions';
import { array, CONTEXT, format, toJson } from '../../asl/intrinsics';
import { FAILURE } from '../../asl/parts';
import type { JsonPath } from '../../asl/state';
import { ROLLS_BACK } from '../context/release-mode';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import { isIn, keepFailure, NOT_BEGUN, type ServiceStep, setPhase } from '../rollout/service-loop';
import { checkShift, CURRENT, describeService, listDeployments, lookAtShift, updateService } from './ecs-calls';

/** Condition that the service had no release before this one. */
export const FIRST_RELEASE: Condition = isTrue(`${FOUND.before}.first`);

/** Condition that the release leaves the service as it is. */
export const UNCHANGED: Condition = isSet(FOUND.unchanged);

const LISTED = '$.listed';
const UPDATED_AT = '$.update.at';
/** Errors that would come back however often the update is tried. */
const FINAL_ERRORS = ['Ecs.InvalidParameterException', 'Ecs.ServiceNotActiveException'];

/**
 * One turn of the deployment of a service: starts it, or looks how far it is. The service's own hook verifies the new
 * version. A look that fails tells nothing, and the next turn looks again.
 */
export function deployService(tools: PartTools): ServiceStep {
  const { calls, arns } = tools;
  const [look, done, failed, end] = [
    'List deployments of the service',
    'Service is deployed',
    'Service has failed',
    'End the turn of the service',
  ];
  const [entry, follow] = ['Is the service to be deployed?', 'Follow traffic'];
  const progress = 'How far is the deployment?';
  const deployed = describeService('Deployed service', calls, arns, { failed: end });
  const states = part(
    [
      entry,
      branches(
        [
          { when: UNCHANGED, next: done },
          { when: NOT_BEGUN, next: 'Note time of the update' },
          { when: anyOf(isIn('working'), isIn('shifted')), next: look },
        ],
        end,
      ),
    ],
    startDeployment(tools, { failed, end }),
    followDeployment(tools, { look, progress, follow, deployed: deployed.entry, failed, end }),
    deployed,
    checkDeployed(tools, { done, failed, end }),
    setPhase(done, 'done', end),
    setPhase(failed, 'failed'),
    [end, LABEL],
  );
  return { states, looks: [entry, look, progress, ...lookAtShift(follow), end] };
}

/** States that end the turn. */
interface Ends {
  /** Marks the service as failed. */
  readonly failed: string;
  /** Leaves the service as it is until the next turn. */
  readonly end: string;
}

/** A first release starts the tasks, too. */
function startDeployment({ calls, arns }: PartTools, { failed, end }: Ends): Part {
  const started = 'Deployment has started';
  const update = (parameters: object) =>
    updateService(calls, arns, { 'TaskDefinition.$': FOUND.candidate, ...parameters }, {
      notRetried: FINAL_ERRORS,
      fields: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: FAILURE, Next: failed }], Next: started },
    });
  return part(
    ['Note time of the update', put('$.update', { 'at.$': CONTEXT.stateEntered })],
    ['Has the service no tasks yet?', choice([FIRST_RELEASE, present(SERVICE.minTasks)], 'Start first tasks')],
    ['Update service', update({})],
    ['Start first tasks', update({ 'DesiredCount.$': SERVICE.minTasks })],
    setPhase(started, 'working', end),
  );
}

/** Names of states of {@link followDeployment}. */
interface Follow extends Ends {
  readonly look: string;
  readonly progress: string;
  readonly follow: string;
  readonly deployed: string;
}

/** A second deployment since the update was started by another deployer. The list has no documented order. */
function followDeployment(
  { calls, arns }: PartTools,
  { look, progress, follow, deployed, failed, end }: Follow,
): Part {
  const deployment = (index: number): JsonPath => `${LISTED}.ServiceDeployments[${index}]`;
  const status: JsonPath = `${deployment(0)}.Status`;
  const reason: JsonPath = `${deployment(0)}.StatusReason`;
  const [foreign, ended] = ['Somebody else deploys', 'Has the deployment a reason?'];
  const traffic = lookAtShift(follow)[0];
  const shifted = 'Traffic of the service has shifted';
  return part(
    [look, listDeployments(calls, arns, LISTED, { status: {}, createdAfter: UPDATED_AT, failed: end })],
    [
      progress,
      branches(
        [
          { when: present(deployment(1)), next: foreign },
          { when: absent(status), next: end },
          { when: equals(status, 'SUCCESSFUL'), next: deployed },
          { when: isOneOf(status, ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED']), next: ended },
          // It would roll back to no image, and not end while there have to be tasks.
          { when: allOf(FIRST_RELEASE, matches(status, 'ROLLBACK_*')), next: ended },
          // People wait for the traffic of a rollback, not for its bake time.
          { when: allOf(ROLLS_BACK, isIn('working'), equals(status, 'IN_PROGRESS')), next: traffic },
        ],
        end,
      ),
    ],
    checkShift(calls, arns, {
      name: follow,
      deployment: `${deployment(0)}.ServiceDeploymentArn`,
      shifted,
      otherwise: end,
    }),
    setPhase(shifted, 'shifted', end),
    [ended, choice([present(reason)], 'Deployment failed', 'Deployment failed without a reason')],
    keepFailure(
      'Deployment failed',
      'Release.Deployment',
      format('the deployment of {} ended as {}: {}', SERVICE.name, status, reason),
      failed,
    ),
    keepFailure(
      'Deployment failed without a reason',
      'Release.Deployment',
      format('the deployment of {} ended as {}', SERVICE.name, status),
      failed,
    ),
    keepFailure(
      foreign,
      'Release.OtherRevision',
      format(
        '{} has a second deployment: something else deployed, too: {}',
        SERVICE.name,
        toJson(`${LISTED}.ServiceDeployments[*].ServiceDeploymentArn`),
      ),
      failed,
    ),
  );
}

/** Auto scaling may not take a service below its minimum again after its first tasks have started. */
function checkDeployed(tools: PartTools, { done, failed, end }: Ends & { readonly done: string }): Part {
  const raise = setMinimum(tools, {
    name: 'Raise minimum',
    minimum: { 'MinCapacity.$': SERVICE.minTasks },
    failed: end,
    next: done,
  });
  const minimum = 'Has the service a first minimum?';
  return part(
    ['Does it run the candidate?', choice([equalsPath(CURRENT.revision, FOUND.candidate)], minimum)],
    keepFailure(
      'Another revision runs after the deployment',
      'Release.OtherRevision',
      format('{} runs {} after its deployment: something else deployed, too', SERVICE.name, CURRENT.revision),
      failed,
    ),
    [minimum, choice([FIRST_RELEASE, present(SERVICE.minTasks)], raise.entry, done)],
    raise,
  );
}

/** Minimum of tasks that auto scaling keeps. */
interface Minimum {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Field of the API: a number, or a path to one. */
  readonly minimum: { readonly MinCapacity: number } | { readonly 'MinCapacity.$': JsonPath };
  /** State to go to when a call fails. */
  readonly failed: string;
  /** State that follows. */
  readonly next: string;
}

/** Sets the minimum of a service, if it scales. */
export function setMinimum({ calls, arns }: PartTools, { name, minimum, failed, next }: Minimum): Part {
  const service = format('service/{}/{}', SERVICE.cluster, SERVICE.service);
  const dimension = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' };
  return part(
    [
      `${name}: describe`,
      calls.task(
        'applicationautoscaling:describeScalableTargets',
        { ...dimension, 'ResourceIds.$': array(service) },
        { resources: ['*'], resultPath: '$.scaling', failed },
      ),
    ],
    [`${name}: does it scale?`, choice([present('$.scaling.ScalableTargets[0]')], `${name}: set`, next)],
    [
      `${name}: set`,
      calls.task(
        'applicationautoscaling:registerScalableTarget',
        { ...dimension, 'ResourceId.$': service, ...minimum },
        {
          resources: arns.scalableTargets,
          conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
          failed,
          fields: { Next: next },
        },
      ),
    ],
  );
}
