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
  public static _create(userName: string, userId: string, secret?: ISecret): CacheUser {
    return new CacheUser(userName, userId, secret);
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

  private constructor(userName: string, userId: string, secret?: ISecret) {
    this.userName = userName;
    this._userId = userId;
    this.secret = secret;
  }
}
