import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { messageOf, SetupError } from './failure';
import { cloneOf, type SetupUser } from './properties';
import type { Run } from './run';

/** User name and password of a secret. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

const STAGES = ['AWSCURRENT', 'AWSPREVIOUS'];
const CONNECTION_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Secrets of the users. Without a NAT gateway they are reached through a VPC endpoint. */
export class Secrets {
  private readonly client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });

  public constructor(private readonly run: Run) {}

  /** Current user name and password. */
  public async current(secretArn: string): Promise<Account> {
    const account = await this.version(secretArn, 'AWSCURRENT');
    if (!account) {
      throw new SetupError(`the secret ${secretArn} has no current version`);
    }
    return account;
  }

  /** Both alternating users, as far as the secret names them. Empty for IAM authentication. */
  public async accounts({ name, secretArn }: SetupUser): Promise<Account[]> {
    if (!secretArn) {
      return [];
    }
    const versions = await Promise.all(STAGES.map(async (stage) => this.version(secretArn, stage)));
    const [current, previous] = versions;
    if (!current || ![name, cloneOf(name)].includes(current.user)) {
      throw new SetupError(`the secret of user ${name} must name it or ${cloneOf(name)}, not ${current?.user}`);
    }
    // A rotation of a single user leaves an old password of the same user, which must not become the current one.
    const other = current.user === name ? cloneOf(name) : name;
    return previous?.user === other ? [current, previous] : [current];
  }

  private async version(secretArn: string, stage: string): Promise<Account | undefined> {
    let text: string | undefined;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage });
      text = (await this.client.send(command, { abortSignal: this.run.signal })).SecretString;
    } catch (error) {
      if (stage !== 'AWSCURRENT' && (error as Error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw new SetupError(
        `the secret ${secretArn} can't be read: ${messageOf(error)}. Without a NAT gateway, the VPC needs an ` +
          "endpoint of Secrets Manager whose security group and policy admit the function, and the function's role " +
          'must be allowed to read the secret and decrypt it with its key.',
      );
    }
    return this.parse(secretArn, text);
  }

  private parse(secretArn: string, text = ''): Account {
    const { username, password } = fieldsOf(text);
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new SetupError(`the secret ${secretArn} must be JSON with username and password`);
    }
    this.run.conceal(password);
    return { user: username, password };
  }
}

function fieldsOf(text: string): { username?: unknown; password?: unknown } {
  try {
    return Object(JSON.parse(text)) as { username?: unknown; password?: unknown };
  } catch {
    return {};
  }
}
