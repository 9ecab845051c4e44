import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * User of a {@link HardenedCache}, for a service that binds it with `withUser`.
 *
 * @example
 * const cache = new HardenedCache(this, 'Cache', { network, purpose: CachePurpose.CACHE });
 * const reports: CacheUser = cache.addUser('reports', CacheCredentials.iam());
 */
export class CacheUser {
  /** Creates a user with what the cache supplies. @internal */
  public static _create(userName: string, userId: string, secrets: ISecret[] = []): CacheUser {
    return new CacheUser(userName, userId, secrets);
  }

  /** Name with which clients sign in. */
  public readonly userName: string;
  /**
   * Secret with the current password as `password`.
   * @default - none: the user signs in with IAM authentication
   */
  public readonly secret?: ISecret;
  /** Id of the user in ElastiCache. @internal */
  public readonly _userId: string;
  /** Secrets with passwords before the current one, which the server still accepts. @internal */
  public readonly _formerSecrets: ISecret[];

  private constructor(userName: string, userId: string, secrets: ISecret[]) {
    this.userName = userName;
    this._userId = userId;
    this.secret = secrets.at(-1);
    this._formerSecrets = secrets.slice(0, -1);
  }
}
