import * as http from 'node:http';
import * as https from 'node:https';
import type { HookPlan, SmokeRequest } from './plan';

/** Sends all requests to one task, in order and without the load balancer. Rejects at the first one that fails. */
export async function smoke(plan: HookPlan, address: string): Promise<void> {
  for (const request of plan.requests) {
    const status = await statusOf(request, address, plan);
    if (status !== request.status) {
      throw new Error(`${address} answers ${request.path} with ${status}, expected is ${request.status}`);
    }
  }
}

/** Status of the complete response. Redirects are not followed. */
function statusOf(
  { path, timeoutMs, host }: SmokeRequest,
  address: string,
  { port, tls }: HookPlan,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(
        new Error(
          error.name === 'AbortError' || error.name === 'TimeoutError'
            ? `${address} does not answer ${path} within ${timeoutMs} ms`
            : `${address} does not answer ${path}: ${error.message}`,
        ),
      );
    // The application gets the headers that it gets from the load balancer, which terminates TLS.
    const headers = { 'User-Agent': 'rollout-smoke-test/1', 'X-Forwarded-Proto': 'https', ...(host && { Host: host }) };
    const options = { host: address, port, path, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
    const answered = (response: http.IncomingMessage): void => {
      response
        .on('error', fail)
        .on('end', () => resolve(response.statusCode))
        .resume();
    };
    // A task has the certificate that it makes for itself, which the load balancer does not check either.
    const request = tls ? https.get({ ...options, rejectUnauthorized: false }, answered) : http.get(options, answered);
    request.on('error', fail);
  });
}
