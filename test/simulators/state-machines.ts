import { fork, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

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
  /** State with the largest input or output, where the interpreter measures them. */
  readonly largest?: { readonly state: string; readonly bytes: number };
  /** States that were entered, where the interpreter counts them. */
  readonly transitions?: number;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Interpreter of the states language in a process of its own, by messages. */
interface Interpreter {
  send(message: object): void;
  hear(listener: (message: any) => void): void;
  end(): void;
}

/** Python with the engine of LocalStack. With it, the state machines of all tests run in that one. */
const SECOND_INTERPRETER = process.env.SECOND_INTERPRETER;

function startInterpreter(): Interpreter {
  return SECOND_INTERPRETER === undefined ? startFirst() : startSecond(SECOND_INTERPRETER);
}

function startFirst(): Interpreter {
  const child = fork(path.join(__dirname, 'state-machine-runner.cjs'));
  return { send: (message) => child.send(message), hear: (listener) => child.on('message', listener), end: () => child.kill() };
}

function startSecond(python: string): Interpreter {
  const child = spawn(python, [path.join(__dirname, 'second-interpreter', 'runner.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    hear: (listener) => createInterface({ input: child.stdout }).on('line', (line) => listener(JSON.parse(line))),
    end: () => child.kill(),
  };
}

/** Runs state machines in an interpreter of the states language. */
export class StateMachines {
  private readonly child = startInterpreter();
  private readonly running = new Map<string, { answers: Answers; end: (ended: Ended) => void }>();

  public constructor() {
    this.child.hear((message) => void this.hear(message));
  }

  public run(execution: string, definition: object, input: object, answers: Answers, context: object = {}): Promise<Ended> {
    return new Promise((end) => {
      this.running.set(execution, { answers, end });
      this.child.send({
        run: execution,
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
    this.child.end();
  }

  private async hear(message: any): Promise<void> {
    if (message.call === undefined) {
      const { end } = this.running.get(message.run)!;
      this.running.delete(message.run);
      const aborted = message.error?.name === 'ExecutionAbortedError';
      const { error, output, largest, transitions } = message;
      end(error ? { status: aborted ? 'ABORTED' : 'FAILED', error, transitions } : { status: 'SUCCEEDED', output, largest, transitions });
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
