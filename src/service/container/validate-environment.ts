import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';

/** Words in the name of a variable that holds a secret. */
const SECRET_WORDS = [
  'PASSWORD', 'PASSWD', 'PASSPHRASE', 'PWD', 'SECRET', 'SECRETS', 'TOKEN', 'TOKENS', 'CREDENTIAL', 'CREDENTIALS',
  'API_?KEY', 'PRIVATE_?KEY', 'SECRET_?KEY', 'SIGNING_?KEY', 'ENCRYPTION_?KEY', 'ACCESS_?KEY',
];
const SOUNDS_SECRET = new RegExp(`(^|_)(${SECRET_WORDS.join('|')})(_|$)`);
/** Last words of a variable that is about a secret, for example its ARN, its length or its lifetime. */
const WORDS_ABOUT_A_SECRET = [
  'ARN', 'NAME', 'URL', 'URI', 'ENDPOINT', 'HOST', 'ISSUER', 'AUDIENCE', 'FILE', 'PATH', 'HEADER', 'LENGTH', 'TTL',
  'EXPIRY', 'EXPIRES_IN', 'LIFETIME', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS', 'ENABLED', 'VERSION', 'LIMIT', 'COUNT',
];
const ABOUT_A_SECRET = new RegExp(`_(${WORDS_ABOUT_A_SECRET.join('|')})$`);
/**
 * Values that are always secret.
 * They are a URL with a password, a private key, an AWS access key, and a dynamic reference.
 */
const SECRET_VALUES = [
  /:\/\/[^/?#:@\s]*:[^/?#@\s]+@/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bA(KI|SI)A[0-9A-Z]{16}\b/,
  /\{\{resolve:(secretsmanager|ssm-secure):/,
];

/** Plain environment variables of a container. */
interface PlainEnvironment {
  /** Prop that holds the variables, for errors: `environment`, `sidecars.environment`. */
  readonly prop: string;
  /** Values by name. Tokens are checked as they appear in the template. */
  readonly environment: { [name: string]: string };
  /** Reasons for variables that only sound like a secret, by name. */
  readonly notSecret: { [variable: string]: string };
}

/**
 * Refuses a secret among plain environment variables.
 * Everyone who may read the task definition or the template can read these variables.
 */
export function checkNothingSecret(scope: IConstruct, { prop, environment, notSecret }: PlainEnvironment): void {
  // A map, because a variable may be called like a member of Object.prototype.
  const reasons = new Map(Object.entries(notSecret));
  Object.entries(environment).forEach(([name, value]) => {
    if (reasons.has(name)) {
      checkReason(scope, `notSecret.${name}`, reasons.get(name));
    } else if (soundsSecret(name) || holdsSecret(scope, value)) {
      throw new PropError(scope, {
        prop: `${prop}.${name}`,
        value: '(not shown)',
        expected: 'a value that every reader of the task definition may know',
        fix:
          `pass it as a secret, for example ServiceSecret.placeholder('${name}'), ` +
          `or give the reason why it is none in notSecret: { ${name}: '...' }`,
      });
    }
  });
}

function soundsSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase();
  return SOUNDS_SECRET.test(words) && !ABOUT_A_SECRET.test(words);
}

function holdsSecret(scope: IConstruct, value: string): boolean {
  const text = JSON.stringify(Stack.of(scope).resolve(value)) ?? '';
  return SECRET_VALUES.some((pattern) => pattern.test(text));
}
