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
import type { Construct } from 'constructs';
import type { IImageRepository } from '../../../registry';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';
import type { ImageScanConfig } from '../build/image-scan';
import type { CodeConnectionProps } from './pipeline-source-props';

/** Namespace of the variables of the source action. */
const SOURCE_VARIABLES = 'Source';
const ACTION_NAME = 'Source';

/** Settings of the source of a pipeline. */
export interface SourceConfig {
  /** Input of the builds: the sources, or the description of a pushed image. */
  readonly artifact: Artifact;
  /** Source action. Events override its revision by its name, which is the same for all sources. */
  readonly action: Action;
  /** Permissions that the role of the pipeline needs for the action. */
  readonly permissions: PolicyStatement[];
  /**
   * Variable with the commit, for later actions.
   * @default - no commit, for an archive or a pushed image
   */
  readonly commitId?: string;
  /**
   * Source of images that are built outside the pipeline.
   * @default - the pipeline builds the images
   */
  readonly pushed?: PushedImageSource;
  /** Starts the pipeline on a new revision. The role is created where EventBridge needs one. */
  addTrigger(scope: Construct, pipeline: Pipeline, createRole: () => Role): void;
}

/** Source action for a Git repository behind a connection. */
export class ConnectionSource implements SourceConfig {
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
      // The trigger starts the pipeline, because only a trigger has filters.
      triggerOnPush: false,
    });
    this.commitId = this.action.variables.commitId;
  }

  /** IAM has a separate prefix for connections whose ARN has the former name of the service. */
  public get permissions(): PolicyStatement[] {
    const { connectionArn } = this.props;
    const service = connectionArn.includes(':codestar-connections:') ? 'codestar-connections' : 'codeconnections';
    return [
      new PolicyStatement({ sid: 'Connection', actions: [`${service}:UseConnection`], resources: [connectionArn] }),
    ];
  }

  public addTrigger(_scope: Construct, pipeline: Pipeline): void {
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

/** Source action for an archive in a bucket. */
export class ArchiveSource implements SourceConfig {
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

  public addTrigger(scope: Construct, pipeline: Pipeline, createRole: () => Role): void {
    createTriggerRule(scope, 'Archived', {
      description: textFor('event rule', `Releases new archives by ${stackPath(scope)}`),
      eventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [this.bucket.bucketName] }, object: { key: [this.key] } },
      },
      pipeline,
      role: createRole(),
      revisionType: 'S3_OBJECT_VERSION_ID',
      revisionPath: '$.detail.object.version-id',
    });
  }
}

/** Tags that move, that releases add, and that name the content of an image. */
const NEVER_RELEASED_TAGS = ['latest', 'live-*', 'content-*'];
/** Tags that start no release by default. Versions are added to images that have the tag of their commit. */
const EXCLUDED_TAGS = [...NEVER_RELEASED_TAGS, 'v*', '*.*.*'];

/** Properties of a {@link PushedImageSource}, checked. */
interface PushedImageProps {
  readonly repository: IImageRepository;
  readonly scan: ImageScanConfig;
  /**
   * Patterns of tags.
   * @default - all tags except those that an image gets besides its commit
   */
  readonly tags?: string[];
}

/** Source action for images that are built outside the pipeline. */
export class PushedImageSource implements SourceConfig {
  public readonly artifact = new Artifact('Source');
  public readonly action: Action;
  public readonly pushed = this;
  public readonly repository: IImageRepository;
  /** Settings of the scan. */
  public readonly scan: ImageScanConfig;
  private readonly tags?: string[];

  public constructor(props: PushedImageProps) {
    this.repository = props.repository;
    this.scan = props.scan;
    this.tags = props.tags;
    this.action = new PushedImageAction(this.artifact, props.repository);
  }

  /** Shell patterns that select the tag of an image. */
  public get tagPatterns(): { readonly included: string[]; readonly excluded: string[] } {
    return this.tags
      ? { included: this.tags, excluded: NEVER_RELEASED_TAGS }
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

  public addTrigger(scope: Construct, pipeline: Pipeline, createRole: () => Role): void {
    createTriggerRule(scope, 'Pushed', {
      description: textFor(
        'event rule',
        `Releases images pushed to ${stackPath(this.repository)} by ${stackPath(scope)}`,
      ),
      eventPattern: {
        'source': ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        'detail': {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': [this.repository.repository.repositoryName],
          // The single images of a multi-architecture image have no tag.
          'image-tag': this.tags
            ? this.tags.map((wildcard) => ({ wildcard }))
            : [{ 'anything-but': { wildcard: EXCLUDED_TAGS } }],
        },
      },
      pipeline,
      role: createRole(),
      revisionType: 'IMAGE_DIGEST',
      revisionPath: '$.detail.image-digest',
    });
  }
}

interface TriggerRule {
  readonly description: string;
  readonly eventPattern: object;
  readonly pipeline: Pipeline;
  /** Role that EventBridge starts the pipeline with. */
  readonly role: Role;
  readonly revisionType: string;
  /** Path of the revision in the event. */
  readonly revisionPath: string;
}

/** Starts the pipeline with the revision of the event. A newer one may exist when the source action runs. */
function createTriggerRule(scope: Construct, id: string, rule: TriggerRule): void {
  const { description, eventPattern, pipeline, role, revisionType, revisionPath } = rule;
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

/** ECR source action without the rule of EcrSourceAction, which starts the pipeline for one fixed tag. */
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
