import { execFile } from 'child_process';
import * as http from 'http';
import type { AddressInfo } from 'net';
import * as path from 'path';
import { DATABASE } from './rds-postgres';

/** The bundle as it is deployed. */
const BUNDLE = path.join(__dirname, '../../assets/database-setup/index.js');
/** Calls the handler as Lambda does, with the time that is left. */
const RUNTIME = `
  const { handler } = require(${JSON.stringify(BUNDLE)});
  const end = Date.now() + Number(process.env.REMAINING_MS);
  handler(JSON.parse(process.env.EVENT), { getRemainingTimeInMillis: () => end - Date.now() })
    .then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
`;

/** User name and password in a secret. */
export interface SecretValue {
  readonly username: string;
  readonly password: string;
}

/** What CloudFormation and the log of the function got of one request. */
export interface SetupResult {
  /** Undefined if the function sent no answer. */
  readonly status?: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  readonly physicalId?: string;
  readonly log: string;
  readonly exitCode: number;
  readonly milliseconds: number;
}

/** Properties of the custom resource for a PostgreSQL server on this machine. What is given goes before. */
export function setupProperties(port: number, given: object = {}) {
  return {
    engine: 'postgres',
    host: 'localhost',
    port: `${port}`,
    masterSecretArn: 'arn:master',
    database: DATABASE,
    databases: [],
    schemas: [],
    extensions: [],
    statements: '1',
    ...given,
  };
}

/** Bundled setup function with Secrets Manager and CloudFormation of its own, both on this machine. */
export class DatabaseSetup {
  /** `certificateFile` is the authority that the function trusts, in the place of those of RDS. */
  public static async start(certificateFile?: string): Promise<DatabaseSetup> {
    const setup = new DatabaseSetup(certificateFile);
    await new Promise<void>((resolve) => setup.server.listen(0, '127.0.0.1', resolve));
    return setup;
  }

  /** Variables that name the server of the function. By default they fit each request. */
  public environment?: { readonly [name: string]: string };
  /** Status of the next answers to the function, before 200. */
  public readonly refusals: number[] = [];
  private readonly secrets = new Map<string, { [stage: string]: SecretValue }>();
  private readonly answers: Array<{ [name: string]: string }> = [];
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { [name: string]: string };
      request.method === 'PUT' ? this.takeAnswer(body, request, response) : this.giveSecret(body, response);
    });
  });

  private constructor(private readonly certificateFile?: string) {}

  /** Writes a version of a secret. */
  public put(secretArn: string, current: SecretValue, previous?: SecretValue): this {
    this.secrets.set(secretArn, { AWSCURRENT: current, ...(previous && { AWSPREVIOUS: previous }) });
    return this;
  }

  /** One request of CloudFormation with the properties of the custom resource. By default an update changes none. */
  public async request(
    type: 'Create' | 'Update' | 'Delete',
    properties: object,
    remainingMs = 60_000,
    oldProperties: object | undefined = type === 'Update' ? properties : undefined,
  ): Promise<SetupResult> {
    return this.invoke(
      {
        RequestType: type,
        ResponseURL: `${this.url}/answer?signature=cloudformation`,
        StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/Shop/0a1b2c3d',
        RequestId: 'one-request',
        LogicalResourceId: 'DatabaseSetup',
        ResourceType: 'Custom::DatabaseSetup',
        ResourceProperties: properties,
        ...(oldProperties && { OldResourceProperties: oldProperties }),
      },
      remainingMs,
    );
  }

  /** Invokes the function with any event. */
  public async invoke(event: object, remainingMs = 60_000): Promise<SetupResult> {
    this.answers.length = 0;
    const begin = Date.now();
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.url,
      ...(this.certificateFile && { NODE_EXTRA_CA_CERTS: this.certificateFile }),
      ...(this.environment ?? environmentFor(event)),
      EVENT: JSON.stringify(event),
      REMAINING_MS: `${remainingMs}`,
    };
    const { log, exitCode } = await new Promise<{ log: string; exitCode: number }>((resolve) => {
      execFile(
        process.execPath,
        ['-e', RUNTIME],
        { env, timeout: remainingMs + 30_000, cwd: path.dirname(BUNDLE) },
        (error, stdout, stderr) => resolve({ log: stdout + stderr, exitCode: error ? Number(error.code ?? 1) : 0 }),
      );
    });
    const [answer] = this.answers;
    return {
      status: answer?.Status as SetupResult['status'],
      reason: answer?.Reason,
      physicalId: answer?.PhysicalResourceId,
      log,
      exitCode,
      milliseconds: Date.now() - begin,
    };
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Endpoint of Secrets Manager. */
  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A content type is refused, because CloudFormation's signature has none. */
  private takeAnswer(
    answer: { [name: string]: string },
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): void {
    const status = this.refusals.shift() ?? (request.headers['content-type'] ? 403 : 200);
    if (status === 200) {
      this.answers.push(answer);
    }
    response.writeHead(status).end();
  }

  private giveSecret({ SecretId, VersionStage }: { [name: string]: string }, response: http.ServerResponse): void {
    const value = this.secrets.get(SecretId)?.[VersionStage];
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (value) {
      response.end(JSON.stringify({ ARN: SecretId, SecretString: JSON.stringify(value) }));
      return;
    }
    response
      .writeHead(400)
      .end(JSON.stringify({ __type: 'ResourceNotFoundException', message: `no ${VersionStage} of ${SecretId}` }));
  }
}

function environmentFor({ ResourceProperties: given }: { ResourceProperties?: { [name: string]: unknown } }): {
  [name: string]: string;
} {
  return {
    DB_ENGINE: `${given?.engine}`,
    DB_HOST: `${given?.host}`,
    DB_PORT: `${given?.port}`,
    MASTER_SECRET_ARN: `${given?.masterSecretArn}`,
  };
}
