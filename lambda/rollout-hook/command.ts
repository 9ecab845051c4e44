import { type Invocation, isSameWeight, type Watch } from './invocation';
import type { SmokeCommand } from './plan';

/** What ECS tells of the command's task. */
export interface CommandTask {
  readonly ended: boolean;
  /** The time that it has is counted from here. */
  readonly createdAt: Date;
  /** Of the application's container; none where it never ran. */
  readonly exitCode?: number;
  /** Why it ended, in ECS's own words. */
  readonly reason?: string;
}

/** ECS, as far as the hook runs a command by it. */
export interface CommandTasks {
  /** Starts the task of this deployment, or finds the one that it has already; its ARN. */
  start(invocation: Invocation, command: SmokeCommand, url: string): Promise<string>;
  look(invocation: Invocation, task: string, command: SmokeCommand): Promise<CommandTask>;
  stop(invocation: Invocation, task: string, reason: string): Promise<void>;
}

/** How the command stands; `seconds` are left to it. */
export type Standing =
  | { readonly is: 'passed' }
  | { readonly is: 'failed' | 'late'; readonly reason: string }
  | { readonly is: 'running'; readonly seconds: number };

/** The command runs once, before the first traffic: at a later step nothing is left of it. */
export function runsAt(command: SmokeCommand | undefined, watch: Watch): command is SmokeCommand {
  return command !== undefined && isSameWeight(watch.weight, 0);
}

/** Whether the task passed, judged by the application's container. */
export function standing(command: SmokeCommand, task: CommandTask, now: number): Standing {
  if (!task.ended) {
    const seconds = command.timeoutSeconds - (now - task.createdAt.getTime()) / 1000;
    return seconds > 0 ? { is: 'running', seconds } : { is: 'late', reason: `the command has not ended within ${command.timeoutSeconds} s` };
  }
  if (task.exitCode === undefined) {
    return { is: 'failed', reason: `the command did not run: ${task.reason ?? 'ECS gives no reason'}` };
  }
  return task.exitCode === 0 ? { is: 'passed' } : { is: 'failed', reason: `the command ended with ${task.exitCode}` };
}
