import { LABEL, output, part, type Part, put } from '../asl/asl';
import { choice, type Condition, equalsPath, isTrue, present } from '../asl/conditions';
import { array, contains, CONTEXT, quoted } from '../asl/intrinsics';
import { findByName, forEach, ITEM } from '../asl/parts';
import type { PartTools } from '../release/context/release-settings';
import { factsOf, SERVICES } from '../release/context/service-facts';
import type { Release } from '../release/release';
import { readRecord, RECORD } from '../release/steps/release-record';

const OUTCOME = '$.outcome';
const ANY = '$.any';
/** Services of the last release. */
const RELEASED = '$.released';

/** Outcomes for a service. */
const FOUND_DEPLOYMENT = { none: 'none', stopped: 'stopped', rollsBack: 'rolls back', replaces: 'replaces tasks' };

/**
 * Fastest rollback: the previous version still runs. A release that follows the deployment rolls its other services
 * back.
 *
 * A deployment that replaces the tasks of the released version has no other version to go back to. It is stopped, and
 * the command goes on.
 */
export function stopDeployments(tools: PartTools, release: Release, runsAlready: string): Part {
  const { calls, arns } = tools;
  const [noRecord, known, idle] = ['Note that nothing is recorded', 'Record is known', 'No deployment runs at all'];
  const [noLast, lastKnown] = ['Note that nothing was released', 'Released versions are known'];
  return part(
    ['Services', { Type: 'Pass', Result: release._targets.map(factsOf), ResultPath: SERVICES }],
    readRecord(calls, arns, {
      name: 'Read released versions',
      parameter: release.lastReleaseParameterName,
      none: noLast,
    }),
    ['Keep released versions', { ...put(RELEASED, { 'services.$': RECORD.services }), Next: lastKnown }],
    [noLast, { Type: 'Pass', Result: { services: [] }, ResultPath: RELEASED }],
    [lastKnown, LABEL],
    readRecord(calls, arns, {
      name: 'Read record',
      parameter: release.recordParameterName,
      none: noRecord,
    }),
    ['Keep recorded services', { ...put('$.record', { 'services.$': RECORD.services }), Next: known }],
    [noRecord, { Type: 'Pass', Result: { services: [] }, ResultPath: '$.record' }],
    [known, LABEL],
    [
      'Stop deployments',
      forEach(SERVICES, stopDeployment(tools), {
        selector: {
          'facts.$': CONTEXT.mapItem,
          'before.$': '$.record.services',
          'released.$': `${RELEASED}.services`,
        },
        fields: { ResultPath: OUTCOME },
      }),
    ],
    [
      'Compare outcomes',
      put(ANY, {
        'stopped.$': contains(`${OUTCOME}[*].found`, quoted(FOUND_DEPLOYMENT.stopped)),
        'rollsBack.$': contains(`${OUTCOME}[*].found`, quoted(FOUND_DEPLOYMENT.rollsBack)),
      }),
    ],
    ['Was a deployment stopped?', choice([isTrue(`${ANY}.stopped`)], 'Report stopped deployments')],
    ['Does a deployment roll back?', choice([isTrue(`${ANY}.rollsBack`)], runsAlready, idle)],
    [
      'Report stopped deployments',
      output({ done: 'the running deployments were stopped, and roll back. A release that runs notifies of the end' }),
    ],
    [idle, LABEL],
  );
}

function stopDeployment({ calls, arns }: PartTools): Part {
  const { services, deployments } = arns;
  const [listed, current] = ['$.deployments.ServiceDeployments[0]', '$.current.services[0].TaskDefinition'] as const;
  const [none, stop, stopReplacement] = ['No deployment runs', 'Stop deployment', 'Stop replacement'];
  const [goesBack, replaces] = ['Does it deploy the previous revision?', 'Does it deploy the released revision?'];
  const ended = ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'];
  const outcome = (found: string) => output({ found });
  const released = findByName('Find released state', '$.released', '$.facts.name', stop);
  const before = findByName('Find previous state', '$.before', '$.facts.name', released.entry);
  const deploys = (field: string): Condition[] => [
    present(current),
    present(`${ITEM}.${field}`),
    equalsPath(current, `${ITEM}.${field}`),
  ];
  const stopIt = () =>
    calls.task(
      'ecs:stopServiceDeployment',
      { 'ServiceDeploymentArn.$': `${listed}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
      {
        resources: [...services, ...deployments],
        notRetried: ended,
        // It rolls back already, or has just ended.
        fields: { Catch: [{ ErrorEquals: ended, ResultPath: null, Next: none }] },
      },
    );
  return part(
    [
      'List running deployments',
      calls.task(
        'ecs:listServiceDeployments',
        {
          'Cluster.$': '$.facts.cluster',
          'Service.$': '$.facts.service',
          'Status': ['PENDING', 'IN_PROGRESS'],
        },
        { resources: services, resultPath: '$.deployments' },
      ),
    ],
    ['Does any deployment run?', choice([present(listed)], 'Describe service')],
    [none, outcome(FOUND_DEPLOYMENT.none)],
    [
      'Describe service',
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': '$.facts.cluster', 'Services.$': array('$.facts.service') },
        { resources: services, resultPath: '$.current', resultSelector: { 'services.$': '$.Services' } },
      ),
    ],
    before,
    [goesBack, choice(deploys('revision'), 'Deployment rolls back', stop)],
    released,
    [replaces, choice(deploys('candidate'), stopReplacement)],
    [stop, stopIt()],
    ['Deployment is stopped', outcome(FOUND_DEPLOYMENT.stopped)],
    ['Deployment rolls back', outcome(FOUND_DEPLOYMENT.rollsBack)],
    [stopReplacement, stopIt()],
    ['Replacement is stopped', outcome(FOUND_DEPLOYMENT.replaces)],
  );
}
