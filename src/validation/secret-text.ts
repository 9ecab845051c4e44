import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Words in the name of a variable or an option that holds a secret. Digits at the end of a word count for nothing. */
const SECRET_WORDS = [
  '\\w*PASSWORDS?', '\\w*PASSWD', 'PASS', 'PASSPHRASE', 'PASSCODE', 'PWD', 'PAT', '\\w*SECRETS?', '\\w*TOKENS?',
  'CREDENTIALS?', 'CREDS?', '\\w*API_?KEYS?', 'PRIVATE_?KEY', 'SECRET_?KEY', 'SIGNING_?KEY', 'ENCRYPTION_?KEY',
  'ACCESS_?KEY', 'WEBHOOK',
];
const SOUNDS_SECRET = new RegExp(`(^|_)(${SECRET_WORDS.join('|')})(_|$)`);
/** Last words that stand for a secret at the end of a name alone: `AUTH_MODE` and `KEY_PREFIX` are none. */
const ENDS_SECRET = /(^|_)(KEYS?|AUTH|SALT|PEPPER)$/;
/** Keys that everyone may know, and names of things in stores. */
const PUBLIC_KEY = /(^|_)(PUBLIC|PUBLISHABLE|SITE|PRIMARY|PARTITION|SORT|HASH|RANGE|CACHE|OBJECT|FOREIGN)_KEYS?$/;
/**
 * Last words of a variable that is about a secret, with the form of its value.
 * A value in another form may be the secret itself.
 */
const ABOUT_A_SECRET: ReadonlyArray<[RegExp, RegExp]> = [
  [/_ARN$/, /^arn:/],
  [/_(URL|URI|ENDPOINT)$/, /^([a-z][a-z0-9+.-]*:\/\/|\/)|\./i],
  [/_(FILE|PATH)$/, /[/\\.]/],
  [/_(NAME|HOST|ISSUER|AUDIENCE|HEADER|VERSION|ID|TYPE|ALGORITHM|PREFIX|FIELD|COOKIE)$/, /^[\w.:/ -]*$/],
  [
    /_(LENGTH|TTL|EXPIRY|EXPIRES_IN|LIFETIME|AGE|SECONDS|MINUTES|HOURS|DAYS|LIMIT|COUNT|ROUNDS)$/,
    /^\d+ ?[a-z]{0,7}$/i,
  ],
  [/_ENABLED$/, /^\w{1,5}$/],
];
/** Answers to a question, which no secret is. */
const ANSWER = /^(|true|false|yes|no|on|off|none|null)$/i;

/**
 * Values that are always secret, by the prefixes that their issuers document.
 *
 * They are URLs with a password, connection strings, private keys, keys of AWS, web tokens, dynamic references,
 * addresses of webhooks, and tokens of GitHub, GitLab, Stripe, Slack, SendGrid, Google, npm, PyPI and others.
 */
const SECRET_VALUES: readonly RegExp[] = [
  /:\/\/[^/?#:@\s"]*:(?!\$)[^/?#@\s"]+@/,
  /(^|[;?&,\s"])(password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*(?![\s";&$%<{])[^;&\s"]{3,}/i,
  /(^|[;?&,\s"])(client_?secret|api_?key|access_?token)\s*=\s*(?![\s";&$%<{])[^;&\s"]{3,}/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/,
  // The secret part of a key of AWS is text in base 64, without a prefix: the whole value, in letters of both cases.
  /^"(?=[^"]*[a-z])(?=[^"]*[A-Z])(?=[^"]*[0-9/+])[A-Za-z0-9/+]{40}"$/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/,
  /\{\{resolve:(secretsmanager|ssm-secure):/,
  /\b(gh[opsur]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,})/,
  /\b[sr]k_(live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9]{20,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/,
  /\bhooks\.slack\.com\/(services|workflows)\/\w|\bdiscord(app)?\.com\/api\/webhooks\/\d/,
  /\bwebhook\.office\.com\/webhookb2\//,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\bAIza[\w-]{35}\b/,
  /\b(npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{20,}|dop_v1_[a-f0-9]{32,}|shp(at|ca|pa|ss)_[a-fA-F0-9]{32}|hf_[A-Za-z]{30,})/,
  /\bsk-(ant-|proj-)?[A-Za-z0-9_-]{32,}/,
];

/** An option or an assignment of a shell with a value of its own, which no reference to a variable is. */
const OPTION = /^--?([A-Za-z][\w-]*)(?:[=:]([^$%@<{].*))?$/s;
const ASSIGNMENT = /(?:^|[\s;&|(])([A-Za-z_]\w*)=(?:"([^"$]+)"|'([^'$]+)'|([^\s"'$`;&|]+))/g;

/** True where a variable is secret by its name, or its value by what it is. */
export function isSecret(scope: IConstruct, name: string, value: string): boolean {
  return soundsSecret(name, value) || holdsSecret(scope, value);
}

/**
 * The first name in a command whose value is a secret: an option, or a variable that its shell sets.
 * It is `command` where a word is a secret by itself.
 */
export function secretInCommand(scope: IConstruct, words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (Token.isUnresolved(word)) {
      continue;
    }
    const [, option, value] = OPTION.exec(word) ?? [];
    const given = value ?? (/^[-$%@<{/]/.test(words[index + 1] ?? '-') ? undefined : words[index + 1]);
    if (option !== undefined && given !== undefined && soundsSecret(option, given)) {
      return word.split('=')[0];
    }
    for (const [, variable, ...values] of word.matchAll(ASSIGNMENT)) {
      if (soundsSecret(variable, values.find((each) => each !== undefined) ?? '')) {
        return variable;
      }
    }
    if (holdsSecret(scope, word)) {
      return 'command';
    }
  }
  return undefined;
}

function soundsSecret(name: string, value: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase()
    .replace(/(?<=[A-Z])\d+(?=_|$)/g, '');
  const sounds = SOUNDS_SECRET.test(words) || (ENDS_SECRET.test(words) && !PUBLIC_KEY.test(words));
  return sounds && !ANSWER.test(value) && !isAboutASecret(words, value);
}

function isAboutASecret(words: string, value: string): boolean {
  return ABOUT_A_SECRET.some(([ends, form]) => ends.test(words) && (Token.isUnresolved(value) || form.test(value)));
}

function holdsSecret(scope: IConstruct, value: string): boolean {
  const text = JSON.stringify(Stack.of(scope).resolve(value)) ?? '';
  return SECRET_VALUES.some((pattern) => pattern.test(text));
}
