import { generate } from 'selfsigned';
import { PostgresServer } from '../../simulators/postgres-server';

/** Characters that a URL, a connection string and a YAML file each read in another way. */
export const APPLICATION_PASSWORD = 'p@ss/w:o r%41d?#&=+"$';

/** Who the session is, and whether it is encrypted. */
export const QUERY = 'SELECT current_user AS "user", ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

/** An authority, and its certificate as a client trusts it. */
interface Authority {
  readonly cert: string;
  readonly key: string;
}

/** PostgreSQL 15 whose certificate an authority has signed for `localhost`, and which takes sessions over TLS alone, like RDS. */
export class TlsServer {
  public static async start(): Promise<TlsServer> {
    const authority = await newAuthority('Test Root CA RSA2048 G1');
    const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      algorithm: 'sha256',
      ca: authority,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    // RDS sends the root along, by which clients call it self-signed.
    const server = await PostgresServer.start('15', {
      forceTls: true,
      certificate: { key: leaf.private, chain: `${leaf.cert}\n${authority.cert}` },
      accessRules: ['hostssl all token_user 0.0.0.0/0 trust'],
    });
    for (const statement of [`CREATE ROLE application LOGIN PASSWORD '${APPLICATION_PASSWORD}'`, 'CREATE ROLE token_user LOGIN', 'CREATE DATABASE shop']) {
      await server.query(statement);
    }
    const other = await newAuthority('Test Root CA ECC384 G1');
    return new TlsServer(server, authority.cert, other.cert);
  }

  private constructor(
    private readonly server: PostgresServer,
    /** Certificate of the authority of the server. */
    public readonly authority: string,
    /** Certificate of an authority that has signed nothing here. */
    public readonly otherAuthority: string,
  ) {}

  /** Variables of a service. The authority of the server stands first, as in the library's text. */
  public variables(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      DB_HOST: 'localhost',
      DB_PORT: `${this.server.port}`,
      DB_NAME: 'shop',
      DB_USERNAME: 'application',
      DB_PASSWORD: APPLICATION_PASSWORD,
      DB_SSL_MODE: 'verify-full',
      DB_SSL_CA: `${this.authority}\n${this.otherAuthority}\n`,
      DB_SSL_ROOT_CERT: '/etc/ssl/certs/rds-global-bundle.pem',
      DB_POOL_SIZE: '3',
      ...changes,
    };
  }

  public stop(): Promise<void> {
    return this.server.stop();
  }
}

async function newAuthority(commonName: string): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }],
  });
  return { cert: cert.trim(), key };
}
