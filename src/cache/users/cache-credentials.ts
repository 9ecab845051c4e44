import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';

/** Properties of {@link CacheCredentials.password}. None is required. */
export interface CachePasswordProps {
  /**
   * Number of the password, from 1 on. The next number rotates it.
   *
   * A deployment with the next number creates a new password beside the former one. Services get the new one by their
   * own rollout, and the former one goes with the number after that. So no running task is locked out.
   * Increase it by one, and wait until every service runs the new password before the next time.
   * Source: requirement A-34.
   * @default 1
   */
  readonly generation?: number;
}

/** Sign-in of the application, checked. */
export interface CredentialSettings {
  /**
   * Numbers of the passwords that the server accepts. The last one is the current one.
   * @default - none: the application signs in with IAM
   */
  readonly generations?: number[];
}

/**
 * Sign-in of applications to a {@link HardenedCache}.
 *
 * @example
 * new HardenedCache(this, 'Sessions', {
 *   network,
 *   purpose: CachePurpose.SESSIONS,
 *   credentials: CacheCredentials.password({ generation: 2 }),
 * });
 */
export class CacheCredentials {
  /**
   * User with a generated password in a secret.
   *
   * A deployment rotates it, because AWS has no hosted rotation for ElastiCache.
   */
  public static password(props: CachePasswordProps = {}): CacheCredentials {
    return new CacheCredentials(props.generation ?? 1);
  }

  /**
   * User without a password, with IAM authentication.
   *
   * The client signs in with a token of its task role. A token is valid for 15 minutes, and a connection for 12 hours.
   */
  public static iam(): CacheCredentials {
    return new CacheCredentials();
  }

  private constructor(private readonly generation?: number) {}

  /** Checks the generation. @internal */
  public _bind(scope: IConstruct): CredentialSettings {
    const { generation } = this;
    checkWholeNumber(scope, 'credentials.generation', generation, {
      min: 1,
      max: 10_000,
      fix: 'begin with 1, and increase it by one for each rotation',
    });
    if (generation === undefined) {
      return {};
    }
    return { generations: generation === 1 ? [1] : [generation - 1, generation] };
  }
}
