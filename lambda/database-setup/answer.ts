import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './failure';
import { physicalId, type Request } from './request';

/** Outcome of a request. */
export interface Outcome {
  readonly status: 'SUCCESS' | 'FAILED';
  /** Shown in the events of the stack. */
  readonly reason?: string;
}

/** CloudFormation accepts an answer of at most 4 KiB. */
const MAX_REASON_LENGTH = 2500;
const TIMEOUT_MS = 5000;
const PAUSES_MS = [0, 500, 1000, 2000];

/**
 * Sends the outcome to the URL that CloudFormation signed.
 *
 * Throws if no attempt succeeds. Lambda then invokes the function again, and the setup may run twice.
 */
export async function answer(request: Request, { status, reason }: Outcome): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({
      Status: status,
      Reason: shortened(reason ?? 'The setup has ended.'),
      PhysicalResourceId: physicalId(request),
      StackId: request.stackId,
      RequestId: request.requestId,
      LogicalResourceId: request.logicalId,
    }),
  );
  let failure = '';
  for (const pause of PAUSES_MS) {
    await sleep(pause);
    failure = await put(request.responseUrl, body);
    if (failure === '') {
      return;
    }
  }
  throw new Error(
    `CloudFormation got no answer: ${failure}. Without a NAT gateway, the policy of the VPC endpoint of S3 must ` +
      "admit PutObject to CloudFormation's bucket of the region.",
  );
}

/** Returns the failure, empty if there is none. A buffer has no content type, which the signature requires. */
async function put(url: string, body: Buffer): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? '' : `status ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause ? `${message}: ${messageOf(cause)}` : message;
  }
}

function shortened(reason: string): string {
  return reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason;
}
