import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IBackingServiceClient } from '../../contracts';
import { checkWholeNumber } from '../../validation/checks';
import { whenComplete } from '../../validation/when-complete';

/**
 * Connections that pools must leave.
 *
 * PostgreSQL reserves 3 for superusers and RDS 2. A migration, the setup, the rotation, monitoring and a person take 5.
 */
const RESERVED_CONNECTIONS = 10;
/** A rolling or blue/green deployment runs the former and the new tasks at once. */
const DEPLOYMENT_FACTOR = 2;

/** Connections that one client may open. */
interface Pool {
  readonly client: IBackingServiceClient;
  readonly poolSize: number;
}

/** Stated pools of a database, which synthesis compares with the connections of the server. */
export class ConnectionPools {
  private readonly pools: Pool[] = [];

  /** `maxConnections` is undefined for a server whose limit is unknown. */
  public constructor(
    private readonly database: IConstruct,
    private readonly maxConnections?: number,
  ) {}

  /** Counts the pool of a client. Throws for a size that is not a whole number from 1 to 10000. */
  public add(client: IBackingServiceClient, poolSize: number): void {
    checkWholeNumber(client, 'poolSize', poolSize, {
      min: 1,
      max: 10_000,
      unit: 'connections of each task',
      fix: 'state the most connections that one task opens, for example 10',
    });
    this.pools.push({ client, poolSize });
    if (this.pools.length === 1) {
      whenComplete(this.database, () => this.warnOfExcess());
    }
  }

  private warnOfExcess(): void {
    const known = this.pools.filter(({ client, poolSize }) => ![client.maxTasks, poolSize].some(Token.isUnresolved));
    const terms = known.map(({ client, poolSize }) => {
      const tasks = client.maxTasks ?? 1;
      const connections = tasks * DEPLOYMENT_FACTOR * poolSize;
      const text = `${client.node.path} ${tasks} × ${DEPLOYMENT_FACTOR} × ${poolSize} = ${connections}`;
      return { connections, text };
    });
    const needed = terms.reduce((sum, { connections }) => sum + connections, 0);
    const maxConnections = this.maxConnections ?? Infinity;
    const ceiling = maxConnections - RESERVED_CONNECTIONS;
    if (needed > ceiling) {
      Validations.of(this.database).addWarning(
        '@org/prod-constructs:connectionPools',
        `During a deployment the pools may open ${needed} connections (tasks × ${DEPLOYMENT_FACTOR} × pool: ` +
          `${terms.map(({ text }) => text).join(', ')}), and the server has ${ceiling}: ${maxConnections} without ` +
          `${RESERVED_CONNECTIONS} in reserve. Lower poolSize or maxTasks, or choose a larger capacity.`,
      );
    }
  }
}
