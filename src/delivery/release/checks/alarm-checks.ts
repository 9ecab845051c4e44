import { Token } from 'aws-cdk-lib';
import { LABEL, type NamedState, type Part, part, put } from '../../asl/asl';
import { anyOf, choice, not, present } from '../../asl/conditions';
import { toJson } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import type { PartTools, ReleaseSettings } from '../context/release-settings';
import { SERVICE, SERVICES } from '../context/service-facts';

const DESCRIBED = '$.describedAlarms';
const METRIC_ALARM: JsonPath = `${DESCRIBED}.MetricAlarms[0]`;
const COMPOSITE_ALARM: JsonPath = `${DESCRIBED}.CompositeAlarms[0]`;
/** Condition that one of the described alarms is in the state ALARM. */
const ANY_FIRING = anyOf(present(METRIC_ALARM), present(COMPOSITE_ALARM));
const WATCHED = '$.watched';
const WATCHED_ALARMS = `${WATCHED}.alarms` as const;
/** Names of alarms that fire, as JSON. */
const FIRING = '$.firing';

const MONITORING_INTERVAL_SECONDS = 60;

/** Refuses the release while an alarm fires that is named for the stage. */
export function checkGateAlarms({ calls }: PartTools, alarmNames: string[]): Part {
  return part(
    ['List gate alarms', put('$.gate', { alarms: alarmNames })],
    refuseWhileFiring('Check gate alarms', calls, '$.gate.alarms', 'an alarm fires before the release: {}'),
  );
}

/**
 * Refuses the release of a service while one of its rollback alarms fires.
 * ECS ignores an alarm that fires when the deployment starts, so it couldn't roll the deployment back.
 */
export function checkRollbackAlarms({ calls }: PartTools): Part {
  const reason = 'an alarm fires before the release of {}: {}';
  return refuseWhileFiring('Check rollback alarms', calls, SERVICE.alarms, reason, SERVICE.name);
}

/** True where a service has an alarm. A list that grows until synthesis counts as one with alarms. */
export function hasAlarms({ targets }: ReleaseSettings): boolean {
  return targets.some(
    ({ rollbackAlarmNames }) => Token.isUnresolved(rollbackAlarmNames) || rollbackAlarmNames.length > 0,
  );
}

/** Refuses the release while an alarm of any service fires that was quiet before the snapshot. */
export function checkAlarmsAgain({ calls }: PartTools): Part {
  const reason = 'an alarm fires since the snapshot: {}';
  return part(
    listWatchedAlarms('List alarms after the snapshot'),
    refuseWhileFiring('Check alarms after the snapshot', calls, WATCHED_ALARMS, reason),
  );
}

/** Lists the alarms of all services for {@link watchAlarms}. */
export function listWatchedAlarms(name: string): NamedState {
  return [name, put(WATCHED, { 'alarms.$': `${SERVICES}[*].alarms[*]` })];
}

/** One look at the alarms of all services. */
export interface AlarmWatch {
  /** States that look. They continue where no alarm fires, and go to the failure otherwise. */
  readonly look: Part;
  /** Failure of the release, with the alarms that fire. */
  readonly failure: Part;
}

/** Asks whether an alarm of any service fires. Goes to `unknown` where the question fails. */
export function watchAlarms(name: string, { calls }: PartTools, reason: string, unknown: string): AlarmWatch {
  const failure = failFiring(name, reason);
  return {
    look: part(
      [`${name}: describe`, describeFiring(calls, WATCHED_ALARMS, unknown)],
      [`${name}: does any fire?`, choice([ANY_FIRING], failure.entry)],
    ),
    failure,
  };
}

/** Monitors the alarms of all services after the last deployment, and fails the release when one fires. */
export function monitorAlarms(tools: PartTools, seconds: number): Part {
  const name = 'Monitor alarms';
  const end = 'End monitoring';
  const watch = watchAlarms(name, tools, 'an alarm fires after the release: {}', `${name}: count polls`);
  return part(
    tools.intervals.poll(
      {
        name,
        timeoutSeconds: seconds,
        intervalSeconds: MONITORING_INTERVAL_SECONDS,
        waitFirst: true,
        onTimeout: end,
      },
      () => watch.look,
    ),
    watch.failure,
    [end, LABEL],
  );
}

function refuseWhileFiring(name: string, calls: AwsCalls, alarms: JsonPath, reason: string, ...args: string[]): Part {
  const quiet = `${name}: none fires`;
  return part(
    [`${name}: describe`, describeFiring(calls, alarms)],
    [`${name}: does any fire?`, choice([not(ANY_FIRING)], quiet)],
    failFiring(name, reason, ...args),
    [quiet, LABEL],
  );
}

/** Describes firing alarms. The list must not be empty: CloudWatch reads an empty list as all alarms. */
function describeFiring(calls: AwsCalls, alarms: JsonPath, failed?: string): State {
  return calls.task(
    'cloudwatch:describeAlarms',
    {
      'AlarmNames.$': alarms,
      'AlarmTypes': ['MetricAlarm', 'CompositeAlarm'],
      'StateValue': 'ALARM',
      'MaxRecords': 100,
    },
    { resources: ['*'], resultPath: DESCRIBED, failed },
  );
}

/** Fails with a reason whose last `{}` are the names of the alarms that fire. */
function failFiring(name: string, reason: string, ...args: string[]): Part {
  const failure = refuse(`${name}: alarm fires`, 'Release.AlarmFires', reason, ...args, `${FIRING}.names`);
  const metricAlarms = `${name}: name metric alarms`;
  return part(
    [`${name}: are they metric alarms?`, choice([present(METRIC_ALARM)], metricAlarms)],
    [
      `${name}: name composite alarms`,
      { ...put(FIRING, { 'names.$': toJson(`${DESCRIBED}.CompositeAlarms[*].AlarmName`) }), Next: failure.entry },
    ],
    [metricAlarms, put(FIRING, { 'names.$': toJson(`${DESCRIBED}.MetricAlarms[*].AlarmName`) })],
    failure,
  );
}
