import { LABEL, output, part, type Part, put } from '../asl/asl';
import { choice, equalsPath, isTrue, present } from '../asl/conditions';
import { array, contains, CONTEXT, quoted } from '../asl/intrinsics';
import { findByName, forEach, ITEM } from '../asl/parts';
import type { PartTools } from '../release/context/release-settings';
import { factsOf, SERVICES } from '../release/context/service-facts';
import type { Release } from '../release/release';
import { readRecord, RECORD } from '../release/steps/release-record';

const OUTCOME = '$.outcome';
const ANY = '$.any';

/** Outcomes for a service. */
const FOUND_DEPLOYMENT = { none: 'none', stopped: 'stopped', rollsBack: 'rolls back' };

/**
 * Fastest rollback: the previous version still runs. A release that follows the deployment rolls its other services
 * back.
 */
export function stopDeployments(tools: PartTools, release: Release, runsAlready: string): Part {
  const { calls, arns } = tools;
  const [noRecord, known, idle] = ['Note that nothing is recorded', 'Record is known', 'No deployment runs at all'];
  return part(
    ['Services', { Type: 'Pass', Result: release._targets.map(factsOf), ResultPath: SERVICES }],
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
        selector: { 'facts.$': CONTEXT.mapItem, 'before.$': '$.record.services' },
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
      output({ done: 'the running deployments were stopped, and roll back. The release notifies of their end' }),
    ],
    [idle, LABEL],
  );
}

function stopDeployment({ calls, arns }: PartTools): Part {
  const { services, deployments } = arns;
  const [listed, current] = ['$.deployments.ServiceDeployments[0]', '$.current.services[0].TaskDefinition'] as const;
  const [none, stop] = ['No deployment runs', 'Stop deployment'];
  const ended = ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'];
  const outcome = (found: string) => output({ found });
  const before = findByName('Find previous state', '$.before', '$.facts.name', stop);
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
    ['Does any deployment run?', choice([present(listed)], before.entry)],
    [none, outcome(FOUND_DEPLOYMENT.none)],
    before,
    [
      'Describe service',
      calls.task(
        'ecs:describeServices',
        { 'Cluster.$': '$.facts.cluster', 'Services.$': array('$.facts.service') },
        { resources: services, resultPath: '$.current', resultSelector: { 'services.$': '$.Services' } },
      ),
    ],
    [
      'Does it deploy the previous revision?',
      choice([present(current), equalsPath(current, `${ITEM}.revision`)], 'Deployment rolls back'),
    ],
    [
      stop,
      calls.task(
        'ecs:stopServiceDeployment',
        { 'ServiceDeploymentArn.$': `${listed}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
        {
          resources: [...services, ...deployments],
          notRetried: ended,
          // It rolls back already, or has just ended.
          fields: { Catch: [{ ErrorEquals: ended, ResultPath: null, Next: none }] },
        },
      ),
    ],
    ['Deployment is stopped', outcome(FOUND_DEPLOYMENT.stopped)],
    ['Deployment rolls back', outcome(FOUND_DEPLOYMENT.rollsBack)],
  );
}
