import { connect } from './data-source.js';

// The user of the dry run may only read, so the SQL is printed and not run.
const source = await connect();
const runner = source.createQueryRunner();
const done = (await runner.hasTable('migrations')) ? await runner.query('SELECT name FROM migrations') as { name: string }[] : [];
const pending = source.migrations.filter(({ name }) => !done.some((one) => one.name === name));
const printer = Object.assign(Object.create(runner), { query: async (sql: string) => console.log(sql) });
for (const migration of pending) {
  await migration.up(printer);
}
await runner.release();
await source.destroy();
