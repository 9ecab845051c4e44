import type { Moment } from './world';

const NOTHING: Moment = () => undefined;

/** Executions of the release, next to the one that is simulated. */
export class States {
  /** Names of those that run. */
  public executions: string[] = [];
  public readonly inputs: { [execution: string]: string } = {};
  /** How executions ended, by name. */
  public readonly ended: { [execution: string]: { Status: string; Error?: string; Cause?: string } } = {};
  public readonly stopped: string[] = [];
  /** Inputs of those that were started. */
  public readonly started: any[] = [];
  /** How often others are asked for before an execution is listed that has just started. */
  public executionsLag = 0;
  /** Runs a release that is started, to its end. */
  public starts: Moment = NOTHING;
  private startedRelease?: unknown;
  private readonly asked: { [execution: string]: number } = {};

  /** Newest first, as Step Functions lists them, and only those that it knows of yet. */
  public listExecutions() {
    const known = this.executions.filter((name) => { this.asked[name] = (this.asked[name] ?? 0) + 1; return this.asked[name] > this.executionsLag; });
    return { Executions: known.map((Name) => ({ Name, ExecutionArn: `arn:execution:${Name}` })).reverse() };
  }

  /** A release that was started has ended by then. */
  public async describeExecution({ ExecutionArn }: any) {
    const name = ExecutionArn.split(':').pop();
    if (name === 'started') {
      const { status, error }: any = await this.startedRelease ?? { status: 'SUCCEEDED' };
      return { Status: status, Input: '{}', ...(error && { Error: error.name, Cause: error.message }) };
    }
    return { Input: this.inputs[name] ?? '{}', ...(this.ended[name] ?? { Status: 'RUNNING' }) };
  }

  public stopExecution({ ExecutionArn }: any) {
    this.stopped.push(ExecutionArn.split(':').pop());
  }

  public startExecution({ Input }: any) {
    this.started.push(JSON.parse(Input));
    this.startedRelease = this.starts('sfn:startExecution', JSON.parse(Input));
    return { ExecutionArn: 'arn:execution:started' };
  }
}
