import { Fn, Stack } from 'aws-cdk-lib';
import { isSecret, secretInCommand } from '../../src/validation/secret-text';

/** Put together here, so that no file holds the whole of what scanners of repositories look for. */
const joined = (...parts: string[]) => parts.join('');
const TOKENS: [string, string][] = [
  ['of GitHub', joined('ghp', '_', 'a1B2'.repeat(9))],
  ['of GitHub for some repositories', joined('github', '_pat_', '11ABCDEFG0'.repeat(4))],
  ['of GitLab', joined('glpat', '-', 'abcdefghij0123456789')],
  ['of Stripe', joined('sk', '_live_', '4eC39HqLyjWDarjtT1zdp7dc')],
  ['of Slack', joined('xoxb', '-', '123456789012-abcdefghijkl')],
  ['of SendGrid', joined('SG', '.', 'abcdefghijklmnopqrstuv', '.', 'abcdefghijklmnopqrstuvwxyz0123456789')],
  ['of Google', joined('AIza', 'SyA-1234567890abcdefghijklmnopqrstu')],
  ['of npm', joined('npm', '_', 'abcdefghij'.repeat(3), '012345')],
  ['in the web', joined('eyJhbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.', 'dozjgNryP4J3jVmNHl0w5N')],
];
const OTHER_VALUES: [string, string][] = [
  ['a URL with a password', 'postgres://shop:hunter2@db:5432/shop'],
  ['a connection string', 'Server=db;Database=shop;User Id=shop;Password=hunter2;'],
  ['an address of a webhook', joined('https://hooks.slack.com', '/services/T000/B000/XXXX')],
  ['a key of AWS', joined('AKIA', 'IOSFODNN7EXAMPLE')],
  ['the secret part of a key of AWS', joined('wJalrXUtnFEMI/K7MDENG', '/bPxRfiCYEXAMPLEKEY')],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
  ['a dynamic reference to a secret', '{{resolve:secretsmanager:shop:SecretString:password}}'],
];

const scope = new Stack();

describe('A variable is secret', () => {
  test.each([
    'DB_PASS', 'PASSWORD1', 'PGPASSWORD', 'dbPassword', 'JWT_KEY', 'APP_KEY', 'SENDGRID_KEY', 'GITHUB_PAT', 'AUTH', 'BASIC_AUTH',
    'CLIENT_SECRET', 'SESSION_TOKENS', 'SMTP_CREDENTIALS', 'PASSWORD_SALT', 'SLACK_WEBHOOK', 'api.key',
  ])('by its name: %s (A-24)', (name) => {
    expect(isSecret(scope, name, 'hunter2')).toBe(true);
  });

  test.each([
    ['PASSWORD_FILE', 'hunter2'], ['SECRET_ARN', 'hunter2'], ['TOKEN_TTL', 'hunter2'], ['API_KEY_URL', 'hunter2'],
    ['SECRET_NAME', 'tr0ub4dor&3'], ['TOKEN_ENABLED', 'hunter2'],
  ])('by its name, where the value is not what the last word of %s says (A-24)', (name, value) => {
    expect(isSecret(scope, name, value)).toBe(true);
  });

  test.each([...TOKENS, ...OTHER_VALUES])('by its value: a token %s, or the like (A-24)', (_, value) => {
    expect(isSecret(scope, 'SETTING', value)).toBe(true);
    expect(isSecret(scope, 'SETTING', Fn.join('', [value]))).toBe(true);
  });
});

describe('A variable is no secret', () => {
  test.each([
    ['PASSWORD_FILE', '/run/secrets/password'], ['SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:1:secret:a'], ['TOKEN_TTL', '15m'],
    ['TOKEN_EXPIRES_IN', '3600'], ['API_KEY_URL', 'https://keys.example.org'], ['SECRET_NAME', 'shop/api'], ['CSRF_TOKEN_HEADER', 'X-CSRF'],
    ['PUBLIC_KEY', 'MIIBIjANBgkqhkiG9w0'], ['SORT_KEY', 'createdAt'], ['KEY_PREFIX', 'shop:'], ['AUTH_MODE', 'jwt'], ['SMTP_AUTH', 'true'],
    ['PATH', '/usr/bin'], ['PATTERN', 'a'], ['KEYCLOAK_REALM', 'shop'], ['PASSENGER_COUNT', '4'], ['COMPASS', 'north'], ['MONKEY', 'x'],
    ['DATABASE_URL', 'postgres://db:5432/shop'], ['CONNECTION', 'Server=db;Password=$DB_PASSWORD'], ['COMMIT', 'a'.repeat(40)],
    ['TEMPLATE', 'postgres://shop:${DB_PASSWORD}@db/shop'], ['REDIS', 'redis://cache.internal:6379/0'], ['SECRET_ARN', Fn.ref('Secret')],
  ])('when it is called %s and holds %s (A-24)', (name, value) => {
    expect(isSecret(scope, name, value)).toBe(false);
  });
});

describe('A command holds a secret', () => {
  test.each<[string[], string]>([
    [['serve', '--password=hunter2'], '--password'],
    [['serve', '--api-key', 'hunter2'], '--api-key'],
    [['sh', '-c', 'PGPASSWORD=hunter2 psql -c "select 1"'], 'PGPASSWORD'],
    [['sh', '-c', "export JWT_KEY='hunter2' && serve"], 'JWT_KEY'],
    [['curl', TOKENS[0][1]], 'command'],
    [['psql', 'postgres://shop:hunter2@db/shop'], 'command'],
  ])('%j: %s (A-24)', (words, found) => {
    expect(secretInCommand(scope, words)).toBe(found);
  });

  test.each<[string[]]>([
    [['serve', '--password', '$DB_PASSWORD']],
    [['sh', '-c', 'PGPASSWORD="$DB_PASSWORD" psql']],
    [['sh', '-c', 'TOKEN=$(cat /run/token) serve']],
    [['serve', '--password-file', '/run/password']],
    [['serve', '--token-ttl=15m', '--verbose']],
    [['serve', '--no-password', '--port', '8080']],
    [['serve', '--api-key', Fn.ref('Parameter')]],
    [['npm', 'run', 'migrate']],
  ])('not in %j (A-24)', (words) => {
    expect(secretInCommand(scope, words)).toBeUndefined();
  });
});
