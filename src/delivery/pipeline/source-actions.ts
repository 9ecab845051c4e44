import {
  type ActionBindOptions,
  type ActionConfig,
  ActionCategory,
  Artifact,
  type IStage,
  type Pipeline,
  ProviderType,
} from 'aws-cdk-lib/aws-codepipeline';
import {
  Action,
  CodeStarConnectionsSourceAction,
  S3SourceAction,
  S3Trigger,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import type { IImageRepository } from '../../registry';
import { trivyImageOf } from './image-build';
import type { CodeConnectionProps, ImagePushProps } from './pipeline-source';

/** Namespace of the source action's variables. */
export const SOURCE_VARIABLES = 'Source';
const ACTION_NAME = 'Source';

/** What a source brings into a pipeline. */
export interface SourceParts {
  /** What the builds take as their input: the sources, or what describes a pushed image. */
  readonly artifact: Artifact;
  /** Always of the same name, by which events say which revision starts the pipeline. */
  readonly action: Action;
  /** What the pipeline's role may do for it. */
  readonly permissions: PolicyStatement[];
  /**
   * The commit, as the actions after it read it.
   * @default - none, for an archive or a pushed image
   */
  readonly commitId?: string;
  /**
   * Set where images are built elsewhere.
   * @default - none: the pipeline builds them
   */
  readonly pushed?: PushedImageSource;
  /** Makes it start the pipeline. */
  start(scope: Construct, pipeline: Pipeline, starter: () => Role): void;
}

/** A git repository behind a connection. */
export class ConnectionSource implements SourceParts {
  public readonly artifact = new Artifact('Source');
  public readonly action: CodeStarConnectionsSourceAction;
  public readonly commitId: string;

  public constructor(private readonly props: CodeConnectionProps) {
    const [owner, ...name] = props.repository.split('/');
    this.action = new CodeStarConnectionsSourceAction({
      actionName: ACTION_NAME,
      connectionArn: props.connectionArn,
      owner,
      repo: name.join('/'),
      branch: props.branch ?? 'main',
      output: this.artifact,
      variablesNamespace: SOURCE_VARIABLES,
      // The trigger below starts the pipeline, by what it filters.
      triggerOnPush: false,
    });
    this.commitId = this.action.variables.commitId;
  }

  /** The service is named in the ARN; its older name is another prefix in IAM. */
  public get permissions(): PolicyStatement[] {
    const { connectionArn } = this.props;
    const service = connectionArn.includes(':codestar-connections:') ? 'codestar-connections' : 'codeconnections';
    return [
      new PolicyStatement({ sid: 'Connection', actions: [`${service}:UseConnection`], resources: [connectionArn] }),
    ];
  }

  public start(_scope: Construct, pipeline: Pipeline): void {
    const { branch = 'main', paths, tags } = this.props;
    pipeline.addTrigger({
      providerType: ProviderType.CODE_STAR_SOURCE_CONNECTION,
      gitConfiguration: {
        sourceAction: this.action,
        pushFilter: [tags ? { tagsIncludes: tags } : { branchesIncludes: [branch], filePathsIncludes: paths }],
      },
    });
  }
}

/** An archive in a bucket. */
export class ArchiveSource implements SourceParts {
  public readonly artifact = new Artifact('Source');
  public readonly action: S3SourceAction;

  public constructor(
    private readonly bucket: IBucket,
    private readonly key: string,
  ) {
    this.action = new S3SourceAction({
      actionName: ACTION_NAME,
      bucket,
      bucketKey: key,
      output: this.artifact,
      variablesNamespace: SOURCE_VARIABLES,
      trigger: S3Trigger.NONE,
    });
  }

  public get permissions(): PolicyStatement[] {
    const { bucket, key } = this;
    return [
      new PolicyStatement({
        sid: 'Archive',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [bucket.arnForObjects(key)],
      }),
      new PolicyStatement({
        sid: 'ArchiveBucket',
        actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
        resources: [bucket.bucketArn],
      }),
      ...(bucket.encryptionKey
        ? [
          new PolicyStatement({
            sid: 'ArchiveKey',
            actions: ['kms:Decrypt'],
            resources: [bucket.encryptionKey.keyArn],
          }),
        ]
        : []),
    ];
  }

  public start(scope: Construct, pipeline: Pipeline, starter: () => Role): void {
    startBy(scope, 'Archived', {
      description: `Releases new archives by ${scope.node.path}`,
      eventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [this.bucket.bucketName] }, object: { key: [this.key] } },
      },
      target: {
        pipeline,
        role: starter(),
        revisionType: 'S3_OBJECT_VERSION_ID',
        revisionPath: '$.detail.object.version-id',
      },
    });
  }
}

/** What is never released by its own push: what moves, versions beside the commit, and the release machine's own tags. */
const EXCLUDED_TAGS = ['latest', 'live-*', 'v*', '*.*.*'];
const NEVER_RELEASED = ['latest', 'live-*'];

/** An image in a repository, named by the digest that the event brings. */
export class PushedImageSource implements SourceParts {
  public readonly artifact = new Artifact('Source');
  public readonly action: Action;
  public readonly pushed = this;
  public readonly trivyImage: string;

  public constructor(
    scope: IConstruct,
    public readonly repository: IImageRepository,
    private readonly props: ImagePushProps,
  ) {
    this.trivyImage = trivyImageOf(scope, props.trivyImage);
    this.action = new PushedImageAction(this.artifact, repository);
  }

  /** Patterns of the shell, by which the tag is found. */
  public get tagPatterns(): { readonly included: string[]; readonly excluded: string[] } {
    return this.props.tags
      ? { included: this.props.tags, excluded: NEVER_RELEASED }
      : { included: ['*'], excluded: EXCLUDED_TAGS };
  }

  public get permissions(): PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'Image',
        actions: ['ecr:DescribeImages'],
        resources: [this.repository.repository.repositoryArn],
      }),
    ];
  }

  public start(scope: Construct, pipeline: Pipeline, starter: () => Role): void {
    const { tags } = this.props;
    startBy(scope, 'Pushed', {
      description: `Releases images pushed to ${this.repository.node.path} by ${scope.node.path}`,
      eventPattern: {
        'source': ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        'detail': {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': [this.repository.repository.repositoryName],
          // The parts of a multi-architecture image have no tag.
          'image-tag': tags
            ? tags.map((wildcard) => ({ wildcard }))
            : [{ 'anything-but': { wildcard: EXCLUDED_TAGS } }],
        },
      },
      target: { pipeline, role: starter(), revisionType: 'IMAGE_DIGEST', revisionPath: '$.detail.image-digest' },
    });
  }
}

interface StartRule {
  readonly description: string;
  readonly eventPattern: object;
  readonly target: {
    readonly pipeline: Pipeline;
    readonly role: Role;
    readonly revisionType: string;
    readonly revisionPath: string;
  };
}

/** A rule that starts the pipeline with the very revision of the event: by the time that the source is read, there may be a newer one. */
function startBy(scope: Construct, id: string, { description, eventPattern, target }: StartRule): void {
  const { pipeline, role, revisionType, revisionPath } = target;
  new CfnRule(scope, id, {
    description,
    eventPattern,
    targets: [
      {
        id: 'Pipeline',
        arn: pipeline.pipelineArn,
        roleArn: role.roleArn,
        inputTransformer: {
          inputPathsMap: { revision: revisionPath },
          inputTemplate: JSON.stringify({
            sourceRevisions: [{ actionName: ACTION_NAME, revisionType, revisionValue: '<revision>' }],
          }),
        },
      },
    ],
  });
}

/** CDK's own action watches one tag, and makes a rule for it. */
class PushedImageAction extends Action {
  public constructor(
    output: Artifact,
    private readonly repository: IImageRepository,
  ) {
    super({
      actionName: ACTION_NAME,
      category: ActionCategory.SOURCE,
      provider: 'ECR',
      artifactBounds: { minInputs: 0, maxInputs: 0, minOutputs: 1, maxOutputs: 1 },
      outputs: [output],
      variablesNamespace: SOURCE_VARIABLES,
    });
  }

  protected bound(_scope: Construct, _stage: IStage, _options: ActionBindOptions): ActionConfig {
    return { configuration: { RepositoryName: this.repository.repository.repositoryName, ImageTag: 'latest' } };
  }
}
