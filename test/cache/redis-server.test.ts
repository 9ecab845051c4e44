import type { Template } from 'aws-cdk-lib/assertions';
import { CacheCredentials, CachePurpose, type HardenedCacheProps } from '../../src';
import { cacheIn } from '../fixtures/cache-stack';
import { only, resources } from '../fixtures/database-stack';
import { missingRedis, RedisServer, type RedisUser } from '../simulators/redis-server';

const describeWithServer = missingRedis() ? describe.skip : describe;
const VALUE = 'x'.repeat(100_000);

/** Users of a template, each with a password for each of its secrets: the logical id of the secret. */
function usersOf(template: Template): RedisUser[] {
  return Object.values(resources(template, 'AWS::ElastiCache::User')).map(({ Properties: p }) => {
    const { UserName, AccessString, AuthenticationMode } = p as { UserName: string; AccessString: string; AuthenticationMode: { Passwords: unknown[] } };
    return { name: UserName, accessString: AccessString, passwords: AuthenticationMode.Passwords.map((one) => /"Ref":"(\w+)"/.exec(JSON.stringify(one))![1]) };
  });
}

/** Server with the users and parameters of a cache's template. */
async function serverOf(props: Partial<HardenedCacheProps>) {
  const { template } = cacheIn(props);
  const users = usersOf(template);
  const server = await RedisServer.start(users, only(template, 'AWS::ElastiCache::ParameterGroup').Properties as { [name: string]: string });
  const [off, application] = users;
  return { server, off, application, signIn: { name: application.name, password: application.passwords[application.passwords.length - 1] } };
}

/** Writes more than the server has memory for, each value under another key. */
async function fill(server: RedisServer, signIn: { name: string; password: string }): Promise<string> {
  return server.answer(signIn, '-r', '60', 'EVAL', 'return redis.call("SET", "k" .. redis.call("INCR", "n"), ARGV[1])', '0', VALUE);
}

jest.setTimeout(120_000);

describeWithServer('On a real server, with the users and parameters of the template,', () => {
  let running: Awaited<ReturnType<typeof serverOf>> | undefined;

  beforeAll(async () => {
    running = await serverOf({ keyspaceEvents: 'Ex', credentials: CacheCredentials.password({ generation: 2 }) });
  });
  afterAll(() => running?.server.stop());

  test('nobody signs in without a user, nor as the default user with its password (C-24)', async () => {
    const { server, off } = running!;

    expect(await server.answer(undefined, 'PING')).toContain('NOAUTH');
    expect(await server.answer({ name: 'default', password: off.passwords[0] }, 'PING')).toMatch(/WRONGPASS|NOAUTH/);
  });

  test('nobody connects without TLS (D-16)', async () => {
    expect(await running!.server.withoutTls()).not.toContain('PONG');
  });

  test('the application signs in with the former and with the current password (A-34)', async () => {
    const { server, application } = running!;

    expect(application.passwords).toHaveLength(2);
    for (const password of application.passwords) {
      expect(await server.answer({ name: application.name, password }, 'PING')).toBe('PONG');
    }
    expect(await server.answer({ name: application.name, password: 'another' }, 'PING')).toMatch(/WRONGPASS|NOAUTH/);
  });

  test.each([
    [['SET', 'session:1', 'x', 'EX', '60'], 'OK'],
    [['GET', 'session:1'], 'x'],
    [['LPUSH', 'queue', 'job'], '1'],
    [['XADD', 'stream', '1-1', 'a', 'b'], '1-1'],
    [['EVAL', 'return redis.call("GET", KEYS[1])', '1', 'session:1'], 'x'],
    [['PUBLISH', 'news', 'hello'], '0'],
    [['SCAN', '0', 'COUNT', '1000'], 'session:1'],
    [['INFO', 'server'], 'redis_version'],
    [['CLIENT', 'SETNAME', 'shop'], 'OK'],
    [['COMMAND', 'COUNT'], ''],
  ])('the application may %j', async (command, expected) => {
    const { server, signIn } = running!;
    const answer = await server.answer(signIn, ...command);

    expect(answer).not.toMatch(/NOPERM|ERR/);
    expect(answer).toContain(expected);
  });

  test.each([
    [['FLUSHALL']],
    [['FLUSHDB']],
    [['KEYS', '*']],
    [['CONFIG', 'GET', 'requirepass']],
    [['ACL', 'LIST']],
    [['SHUTDOWN', 'NOSAVE']],
    [['REPLICAOF', 'localhost', '1']],
    [['MONITOR']],
    [['CLIENT', 'KILL', 'TYPE', 'normal']],
  ])('the application may not %j', async (command) => {
    const { server, signIn } = running!;

    expect(await server.answer(signIn, ...command)).toContain('NOPERM');
  });

  test('a key that expires is an event, which the application may hear (C-10)', async () => {
    const { server, signIn } = running!;
    const heard = server.hear(signIn, '__keyevent@0__:expired');
    await heard.subscribed;
    await server.answer(signIn, 'SET', 'short', 'x', 'PX', '1');

    expect(await heard.message).toBe('short');
  });

  test('a full cache drops entries and takes new ones (C-10)', async () => {
    const { server, signIn } = running!;

    expect(await fill(server, signIn)).not.toContain('OOM');
    expect(Number(/evicted_keys:(\d+)/.exec(await server.answer(signIn, 'INFO', 'stats'))![1])).toBeGreaterThan(0);
  });
});

describeWithServer('On a real server, a full cache of sessions', () => {
  test('refuses writes and keeps each session (D-04)', async () => {
    const { server, signIn } = await serverOf({ purpose: CachePurpose.SESSIONS });
    try {
      await server.answer(signIn, 'SET', 'session:first', 'kept');

      expect(await fill(server, signIn)).toContain('OOM');
      expect(await server.answer(signIn, 'GET', 'session:first')).toBe('kept');
      expect(await server.answer(signIn, 'INFO', 'stats')).toContain('evicted_keys:0');
    } finally {
      await server.stop();
    }
  });
});
