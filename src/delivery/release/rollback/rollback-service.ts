import { copy, LABEL, type Part, part, put } from '../../asl/asl';
import { absent, anyOf, branches, choice, equals, equalsPath, matches, not, present } from '../../asl/conditions';
import { CONTEXT } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import { checkTraffic } from '../checks/traffic-check';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import { DEPLOYMENT_INTERVAL_SECONDS, type DeploymentLimits, FIRST_RELEASE, setMinimum } from '../steps/deploy-service';
import { CURRENT, describeService, listDeployments, updateService } from '../steps/ecs-calls';
import { readReleasedTag, writeReleasedTag } from '../steps/released-tag';

const BEFORE = {
  revision: `${FOUND.before}.revision`,
  tag: `${FOUND.before}.tag`,
  latest: `${FOUND.before}.latest`,
  candidate: `${FOUND.before}.candidate`,
  /** Present where nobody asked if the previous version was healthy. */
  unchecked: `${FOUND.before}.unchecked`,
} as const;
/** Start of the release that is rolled back. */
const RELEASE_STARTED = '$.at';

const RUNS_BEFORE = equalsPath(CURRENT.revision, BEFORE.revision);
/** How long a new deployment may be missing in the list, and targets behind it unhealthy. */
const SETTLE_SECONDS = 300;

/** Number of updates, and which deployments since when count as failed. */
const ATTEMPT = {
  all: '$.attempt',
  updates: '$.attempt.updates',
  failed: '$.attempt.failed',
  since: '$.attempt.since',
} as const;
const LISTED = '$.listed';
const DEPLOYMENTS = '$.deployments';

/**
 * Rolls one service back to its previous version, whatever state the service is in.
 * The part reads the current state first, so it can be repeated.
 */
export function rollBackService(tools: PartTools, limits: DeploymentLimits): Part {
  const { calls, arns } = tools;
  const stopTasks = 'Stop tasks of the service';
  const serves = 'Previous version serves';
  const restored = 'Previous revision is in place';
  return part(
    describeService('Service to roll back', calls, arns),
    [
      'Begin rollback',
      put(ATTEMPT.all, { 'updates': 0, 'failed': ['ROLLBACK_FAILED'], 'since.$': RELEASE_STARTED }),
    ],
    emptyFirstRelease(tools),
    restoreRevision(tools, limits, restored),
    [restored, choice([FIRST_RELEASE], stopTasks)],
    ['Was it healthy before?', choice([present(BEFORE.unchecked)], serves)],
    awaitHealth(tools, limits, serves),
    [stopTasks, updateService(calls, arns, { DesiredCount: 0 })],
    [serves, LABEL],
    restoreReleasedTag(tools),
  );
}

/**
 * Scales a service to zero tasks before its first release is rolled back.
 * The previous revision has no image. ECS therefore can't finish a rollback while the desired count is above zero.
 * A failure is ignored here, because the rollback sets the desired count to zero again at its end.
 */
function emptyFirstRelease(tools: PartTools): Part {
  const { calls, arns } = tools;
  const [end, stop] = ['Tasks of a first release are stopped', 'Stop tasks of a first release'];
  const lower = setMinimum(tools, { name: 'Lower minimum', minimum: { MinCapacity: 0 } });
  return part(
    ['Was it the first release?', choice([FIRST_RELEASE], 'Has the service a minimum?', end)],
    ['Has the service a minimum?', choice([present(SERVICE.minTasks)], lower.entry, stop)],
    lower,
    [
      stop,
      {
        ...updateService(calls, arns, { DesiredCount: 0 }),
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: end }],
      },
    ],
    [end, LABEL],
  );
}

/**
 * Stops deployments. If the service then runs another revision, or a rollback failed, updates it to the previous one.
 */
function restoreRevision(tools: PartTools, limits: DeploymentLimits, restored: string): Part {
  const { calls, arns } = tools;
  const [stopped, failed, late] = ['Deployments have ended', 'Rollback failed', 'Rollback takes too long'];
  const [retry, ended] = ['Was it updated already?', 'List failed deployments'];
  const stop = stopDeployments(tools, limits, { stopped, late });
  return part(
    stop,
    [stopped, LABEL],
    describeService('Service after its deployments', calls, arns),
    ['Does it run the previous revision?', choice([RUNS_BEFORE], ended)],
    [retry, choice([{ Variable: ATTEMPT.updates, NumericGreaterThan: 0 }], failed)],
    [
      'Count the update',
      put(ATTEMPT.all, {
        'updates': 1,
        'failed': ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'],
        'since.$': CONTEXT.stateEntered,
      }),
    ],
    ['Expect the previous revision', put(FOUND.current, { 'revision.$': BEFORE.revision })],
    // Also if it runs that revision already: then the deployment that rolled back to it has failed.
    [
      'Update to the previous revision',
      updateService(calls, arns, { 'TaskDefinition.$': BEFORE.revision, 'ForceNewDeployment': true }),
    ],
    awaitDeployment(tools, limits, { seen: stop.entry, late: failed }),
    refuse(failed, 'Release.RollbackFailed', '{} still runs {}', SERVICE.name, CURRENT.revision),
    refuse(
      late,
      'Release.RollbackFailed',
      'the rollback of {} has not ended in the time that it was given',
      SERVICE.name,
    ),
    [
      ended,
      listDeployments(calls, arns, LISTED, {
        status: { 'Status.$': ATTEMPT.failed },
        createdAfter: ATTEMPT.since,
      }),
    ],
    ['Has a deployment failed?', choice([present(`${LISTED}.ServiceDeployments[0]`)], retry, restored)],
  );
}

/** Transitions of {@link stopDeployments}. */
interface StopOptions {
  /** State to go to when no deployment runs any more. */
  readonly stopped: string;
  /** State to go to when they take too long. */
  readonly late: string;
}

function stopDeployments({ calls, intervals, arns }: PartTools, limits: DeploymentLimits, options: StopOptions): Part {
  const deployment: JsonPath = `${DEPLOYMENTS}.ServiceDeployments[0]`;
  const notRetried = ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'];
  return intervals.poll(
    {
      ...limits,
      name: 'Stop deployments',
      intervalSeconds: DEPLOYMENT_INTERVAL_SECONDS,
      onTimeout: options.late,
    },
    (again) =>
      part(
        ['Stop deployments: list', listDeployments(calls, arns, DEPLOYMENTS)],
        [
          'Stop deployments: which one is left?',
          branches([
            { when: absent(deployment), next: options.stopped },
            // It rolls back already, or it is one of this rollback.
            {
              when: anyOf(
                RUNS_BEFORE,
                matches(`${deployment}.Status`, 'ROLLBACK_*'),
                equals(`${deployment}.Status`, 'STOP_REQUESTED'),
              ),
              next: again,
            },
          ]),
        ],
        [
          'Stop deployments: stop one',
          calls.task(
            'ecs:stopServiceDeployment',
            { 'ServiceDeploymentArn.$': `${deployment}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
            {
              resources: [...arns.services, ...arns.deployments],
              notRetried,
              // It has just ended, or rolls back by itself.
              fields: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.notStopped', Next: again }] },
            },
          ),
        ],
      ),
  );
}

/** Transitions of {@link awaitDeployment}. */
interface AwaitOptions {
  /** State to go to when the deployment is in the list. */
  readonly seen: string;
  /** State to go to when it doesn't appear. */
  readonly late: string;
}

/** A deployment that has just started may be missing in the list, and would seem to have ended. */
function awaitDeployment(
  { calls, intervals, arns }: PartTools,
  { times }: DeploymentLimits,
  { seen, late }: AwaitOptions,
): Part {
  return intervals.poll(
    {
      name: 'Await deployment',
      timeoutSeconds: SETTLE_SECONDS,
      intervalSeconds: DEPLOYMENT_INTERVAL_SECONDS,
      times,
      waitFirst: true,
      onTimeout: late,
    },
    (again) =>
      part(
        [
          'Await deployment: list',
          listDeployments(calls, arns, LISTED, { status: {}, createdAfter: ATTEMPT.since }),
        ],
        [
          'Await deployment: is it listed?',
          choice([present(`${LISTED}.ServiceDeployments[0]`)], seen, again),
        ],
      ),
  );
}

/** Waits for healthy targets: the revision of a service says what it should run, not that it answers. */
function awaitHealth({ calls, intervals }: PartTools, { times }: DeploymentLimits, serves: string): Part {
  const late = 'Previous version is unhealthy';
  return part(
    intervals.poll(
      {
        name: 'Await health',
        timeoutSeconds: SETTLE_SECONDS,
        intervalSeconds: DEPLOYMENT_INTERVAL_SECONDS,
        times,
        onTimeout: late,
      },
      (again) =>
        checkTraffic(calls, { name: 'Traffic after the rollback', whole: serves, divided: again, unhealthy: again }),
    ),
    refuse(
      late,
      'Release.RollbackFailed',
      '{} runs {} again, but its traffic does not go to one group with a healthy task',
      SERVICE.name,
      CURRENT.revision,
    ),
  );
}

function restoreReleasedTag({ calls, arns }: PartTools): Part {
  const restored = 'Released tag is restored';
  return part(
    ['Read released tag', readReleasedTag(calls, arns)],
    ['Is it the previous tag?', choice([equalsPath(FOUND.releasedTag, BEFORE.tag)], restored)],
    ['Restore released tag', writeReleasedTag(calls, arns, BEFORE.tag)],
    [restored, LABEL],
  );
}

/**
 * Deregisters the revisions that the state machine's role has registered since the release began.
 * ECS uses the family's latest active revision when CloudFormation updates the service, and that must never be one of a
 * failed release. Revisions of CloudFormation stay.
 * It is only for a service that is rolled back, because a revision that runs is never deregistered.
 */
export function deregisterCandidates(calls: AwsCalls, roleName: string): Part {
  const latest = '$.latest.definition';
  const deregister = (arn: JsonPath): State =>
    calls.task('ecs:deregisterTaskDefinition', { 'TaskDefinition.$': arn }, { resources: ['*'] });
  const keptRevisions = [BEFORE.latest, BEFORE.revision];
  const [describe, end] = ['Describe latest revision of the family', 'Family is clean'];
  return part(
    ['Was a candidate registered?', choice([present(BEFORE.candidate)], 'Deregister candidate', describe)],
    ['Deregister candidate', deregister(BEFORE.candidate)],
    [
      describe,
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': SERVICE.family },
        { resources: ['*'], resultPath: '$.latest', resultSelector: { 'definition.$': '$.TaskDefinition' } },
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
    [end, copy(`${latest}.TaskDefinitionArn`, '$.latest')],
  );
}
