import { type ChildProcess, execFileSync, spawn } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';
import { authorityOfItself, end, freePort, pause } from './postgres-server';

/** Master user of the server. It has the rights that the master user of RDS has, and is no superuser. */
export const MYSQL_MASTER = { username: 'dbadmin', password: 'the-password-of-the-master' };

const PROGRAM = ['/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd', '/opt/homebrew/bin/mariadbd'].find((file) =>
  fs.existsSync(file),
);
const SCRIPTS = '/usr/share/mysql';
const MASTER_RIGHTS = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'DROP',
  'RELOAD',
  'PROCESS',
  'REFERENCES',
  'INDEX',
  'ALTER',
  'SHOW DATABASES',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'EXECUTE',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'CREATE USER',
  'EVENT',
  'TRIGGER',
];
const ROOT_PASSWORD = 'only-in-tests';

/** Options of the server by name. */
interface Settings {
  readonly [name: string]: string;
}

/** As the parameter group of the construct: with a binary log, an owner makes functions and triggers only so. */
const TRUSTED: Settings = { 'log-bin-trust-function-creators': '1' };

/** Reason why no server runs here. Undefined if one does. `.ci/run` installs one, and requires it by a variable. */
export function missingMysql(): string | undefined {
  if (PROGRAM && fs.existsSync(path.join(SCRIPTS, 'mysql_system_tables.sql'))) {
    return undefined;
  }
  if (process.env.NEEDS_MARIADB) {
    throw new Error("Debian's package mariadb-server-core is missing");
  }
  return "no MariaDB here: install Debian's package mariadb-server-core";
}

/** A MariaDB server of its own, in a folder of its own, on a port of its own. It speaks MySQL's protocol and SQL. */
export class MysqlServer {
  public static async start(database: string, settings: Settings = TRUSTED): Promise<MysqlServer> {
    const server = new MysqlServer(await freePort());
    await server.create(database);
    await server.run(settings);
    return server;
  }

  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mariadb-'));
  private readonly data = path.join(this.folder, 'data');
  private process?: ChildProcess;
  private output = '';

  private constructor(public readonly port: number) {}

  /** Certificate of the server for `localhost`, which is its own authority. */
  public get certificateFile(): string {
    return path.join(this.folder, 'server.crt');
  }

  public get certificate(): string {
    return fs.readFileSync(this.certificateFile, 'utf8');
  }

  /** Every statement that the server has got, as its general log has it. */
  public get log(): string {
    return fs.readFileSync(path.join(this.folder, 'general.log'), 'utf8');
  }

  public async connect(options: ConnectionOptions = {}): Promise<Connection> {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      password: ROOT_PASSWORD,
      multipleStatements: true,
      ssl: { rejectUnauthorized: false },
      ...options,
    });
    connection.on('error', () => undefined);
    return connection;
  }

  /** Runs statements in a session that is closed afterwards. */
  public async query<T extends object>(sql: string, options: ConnectionOptions = {}): Promise<T[]> {
    const connection = await this.connect(options);
    try {
      return (await connection.query<Array<T & RowDataPacket>>(sql))[0];
    } finally {
      await connection.end();
    }
  }

  public async stop(): Promise<void> {
    await end(this.process, 'SIGTERM');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async create(database: string): Promise<void> {
    fs.mkdirSync(this.data);
    const { key, chain: cert } = await authorityOfItself();
    fs.writeFileSync(this.certificateFile, cert);
    fs.writeFileSync(path.join(this.folder, 'server.key'), key);
    fs.writeFileSync(
      path.join(this.folder, 'init.sql'),
      [
        `ALTER USER root@localhost IDENTIFIED BY '${ROOT_PASSWORD}';`,
        `CREATE USER '${MYSQL_MASTER.username}'@'%' IDENTIFIED BY '${MYSQL_MASTER.password}';`,
        `GRANT ${MASTER_RIGHTS.join(', ')} ON *.* TO '${MYSQL_MASTER.username}'@'%' WITH GRANT OPTION;`,
        `CREATE DATABASE \`${database}\`;`,
        '',
      ].join('\n'),
    );
    const tables = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((file) =>
      fs.readFileSync(path.join(SCRIPTS, file), 'utf8'),
    );
    this.giveToOwner();
    // Two servers that start at once would share their temporary tables.
    const folders = [`--datadir=${this.data}`, `--tmpdir=${this.folder}`];
    execFileSync(PROGRAM!, ['--no-defaults', '--bootstrap', ...this.owner(), ...folders], {
      input: ['CREATE DATABASE mysql;', 'USE mysql;', ...tables].join('\n'),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  private async run(settings: Settings): Promise<void> {
    const options = {
      'datadir': this.data,
      'tmpdir': this.folder,
      'socket': path.join(this.folder, 'socket'),
      'pid-file': path.join(this.folder, 'pid'),
      'bind-address': '127.0.0.1',
      'port': `${this.port}`,
      'ssl-cert': this.certificateFile,
      'ssl-key': path.join(this.folder, 'server.key'),
      'require-secure-transport': 'ON',
      'general-log': '1',
      'general-log-file': path.join(this.folder, 'general.log'),
      'init-file': path.join(this.folder, 'init.sql'),
      'innodb-flush-log-at-trx-commit': '0',
      // As a server with backups has it.
      'log-bin': path.join(this.folder, 'binary-log'),
      'server-id': '1',
      ...settings,
    };
    const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    this.process = spawn(PROGRAM!, ['--no-defaults', ...this.owner(), ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
    const note = (text: Buffer) => {
      this.output += text.toString();
    };
    this.process.stdout!.on('data', note);
    this.process.stderr!.on('data', note);
    const until = Date.now() + 30_000;
    while (!this.output.includes('ready for connections')) {
      if (this.process.exitCode !== null || Date.now() > until) {
        throw new Error(this.output);
      }
      await pause(50);
    }
  }

  /** MariaDB refuses to run as root without being told a user: then it is `nobody`, whom every system has. */
  private owner(): string[] {
    return process.getuid?.() === 0 ? ['--user=nobody'] : [];
  }

  private giveToOwner(): void {
    if (process.getuid?.() === 0) {
      [this.folder, this.data, ...fs.readdirSync(this.folder).map((name) => path.join(this.folder, name))].forEach(
        (file) => fs.chownSync(file, 65534, 65534),
      );
    }
  }
}
