import type { IImageRepository } from '../../../registry';
import type { ImageScanProps } from '../build/image-scan';

/** Properties of {@link PipelineSource.codeConnection}. Connection and repository are required. */
export interface CodeConnectionProps {
  /**
   * ARN of the connection to GitHub, Bitbucket or GitLab.
   *
   * Create the connection in the console, where the provider asks for consent. Its ARN has the form
   * `arn:aws:codeconnections:REGION:ACCOUNT:connection/ID`.
   */
  readonly connectionArn: string;
  /** Repository as its provider names it: `org/app`, in GitLab with its groups. */
  readonly repository: string;
  /**
   * Branch whose pushes are released.
   *
   * Protect the branch, so that only reviewed merges are released. Source: requirement A-10.
   * @default 'main'
   */
  readonly branch?: string;
  /**
   * Paths that start the pipeline when a file in one of them changes, 1 to 8 patterns with `*` and `**`.
   * @default - all paths
   */
  readonly paths?: string[];
  /**
   * Git tags that are released instead of pushes to the branch, 1 to 8 patterns: `v*`.
   * @default - pushes to the branch
   */
  readonly tags?: string[];
}

/** Properties of {@link PipelineSource.imagePush}. All are optional. */
export interface ImagePushProps extends ImageScanProps {
  /**
   * Image tags whose push starts a release, 1 to 5 patterns with `*`: `['*.*.*']` releases versions.
   *
   * A pattern of moving tags is refused. The default excludes tags that an image gets besides its commit, so that each
   * image is released once.
   * @default - all tags except `latest`, versions (`v*`, `*.*.*`), tags of releases (`live-*`), and tags that may move
   */
  readonly tags?: string[];
  /**
   * Repositories whose pushes start a release, one or more of those of the source.
   *
   * Where one workflow pushes all images of a commit, name the repository that it pushes to last, so that the commit is
   * released once.
   * @default - all repositories of the source
   */
  readonly startOn?: IImageRepository[];
}
