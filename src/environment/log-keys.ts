import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * KMS keys of the log groups in a part of an app.
 *
 * Only CloudWatch Logs uses these keys, by the name of the log group. Readers of logs need no permission on them.
 *
 * @example
 * EnvironmentProfile.production().adjust({ logKeys: LogKeys.onePerGroup() }).applyTo(stack);
 */
export class LogKeys {
  /** One key for all log groups of a stack. It is kept if any of them is. */
  public static onePerStack(): LogKeys {
    return new LogKeys('stack');
  }

  /** A dedicated key for each log group, for auditors who ask for keys that can be disabled one by one. */
  public static onePerGroup(): LogKeys {
    return new LogKeys('group');
  }

  /**
   * A key that the app creates or imports, in the region of the log groups.
   *
   * The policy of an imported key stays as it is. Synthesis warns of the statement that CloudWatch Logs needs there.
   */
  public static of(key: IKey): LogKeys {
    return new LogKeys('given', key);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'stack' | 'group' | 'given',
    /** @internal */
    public readonly _key?: IKey,
  ) {}
}
