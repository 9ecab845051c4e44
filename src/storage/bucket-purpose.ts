import { Duration } from 'aws-cdk-lib';

/** What {@link BucketPurpose.logs} may be told. */
export interface LogBucketProps {
  /**
   * How long log files are kept, at least a day.
   * @default Duration.days(90) - requirement C-11
   */
  readonly retention?: Duration;
}

/** What a bucket is for: who writes to it, how long it keeps what, and how it is encrypted follow from it. */
export class BucketPurpose {
  /** Access logs of load balancers and flow logs of networks. Encrypted by S3, because load balancers can't use a key. */
  public static logs(props: LogBucketProps = {}): BucketPurpose {
    return new BucketPurpose('logs', props.retention ?? Duration.days(90));
  }

  private constructor(
    /** @internal */
    public readonly _name: 'logs',
    /** @internal */
    public readonly _retention: Duration,
  ) {}
}
