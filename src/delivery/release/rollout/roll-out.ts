import { copy, LABEL, type Part, part, put } from '../../asl/asl';
import { choice } from '../../asl/conditions';
import { array, CONTEXT, format, toJson } from '../../asl/intrinsics';
import { FAILURE, ITEM, iterate, refuse, unless } from '../../asl/parts';
import { hasAlarms, watchAlarms } from '../checks/alarm-checks';
import { PASSES_ALARMS, ROLLS_BACK } from '../context/release-mode';
import type { PartTools, ReleaseSettings } from '../context/release-settings';
import { SERVICES } from '../context/service-facts';
import { deployService } from '../steps/deploy-service';
import { notify } from '../steps/notify';
import { PHASE, serviceLoop } from './service-loop';

/** Sentence about traffic that is back, with the name of a release. */
export const BACK =
  'Release {} is rolled back: all requests go to the previous version again. Its deployments are followed to the end.';

const WAVES = '$.waves';
/** Services of the current wave. */
const WAVE = '$.wave';
const FAILED = '$.failedServices';

/**
 * Deploys wave after wave, and the services of a wave side by side. Each turn asks for the alarms of all services, so
 * also right before an update, and for those that were deployed already. A rollback is one wave, and asks for none.
 */
export function rollOut(tools: PartTools, settings: ReleaseSettings): Part {
  const name = 'Roll out';
  const { waves, targets, deploymentSeconds } = settings;
  const watchesAlarms = hasAlarms(settings);
  const [listed, failed, late] = ['Waves are listed', 'Find failed services', 'Deployments take too long'];
  const watch = (again: string) => watchAlarms('Watch alarms', tools, 'an alarm fires during the release: {}', again);
  const wave = serviceLoop(tools, {
    name,
    services: WAVE,
    step: deployService(tools),
    timeoutSeconds: deploymentSeconds,
    times: waves.length,
    count: targets.length,
    ...(watchesAlarms && { before: (again: string) => unless('Watch', PASSES_ALARMS, watch(again).look) }),
    onFailed: failed,
    onTimeout: late,
    onShifted: notifyOfTraffic(tools, settings, `${name}: note that it is told`),
  });
  return part(
    ['Are all services to be rolled back?', choice([ROLLS_BACK], 'List one wave')],
    [
      'List waves',
      { ...put(WAVES, { 'list.$': array(...waves.map((services) => array(...services.map(pathOf)))) }), Next: listed },
    ],
    ['List one wave', put(WAVES, { 'list.$': array(SERVICES) })],
    [listed, LABEL],
    iterate('Next wave', `${WAVES}.list`, part(['Take the wave', copy(ITEM, WAVE)], wave), 'Waves are deployed'),
    ...(watchesAlarms ? [watch('').failure] : []),
    [failed, put(FAILED, { 'list.$': `${WAVE}[?(@.phase == '${PHASE.failed}')]` })],
    ['Keep first failure', copy(`${FAILED}.list[0]${FAILURE.slice(1)}`, FAILURE)],
    ['Fail the rollout', { Type: 'Fail', ErrorPath: `${FAILURE}.Error`, CausePath: `${FAILURE}.Cause` }],
    refuse(
      late,
      'Release.Timeout',
      'a deployment has not ended in the time that it was given, of {}',
      toJson(`${WAVE}[*].name`),
    ),
    ['Waves are deployed', put(WAVES, {})],
  );
}

function pathOf(index: number): string {
  return `${SERVICES}[${index}]`;
}

function notifyOfTraffic({ calls }: PartTools, settings: ReleaseSettings, next: string): Part {
  return notify(calls, settings.topicArn, {
    name: 'Notify of the traffic',
    subject: trafficIsBack(settings),
    sentences: [format(BACK, CONTEXT.executionName)],
    next,
  });
}

/** Subject of the notification that the previous version has all traffic. */
export function trafficIsBack({ stageName }: ReleaseSettings): string {
  return `Traffic of ${stageName} is back at the previous version`;
}
