import { DataSource, type DataSourceOptions } from 'typeorm';
import { Item } from './item.js';
import { CreateItems1764547200000 } from './migrations/create-items.js';
import { variable } from './variable.js';

/** Sign-in by the variables that the task gets. A migration gets the same with the owner's sign-in. */
export const options = (): DataSourceOptions => ({
  type: 'postgres',
  host: variable('DB_HOST'),
  port: Number(variable('DB_PORT')),
  username: variable('DB_USERNAME'),
  password: variable('DB_PASSWORD'),
  database: variable('DB_NAME'),
  ssl: { ca: variable('DB_SSL_CA') },
  extra: { max: Number(process.env.DB_POOL_SIZE ?? 10), connectionTimeoutMillis: 5_000 },
  entities: [Item],
  migrations: [CreateItems1764547200000],
});

export const connect = (): Promise<DataSource> => new DataSource(options()).initialize();
