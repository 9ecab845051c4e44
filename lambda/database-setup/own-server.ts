import { SetupError } from './failure';
import type { SetupProperties } from './properties';

/** Variables of the function, and the properties that must equal them. */
const VARIABLES = {
  DB_ENGINE: 'engine',
  DB_HOST: 'host',
  DB_PORT: 'port',
  MASTER_SECRET_ARN: 'masterSecretArn',
} as const;

/**
 * Refuses an event that names another server than the function is for.
 *
 * Whoever may invoke the function could send the master user's password to a server of their own otherwise.
 */
export function checkOwnServer(
  properties: SetupProperties,
  environment: { readonly [name: string]: string | undefined },
): void {
  const others = Object.entries(VARIABLES)
    .filter(([variable, name]) => environment[variable] === undefined || environment[variable] !== properties[name])
    .map(([, name]) => name);
  if (others.length > 0) {
    throw new SetupError(
      `the function is for one server, and the request differs from its variables in ${others.join(', ')}. ` +
        'Let CloudFormation send the request.',
    );
  }
}
