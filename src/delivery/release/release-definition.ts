import { Token } from 'aws-cdk-lib';
import { chart, copy, LABEL, output, type Part, part } from '../asl/asl';
import { choice, present } from '../asl/conditions';
import { CONTEXT, format, toJson } from '../asl/intrinsics';
import { catchAll, FAILURE, forEach, oneByOne, unless } from '../asl/parts';
import { checkGateAlarms, monitorAlarms, ROLLS_BACK } from './checks/alarm-checks';
import { awaitMaintenanceWindow } from './checks/await-maintenance-window';
import { checkService } from './checks/preflight-checks';
import { lock } from './checks/release-lock';
import { checkImageNames, selectImages } from './checks/select-images';
import type { MigrationConfig } from './context/migration-config';
import type { PartTools, ReleaseSettings } from './context/release-settings';
import { factsOf, FOUND, INPUT, RELEASED, SERVICES } from './context/service-facts';
import { findFailure } from './rollback/find-failure';
import { rollBackRelease } from './rollback/rollback-release';
import { deployService } from './steps/deploy-service';
import { notify } from './steps/notify';
import { takeSnapshot } from './steps/pre-release-snapshot';
import { recordService } from './steps/record-service';
import { registerTaskDefinition } from './steps/register-task-definition';
import { clearRecord, writeRecord } from './steps/release-record';
import { runTask } from './steps/run-task';

/**
 * Definition of a release's state machine, with references that CloudFormation resolves. It is the same for each stage:
 * what differs is in its constants.
 */
export function releaseDefinition(tools: PartTools, settings: ReleaseSettings): object {
  const { stageName, targets } = settings;
  const cleanUp = findFailure(tools.calls);
  const [begin, refuse, rollBack] = ['Is it a rollback?', 'Notify of the refusal', 'Read record'];
  return {
    Comment: `Releases new versions to ${stageName}, or rolls them back`,
    ...chart(
      ['Services', { Type: 'Pass', Result: targets.map(factsOf), ResultPath: SERVICES }],
      ['Clean up after another execution?', choice([present(INPUT.cleanUpAfter)], cleanUp.entry, begin)],
      [begin, choice([ROLLS_BACK], 'Mark services', 'Begin the release')],
      ['Mark services', markRollback()],
      ['Begin the release', LABEL],
      selectImages(targets),
      ['Prepare', catchAll(prepare(tools, settings), { next: refuse })],
      ['Release', catchAll(release(tools, settings), { next: rollBack })],
      succeed(tools, settings),
      notifyOfRefusal(refuse, tools, settings),
      // Continues with the rollback.
      cleanUp,
      rollBackRelease(rollBack, tools, settings, refuse),
    ),
  };
}

/**
 * Marks each service as one to roll back.
 * A part that runs for one service sees the fields of that service only.
 */
function markRollback() {
  return forEach(SERVICES, part(['Mark service', { Type: 'Pass', Result: true, ResultPath: INPUT.rollback }]), {
    fields: { ResultPath: SERVICES },
  });
}

/** Changes nothing. A failure refuses the release, and nothing has to be rolled back. */
function prepare(tools: PartTools, settings: ReleaseSettings): Part {
  const { targets, migration, snapshot, snapshotSeconds, gateAlarmNames, recordName, stageName, topicArn } = settings;
  const window = migration?.window;
  const snapshots = snapshot ? [unlessRollback('Snapshot', takeSnapshot(tools, snapshot, snapshotSeconds))] : [];
  return part(
    checkImageNames(targets),
    lock('Lock', tools, recordName),
    ...(window ? [unlessRollback('Maintenance window', awaitMaintenanceWindow(tools, window))] : []),
    notify(tools.calls, topicArn, {
      name: 'Notify of the start',
      subject: `Release to ${stageName} begins`,
      sentences: [format('Release {} begins: {}', CONTEXT.executionName, toJson(INPUT.images))],
      when: present(INPUT.images),
    }),
    ...(gateAlarmNames.length > 0 ? [unlessRollback('Gate alarms', checkGateAlarms(tools, gateAlarmNames))] : []),
    ['Check services', forEach(SERVICES, checkService(tools), { fields: { ResultPath: SERVICES } })],
    ['May services be left out?', choice([ROLLS_BACK], 'Keep included services', 'Services are checked')],
    ['Keep included services', copy(`${SERVICES}[?(@.included == true)]`, SERVICES)],
    ['Services are checked', LABEL],
    ...snapshots,
    lock('Lock before the first change', tools, recordName),
  );
}

/** Changes things. A failure rolls all services back together. */
function release(tools: PartTools, settings: ReleaseSettings): Part {
  const { calls, arns } = tools;
  const { migration, monitoringSeconds, targets, deploymentSeconds, stageName, recordName, lastReleaseName } = settings;
  const limits = { timeoutSeconds: deploymentSeconds, times: targets.length };
  return part(
    writeRecord(calls, arns, 'Record the start', recordName),
    [
      'Register task definitions',
      forEach(SERVICES, register(tools), { inOrder: true, fields: { ResultPath: SERVICES } }),
    ],
    writeRecord(calls, arns, 'Record the candidates', recordName),
    ...(migration ? [unlessRollback('Migration', migrate(tools, settings, migration))] : []),
    oneByOne('Deploy service', SERVICES, deployService(tools, limits)),
    // An alarm that fires behind a rollback is its reason.
    ...(monitoringSeconds > 0 && hasAlarms(settings)
      ? [unlessRollback('Monitoring', monitorAlarms(tools, monitoringSeconds))]
      : []),
    // Not before the end of monitoring: what CloudFormation registers meanwhile has the image to roll back to.
    oneByOne('Record service', SERVICES, recordService(tools, stageName)),
    writeRecord(calls, arns, 'Record the release', lastReleaseName),
    clearRecord(calls, arns, 'Clear record of the release', recordName),
  );
}

function register({ calls, arns }: PartTools): Part {
  return part(
    registerTaskDefinition(calls, arns, { name: 'Register', resultPath: FOUND.candidate }),
    ['Keep the candidate', copy(FOUND.candidate, `${FOUND.before}.candidate`)],
  );
}

function migrate(
  { calls, intervals }: PartTools,
  { scope, targets }: ReleaseSettings,
  migration: MigrationConfig,
): Part {
  const { target, command, verify, environment, timeoutSeconds } = migration;
  const index = targets.findIndex(({ source }) => source === target.source);
  const run = {
    scope,
    target,
    environment,
    revision: `${SERVICES}[${index}].candidate` as const,
    family: target.family,
    timeoutSeconds,
  };
  return part(
    runTask(calls, intervals, { ...run, name: 'Migration', command }),
    ...(verify
      ? [runTask(calls, intervals, { ...run, name: 'Verification', command: verify })]
      : []),
  );
}

function succeed(tools: PartTools, { topicArn, stageName }: ReleaseSettings): Part {
  const end = 'Output the release';
  return part(
    notify(tools.calls, topicArn, {
      name: 'Notify of the end',
      subject: `Release to ${stageName} succeeded`,
      sentences: [format('Release {} serves: {}', CONTEXT.executionName, toJson(`${SERVICES}[*].tag`))],
    }),
    ['Count the release', countRelease(tools, end)],
    [end, output({ 'services.$': `${SERVICES}[*].name`, 'tags.$': `${SERVICES}[*].tag` })],
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

function notifyOfRefusal(name: string, { calls }: PartTools, { topicArn, stageName }: ReleaseSettings): Part {
  const [error, cause] = [`${FAILURE}.Error`, `${FAILURE}.Cause`];
  return part(
    notify(calls, topicArn, {
      name,
      subject: `Release to ${stageName} refused, nothing was changed`,
      sentences: [
        format('Release {} was refused, and nothing was changed.', CONTEXT.executionName),
        format('{}: {}', error, cause),
      ],
    }),
    ['Refuse the release', { Type: 'Fail', ErrorPath: error, CausePath: cause }],
  );
}

/** A list that grows until synthesis counts as one with alarms. */
function hasAlarms({ targets }: ReleaseSettings): boolean {
  return targets.some(
    ({ rollbackAlarmNames }) => Token.isUnresolved(rollbackAlarmNames) || rollbackAlarmNames.length > 0,
  );
}

/** Skips a part where the release rolls back to previous images. */
function unlessRollback(name: string, skipped: Part): Part {
  return unless(name, ROLLS_BACK, skipped);
}
