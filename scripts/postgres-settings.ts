import * as fs from 'fs';
import * as path from 'path';
import { readSettings, type Setting, tableOf } from '../test/catalogues/postgres-settings';
import { MAJOR_VERSIONS, PostgresServer } from '../test/simulators/postgres-server';

/** Writes src/database/parameters/postgres-settings.ts out of pg_settings of real servers. Run it when a major version joins: npx ts-node scripts/postgres-settings.ts */
async function main(): Promise<void> {
  const versions = new Map<string, Setting[]>();
  for (const major of MAJOR_VERSIONS) {
    const server = await PostgresServer.start(major);
    versions.set(major, await readSettings(server));
    await server.stop();
  }
  const lines = Object.entries(tableOf(versions)).map(([name, description]) => `  ${name}: '${description}',`);
  fs.writeFileSync(path.join(__dirname, '..', 'src', 'database', 'parameters', 'postgres-settings.ts'), [
    '/**',
    ' * Parameters of PostgreSQL that RDS can set: majors, type, and range with unit or expected words.',
    ' * scripts/postgres-settings.ts writes them from pg_settings of real servers. A test compares them with such servers.',
    ' */',
    'export const POSTGRES_SETTINGS: { [name: string]: string } = {',
    ...lines,
    '};',
    '',
  ].join('\n'));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
