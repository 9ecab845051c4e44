import { LABEL, type Part, part, put } from '../../asl/asl';
import {
  absent,
  allOf,
  branches,
  choice,
  type Condition,
  equals,
  isOneOf,
  isTrue,
  matches,
  present,
} from '../../asl/conditions';
import { array, CONTEXT, format, toJson } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { PollOptions } from '../../asl/polling';
import type { JsonPath } from '../../asl/state';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import { describeService, listDeployments, requireCandidate, updateService } from './ecs-calls';

/** Limits of following deployments: the time of one, and the number of services of one execution. */
export type DeploymentLimits = Pick<PollOptions, 'timeoutSeconds' | 'times'>;

/** Preferred polling interval of a deployment. */
export const DEPLOYMENT_INTERVAL_SECONDS = 60;

/** Condition that the service had no release before this one. */
export const FIRST_RELEASE: Condition = isTrue(`${FOUND.before}.first`);

const LISTED = '$.listed';
const UPDATED_AT = '$.update.at';

/**
 * Updates the service to the new revision, and follows its deployment to the end. The service's own hook verifies the
 * new version.
 */
export function deployService(tools: PartTools, limits: DeploymentLimits): Part {
  const { calls, arns } = tools;
  const deployed = 'Deployment succeeded';
  const minimum = 'Has the service a first minimum?';
  return part(
    startDeployment(tools),
    followDeployment(tools, limits, deployed),
    [deployed, LABEL],
    describeService('Deployed service', calls, arns),
    requireCandidate({
      name: 'Does it run the candidate?',
      refusal: 'Another revision runs after the deployment',
      reason: '{} runs {} after its deployment: something else deployed, too',
      next: minimum,
    }),
    raiseMinimum(tools, minimum),
  );
}

/** A first release starts the tasks, too. */
function startDeployment({ calls, arns }: PartTools): Part {
  const started = 'Deployment has started';
  const update = (parameters: object) =>
    updateService(calls, arns, { 'TaskDefinition.$': FOUND.candidate, ...parameters }, [
      'Ecs.InvalidParameterException',
      'Ecs.ServiceNotActiveException',
    ]);
  return part(
    ['Note time of the update', put('$.update', { 'at.$': CONTEXT.stateEntered })],
    ['Has the service no tasks yet?', choice([FIRST_RELEASE, present(SERVICE.minTasks)], 'Start first tasks')],
    ['Update service', { ...update({}), Next: started }],
    ['Start first tasks', update({ 'DesiredCount.$': SERVICE.minTasks })],
    [started, LABEL],
  );
}

/**
 * Polls the deployment until it ends, and fails if there is a second one since the update.
 * A second one was started by another deployer, and the list has no documented order.
 */
function followDeployment({ calls, intervals, arns }: PartTools, limits: DeploymentLimits, deployed: string): Part {
  const deployment = (index: number): JsonPath => `${LISTED}.ServiceDeployments[${index}]`;
  const status: JsonPath = `${deployment(0)}.Status`;
  const reason: JsonPath = `${deployment(0)}.StatusReason`;
  const [foreign, failed, late] = [
    'Somebody else deploys',
    'Has the deployment a reason?',
    'Deployment takes too long',
  ];
  return part(
    intervals.poll(
      {
        ...limits,
        name: 'Follow deployment',
        intervalSeconds: DEPLOYMENT_INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: late,
      },
      (again) =>
        part(
          [
            'Follow deployment: list deployments',
            listDeployments(calls, arns, LISTED, { status: {}, createdAfter: UPDATED_AT }),
          ],
          [
            'Follow deployment: has it ended?',
            branches(
              [
                { when: present(deployment(1)), next: foreign },
                { when: absent(status), next: again },
                { when: equals(status, 'SUCCESSFUL'), next: deployed },
                { when: isOneOf(status, ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED']), next: failed },
                // It would roll back to no image, and not end while there have to be tasks.
                { when: allOf(FIRST_RELEASE, matches(status, 'ROLLBACK_*')), next: failed },
              ],
              again,
            ),
          ],
        ),
    ),
    [failed, choice([present(reason)], 'Deployment failed', 'Deployment failed without a reason')],
    refuse(
      'Deployment failed',
      'Release.Deployment',
      'the deployment of {} ended as {}: {}',
      SERVICE.name,
      status,
      reason,
    ),
    refuse(
      'Deployment failed without a reason',
      'Release.Deployment',
      'the deployment of {} ended as {}',
      SERVICE.name,
      status,
    ),
    refuse(
      late,
      'Release.Timeout',
      'the deployment of {} has not ended in the time that it was given',
      SERVICE.name,
    ),
    refuse(
      foreign,
      'Release.OtherRevision',
      '{} has a second deployment: something else deployed, too: {}',
      SERVICE.name,
      toJson(`${LISTED}.ServiceDeployments[*].ServiceDeploymentArn`),
    ),
  );
}

/** Auto scaling may not take a service below its minimum again after its first tasks have started. */
function raiseMinimum(tools: PartTools, entry: string): Part {
  const raise = setMinimum(tools, { name: 'Raise minimum', minimum: { 'MinCapacity.$': SERVICE.minTasks } });
  const end = 'Service is deployed';
  return part(
    [entry, choice([FIRST_RELEASE, present(SERVICE.minTasks)], raise.entry, end)],
    raise,
    [end, LABEL],
  );
}

/** Minimum of tasks that auto scaling keeps. */
interface Minimum {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Field of the API: a number, or a path to one. */
  readonly minimum: { readonly MinCapacity: number } | { readonly 'MinCapacity.$': JsonPath };
}

/** Sets the minimum of a service, if it scales. */
export function setMinimum({ calls, arns }: PartTools, { name, minimum }: Minimum): Part {
  const service = format('service/{}/{}', SERVICE.cluster, SERVICE.service);
  const dimension = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' };
  const end = `${name}: end`;
  return part(
    [
      `${name}: describe`,
      calls.task(
        'applicationautoscaling:describeScalableTargets',
        { ...dimension, 'ResourceIds.$': array(service) },
        { resources: ['*'], resultPath: '$.scaling' },
      ),
    ],
    [`${name}: does it scale?`, choice([present('$.scaling.ScalableTargets[0]')], `${name}: set`, end)],
    [
      `${name}: set`,
      calls.task(
        'applicationautoscaling:registerScalableTarget',
        { ...dimension, 'ResourceId.$': service, ...minimum },
        {
          resources: arns.scalableTargets,
          conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
        },
      ),
    ],
    [end, LABEL],
  );
}
