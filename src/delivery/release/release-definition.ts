import { chart, commented, copy, LABEL, type NamedState, output, type Part, part } from '../asl/asl';
import { choice, not, present } from '../asl/conditions';
import { CONTEXT, format, toJson } from '../asl/intrinsics';
import { catchAll, FAILURE, forEach, oneByOne, unless } from '../asl/parts';
import type { State } from '../asl/state';
import { checkAlarmsAgain, checkGateAlarms, hasAlarms, listWatchedAlarms, monitorAlarms } from './checks/alarm-checks';
import { awaitMaintenanceWindow, requireMaintenanceWindow } from './checks/await-maintenance-window';
import { checkService } from './checks/preflight-checks';
import { lock } from './checks/release-lock';
import { ANY_CHANGE, requireChanges } from './checks/require-changes';
import { checkImageNames, selectImages } from './checks/select-images';
import { windowOf } from './context/migration-config';
import { checkReason, PASSES_ALARMS, readMode, REASON, ROLLS_BACK } from './context/release-mode';
import type { PartTools, ReleaseSettings } from './context/release-settings';
import { factsOf, FOUND, INPUT, RELEASED, SERVICES } from './context/service-facts';
import { endCompleteRelease } from './rollback/complete-release';
import { findFailure } from './rollback/find-failure';
import { rollBackRelease } from './rollback/rollback-release';
import { rollOut } from './rollout/roll-out';
import { UNCHANGED } from './steps/deploy-service';
import { notify } from './steps/notify';
import { takeSnapshot } from './steps/pre-release-snapshot';
import { recordService } from './steps/record-service';
import { registerTaskDefinition } from './steps/register-task-definition';
import { clearRecord, writeLastRelease, writeRecord } from './steps/release-record';
import { numbered, runCommands } from './steps/run-commands';

/**
 * Definition of a release's state machine, with references that CloudFormation resolves. It is the same for each stage:
 * what differs is in its constants.
 */
export function releaseDefinition(tools: PartTools, settings: ReleaseSettings): object {
  const { stageName, targets } = settings;
  const cleanUp = findFailure(tools.calls);
  const mode = readMode();
  const [refused, rollBack] = ['Notify of the refusal', 'Read record'];
  return {
    Comment: `Releases new versions to ${stageName}, or rolls them back`,
    ...chart(
      ['Services', { Type: 'Pass', Result: targets.map(factsOf), ResultPath: SERVICES }],
      ['Clean up after another execution?', choice([present(INPUT.cleanUpAfter)], cleanUp.entry, mode.entry)],
      mode,
      selectImages(targets),
      [
        'Prepare',
        commented(
          'Checks, waits and takes a snapshot. A failure refuses the release.',
          catchAll(prepare(tools, settings), { next: refused }),
        ),
      ],
      [
        'Release',
        commented(
          'Registers, migrates, deploys and records. A failure rolls all services back.',
          catchAll(release(tools, settings), { next: rollBack }),
        ),
      ],
      succeed(tools, settings),
      notifyOfRefusal(refused, tools, settings),
      // Continues with the rollback.
      cleanUp,
      endCompleteRelease(tools, settings),
      rollBackRelease(rollBack, tools, settings, refused),
    ),
  };
}

/** Changes nothing. A failure refuses the release, and nothing has to be rolled back. */
function prepare(tools: PartTools, settings: ReleaseSettings): Part {
  const { targets, migrations, snapshot, snapshotSeconds, gateAlarmNames, recordName, stageName, topicArn } = settings;
  const window = windowOf(migrations);
  // A hotfix takes the time for a snapshot only where a migration changes the data.
  const withoutSnapshot = migrations.length > 0 ? ROLLS_BACK : PASSES_ALARMS;
  const snapshots = snapshot
    ? [
      unless(
        'Snapshot',
        withoutSnapshot,
        part(
          takeSnapshot(tools, snapshot, snapshotSeconds),
          ...(hasAlarms(settings) ? [unlessUrgent('Alarms after the snapshot', part(awaitQuietAlarms(tools)))] : []),
        ),
      ),
    ]
    : [];
  return part(
    checkReason(),
    checkImageNames(targets),
    lock('Lock', tools, recordName),
    ...(window ? [unlessUrgent('Maintenance window', awaitMaintenanceWindow(tools, window))] : []),
    notify(tools.calls, topicArn, {
      name: 'Notify of the start',
      subject: `Release to ${stageName} begins`,
      sentences: [format('Release {} begins: {}.{}', CONTEXT.executionName, toJson(INPUT.images), REASON)],
      when: present(INPUT.images),
    }),
    [
      'Await readiness',
      whileBusy(
        'Repeats the checks while their reason may pass by itself: a stack update, a deployment, an alarm.',
        PASSING,
        part(
          ['Begin checks', LABEL],
          ...(gateAlarmNames.length > 0 ? [unlessUrgent('Gate alarms', checkGateAlarms(tools, gateAlarmNames))] : []),
          [
            'Check services',
            commented(
              'Checks each service, and keeps what a rollback needs.',
              forEach(SERVICES, checkService(tools), { fields: { ResultPath: SERVICES } }),
            ),
          ],
        ),
      ),
    ],
    requireChanges(),
    ...snapshots,
    lock('Lock before the first change', tools, recordName),
    ...(window && snapshot ? [unlessUrgent('Window of the migration', requireMaintenanceWindow(tools, window))] : []),
  );
}

const ALARM_FIRES = 'Release.AlarmFires';
/** Reasons that pass by themselves: an update of the stack, another deployment, an alarm. */
const PASSING = ['Release.StackUpdate', 'Release.DeploymentRuns', ALARM_FIRES];
/** After 2, 9 and 30 minutes. */
const THREE_TIMES = { IntervalSeconds: 140, BackoffRate: 3, MaxAttempts: 3 };

/** Repeats checks for half an hour while their reason may pass by itself. */
function whileBusy(comment: string, reasons: string[], checks: Part): State {
  const retry = { ErrorEquals: reasons, ...THREE_TIMES };
  return commented(comment, { Type: 'Parallel', Branches: [chart(checks)], OutputPath: '$[0]', Retry: [retry] });
}

function awaitQuietAlarms(tools: PartTools): NamedState {
  const comment = 'Waits for alarms that fire since the snapshot.';
  return ['Await quiet alarms', whileBusy(comment, [ALARM_FIRES], checkAlarmsAgain(tools))];
}

/** Changes things. A failure rolls all services back together. */
function release(tools: PartTools, settings: ReleaseSettings): Part {
  const { calls, arns } = tools;
  const { monitoringSeconds, stageName, recordName, lastReleaseName } = settings;
  return part(
    writeRecord(calls, arns, 'Open the record', recordName),
    ...(hasAlarms(settings) ? [listWatchedAlarms('List alarms of all services')] : []),
    [
      'Register task definitions',
      commented(
        'Registers a revision with the new image for each service that changes.',
        forEach(SERVICES, register(tools), { inOrder: true, fields: { ResultPath: SERVICES } }),
      ),
    ],
    writeRecord(calls, arns, 'Add candidates to the record', recordName),
    ...migrate(tools, settings),
    rollOut(tools, settings),
    // An alarm that fires behind a rollback or a hotfix is its reason.
    ...(monitoringSeconds > 0 && hasAlarms(settings)
      ? [unlessUrgent('Monitoring', monitorAlarms(tools, monitoringSeconds))]
      : []),
    // Not before the end of monitoring: what CloudFormation registers meanwhile has the image to roll back to.
    oneByOne('Write what is released', SERVICES, recordService(tools, stageName)),
    // Before the record is cleared: a release that is stopped meanwhile stops its tasks, and is rolled back.
    ...runAfterwards(tools, settings),
    // A release that has left everything as it is replaced nothing that a rollback could return to.
    unless('Last release', not(ANY_CHANGE), writeLastRelease(calls, arns, 'Keep as last release', lastReleaseName)),
    clearRecord(calls, arns, 'Close the record', recordName, { patient: true }),
  );
}

function register({ calls, arns }: PartTools): Part {
  const end = 'Service has its candidate';
  return part(
    ['Is there nothing to register?', choice([UNCHANGED], end)],
    registerTaskDefinition(calls, arns, { name: 'Register', resultPath: FOUND.candidate }),
    ['Keep the candidate', copy(FOUND.candidate, `${FOUND.before}.candidate`)],
    [end, LABEL],
  );
}

/** Migrations run one after another, and before any service is updated. */
function migrate(tools: PartTools, settings: ReleaseSettings): Part[] {
  const [first, ...others] = settings.migrations.map((migration, index) =>
    runCommands(numbered('Migration', index), tools, settings, migration),
  );
  return first ? [unlessRollback('Migrations', part(first, ...others))] : [];
}

/** Failure of a task after the release. */
const AFTERWARDS = '$.afterwards';

/** Tasks run one after another, and none after one that fails. The failure waits until the release is recorded. */
function runAfterwards(tools: PartTools, settings: ReleaseSettings): Part[] {
  const [first, ...others] = settings.afterRelease.map((task, index) =>
    runCommands(numbered('After release', index), tools, settings, task),
  );
  if (!first) {
    return [];
  }
  const end = 'Tasks have run';
  const run = {
    ...catchAll(part(first, ...others), { next: end, resultPath: AFTERWARDS }),
    OutputPath: '$',
    ResultPath: null,
    Next: end,
  };
  return [unlessRollback('Tasks after the release', part(['Run tasks after the release', run], [end, LABEL]))];
}

function succeed(tools: PartTools, { topicArn, stageName, afterRelease }: ReleaseSettings): Part {
  const [counting, end, failed] = ['Count the release', 'Output the release', 'Has a task after it failed?'];
  const [error, cause] = [`${AFTERWARDS}.Error`, `${AFTERWARDS}.Cause`] as const;
  const serves = (what: string) =>
    format(`Release {} serves: {}.{}${what}`, CONTEXT.executionName, toJson(`${SERVICES}[*].tag`), REASON);
  const notifyOfEnd = notify(tools.calls, topicArn, {
    name: 'Notify of the end',
    subject: `Release to ${stageName} succeeded`,
    sentences: [serves('')],
    next: counting,
  });
  const count = countRelease(tools, afterRelease.length > 0 ? failed : end);
  const outputRelease = output({ 'services.$': `${SERVICES}[*].name`, 'tags.$': `${SERVICES}[*].tag` });
  if (afterRelease.length === 0) {
    return part(notifyOfEnd, [counting, count], [end, outputRelease]);
  }
  const notifyOfTask = 'Notify of the failed task';
  return part(
    ['Is a task after it to be reported?', choice([present(error)], notifyOfTask)],
    notifyOfEnd,
    notify(tools.calls, topicArn, {
      name: notifyOfTask,
      subject: `Release to ${stageName} serves, a task after it failed`,
      sentences: [serves(' A task after it failed, and nothing is rolled back.'), format('{}: {}', error, cause)],
    }),
    [counting, count],
    [failed, choice([present(error)], 'Fail with the task')],
    [end, outputRelease],
    ['Fail with the task', { Type: 'Fail', ErrorPath: error, CausePath: cause }],
  );
}

/** Counts the release for the post-release alarms. A release that can't be counted has succeeded all the same. */
function countRelease({ calls }: PartTools, next: string) {
  const { namespace, metricName, dimension } = RELEASED;
  return calls.task(
    'cloudwatch:putMetricData',
    {
      Namespace: namespace,
      MetricData: [
        {
          MetricName: metricName,
          Dimensions: [{ 'Name': dimension, 'Value.$': CONTEXT.stateMachineArn }],
          Unit: 'Count',
          Value: 1,
        },
      ],
    },
    {
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
      fields: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: next }] },
    },
  );
}

function notifyOfRefusal(name: string, { calls }: PartTools, settings: ReleaseSettings): Part {
  const { topicArn, stageName, runbook } = settings;
  const [error, cause] = [`${FAILURE}.Error`, `${FAILURE}.Cause`];
  return part(
    notify(calls, topicArn, {
      name,
      subject: `Release to ${stageName} refused, nothing was changed`,
      sentences: [
        format('Release {} was refused, and nothing was changed.', CONTEXT.executionName),
        format('{}: {}.', error, cause),
        `What to do: ${runbook}`,
      ],
    }),
    ['Refuse the release', { Type: 'Fail', ErrorPath: error, CausePath: cause }],
  );
}

/** Skips a part where alarms decide nothing, and nothing is waited for. */
function unlessUrgent(name: string, skipped: Part): Part {
  return unless(name, PASSES_ALARMS, skipped);
}

/** Skips a part where the release rolls back to previous images. */
function unlessRollback(name: string, skipped: Part): Part {
  return unless(name, ROLLS_BACK, skipped);
}
