import { checkOwnServer } from './own-server';
import type { SetupProperties } from './properties';

const OWN = { engine: 'postgres', host: 'database', port: '5432', masterSecretArn: 'arn:master' } as SetupProperties;
const VARIABLES = { DB_ENGINE: 'postgres', DB_HOST: 'database', DB_PORT: '5432', MASTER_SECRET_ARN: 'arn:master' };

test('A request for the server of the function is accepted', () => {
  expect(() => checkOwnServer(OWN, VARIABLES)).not.toThrow();
});

test.each([
  ['engine', { engine: 'mysql' }],
  ['host', { host: 'elsewhere' }],
  ['port', { port: '5433' }],
  ['masterSecretArn', { masterSecretArn: 'arn:other' }],
  ['host, masterSecretArn', { host: 'elsewhere', masterSecretArn: 'arn:other' }],
])('A request with another %s is refused', (names, given) => {
  const request = { ...OWN, ...given } as SetupProperties;
  expect(() => checkOwnServer(request, VARIABLES)).toThrow(new RegExp(`differs from its variables in ${names}\\.`));
});

test('A request is refused where the variables are missing', () => {
  expect(() => checkOwnServer(OWN, {})).toThrow(/differs from its variables in engine, host, port, masterSecretArn/);
});
