import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { HttpMethods } from 'aws-cdk-lib/aws-s3';

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

/** Properties of {@link BucketPurpose.files}. None is required. */
export interface FileBucketProps {
  /**
   * Origins of web pages that upload and download files by presigned URLs.
   *
   * An origin has no path and no wildcard: `https://app.example.com`.
   * @default - none: browsers refuse such requests of pages
   */
  readonly uploadOrigins?: string[];
  /**
   * Time after which a file moves to Glacier Instant Retrieval, 1 to 3650 whole days.
   *
   * It is read as before, in milliseconds. Storage costs less, and each read costs more.
   * @default - never
   */
  readonly archiveAfter?: Duration;
  /**
   * Time after which a file is deleted, 1 to 3650 whole days. It must be longer than `archiveAfter`.
   * @default - never
   */
  readonly retention?: Duration;
  /**
   * Time for which a file can be got back after it was overwritten or deleted, 1 to 3650 whole days.
   * @default Duration.days(30)
   */
  readonly restorableFor?: Duration;
  /**
   * Events of S3 to EventBridge for each new, changed and deleted file.
   *
   * A rule of yours with the source `aws.s3` then starts a queue or a state machine. No function is involved.
   * @default false
   */
  readonly events?: boolean;
  /**
   * Key that encrypts all files. Its policy must let the account's roles use it.
   * @default - a dedicated key
   */
  readonly key?: IKey;
}

/** Properties of {@link BucketPurpose.assets}. None is required. */
export interface AssetBucketProps {
  /**
   * Origins of web pages that read assets from another domain.
   * @default - none: a distribution serves the assets from the domain of the page
   */
  readonly origins?: string[];
  /**
   * Time after which a replaced version moves to Glacier Instant Retrieval, 1 to 3650 whole days.
   *
   * Source: requirement C-11. The current version stays where it is served from.
   * @default Duration.days(90)
   */
  readonly archiveAfter?: Duration;
}

/** Properties of {@link BucketPurpose.backups}. None is required. */
export interface BackupBucketProps {
  /**
   * Retention of backups, 1 to 3650 whole days.
   *
   * Source: requirement C-11.
   * @default Duration.days(30)
   */
  readonly retention?: Duration;
  /**
   * Key that encrypts all backups. Its policy must let the services that write them use it.
   * @default - a dedicated key
   */
  readonly key?: IKey;
}

/**
 * Settings that follow from a purpose.
 * @internal
 */
export interface PurposeSettings {
  readonly name: 'logs' | 'artifacts' | 'files' | 'assets' | 'backups';
  /** Id of the lifecycle rule. */
  readonly rule: string;
  readonly retention?: Duration;
  /** Retention of replaced and deleted versions. Without it, they are kept. */
  readonly restorableFor?: Duration;
  readonly archiveAfter?: Duration;
  readonly archiveReplacedAfter?: Duration;
  readonly key?: IKey;
  /** True where a dedicated key encrypts objects if no key is given. */
  readonly dedicatedKey?: boolean;
  readonly origins?: string[];
  readonly methods?: HttpMethods[];
  readonly events?: boolean;
  /** True where access to the bucket is logged. */
  readonly accessLogs?: boolean;
}

/**
 * Purpose of a bucket, from which its writers, retention and encryption follow.
 *
 * @example
 * const uploads = new SecureBucket(this, 'Uploads', {
 *   purpose: BucketPurpose.files({ uploadOrigins: ['https://app.example.com'] }),
 * });
 */
export class BucketPurpose {
  /**
   * Access logs of load balancers and flow logs of networks.
   *
   * S3 encrypts them with its own keys, because load balancers can't use a customer key.
   */
  public static logs(props: LogBucketProps = {}): BucketPurpose {
    const { retention = Duration.days(90) } = props;
    return new BucketPurpose({ name: 'logs', rule: 'ExpireLogs', retention, restorableFor: Duration.days(1) });
  }

  /** Artifacts of a pipeline, encrypted with a customer key that other accounts may use. */
  public static artifacts(props: ArtifactBucketProps): BucketPurpose {
    const { key, retention = Duration.days(30) } = props;
    const restorableFor = Duration.days(1);
    return new BucketPurpose({ name: 'artifacts', rule: 'ExpireArtifacts', retention, restorableFor, key });
  }

  /**
   * Files of an application and its users: uploads, reports, documents.
   *
   * They are encrypted with a customer key. What is overwritten or deleted can be got back for a month. Source:
   * requirement D-05.
   */
  public static files(props: FileBucketProps = {}): BucketPurpose {
    const { uploadOrigins: origins, restorableFor = Duration.days(30), ...rest } = props;
    return new BucketPurpose({
      ...rest,
      name: 'files',
      rule: 'KeepFiles',
      restorableFor,
      origins,
      methods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT, HttpMethods.POST],
      dedicatedKey: true,
      accessLogs: true,
    });
  }

  /**
   * Static assets of a web application, which a distribution serves.
   *
   * S3 encrypts them with its own keys, because they are public. Source: requirement C-11.
   */
  public static assets(props: AssetBucketProps = {}): BucketPurpose {
    return new BucketPurpose({
      name: 'assets',
      rule: 'KeepAssets',
      archiveReplacedAfter: props.archiveAfter ?? Duration.days(90),
      origins: props.origins,
      methods: [HttpMethods.GET, HttpMethods.HEAD],
      accessLogs: true,
    });
  }

  /** Exports of snapshots, of images and of parameters. Source: requirement C-11. */
  public static backups(props: BackupBucketProps = {}): BucketPurpose {
    const { retention = Duration.days(30), key } = props;
    return new BucketPurpose({
      name: 'backups',
      rule: 'ExpireBackups',
      retention,
      restorableFor: retention,
      key,
      dedicatedKey: true,
      accessLogs: true,
    });
  }

  private constructor(
    /** @internal */
    public readonly _settings: PurposeSettings,
  ) {}
}
