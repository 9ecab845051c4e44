import { answer } from './answer';
import { type Context, handle } from './handle';
import { checkOwnServer } from './own-server';
import type { SetupProperties } from './properties';
import type { Run } from './run';
import { setUp } from './set-up';

/**
 * Custom resource that creates users, rights, schemas, extensions and databases on a server.
 *
 * It needs the variable `NODE_EXTRA_CA_CERTS=/var/runtime/ca-cert.pem`: the runtime has the authorities of RDS in that
 * file, but has not loaded them by itself since Node 20. `DB_ENGINE`, `DB_HOST`, `DB_PORT` and `MASTER_SECRET_ARN` name
 * its server. Its role reads the secrets, also their previous versions.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  await handle(event, context, { setUp: setUpOwnServer, answer, log: (line) => console.log(line) });
}

async function setUpOwnServer(properties: SetupProperties, run: Run): Promise<void> {
  checkOwnServer(properties, process.env);
  await setUp(properties, run);
}
