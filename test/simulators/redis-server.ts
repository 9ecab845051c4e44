import { type ChildProcess, execFile, spawn } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { promisify } from 'util';
import { authorityOfItself, end, freePort, pause } from './postgres-server';

const FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const [PROGRAM, CLIENT] = ['redis-server', 'redis-cli'].map((name) => FOLDERS.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file)));
/** Parameters of ElastiCache itself, which the engine does not have. */
const OF_ELASTICACHE = ['reserved-memory-percent'];

/** User with a password and an access string, as ElastiCache gives it to the engine. */
export interface RedisUser {
  readonly name: string;
  readonly passwords: readonly string[];
  readonly accessString: string;
}

/** Name and password of a user. */
interface SignIn {
  readonly name: string;
  readonly password: string;
}

/** Reason why no server runs here. Undefined if one does. `.ci/run` installs one, and requires it by a variable. */
export function missingRedis(): string | undefined {
  if (PROGRAM && CLIENT) {
    return undefined;
  }
  if (process.env.NEEDS_REDIS) {
    throw new Error("Debian's package redis-server is missing");
  }
  return "no Redis here: install Debian's package redis-server";
}

/** A Redis server of its own, in a folder of its own, that takes TLS connections alone. */
export class RedisServer {
  /** Starts a server with exactly these users and parameters. */
  public static async start(users: readonly RedisUser[], parameters: { readonly [name: string]: string } = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.run(users, parameters);
    return server;
  }

  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'redis-'));
  private process?: ChildProcess;
  private output = '';

  private constructor(public readonly port: number) {}

  /** Answer to a command of a user, or the error of the server. */
  public async answer(user: SignIn | undefined, ...command: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(CLIENT!, [...this.connection(user), ...command]);
    return stdout.trim();
  }

  /** First message on a channel that a user subscribes to. */
  public hear(user: SignIn, channel: string): { readonly subscribed: Promise<void>; readonly message: Promise<string> } {
    const client = spawn(CLIENT!, [...this.connection(user), 'SUBSCRIBE', channel], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    const lines = (count: number) => new Promise<string[]>((resolve) => {
      const read = () => output.trim().split('\n').length >= count && resolve(output.trim().split('\n'));
      client.stdout.on('data', read);
      client.once('exit', () => resolve(output.trim().split('\n')));
    });
    client.stdout.prependListener('data', (text: Buffer) => {
      output += text.toString();
    });
    // A subscription and a message are three lines each: kind, channel, and number or content.
    const message = lines(6).then((all) => {
      client.kill();
      return all[5];
    });
    return { subscribed: lines(3).then(() => undefined), message };
  }

  /** Answer to a connection without TLS. */
  public async withoutTls(): Promise<string> {
    return promisify(execFile)(CLIENT!, ['-h', 'localhost', '-p', `${this.port}`, 'PING'], { timeout: 5000 }).then(({ stdout }) => stdout, (error: Error) => error.message);
  }

  public async stop(): Promise<void> {
    await end(this.process, 'SIGTERM');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(users: readonly RedisUser[], parameters: { readonly [name: string]: string }): Promise<void> {
    const { key, chain: cert } = await authorityOfItself();
    const acl = users.map(({ name, passwords, accessString }) => `user ${name} resetpass ${passwords.map((password) => `>${password}`).join(' ')} ${accessString}`);
    const ofEngine = Object.entries(parameters).filter(([name]) => !OF_ELASTICACHE.includes(name));
    const settings = {
      'port': '0',
      'tls-port': `${this.port}`,
      'tls-cert-file': this.file('server.crt', cert),
      'tls-key-file': this.file('server.key', key),
      'tls-auth-clients': 'no',
      'bind': '127.0.0.1 -::1',
      'dir': this.folder,
      'save': '""',
      'aclfile': this.file('users.acl', `${acl.join('\n')}\n`),
      'maxmemory': '4mb',
      ...Object.fromEntries(ofEngine),
    };
    this.process = spawn(PROGRAM!, [this.file('redis.conf', Object.entries(settings).map((pair) => pair.join(' ')).join('\n'))], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout!.on('data', (text: Buffer) => {
      this.output += text.toString();
    });
    const until = Date.now() + 30_000;
    while (!this.output.includes('Ready to accept connections')) {
      if (this.process.exitCode !== null || Date.now() > until) {
        throw new Error(this.output);
      }
      await pause(50);
    }
  }

  private connection(user?: SignIn): string[] {
    const signIn = user ? ['--user', user.name, '--pass', user.password, '--no-auth-warning'] : [];
    return ['-h', 'localhost', '-p', `${this.port}`, '--tls', '--cacert', path.join(this.folder, 'server.crt'), ...signIn];
  }

  private file(name: string, text: string): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, text);
    return file;
  }
}
