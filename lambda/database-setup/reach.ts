import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, messageOf, SetupError } from './failure';
import type { SetupProperties } from './properties';
import type { Run } from './run';

const PAUSE_MS = 2000;

/** Connects to the server, again and again for a bounded time while the failure may pass. */
export async function reach<T>({ host, port }: SetupProperties, run: Run, connect: () => Promise<T>): Promise<T> {
  const milliseconds = run.connectMs;
  const until = Date.now() + milliseconds;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!isTransient(error)) {
        throw error;
      }
      if (Date.now() + PAUSE_MS >= until || run.signal.aborted) {
        throw new SetupError(
          `no connection to ${host}:${port} within ${Math.round(milliseconds / 1000)} s: ${messageOf(error)}. ` +
            "Check that the security group of the database admits the function's group on this port, that the routes " +
            'and network ACLs between both tiers are open, and that the VPC resolves names.',
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}
