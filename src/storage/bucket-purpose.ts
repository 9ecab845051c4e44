import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** Properties of {@link BucketPurpose.logs}. None is required. */
export interface LogBucketProps {
  /**
   * Retention of log files, 1 to 3650 whole days.
   *
   * Source: requirement C-11.
   * @default Duration.days(90)
   */
  readonly retention?: Duration;
}

/** Properties of {@link BucketPurpose.artifacts}. `key` is required. */
export interface ArtifactBucketProps {
  /** Key that encrypts all objects. Readers of artifacts need permission to use it. */
  readonly key: IKey;
  /**
   * Retention of artifacts, 1 to 3650 whole days.
   * @default Duration.days(30) - longer than a release waits for approval
   */
  readonly retention?: Duration;
}

/**
 * Purpose of a bucket, from which its writers, retention and encryption follow.
 *
 * @example
 * const logs = new SecureBucket(this, 'Logs', {
 *   purpose: BucketPurpose.logs({ retention: Duration.days(400) }),
 * });
 */
export class BucketPurpose {
  /**
   * Access logs of load balancers and flow logs of networks.
   *
   * S3 encrypts them with its own keys, because load balancers can't use a customer key.
   */
  public static logs(props: LogBucketProps = {}): BucketPurpose {
    return new BucketPurpose('logs', props.retention ?? Duration.days(90));
  }

  /** Artifacts of a pipeline, encrypted with a customer key that other accounts may use. */
  public static artifacts(props: ArtifactBucketProps): BucketPurpose {
    return new BucketPurpose('artifacts', props.retention ?? Duration.days(30), props.key);
  }

  private constructor(
    /** @internal */
    public readonly _name: 'logs' | 'artifacts',
    /** @internal */
    public readonly _retention: Duration,
    /** @internal */
    public readonly _key?: IKey,
  ) {}
}
