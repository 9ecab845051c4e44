import * as http from 'node:http';
import type { RolloutPlan, SmokeRequest } from './plan';

/** Asks one task everything, in order, past the load balancer. Rejects with the reason of the first that doesn't pass. */
export async function smoke(plan: RolloutPlan, address: string): Promise<void> {
  for (const request of plan.requests) {
    const status = await statusOf(request, address, plan.port);
    if (status !== request.status) {
      throw new Error(`${address} answers ${request.path} with ${status}, expected is ${request.status}`);
    }
  }
}

/** The status, once the answer is complete: one that never ends is no answer. Redirects are not followed. */
function statusOf({ path, timeoutMs, host }: SmokeRequest, address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(new Error(error.name === 'AbortError' || error.name === 'TimeoutError'
      ? `${address} does not answer ${path} within ${timeoutMs} ms` : `${address} does not answer ${path}: ${error.message}`));
    // The application sees what it would see behind the load balancer, which ends TLS.
    const headers = { 'User-Agent': 'rollout-smoke-test/1', 'X-Forwarded-Proto': 'https', ...(host && { Host: host }) };
    const request = http.get({ host: address, port, path, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.on('error', refuse).on('end', () => resolve(response.statusCode)).resume();
    });
    request.on('error', refuse);
  });
}
