import { type ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';

/** What AWS answers to a call of a state machine. */
export type Answers = (resource: string, input: any, state: string, now: number) => unknown | Promise<unknown>;

/** An error as Step Functions names it: `Ecs.ClientException`. */
export class AwsError extends Error {
  public constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface Ended {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly output?: any;
  readonly error?: { readonly name: string; readonly message: string };
  /** State with the largest input or output, where sizes are measured. */
  readonly largest?: { readonly characters: number; readonly state: string };
}

/** An interpreter of the states language in a process of its own. */
export class StateMachines {
  private readonly child: ChildProcess = fork(path.join(__dirname, 'state-machine-runner.cjs'));
  /** Measures the data of each state. */
  public measures = false;
  private readonly running = new Map<string, { answers: Answers; end: (ended: Ended) => void }>();

  public constructor() {
    this.child.on('message', (message: any) => void this.hear(message));
  }

  public run(execution: string, definition: object, input: object, answers: Answers, context: object = {}): Promise<Ended> {
    return new Promise((end) => {
      this.running.set(execution, { answers, end });
      this.child.send({
        run: execution,
        measure: this.measures,
        definition,
        input,
        context: {
          Execution: { Name: execution, Id: `arn:aws:states:eu-central-1:111111111111:execution:release:${execution}`, Input: input },
          StateMachine: { Id: 'arn:aws:states:eu-central-1:111111111111:stateMachine:release', Name: 'release' },
          ...context,
        },
      });
    });
  }

  /** What StopExecution does. */
  public abort(execution: string): void {
    this.child.send({ abort: execution });
  }

  public close(): void {
    this.child.kill();
  }

  private async hear(message: any): Promise<void> {
    if (message.call === undefined) {
      const { end } = this.running.get(message.run)!;
      this.running.delete(message.run);
      const aborted = message.error?.name === 'ExecutionAbortedError';
      end(message.error ? { status: aborted ? 'ABORTED' : 'FAILED', error: message.error } : { status: 'SUCCEEDED', output: message.output, largest: message.largest });
      return;
    }
    try {
      const result = await this.running.get(message.run)?.answers(message.resource.replace(/^.*aws-sdk:/, ''), message.input, message.state, message.now);
      this.child.send({ answerTo: message.call, result: result ?? {} });
    } catch (error) {
      const { name, message: text } = error as Error;
      this.child.send({ answerTo: message.call, error: { name, message: text } });
    }
  }
}
