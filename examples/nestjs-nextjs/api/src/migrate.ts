import { connect } from './data-source.js';

const source = await connect();
const done = await source.runMigrations();
console.log(JSON.stringify({ level: 'info', context: 'Migration', message: `${done.length} migrations have run` }));
await source.destroy();
