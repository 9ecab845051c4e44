import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Words of a variable's name that say "secret", one or two in a row. */
const SECRET_WORDS =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|TOKENS|CREDENTIAL|CREDENTIALS|API_?KEY|PRIVATE_?KEY|SECRET_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|ACCESS_?KEY)(_|$)/;
/** Last words that say "about a secret, not one": its ARN, its length, how long it lives. */
const ABOUT_A_SECRET =
  /_(ARN|NAME|URL|URI|ENDPOINT|HOST|ISSUER|AUDIENCE|FILE|PATH|HEADER|LENGTH|TTL|EXPIRY|EXPIRES_IN|LIFETIME|SECONDS|MINUTES|HOURS|DAYS|ENABLED|VERSION|LIMIT|COUNT)$/;
/** Values that are secrets whatever they are called: a URL with a password, a private key, an AWS key, a dynamic reference. */
const SECRET_VALUES = [
  /:\/\/[^/?#:@\s]*:[^/?#@\s]+@/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bA(KI|SI)A[0-9A-Z]{16}\b/,
  /\{\{resolve:(secretsmanager|ssm-secure):/,
];

/** What {@link checkNothingSecret} looks at. */
interface PlainEnvironment {
  /** The prop as the caller wrote it: `environment`, `sidecars.environment`. */
  readonly prop: string;
  /** By name. Tokens are looked at as they stand in the template. */
  readonly environment: { [name: string]: string };
  /** Reasons why a variable only sounds like a secret. */
  readonly notSecret: { [variable: string]: string };
}

/** Refuses a secret among plain environment variables: everyone who may read the task definition, or its template, would know it. */
export function checkNothingSecret(scope: IConstruct, { prop, environment, notSecret }: PlainEnvironment): void {
  Object.entries(environment).forEach(([name, value]) => {
    if (notSecret[name] !== undefined) {
      checkReason(scope, `notSecret.${name}`, notSecret[name]);
    } else if (soundsSecret(name) || holdsSecret(scope, value)) {
      throw new PropError(scope, {
        prop: `${prop}.${name}`,
        value: '(not shown)',
        expected: 'a value that everyone who sees the task definition may know',
        fix: `give it as a secret, ServiceSecret.placeholder('${name}') for example; if it is none, say why in notSecret: { ${name}: '...' }`,
      });
    }
  });
}

function soundsSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase();
  return SECRET_WORDS.test(words) && !ABOUT_A_SECRET.test(words);
}

function holdsSecret(scope: IConstruct, value: string): boolean {
  const text = JSON.stringify(Stack.of(scope).resolve(value)) ?? '';
  return SECRET_VALUES.some((pattern) => pattern.test(text));
}
