import { Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { IImageRepository } from '../../registry';
import { globToRegExp, type Wildcards } from '../../text/glob';
import { checkList } from '../../validation/checks';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';
import { bindScan } from './build/image-scan';
import type { CodeConnectionProps, ImagePushProps } from './source/pipeline-source-props';
import { PushedImages } from './source/pushed-images';
import { ArchiveSource, ConnectionSource } from './source/source-actions';
import type { SourceConfig } from './source/source-config';

const CONNECTION_ARN =
  /^arn:[^:]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]+$/;
const MAX_GIT_PATTERNS = 8;
const MAX_TAG_PATTERNS = 5;
/** Each has a scan, and a part of the input of a release, which CodePipeline limits to 1,000 characters. */
const MAX_PUSHED_REPOSITORIES = 8;
const TAG_WILDCARDS: Wildcards = new Map([['*', '.*']]);

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
   * Image repositories that another CI service pushes to, 1 to 8. Each pushed image is scanned and released.
   *
   * The event of the push names the digest of the image, and the pipeline finds its tag. The images of the other
   * repositories are those with the tag `latest`, as are all in an execution that is started by hand. So each
   * repository needs that tag. Throws a PropError for a repository in which every tag may move.
   */
  public static imagePush(repositories: IImageRepository[], props: ImagePushProps = {}): PipelineSource {
    return new PipelineSource((scope) => {
      const { tags, startOn, ...scan } = props;
      checkList(scope, 'source.repositories', repositories);
      repositories.forEach((repository, index) =>
        checkInReach(scope, `source.repositories[${index}]`, repository, 'image'),
      );
      checkRules(scope, pushRules(repositories, props));
      return new PushedImages({ repositories, tags, startOn, scan: bindScan(scope, 'source', scan) });
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

function pushRules(repositories: IImageRepository[], { tags, startOn }: ImagePushProps): Rule[] {
  const mutable = repositories.find(({ mutableTags = [] }) => mutableTags.some((pattern) => /^\*+$/.test(pattern)));
  const moving = tags?.find((tag) => repositories.some((repository) => isMoving(repository, tag)));
  return [
    {
      condition: repositories.length === 0 || repositories.length > MAX_PUSHED_REPOSITORIES,
      prop: 'source.repositories',
      value: repositories,
      expected: `1 to ${MAX_PUSHED_REPOSITORIES} repositories`,
      fix: 'give the repositories of the services, or divide them among several pipelines',
    },
    {
      condition: mutable !== undefined,
      prop: 'source.repositories',
      value: mutable,
      expected: 'repositories with immutable tags: a tag that moves may name another image than the scanned one',
      fix: "set mutableTags: ['latest'] on the ImageRepository",
    },
    {
      condition: startOn !== undefined && (startOn.length === 0 || startOn.some((one) => !repositories.includes(one))),
      prop: 'source.startOn',
      value: startOn,
      expected: 'one or more of the repositories of the source',
      fix: 'name the repository that the workflow pushes to last, or remove startOn',
    },
    tagPatternRule(tags),
    {
      condition: moving !== undefined,
      prop: 'source.tags',
      value: moving,
      expected: 'patterns of tags that stay at their image',
      fix: 'release immutable tags, or remove the pattern from mutableTags of the repository',
    },
  ];
}

/** Tags of releases are added to images that are released already. */
function isMoving({ mutableTags = [] }: IImageRepository, tag: string): boolean {
  return ['latest', 'live-*', ...mutableTags].some((pattern) => globToRegExp(pattern, TAG_WILDCARDS).test(tag));
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
