import { setUpMysql } from './mysql/set-up-mysql';
import { setUpPostgres } from './postgres/set-up-postgres';
import type { SetupProperties } from './properties';
import type { Run } from './run';
import { Secrets } from './secrets';

/** Sets a server up. A second run with the same properties changes nothing. */
export async function setUp(properties: SetupProperties, run: Run): Promise<void> {
  const secrets = new Secrets(run);
  await (properties.engine === 'mysql' ? setUpMysql : setUpPostgres)(properties, secrets, run);
}
