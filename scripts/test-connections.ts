/**
 * npm run test:connections: signs in to a real server over TLS as the samples for Python, Go, Java, Ruby and PHP on docs/connecting.md do. Each sample
 * must also refuse a server of another authority and of another name, with the error that the page of errors has.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { headingsInTests, headingsOfSamples, sampleOf } from '../test/database/connecting/page';
import { QUERY, TlsServer } from '../test/database/connecting/tls-server';
import { maven } from './languages/packages';
import { attempt, type Ended, run } from './languages/programs';

const ROOT = path.join(__dirname, '..');
const SOURCES = path.join(ROOT, 'test', 'database', 'connecting', 'clients');
/** The environment that `.ci/run` has, too. */
const PYTHON = path.join(ROOT, 'tmp', 'python');
const PYTHON_PACKAGES = ['Django==5.2.19', 'psycopg[binary]==3.3.9', 'SQLAlchemy==2.1.9'];

/** Part of a client's error, which docs/connecting.md must have, for each kind of refusal. */
interface Errors {
  readonly otherAuthority: string;
  readonly otherName: string;
}

interface Client {
  readonly heading: string;
  readonly errors: Errors;
  /** True where the sample states the pool. */
  readonly pool: boolean;
  /** Command in the folder. */
  readonly command: string[];
}

/** A program that signs in by a URL, or prints one. */
interface UrlProgram {
  readonly heading: string;
  readonly command: string[];
  readonly prints: boolean;
  /**
   * Part of the error where the file is missing, which docs/connecting.md must have.
   * @default - the program doesn't connect
   */
  readonly missingFile?: string;
}

const LIBPQ: Errors = { otherAuthority: 'certificate verify failed', otherName: 'does not match host name' };
const MISSING_FILE = 'root certificate file "/etc/ssl/certs/rds-global-bundle.pem" does not exist';
const failures: string[] = [];

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connections-'));
  const server = await TlsServer.start();
  try {
    const file = path.join(folder, 'authorities.pem');
    fs.writeFileSync(file, server.variables().DB_SSL_CA!);
    const tried = headingsInTests();
    for (const { clients, urls, place } of [python(folder), go(folder), java(folder), ruby(folder), php(folder)]) {
      clients.forEach((client) => tryClient(client, place, server));
      urls.forEach((program) => tryUrl(program, place, server, file));
      tried.push(...[...clients, ...urls].map(({ heading }) => heading));
    }
    failures.push(...headingsOfSamples().filter((heading) => !tried.includes(heading)).map((heading) => `${heading}: nothing runs the sample`));
  } finally {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  if (failures.length > 0) {
    throw new Error(failures.join('\n\n'));
  }
}

function tryClient({ heading, errors, pool, command }: Client, place: string, server: TlsServer): void {
  // For clients that take the file, too.
  const files = (text: string) => {
    const file = path.join(place, `authorities-${text.length}.pem`);
    fs.writeFileSync(file, text);
    return { DB_SSL_CA: text, DB_SSL_ROOT_CERT: file };
  };
  const signIn = (changes: NodeJS.ProcessEnv = {}) =>
    attempt(place, command, { QUERY, ...server.variables({ ...files(changes.DB_SSL_CA ?? server.variables().DB_SSL_CA!), ...changes }) });
  expectSession(heading, signIn(), { user: 'application', ssl: true, ...(pool && { pool: 3 }) });
  expectRefusal(`${heading}, another authority`, signIn({ DB_SSL_CA: server.otherAuthority }), errors.otherAuthority);
  expectRefusal(`${heading}, another name`, signIn({ DB_HOST: '127.0.0.1' }), errors.otherName);
}

function tryUrl({ heading, command, prints, missingFile }: UrlProgram, place: string, server: TlsServer, file: string): void {
  const variables = server.variables({ DB_SSL_ROOT_CERT: file });
  const ended = attempt(place, command, { QUERY, ...variables });
  if (!prints) {
    expectSession(heading, ended, { user: 'application', ssl: true });
    expectRefusal(`${heading}, no file`, attempt(place, command, { QUERY, ...server.variables() }), missingFile!);
    return;
  }
  const url = new URL(ended.stdout.trim());
  expectSame(heading, {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    host: url.host,
    name: url.pathname,
    certificates: url.searchParams.get('sslrootcert'),
  }, {
    user: variables.DB_USERNAME,
    password: variables.DB_PASSWORD,
    host: `${variables.DB_HOST}:${variables.DB_PORT}`,
    name: `/${variables.DB_NAME}`,
    certificates: file,
  });
}

function expectSession(what: string, { status, stdout, stderr }: Ended, expected: object): void {
  // Spring logs around it.
  const report = /^\{.*\}$/m.exec(stdout)?.[0];
  if (status !== 0 || report === undefined) {
    failures.push(`${what} ended with ${status}:\n${stdout}${stderr}`);
    return;
  }
  expectSame(what, JSON.parse(report) as object, expected);
}

function expectRefusal(what: string, { status, stdout, stderr }: Ended, error: string): void {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'connecting.md'), 'utf8');
  if (status === 0 || !`${stdout}${stderr}`.includes(error)) {
    failures.push(`${what} ended with ${status}, and not with "${error}":\n${stdout}${stderr}`);
  } else if (!page.includes(error)) {
    failures.push(`${what}: docs/connecting.md doesn't have the error "${error}"`);
  } else {
    console.log(`${what}: refused`);
  }
}

function expectSame(what: string, found: object, expected: object): void {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value, Object.keys(expected).sort()));
  if (one === other) {
    console.log(`${what}: ${one}`);
  } else {
    failures.push(`${what} has ${JSON.stringify(found)}, where ${other} was expected`);
  }
}

interface Installed {
  readonly clients: Client[];
  readonly urls: UrlProgram[];
  readonly place: string;
}

function python(folder: string): Installed {
  const interpreter = path.join(PYTHON, 'bin', 'python');
  if (!fs.existsSync(interpreter)) {
    run(ROOT, ['python3', '-m', 'venv', PYTHON]);
  }
  run(ROOT, [interpreter, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES]);
  const program = (name: string, heading: string): string[] => {
    const place = path.join(folder, name);
    fs.mkdirSync(place);
    // Runs of several people on one machine don't share the file.
    fs.writeFileSync(path.join(place, 'sample.py'), sampleOf(heading).replace('/tmp/rds.pem', path.join(place, 'rds.pem')));
    fs.copyFileSync(path.join(SOURCES, 'python', `${name}.py`), path.join(place, `${name}.py`));
    return [interpreter, path.join(place, `${name}.py`)];
  };
  return {
    place: folder,
    clients: [
      { heading: 'SQLAlchemy', command: program('sqlalchemy_client', 'SQLAlchemy'), errors: LIBPQ, pool: true },
      { heading: 'Django', command: program('django_client', 'Django'), errors: LIBPQ, pool: false },
    ],
    urls: [{ heading: 'DATABASE_URL in Python', command: program('url_client', 'DATABASE_URL in Python'), prints: false, missingFile: MISSING_FILE }],
  };
}

function go(folder: string): Installed {
  const place = path.join(folder, 'go');
  fs.cpSync(path.join(SOURCES, 'go'), place, { recursive: true });
  writeGo(place, 'connect.go', ['context', 'crypto/x509', 'net/url', 'os', 'github.com/jackc/pgx/v5/pgxpool'], 'pgx');
  writeGo(place, 'url.go', ['net/url', 'os'], 'DATABASE_URL in Go');
  run(place, ['go', 'build', '-mod=mod', '-o', 'client', '.']);
  const errors = { otherAuthority: 'certificate signed by unknown authority', otherName: "doesn't contain any IP SANs" };
  return {
    place,
    clients: [{ heading: 'pgx', command: ['./client'], errors, pool: false }],
    urls: [{ heading: 'DATABASE_URL in Go', command: ['./client', 'url'], prints: false, missingFile: 'unable to read CA file' }],
  };
}

function writeGo(place: string, file: string, imports: string[], heading: string): void {
  fs.writeFileSync(path.join(place, file), `package main\n\nimport (\n${imports.map((name) => `\t"${name}"\n`).join('')})\n\n${sampleOf(heading)}`);
}

function java(folder: string): Installed {
  const place = path.join(folder, 'java');
  fs.cpSync(path.join(SOURCES, 'java'), place, { recursive: true });
  const program = path.join(place, 'src', 'main', 'java', 'example', 'Main.java');
  fs.writeFileSync(program, fs.readFileSync(program, 'utf8').replace('// The sample stands here.', sampleOf('DATABASE_URL in Java')));
  fs.mkdirSync(path.join(place, 'src', 'main', 'resources'));
  fs.writeFileSync(path.join(place, 'src', 'main', 'resources', 'application.properties'), sampleOf('Spring'));
  maven(place, ['compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt']);
  const classpath = ['target/classes', fs.readFileSync(path.join(place, 'classpath.txt'), 'utf8').trim()].join(path.delimiter);
  const command = ['java', '-classpath', classpath, 'example.Main'];
  return {
    place,
    clients: [{ heading: 'Spring', command, errors: { otherAuthority: 'PKIX path building failed', otherName: 'could not be verified by hostnameverifier' }, pool: true }],
    urls: [{ heading: 'DATABASE_URL in Java', command: [...command, 'url'], prints: true }],
  };
}

/** Active Record and pg of Debian. */
function ruby(folder: string): Installed {
  const place = path.join(folder, 'ruby');
  fs.cpSync(path.join(SOURCES, 'ruby'), place, { recursive: true });
  fs.writeFileSync(path.join(place, 'database.yml'), sampleOf('Rails'));
  fs.writeFileSync(path.join(place, 'sample.rb'), sampleOf('DATABASE_URL in Ruby'));
  return {
    place,
    clients: [{ heading: 'Rails', command: ['ruby', 'rails_client.rb'], errors: LIBPQ, pool: true }],
    urls: [{ heading: 'DATABASE_URL in Ruby', command: ['ruby', 'url_client.rb'], prints: false, missingFile: MISSING_FILE }],
  };
}

/** Doctrine of Debian. */
function php(folder: string): Installed {
  const program = (name: string, heading: string): string[] => {
    const place = path.join(folder, `php-${name}`);
    fs.mkdirSync(place);
    fs.writeFileSync(path.join(place, 'sample.php'), `<?php\n${sampleOf(heading)}`);
    fs.copyFileSync(path.join(SOURCES, 'php', `${name}.php`), path.join(place, `${name}.php`));
    return ['php', path.join(place, `${name}.php`)];
  };
  return {
    place: folder,
    clients: [{ heading: 'Doctrine', command: program('doctrine_client', 'Doctrine'), errors: LIBPQ, pool: false }],
    urls: [{ heading: 'DATABASE_URL in PHP', command: program('url_client', 'DATABASE_URL in PHP'), prints: true }],
  };
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
