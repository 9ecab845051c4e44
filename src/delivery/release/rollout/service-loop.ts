import { commented, LABEL, type NamedState, type Part, part, put } from '../../asl/asl';
import { absent, anyOf, branches, choice, equals, isTrue } from '../../asl/conditions';
import { contains, quoted } from '../../asl/intrinsics';
import { FAILURE, forEach } from '../../asl/parts';
import type { PollOptions } from '../../asl/polling';
import type { JsonPath } from '../../asl/state';
import type { PartTools } from '../context/release-settings';
import { FOUND } from '../context/service-facts';

/** Progress of a service in a {@link serviceLoop}. */
export const PHASE = {
  /** Its traffic has not arrived at the version that the loop brings. */
  working: 'working',
  /** All traffic goes to that version, but its deployment has not ended. */
  shifted: 'shifted',
  done: 'done',
  failed: 'failed',
} as const;

/** Step of one service. */
export interface ServiceStep {
  /** States of one turn. */
  readonly states: Part;
  /** Names of the states of a step that only looks. */
  readonly looks: readonly string[];
}

/** Loop over services that are deployed at the same time. */
export interface ServiceLoopOptions extends Pick<PollOptions, 'name' | 'timeoutSeconds' | 'times'> {
  /** Number of all services, of all times together. */
  readonly count: number;
  /** Path to the services. The loop writes their progress into them. */
  readonly services: JsonPath;
  /** Step of one service in one turn. It ends in any case, and leaves the progress at {@link FOUND.phase}. */
  readonly step: ServiceStep;
  /**
   * Looks before each turn. They get the state that ends the turn.
   * @default - none
   */
  readonly before?: (again: string) => Part;
  /**
   * State to go to as soon as a service has failed.
   * @default - the others go on to their end
   */
  readonly onFailed?: string;
  /** State to go to when the time is up. */
  readonly onTimeout: string;
  /** Runs once, when the traffic of all services has arrived before the end of their deployments. */
  readonly onShifted: Part;
}

/** Seconds between two turns, while the execution has events for it. */
const INTERVAL_SECONDS = 60;

const TURN = '$.turn';
/** True once {@link ServiceLoopOptions.onShifted} has run. */
const TOLD = '$.told';

/**
 * Deploys services side by side: each turn takes one step for each of them. It continues when none is left.
 *
 * A branch of its own for each service would end with the first one that fails, half-way through the others.
 */
export function serviceLoop({ intervals }: PartTools, options: ServiceLoopOptions): Part {
  const { name, services, step, count, before, onFailed, onShifted, ...limits } = options;
  const state = (of: string) => `${name}: ${of}`;
  const [shifted, noted, end] = [state('is the shift told?'), state('note that it is told'), state('none is left')];
  const again = state('count polls');
  const all = `${services}[*]${FOUND.phase.slice(1)}`;
  const phases = Object.fromEntries(
    Object.values(PHASE).map((phase) => [`${phase}.$`, contains(all, quoted(phase))]),
  );
  const turn = part(
    [
      state('take a turn'),
      commented(
        'Takes one step for each service. No step fails: it writes the progress of its service.',
        forEach(services, step.states, { fields: { ResultPath: services } }),
      ),
    ],
    [state('compare progress'), put(TURN, phases)],
    [
      state('what is left?'),
      branches(
        [
          ...(onFailed === undefined ? [] : [{ when: isTrue(`${TURN}.failed`), next: onFailed }]),
          { when: isTrue(`${TURN}.working`), next: again },
          { when: isTrue(`${TURN}.shifted`), next: shifted },
        ],
        end,
      ),
    ],
  );
  return part(
    [state('begin'), { Type: 'Pass', Result: false, ResultPath: TOLD }],
    intervals.poll(
      { ...limits, name, intervalSeconds: INTERVAL_SECONDS, items: { number: count, states: step.looks } },
      () => (before ? part(before(again), turn) : turn),
    ),
    [shifted, choice([anyOf(isTrue(TOLD), isTrue(`${TURN}.failed`))], again)],
    onShifted,
    [noted, { Type: 'Pass', Result: true, ResultPath: TOLD, Next: again }],
    [end, LABEL],
  );
}

/** Sets the progress of a service. */
export function setPhase(name: string, phase: keyof typeof PHASE, next?: string): NamedState {
  return [name, { Type: 'Pass', Result: PHASE[phase], ResultPath: FOUND.phase, ...(next && { Next: next }) }];
}

/** Condition that the progress of a service is one of these. */
export function isIn(phase: keyof typeof PHASE) {
  return equals(FOUND.phase, PHASE[phase]);
}

/** Condition that no turn was taken for a service. */
export const NOT_BEGUN = absent(FOUND.phase);

/** Ends the steps of a service with a failure: a reason with paths for `{}`. */
export function keepFailure(name: string, error: string, cause: string, next: string): NamedState {
  return [name, { ...put(FAILURE, { 'Error': error, 'Cause.$': cause }), Next: next }];
}
