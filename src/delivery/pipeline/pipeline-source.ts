import { Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { IImageRepository } from '../../registry';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';
import { bindScan } from './build/image-scan';
import type { CodeConnectionProps, ImagePushProps } from './source/pipeline-source-props';
import { ArchiveSource, ConnectionSource, PushedImageSource, type SourceConfig } from './source/source-actions';

const CONNECTION_ARN =
  /^arn:[^:]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]+$/;
const MAX_GIT_PATTERNS = 8;
const MAX_TAG_PATTERNS = 5;

/**
 * Source of a {@link BlueGreenPipeline}: a Git repository, an image repository or an archive.
 *
 * @example
 *
 * PipelineSource.codeConnection({ connectionArn, repository: 'org/app' });
 */
export class PipelineSource {
  /** Git repository of GitHub, Bitbucket or GitLab. Each push to the branch is built and released. */
  public static codeConnection(props: CodeConnectionProps): PipelineSource {
    return new PipelineSource((scope) => {
      checkRules(scope, connectionRules(props));
      return new ConnectionSource(props);
    });
  }

  /**
   * Image repository that another CI service pushes to. Each pushed image is scanned and released.
   *
   * The event of the push names the digest of the image, and the pipeline finds its tag. An execution that is started
   * by hand releases the image with the tag `latest`.
   */
  public static imagePush(repository: IImageRepository, props: ImagePushProps = {}): PipelineSource {
    return new PipelineSource((scope) => {
      const { tags, ...scan } = props;
      checkInReach(scope, 'source.repository', repository, 'image');
      checkRules(scope, [tagPatternRule(tags)]);
      return new PushedImageSource({ repository, tags, scan: bindScan(scope, 'source', scan) });
    });
  }

  /**
   * Zip archive of the sources in a versioned bucket of this region.
   *
   * An upload starts the pipeline if the bucket sends its events to EventBridge.
   *
   * @param bucket versioned bucket
   * @param key object key of the archive
   */
  public static s3(bucket: IBucket, key: string): PipelineSource {
    return new PipelineSource((scope) => {
      checkRules(scope, [archiveKeyRule(key)]);
      return new ArchiveSource(bucket, key);
    });
  }

  private constructor(
    /**
     * Checks the props and returns the settings of the source.
     * @internal
     */
    public readonly _bind: (scope: IConstruct) => SourceConfig,
  ) {}
}

function connectionRules({ connectionArn, repository, branch, paths, tags }: CodeConnectionProps): Rule[] {
  return [
    {
      condition: !Token.isUnresolved(connectionArn) && !CONNECTION_ARN.test(connectionArn),
      prop: 'source.connectionArn',
      value: connectionArn,
      expected: 'the ARN of a connection, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID',
      fix: 'create a connection in the console under Developer Tools, Connections, and copy its ARN',
    },
    {
      condition: !Token.isUnresolved(repository) && !isRepositoryId(repository),
      prop: 'source.repository',
      value: repository,
      expected: 'owner and name, without host and .git',
      fix: "write it as 'org/app'",
    },
    {
      condition: branch !== undefined && !Token.isUnresolved(branch) && !/^[^\s*]+$/.test(branch),
      prop: 'source.branch',
      value: branch,
      expected: 'the name of one branch',
      fix: "name the branch, or remove it for 'main'",
    },
    {
      condition: tags !== undefined && (branch !== undefined || paths !== undefined),
      prop: 'source.tags',
      problem: 'is not supported together with branch or paths: a Git tag has neither',
      fix: 'remove branch and paths, or tags',
    },
    ...Object.entries({ paths, tags }).map(([prop, patterns]) => ({
      condition: patterns !== undefined && (patterns.length === 0 || patterns.length > MAX_GIT_PATTERNS),
      prop: `source.${prop}`,
      value: patterns,
      expected: `1 to ${MAX_GIT_PATTERNS} patterns`,
      fix: 'remove it to match all, or write wider patterns',
    })),
  ];
}

function isRepositoryId(repository: string): boolean {
  return (
    /^[^/\s:]+(\/[^/\s:]+)+$/.test(repository) && !/^(github\.com|gitlab\.com|bitbucket\.org)\/|\.git$/.test(repository)
  );
}

function tagPatternRule(tags: string[] | undefined): Rule {
  const isPattern = (tag: string) => /^[\w.*-]{1,128}$/.test(tag) && !/^\*$|\*\*/.test(tag);
  return {
    condition:
      tags !== undefined && (tags.length === 0 || tags.length > MAX_TAG_PATTERNS || !tags.every(isPattern)),
    prop: 'source.tags',
    value: tags,
    expected: `1 to ${MAX_TAG_PATTERNS} patterns of letters, digits, _, ., - and *, without ** and not * alone`,
    fix: 'remove tags to release every commit',
  };
}

function archiveKeyRule(key: string): Rule {
  return {
    condition: !Token.isUnresolved(key) && (!/\.zip$/.test(key) || key.startsWith('/')),
    prop: 'source.key',
    value: key,
    expected: 'the key of a zip archive, without a leading slash',
    fix: "write it as 'app/sources.zip'",
  };
}
