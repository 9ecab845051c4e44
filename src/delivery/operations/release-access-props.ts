import type { Release } from '../release/release';

/** Properties of a {@link ReleaseAccess}. Release and trusted role are required. */
export interface ReleaseAccessProps {
  /** Release of this stack, with a `stateMachineName`. */
  readonly release: Release;
  /**
   * ARN of the role that may start the release, of a pipeline or a CI service in any account.
   *
   * It needs neither to exist yet nor to be named elsewhere. Give a pipeline of this library a `roleName`, so that the
   * ARN is known before it is created.
   */
  readonly trustedRoleArn: string;
  /**
   * Physical name of the role in this account, at most 64 characters.
   *
   * IAM has one name for all regions. So name the role where the account has releases of one name in several regions.
   * @default - the name of the state machine, with `-start` at its end
   */
  readonly roleName?: string;
}
