import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, lacksConnections, messageOf, SetupError } from './failure';
import type { SetupProperties } from './properties';
import type { Run } from './run';

const PAUSE_MS = 2000;
const OPEN_NETWORK =
  "Check that the security group of the database admits the function's group on this port, that the routes and " +
  'network ACLs between both tiers are open, and that the VPC resolves names.';
const FREE_CONNECTIONS =
  'The network is open: sessions of applications and people take all connections. End idle sessions, or give the ' +
  'tasks smaller pools (docs/connecting.md), or the server a larger instance, and deploy again.';

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
        const seconds = Math.round(milliseconds / 1000);
        throw new SetupError(
          lacksConnections(error)
            ? `${host}:${port} had no free connection for ${seconds} s: ${messageOf(error)}. ${FREE_CONNECTIONS}`
            : `no connection to ${host}:${port} within ${seconds} s: ${messageOf(error)}. ${OPEN_NETWORK}`,
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}
