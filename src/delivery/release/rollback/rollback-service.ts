import { copy, LABEL, type NamedState, type Part, part, put } from '../../asl/asl';
import {
  allOf,
  anyOf,
  absent,
  branches,
  choice,
  equals,
  equalsPath,
  isSet,
  matches,
  not,
  present,
} from '../../asl/conditions';
import { add, CONTEXT, format } from '../../asl/intrinsics';
import type { JsonPath } from '../../asl/state';
import { checkTraffic } from '../checks/traffic-check';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import { isIn, keepFailure, type ServiceStep, setPhase } from '../rollout/service-loop';
import { FIRST_RELEASE, setMinimum } from '../steps/deploy-service';
import { checkShift, CURRENT, describeService, listDeployments, lookAtShift, updateService } from '../steps/ecs-calls';
import { readReleasedTag, writeReleasedTag } from '../steps/released-tag';
import { BEFORE, deregisterCandidates } from './deregister-candidates';

/** Start of the release that is rolled back. */
const RELEASE_STARTED = '$.at';
const RUNS_BEFORE = equalsPath(CURRENT.revision, BEFORE.revision);
/** Turns for which a new deployment may be missing in the list, and targets behind it unhealthy. */
const SETTLE_TURNS = 5;

/** Next step of a service. */
const STEP: JsonPath = '$.step';
/** Number of updates and of turns without a result, and which deployments since when count as failed. */
const ATTEMPT = {
  all: '$.attempt',
  updates: '$.attempt.updates',
  turns: '$.attempt.turns',
  failed: '$.attempt.failed',
  since: '$.attempt.since',
} as const;
const LISTED = '$.listed';
const DEPLOYMENTS = '$.deployments';
const RUNNING: JsonPath = `${DEPLOYMENTS}.ServiceDeployments[0]`;

/** States that several parts of a turn lead to. */
const STATE = {
  entry: 'Which step of the rollback is next?',
  progress: 'Which deployment is left?',
  follow: 'Follow traffic of the rollback',
  look: 'List unfinished deployments of the service',
  describe: 'Service after its deployments: describe',
  retry: 'Was it updated already?',
  restored: 'Previous revision is in place',
  serves: 'Previous version serves',
  failed: 'Rollback of the service failed',
  end: 'End the turn of the rollback',
} as const;

/**
 * One turn of the rollback of a service to its previous version, whatever state the service is in. Each step reads what
 * is there, so it can be repeated. A call that fails is made again in the next turn.
 */
export function rollBackService(tools: PartTools, roleName: string): ServiceStep {
  const { calls, arns } = tools;
  const { look, failed, end } = STATE;
  const begin = 'Service to roll back';
  const done = 'Service is rolled back';
  const states = part(
    [
      STATE.entry,
      branches(
        [
          { when: anyOf(isIn('done'), isIn('failed')), next: end },
          { when: isSet(`${FOUND.before}.unchanged`), next: done },
          { when: equals(STEP, 'begin'), next: `${begin}: describe` },
          { when: equals(STEP, 'await'), next: 'List the deployment of the rollback' },
        ],
        look,
      ),
    ],
    beginRollback(tools, begin),
    stopDeployments(tools),
    describeService('Service after its deployments', calls, arns, { failed: end, unknown: 'Service is gone' }),
    ['Does it run the previous revision?', choice([RUNS_BEFORE], 'List failed deployments', STATE.retry)],
    keepFailure('Service is gone', 'Release.Service', format('ECS has no service {}', SERVICE.name), failed),
    listFailedDeployments(tools),
    updateToPrevious(tools),
    awaitDeployment(tools),
    checkHealth(tools),
    restoreReleasedTag(tools),
    deregisterCandidates(calls, roleName, end),
    setPhase(done, 'done', end),
    setPhase(failed, 'failed'),
    [end, LABEL],
  );
  return { states, looks: [STATE.entry, look, STATE.progress, ...lookAtShift(STATE.follow), end] };
}

/**
 * Scales a service to zero tasks before its first release is rolled back.
 * The previous revision has no image. ECS therefore can't finish a rollback while the desired count is above zero.
 * A failure is ignored here, because the rollback sets the desired count to zero again at its end.
 */
function beginRollback(tools: PartTools, name: string): Part {
  const { calls, arns } = tools;
  const { look, end, failed } = STATE;
  const [stop, begun, gone] = ['Stop tasks of a first release', 'Rollback has begun', 'Service to roll back is gone'];
  const lower = setMinimum(tools, { name: 'Lower minimum', minimum: { MinCapacity: 0 }, failed: stop, next: stop });
  return part(
    describeService(name, calls, arns, { failed: end, unknown: gone }),
    [
      'Begin rollback',
      put(ATTEMPT.all, { 'updates': 0, 'turns': 0, 'failed': ['ROLLBACK_FAILED'], 'since.$': RELEASE_STARTED }),
    ],
    ['Was it the first release?', choice([FIRST_RELEASE], 'Has the service a minimum?', begun)],
    ['Has the service a minimum?', choice([present(SERVICE.minTasks)], lower.entry, stop)],
    lower,
    [stop, updateService(calls, arns, { DesiredCount: 0 }, { failed: begun, fields: { Next: begun } })],
    keepFailure(gone, 'Release.Service', format('ECS has no service {}', SERVICE.name), failed),
    setStep(begun, 'stop', look),
  );
}

/** Stops a deployment, unless it rolls back already or is one to the previous version. */
function stopDeployments({ calls, arns }: PartTools): Part {
  const { look, progress, follow, describe, end } = STATE;
  return part(
    [look, listDeployments(calls, arns, DEPLOYMENTS, { failed: end })],
    [
      progress,
      branches([
        { when: absent(RUNNING), next: describe },
        {
          // Nothing served before a first release.
          when: allOf(RUNS_BEFORE, not(FIRST_RELEASE), isIn('working'), equals(`${RUNNING}.Status`, 'IN_PROGRESS')),
          next: lookAtShift(follow)[0],
        },
        {
          when: anyOf(
            RUNS_BEFORE,
            matches(`${RUNNING}.Status`, 'ROLLBACK_*'),
            equals(`${RUNNING}.Status`, 'STOP_REQUESTED'),
          ),
          next: end,
        },
      ]),
    ],
    [
      'Stop deployment',
      calls.task(
        'ecs:stopServiceDeployment',
        { 'ServiceDeploymentArn.$': `${RUNNING}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
        // It may have just ended, or roll back by itself.
        { resources: [...arns.services, ...arns.deployments], failed: end, fields: { Next: end } },
      ),
    ],
    checkShift(calls, arns, {
      name: follow,
      deployment: `${RUNNING}.ServiceDeploymentArn`,
      shifted: 'Traffic is back',
      otherwise: end,
    }),
    setPhase('Traffic is back', 'shifted', end),
  );
}

/** A service that names the previous revision runs it, unless a deployment to it has failed. */
function listFailedDeployments({ calls, arns }: PartTools): Part {
  return part(
    [
      'List failed deployments',
      listDeployments(calls, arns, LISTED, {
        status: { 'Status.$': ATTEMPT.failed },
        createdAfter: ATTEMPT.since,
        failed: STATE.end,
      }),
    ],
    ['Is a failed one listed?', choice([present(`${LISTED}.ServiceDeployments[0]`)], STATE.retry, STATE.restored)],
  );
}

/** Also if it runs that revision already: then the deployment that rolled back to it has failed. */
function updateToPrevious({ calls, arns }: PartTools): Part {
  const { retry, failed, end } = STATE;
  const again = 'Note time of the update back';
  return part(
    [retry, choice([{ Variable: ATTEMPT.updates, NumericGreaterThan: 0 }], 'Rollback has failed', again)],
    keepFailure(
      'Rollback has failed',
      'Release.RollbackFailed',
      format('{} still runs {}', SERVICE.name, CURRENT.revision),
      failed,
    ),
    [again, put('$.update', { 'at.$': CONTEXT.stateEntered })],
    // Before the call: its answer may be lost, and the next turn must not take the deployment for somebody else's.
    ['Expect the previous revision', put(FOUND.current, { 'revision.$': BEFORE.revision, 'tasks.$': CURRENT.tasks })],
    [
      'Update to the previous revision',
      updateService(calls, arns, { 'TaskDefinition.$': BEFORE.revision, 'ForceNewDeployment': true }, { failed: end }),
    ],
    [
      'Count the update',
      put(ATTEMPT.all, {
        'updates': 1,
        'turns': 0,
        'failed': ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'],
        'since.$': '$.update.at',
      }),
    ],
    setPhase('Traffic has to come back', 'working'),
    setStep('Await the deployment', 'await', end),
  );
}

/** A deployment that has just started may be missing in the list, and would seem to have ended. */
function awaitDeployment({ calls, arns }: PartTools): Part {
  const { failed, end } = STATE;
  const listed = 'Deployment of the rollback is listed';
  return part(
    [
      'List the deployment of the rollback',
      listDeployments(calls, arns, LISTED, { status: {}, createdAfter: ATTEMPT.since, failed: end }),
    ],
    ['Is it listed?', choice([present(`${LISTED}.ServiceDeployments[0]`)], listed)],
    countTurn('Count turns without the deployment', end, 'Deployment does not appear'),
    keepFailure(
      'Deployment does not appear',
      'Release.RollbackFailed',
      format('{} has no deployment to {}', SERVICE.name, BEFORE.revision),
      failed,
    ),
    setStep(listed, 'stop', STATE.look),
  );
}

/** The revision of a service says what it should run, not that it answers. */
function checkHealth({ calls, arns }: PartTools): Part {
  const { restored, serves, failed, end } = STATE;
  const [stop, unhealthy] = ['Stop tasks of the service', 'Count turns without health'];
  return part(
    [
      restored,
      branches([
        { when: FIRST_RELEASE, next: stop },
        { when: present(BEFORE.unchecked), next: serves },
        // Nothing answers for a service that has no tasks at this hour.
        { when: { Variable: CURRENT.tasks, NumericEquals: 0 }, next: serves },
      ]),
    ],
    checkTraffic(calls, {
      name: 'Traffic after the rollback',
      whole: serves,
      divided: unhealthy,
      unhealthy,
      failed: end,
    }),
    countTurn(unhealthy, end, 'Previous version is unhealthy'),
    keepFailure(
      'Previous version is unhealthy',
      'Release.RollbackFailed',
      format(
        '{} runs {} again, but its traffic does not go to one group with a healthy task',
        SERVICE.name,
        CURRENT.revision,
      ),
      failed,
    ),
    [stop, updateService(calls, arns, { DesiredCount: 0 }, { failed: end })],
    [serves, LABEL],
  );
}

/** Counts a turn without the wanted result. After a few of them it goes to `tooMany`. */
function countTurn(name: string, end: string, tooMany: string): Part {
  return part(
    [name, put('$.counted', { 'turns.$': add(ATTEMPT.turns, 1) })],
    [`${name}: keep`, copy('$.counted.turns', ATTEMPT.turns)],
    [
      `${name}: how many?`,
      choice([{ Variable: ATTEMPT.turns, NumericGreaterThan: SETTLE_TURNS }], tooMany, end),
    ],
  );
}

function restoreReleasedTag({ calls, arns }: PartTools): Part {
  const { end } = STATE;
  const restored = 'Released tag is restored';
  return part(
    ['Read released tag', readReleasedTag(calls, arns, SERVICE.parameter, { failed: end })],
    ['Is it the previous tag?', choice([equalsPath(FOUND.releasedTag, BEFORE.tag)], restored)],
    ['Restore released tag', writeReleasedTag(calls, arns, BEFORE.tag, { failed: end })],
    [restored, LABEL],
  );
}

function setStep(name: string, step: string, next: string): NamedState {
  return [name, { Type: 'Pass', Result: step, ResultPath: STEP, Next: next }];
}
