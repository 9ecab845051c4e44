import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** What {@link BucketPurpose.logs} may be told. */
export interface LogBucketProps {
  /**
   * How long log files are kept, at least a day.
   * @default Duration.days(90) - requirement C-11
   */
  readonly retention?: Duration;
}

/** What {@link BucketPurpose.artifacts} may be told. */
export interface ArtifactBucketProps {
  /** The key that everything in it is encrypted with. Who reads artifacts needs it too. */
  readonly key: IKey;
  /**
   * How long artifacts are kept, at least a day.
   * @default Duration.days(30) - longer than any release waits for its approval
   */
  readonly retention?: Duration;
}

/** What a bucket is for: who writes to it, how long it keeps what, and how it is encrypted follow from it. */
export class BucketPurpose {
  /** Access logs of load balancers and flow logs of networks. Encrypted by S3, because load balancers can't use a key. */
  public static logs(props: LogBucketProps = {}): BucketPurpose {
    return new BucketPurpose('logs', props.retention ?? Duration.days(90));
  }

  /** What steps of a pipeline hand to each other. Encrypted with a key of your own, which other accounts can be given. */
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
