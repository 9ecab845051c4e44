import { Artifact, type Pipeline, ProviderType } from 'aws-cdk-lib/aws-codepipeline';
import {
  Action,
  CodeStarConnectionsSourceAction,
  S3SourceAction,
  S3Trigger,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';
import type { CodeConnectionProps } from './pipeline-source-props';
import { SOURCE_ACTION, type SourceConfig } from './source-config';
import { createTriggerRule } from './trigger-rule';

/** Source action for a Git repository behind a connection. */
export class ConnectionSource implements SourceConfig {
  public readonly artifact = new Artifact('Source');
  public readonly actions: Action[];
  public readonly commitId: string;
  private readonly action: CodeStarConnectionsSourceAction;

  public constructor(private readonly props: CodeConnectionProps) {
    const [owner, ...name] = props.repository.split('/');
    this.action = new CodeStarConnectionsSourceAction({
      actionName: SOURCE_ACTION,
      connectionArn: props.connectionArn,
      owner,
      repo: name.join('/'),
      branch: props.branch ?? 'main',
      output: this.artifact,
      variablesNamespace: SOURCE_ACTION,
      // The trigger starts the pipeline, because only a trigger has filters.
      triggerOnPush: false,
    });
    this.actions = [this.action];
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
  public readonly actions: Action[];

  public constructor(
    private readonly bucket: IBucket,
    private readonly key: string,
  ) {
    this.actions = [
      new S3SourceAction({
        actionName: SOURCE_ACTION,
        bucket,
        bucketKey: key,
        output: this.artifact,
        variablesNamespace: SOURCE_ACTION,
        trigger: S3Trigger.NONE,
      }),
    ];
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
      actionName: SOURCE_ACTION,
      revisionType: 'S3_OBJECT_VERSION_ID',
      revisionPath: '$.detail.object.version-id',
    });
  }
}
