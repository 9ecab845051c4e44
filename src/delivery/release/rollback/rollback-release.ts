import { commented, CONTINUE, LABEL, output, type Part, part, put } from '../../asl/asl';
import { anyOf, branches, choice, equalsPath, isTrue, present } from '../../asl/conditions';
import { contains, CONTEXT, format, fromJson, merge, toJson } from '../../asl/intrinsics';
import { catchAll, FAILURE, findByName, forEach, ITEM } from '../../asl/parts';
import type { PartTools, ReleaseSettings } from '../context/release-settings';
import { FOUND, INPUT, SERVICE, SERVICES } from '../context/service-facts';
import { BACK, trafficIsBack } from '../rollout/roll-out';
import { isIn, PHASE, serviceLoop } from '../rollout/service-loop';
import { notify } from '../steps/notify';
import { clearRecord, readRecord, RECORD } from '../steps/release-record';
import { numbered } from '../steps/run-commands';
import { stopTasks } from '../steps/run-task';
import { NOBODY_NOTIFIED } from './find-failure';
import { rollBackService } from './rollback-service';

/** Condition that the execution cleans up after another one. */
const CLEANS_UP = present(INPUT.cleanUpAfter);

const OUTCOME = '$.outcome';
/** Failure of stopping tasks. */
const TASKS_LEFT = '$.tasksLeft';
const ERROR = `${FAILURE}.Error` as const;
const CAUSE = `${FAILURE}.Cause` as const;

/**
 * Rolls back everything that this release, or an earlier one that couldn't roll itself back, began.
 * The part ends the execution, or goes to `refused` if this release has changed nothing.
 */
export function rollBackRelease(name: string, tools: PartTools, settings: ReleaseSettings, refused: string): Part {
  const { calls, arns } = tools;
  const { recordName } = settings;
  const [nothing, failed, failedEnd] = ['Nothing to roll back', 'Notify of the failed rollback', 'Fail the release'];
  const [unreadable, open] = ['Notify of the unreadable record', 'Report the record that stays open'];
  const cleanedUp = 'Clean-up is complete';
  const rollBack = 'Begin the rollback';
  return part(
    readRecord(calls, arns, { name, parameter: recordName, none: nothing, patient: true, failed: unreadable }),
    ['Is it a clean-up?', choice([CLEANS_UP], 'Is the record of the failed release?')],
    [
      'Is the record of this release?',
      choice([equalsPath(RECORD.execution, CONTEXT.executionName)], rollBack, nothing),
    ],
    [
      'Is the record of the failed release?',
      choice([equalsPath(RECORD.execution, INPUT.cleanUpAfter)], rollBack, nothing),
    ],
    [rollBack, LABEL],
    ...stopStarted(tools, settings),
    rollBackServices(tools, settings, failed),
    clearRecord(calls, arns, 'Close the record after the rollback', recordName, { patient: true, failed: open }),
    [
      'Find services with a previous version',
      put('$.any', { 'previous.$': contains(`${RECORD.services}[*].first`, false) }),
    ],
    ['Did any version serve before?', choice([isTrue('$.any.previous')], 'Notify of the rollback')],
    notifyOf(tools, settings, 'Notify of the failed first release', 'failed, no version serves', [
      format('Release {} failed. It was the first, so no version serves.', RECORD.execution),
      format('{}: {}', ERROR, CAUSE),
    ]),
    ['First release is rolled back', { ...LABEL, Next: 'Does a clean-up end here?' }],
    notifyOf(tools, settings, 'Notify of the rollback', 'failed, the previous version serves', [
      format('Release {} failed, and the previous version serves.', RECORD.execution),
      format('{}: {}', ERROR, CAUSE),
    ]),
    ['Does a clean-up end here?', choice([CLEANS_UP], cleanedUp, failedEnd)],
    [
      open,
      {
        ...put(FAILURE, {
          'Error.$': ERROR,
          'Cause.$': format('{} (all services are rolled back, but the record of the stage can not be closed)', CAUSE),
        }),
        Next: failed,
      },
    ],
    notifyOf(tools, settings, unreadable, 'failed and is NOT rolled back', [
      format('Execution {} can not read the record of the stage, and a person has to look.', CONTEXT.executionName),
      format('Whatever has begun is not rolled back. {}: {}.', ERROR, CAUSE),
      `What to do: ${settings.runbook}`,
    ]),
    ['Unknown record ends the execution', { ...LABEL, Next: failedEnd }],
    notifyOf(tools, settings, failed, 'failed and is NOT rolled back', [
      format('Release {} failed, and a person has to look: {}.', RECORD.execution, toJson(OUTCOME)),
      'Of a service that is not rolled back no revision was deregistered: cdk deploy may deploy the new image.',
      format('No other release begins before its rollback. {}: {}.', ERROR, CAUSE),
      `What to do: ${settings.runbook}`,
    ]),
    [failedEnd, { Type: 'Fail', ErrorPath: ERROR, CausePath: CAUSE }],
    [nothing, choice([CLEANS_UP], 'Is nobody notified yet?', refused)],
    ['Is nobody notified yet?', choice([NOBODY_NOTIFIED], 'Notify of the early end', cleanedUp)],
    notifyOf(tools, settings, 'Notify of the early end', 'ended early, nothing to roll back', [
      format('Release {} ended early, and has changed nothing that needs a rollback.', INPUT.cleanUpAfter),
      format('{}: {}.', ERROR, CAUSE),
      format('The record of the stage says: {}', RECORD.text),
    ]),
    [cleanedUp, { Type: 'Succeed' }],
  );
}

/** Tasks that can't be stopped are reported, and the services are rolled back all the same. */
function stopStarted({ calls, intervals }: PartTools, { migrations, afterRelease, scope }: ReleaseSettings): Part[] {
  const tasks = [...migrations, ...afterRelease];
  const clusters = [...new Set(tasks.map(({ target }) => target.clusterName))];
  const [first, ...others] = clusters.map((cluster, index) => {
    const there = tasks.filter(({ target }) => target.clusterName === cluster);
    const most = there.reduce((sum, { verify }) => sum + (verify ? 2 : 1), 0);
    const name = numbered('Stop tasks', index);
    return stopTasks(calls, intervals, { scope, name, target: there[0].target, most, execution: RECORD.execution });
  });
  if (!first) {
    return [];
  }
  const end = 'Tasks are stopped';
  return [
    part(
      [
        'Stop what it has started',
        {
          ...catchAll(part(first, ...others), { next: 'Report tasks that are left', resultPath: TASKS_LEFT }),
          OutputPath: '$',
          ResultPath: null,
          Next: end,
        },
      ],
      [
        'Report tasks that are left',
        put(FAILURE, { 'Error.$': ERROR, 'Cause.$': format('{} ({})', CAUSE, `${TASKS_LEFT}.Cause`) }),
      ],
      [end, LABEL],
    ),
  ];
}

/** Services of the record, with their constants and their progress. */
const ROLLED_BACK = '$.rolledBack';
/** Time to stop a deployment, and to wait an outage of an API out, next to that of the deployment back. */
const PATIENCE_SECONDS = 3600;

/** Rolls all services back at the same time. Goes to `failed` if one is not rolled back, or if tasks are left. */
function rollBackServices(tools: PartTools, settings: ReleaseSettings, failed: string): Part {
  const { roleName, deploymentSeconds, targets } = settings;
  const report = 'Report outcomes';
  const name = 'Roll back';
  return part(
    [
      'Find services',
      commented(
        'Joins what served before with the constants of each service.',
        forEach(RECORD.services, findService(), {
          selector: { 'before.$': CONTEXT.mapItem, 'services.$': SERVICES, 'at.$': RECORD.at },
          fields: { ResultPath: ROLLED_BACK },
        }),
      ),
    ],
    serviceLoop(tools, {
      name,
      services: ROLLED_BACK,
      step: rollBackService(tools, roleName),
      timeoutSeconds: deploymentSeconds + PATIENCE_SECONDS,
      count: targets.length,
      onTimeout: report,
      onShifted: notify(tools.calls, settings.topicArn, {
        name: 'Notify of traffic after the failure',
        subject: trafficIsBack(settings),
        sentences: [format(BACK, RECORD.execution)],
        next: `${name}: note that it is told`,
      }),
    }),
    [report, forEach(ROLLED_BACK, reportOutcome(), { fields: { ResultPath: OUTCOME } })],
    ['Compare outcomes', put('$.any', { 'failed.$': contains(`${OUTCOME}[*].rolledBack`, false) })],
    [
      'Did a rollback fail?',
      choice([anyOf(isTrue('$.any.failed'), present(TASKS_LEFT))], failed, CONTINUE),
    ],
  );
}

/** Joins the state of a service before the release with its constants. */
function findService(): Part {
  const unknown = 'Record names a service of the past';
  const withState = format(
    '{"before":{},"at":"{}","phase":"working","step":"begin"}',
    toJson(FOUND.before),
    '$.at',
  );
  return part(
    findByName('Find service', SERVICES, `${FOUND.before}.name`, unknown),
    ['Merge with its previous state', put('$.facts', { 'all.$': merge(ITEM, fromJson(withState)) })],
    ['Keep only the merged state', { Type: 'Pass', InputPath: '$.facts.all', End: true }],
    [
      unknown,
      output({
        'name.$': toJson(FOUND.before),
        'phase': PHASE.failed,
        'failure': { Cause: 'This stage has no such service any more.' },
      }),
    ],
  );
}

function reportOutcome(): Part {
  const [done, failed] = ['Report the rollback', 'Report the failed rollback'];
  return part(
    [
      'How has the rollback ended?',
      branches([
        { when: isIn('done'), next: done },
        { when: isIn('failed'), next: failed },
      ]),
    ],
    [
      'Report a rollback that takes too long',
      output({
        'name.$': SERVICE.name,
        'rolledBack': false,
        'cause': 'The rollback has not ended in the time that it was given.',
      }),
    ],
    [done, output({ 'name.$': SERVICE.name, 'rolledBack': true })],
    [failed, output({ 'name.$': SERVICE.name, 'rolledBack': false, 'cause.$': CAUSE })],
  );
}

function notifyOf(
  { calls }: PartTools,
  { topicArn, stageName }: ReleaseSettings,
  name: string,
  end: string,
  sentences: [string, ...string[]],
): Part {
  return notify(calls, topicArn, { name, subject: `Release to ${stageName} ${end}`, sentences });
}
