import { Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { IImageRepository } from '../../registry';
import { PropError } from '../../validation/prop-error';
import { ArchiveSource, ConnectionSource, PushedImageSource, type SourceParts } from './source-actions';

/** What {@link PipelineSource.codeConnection} needs to know. */
export interface CodeConnectionProps {
  /**
   * ARN of the connection to GitHub, Bitbucket or GitLab. It is made in the console, where the provider's consent is given, and used here:
   * `arn:aws:codeconnections:REGION:ACCOUNT:connection/ID`.
   */
  readonly connectionArn: string;
  /** The repository as its provider names it: `org/app`, in GitLab with its groups. */
  readonly repository: string;
  /**
   * The branch whose pushes are released: reviewed merges, where the branch is protected (requirement A-10).
   * @default 'main'
   */
  readonly branch?: string;
  /**
   * Paths of which one must have changed, 1 to 8 patterns with `*` and `**`.
   * @default - all
   */
  readonly paths?: string[];
  /**
   * Git tags that are released instead of pushes to the branch, 1 to 8 patterns: `v*`.
   * @default - pushes to the branch
   */
  readonly tags?: string[];
}

/** What {@link PipelineSource.imagePush} may be told. */
export interface ImagePushProps {
  /**
   * Tags whose push is a release, patterns with `*`, at most 5: `['*.*.*']` releases versions.
   * @default - every tag except `latest`, versions (`v*`, `*.*.*`) and those of releases (`live-*`): one image mostly gets several tags, and is released once
   */
  readonly tags?: string[];
  /**
   * Image of Trivy, by digest.
   * @default - as in ImageBuild.docker
   */
  readonly trivyImage?: string;
}

/** Where what is released comes from. */
export class PipelineSource {
  /** A repository of GitHub, Bitbucket or GitLab, by a connection; each push to the branch is built and released. */
  public static codeConnection(props: CodeConnectionProps): PipelineSource {
    return new PipelineSource((scope) => {
      checkConnection(scope, props);
      return new ConnectionSource(props);
    });
  }

  /**
   * An image that another CI (GitHub Actions, Bitbucket Pipelines) has pushed: it is scanned as one of the pipeline's own is, and released.
   * The event brings the image's digest; the pipeline looks its tag up. Started by hand, it releases what `latest` names.
   */
  public static imagePush(repository: IImageRepository, props: ImagePushProps = {}): PipelineSource {
    return new PipelineSource((scope) => {
      if (
        props.tags &&
        (props.tags.length === 0 ||
          props.tags.length > 5 ||
          props.tags.some((tag) => !/^[\w.*-]{1,128}$/.test(tag) || /^\*$|\*\*/.test(tag)))
      ) {
        throw new PropError(scope, {
          prop: 'source.tags',
          value: props.tags,
          expected: '1 to 5 patterns of letters, digits, _, ., - and *, none of them * alone or with ** in it',
          fix: 'leave tags out to release every commit',
        });
      }
      return new PushedImageSource(scope, repository, props);
    });
  }

  /**
   * An archive (zip) of the sources in a versioned bucket of this region. It starts by itself where the bucket sends its events to EventBridge.
   *
   * @param bucket the bucket, with versions
   * @param key the archive's key
   */
  public static s3(bucket: IBucket, key: string): PipelineSource {
    return new PipelineSource((scope) => {
      if (!Token.isUnresolved(key) && (!/\.zip$/.test(key) || key.startsWith('/'))) {
        throw new PropError(scope, {
          prop: 'source.key',
          value: key,
          expected: 'the key of a zip archive, without a slash before it',
          fix: "write it as 'app/sources.zip'",
        });
      }
      return new ArchiveSource(bucket, key);
    });
  }

  private constructor(
    /** @internal */
    public readonly _parts: (scope: IConstruct) => SourceParts,
  ) {}
}

function checkConnection(
  scope: IConstruct,
  { connectionArn, repository, branch, paths, tags }: CodeConnectionProps,
): void {
  if (
    !Token.isUnresolved(connectionArn) &&
    !/^arn:[^:]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]+$/.test(connectionArn)
  ) {
    throw new PropError(scope, {
      prop: 'source.connectionArn',
      value: connectionArn,
      expected: 'the ARN of a connection',
      fix: 'make one in the console under Developer Tools, Connections, and give arn:aws:codeconnections:REGION:ACCOUNT:connection/ID',
    });
  }
  if (
    !Token.isUnresolved(repository) &&
    (!/^[^/\s:]+(\/[^/\s:]+)+$/.test(repository) ||
      /^(github\.com|gitlab\.com|bitbucket\.org)\/|\.git$/.test(repository))
  ) {
    throw new PropError(scope, {
      prop: 'source.repository',
      value: repository,
      expected: 'owner and name, without host and .git',
      fix: "write it as 'org/app'",
    });
  }
  if (branch !== undefined && !Token.isUnresolved(branch) && !/^[^\s*]+$/.test(branch)) {
    throw new PropError(scope, {
      prop: 'source.branch',
      value: branch,
      expected: 'the name of one branch',
      fix: "leave it out for 'main'",
    });
  }
  if (tags && (branch !== undefined || paths)) {
    throw new PropError(scope, {
      prop: 'source.tags',
      value: tags,
      expected: 'tags, or a branch with paths: a tag has neither',
      fix: 'leave out branch and paths, or tags',
    });
  }
  Object.entries({ paths, tags }).forEach(([prop, patterns]) => {
    if (patterns && (patterns.length === 0 || patterns.length > 8)) {
      throw new PropError(scope, {
        prop: `source.${prop}`,
        value: patterns,
        expected: '1 to 8 patterns',
        fix: 'leave it out to take all, or write wider patterns',
      });
    }
  });
}
