import { type Invocation, isSameWeight, type Watch } from './invocation';
import type { SmokeCommand } from './plan';

/** State of the task of a command, as ECS reports it. */
export interface CommandTask {
  readonly ended: boolean;
  /** Start of the timeout. */
  readonly createdAt: Date;
  /** Exit code of the container of the application. Undefined if it never ran. */
  readonly exitCode?: number;
  /** Reason of the end, as ECS reports it. */
  readonly reason?: string;
}

/** Operations of ECS on the task of a command. */
export interface CommandTasks {
  /** Starts the task of the deployment, or finds the one that runs already. Returns its ARN. */
  start(invocation: Invocation, command: SmokeCommand, url: string): Promise<string>;
  describe(invocation: Invocation, task: string, command: SmokeCommand): Promise<CommandTask>;
  stop(invocation: Invocation, task: string, reason: string): Promise<void>;
}

/** State of the command. `seconds` is the time until its timeout. */
export type CommandState =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'timedOut'; readonly reason: string }
  | { readonly kind: 'running'; readonly seconds: number };

/** Whether there is a command to run at this weight. It runs once, before the first traffic. */
export function runsAt(command: SmokeCommand | undefined, watch: Watch): command is SmokeCommand {
  return command !== undefined && isSameWeight(watch.weight, 0);
}

/** State of the command, by the exit code of the container of the application. */
export function commandState(command: SmokeCommand, task: CommandTask, now: number): CommandState {
  if (!task.ended) {
    const seconds = command.timeoutSeconds - (now - task.createdAt.getTime()) / 1000;
    return seconds > 0
      ? { kind: 'running', seconds }
      : { kind: 'timedOut', reason: `the command has not ended within ${command.timeoutSeconds} s` };
  }
  if (task.exitCode === undefined) {
    return { kind: 'failed', reason: `the command did not run: ${task.reason ?? 'ECS gives no reason'}` };
  }
  return task.exitCode === 0
    ? { kind: 'passed' }
    : { kind: 'failed', reason: `the command ended with ${task.exitCode}` };
}
