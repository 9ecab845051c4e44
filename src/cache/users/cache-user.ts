import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** User of a {@link HardenedCache}, for a service that binds it with `withUser`. */
export class CacheUser {
  /** @internal */
  public constructor(
    /** Name with which clients sign in. */
    public readonly userName: string,
    /**
     * Secret with the current password as `password`.
     * @default - the user signs in with IAM
     */
    public readonly secret: ISecret | undefined,
    /** @internal */
    public readonly _userId: string,
  ) {}
}
