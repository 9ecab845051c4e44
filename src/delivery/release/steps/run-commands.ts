import { chart, type NamedState, part, type Part } from '../../asl/asl';
import type { TaskConfig } from '../context/migration-config';
import { ReleaseArns } from '../context/release-arns';
import type { PartTools, ReleaseSettings } from '../context/release-settings';
import { FOUND, SERVICES } from '../context/service-facts';
import { factsOfFamily, withOwnRevision } from './own-revision';
import { runTask } from './run-task';

/**
 * Runs the command of a migration or of another task once, and then what verifies it. Their output is dropped.
 *
 * The name is the prefix of all names of states, at most 20 characters long.
 */
export function runCommands(name: string, tools: PartTools, settings: ReleaseSettings, task: TaskConfig): NamedState {
  const { target } = task;
  const arns = new ReleaseArns(settings.scope, [target]);
  const released = `${SERVICES}[${settings.targets.findIndex(({ source }) => source === target.source)}]`;
  const parameters = task.ownFamily
    ? { ...factsOfFamily(target), 'tag.$': `${released}.tag` }
    : { 'candidate.$': `${released}.candidate` };
  const run = commandsOf(name, tools, settings, task);
  const branch = task.ownFamily ? withOwnRevision(tools.calls, arns, name, run) : run;
  return [name, { Type: 'Parallel', Parameters: parameters, Branches: [chart(branch)], ResultPath: null }];
}

function commandsOf(name: string, { calls, intervals }: PartTools, { scope }: ReleaseSettings, task: TaskConfig): Part {
  const { target, command, verify, environment, timeoutSeconds } = task;
  const run = { scope, target, environment, revision: FOUND.candidate, timeoutSeconds };
  const verification = { ...run, name: `Verify ${name}`, command: verify! };
  return part(
    runTask(calls, intervals, { ...run, name, command }),
    ...(verify ? [runTask(calls, intervals, verification)] : []),
  );
}

/** Name of the first of several tasks, of the second, and so on. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name} ${index + 1}`;
}
