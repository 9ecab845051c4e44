import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct, IDependable } from 'constructs';
import type { IBackingService, IBackingServiceClient, SecretVariable, ServiceBinding } from '../../contracts';
import { allowTo } from '../../network/security-groups/allow-to';
import type { CacheServer } from '../server/cache-server';
import type { CacheUser } from './cache-user';
import { type CacheVariables, cacheVariableNames } from './cache-variables';

/** Properties of a {@link CacheBinding}. All are required. */
export interface CacheBindingProps {
  /** Cache with its addresses. */
  readonly server: CacheServer;
  /** Name of the cache. */
  readonly identifier: string;
  /** TCP port for reads and writes. */
  readonly port: number;
  /** Security group of the cache. */
  readonly securityGroup: ISecurityGroup;
  /** ARN of the key that encrypts the secrets. */
  readonly keyArn: string;
  /** Users and cache, which exist before tasks of a client start. */
  readonly startAfter: IDependable;
}

/**
 * Binding of clients to one cache.
 *
 * Rules and permissions are created in the client's stack, and the secret is named by its ARN.
 * So no cycle closes between stacks.
 */
export class CacheBinding {
  public constructor(
    private readonly cache: IConstruct,
    private readonly props: CacheBindingProps,
  ) {}

  /** Same cache for a client that signs in as this user. */
  public with(user: CacheUser, variables: CacheVariables = {}): IBackingService {
    return { bind: (client) => this.bind(client, user, variables) };
  }

  /** Opens the port for a client and returns its variables, secrets and permissions. */
  public bind(client: IBackingServiceClient, user: CacheUser, variables: CacheVariables = {}): ServiceBinding {
    const { securityGroup, startAfter } = this.props;
    const names = cacheVariableNames(variables);
    this.ports().forEach((port) =>
      allowTo(client.connections, securityGroup, Port.tcp(port), `Cache ${this.cache.node.id}`),
    );
    return {
      store: this.cache,
      startAfter,
      environment: { ...this.environment(names), [names.userName]: user.userName },
      secrets: this.secrets(names, user),
      permissions: user.secret ? [] : [this.connectPermission(client, user)],
    };
  }

  private ports(): number[] {
    const { port, server } = this.props;
    return [...new Set([port, server.readAddress?.port ?? port])];
  }

  private environment(names: Required<CacheVariables>): { [name: string]: string } {
    const { server, port, identifier } = this.props;
    const { readAddress } = server;
    return {
      [names.host]: server.endpoint,
      [names.port]: `${port}`,
      [names.tls]: 'true',
      [names.clusterMode]: `${server.clusterMode}`,
      [names.cacheName]: identifier,
      ...(readAddress && { [names.readHost]: readAddress.host, [names.readPort]: `${readAddress.port}` }),
    };
  }

  /** Running revisions of a released service read the former password until the next release. */
  private secrets(names: Required<CacheVariables>, { secret, _formerSecrets: former }: CacheUser): SecretVariable[] {
    return secret
      ? [
        {
          variable: names.password,
          secretArn: secret.secretArn,
          field: 'password',
          keyArn: this.props.keyArn,
          formerSecretArns: former.map(({ secretArn }) => secretArn),
        },
      ]
      : [];
  }

  /** Sign-in needs a permission for the cache and one for the user, and a policy names both. */
  private connectPermission(client: IBackingServiceClient, user: CacheUser): PolicyStatement {
    const { server, identifier } = this.props;
    const names = [[server.arnResource, identifier], ['user', user._userId]];
    return new PolicyStatement({
      actions: ['elasticache:Connect'],
      resources: names.map(([resource, resourceName]) =>
        Stack.of(client).formatArn({
          service: 'elasticache',
          resource,
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    });
  }
}
