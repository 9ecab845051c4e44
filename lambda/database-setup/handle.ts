import type { Outcome } from './answer';
import { messageOf } from './failure';
import type { SetupProperties } from './properties';
import { read, type Request } from './request';
import { Run } from './run';

/** Part of Lambda's context that the handler needs. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** Operations of the handler. */
export interface HandlerContext {
  readonly setUp: (properties: SetupProperties, run: Run) => Promise<void>;
  readonly answer: (request: Request, outcome: Outcome) => Promise<void>;
  readonly log: (line: string) => void;
}

/** Time that is left for the answer, whatever happens before. */
const ANSWER_MS = 25_000;

/**
 * Handles a request of CloudFormation, and answers it in any case.
 *
 * A deletion changes nothing on the server, which may be gone already or may outlive its stack.
 */
export async function handle(event: unknown, lambda: Context, context: HandlerContext): Promise<void> {
  const request = read(event);
  if (!request) {
    return;
  }
  const { answer, log } = context;
  const outcome: Outcome =
    request.type === 'Delete' ? { status: 'SUCCESS' } : await outcomeOf(request.properties, lambda, context);
  log(`${request.type}: ${outcome.status}${outcome.reason ? `: ${outcome.reason}` : ''}`);
  await answer(request, outcome);
}

async function outcomeOf(
  properties: SetupProperties,
  lambda: Context,
  { setUp, log }: HandlerContext,
): Promise<Outcome> {
  const run = new Run(Math.max(1000, lambda.getRemainingTimeInMillis() - ANSWER_MS), log);
  try {
    await Promise.race([setUp(properties, run), run.timeout()]);
    return { status: 'SUCCESS' };
  } catch (error) {
    return { status: 'FAILED', reason: run.redact(messageOf(error)) };
  } finally {
    run.end();
  }
}
