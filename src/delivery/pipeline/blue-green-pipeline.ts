import { Stack } from 'aws-cdk-lib';
import {
  type CfnPipeline,
  ExecutionMode,
  Pipeline,
  type PipelineProps,
  PipelineType,
} from 'aws-cdk-lib/aws-codepipeline';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import { GrowingPolicy } from '../../iam/growing-policy';
import { ofThisAccount } from '../../iam/source-account';
import { withoutGrants } from '../../iam/without-grants';
import type { AlertRouting } from '../../observability';
import { BucketPurpose, SecureBucket } from '../../storage';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkKinds } from '../../validation/kinds';
import { checkAllInReach } from '../../validation/objects-in-reach';
import type { RollbackCommand } from '../operations/rollback-command';
import type { Release } from '../release/release';
import { KEY_ACTIONS } from './build/build-project';
import { BuildStages } from './build/build-stages';
import { ImageBuild } from './build/image-build';
import { PipelineChecks } from './build/pipeline-checks';
import { DeployStage } from './deploy-stage';
import { notifyOfApprovals, notifyOfFailures } from './pipeline-notifications';
import { PipelineSource } from './pipeline-source';
import { DESPITE, PipelineStage } from './pipeline-stage';
import type { SourceConfig } from './source/source-actions';
import { type PipelineParts, validatePipeline } from './validate-pipeline';
import type { StageConfig } from './validate-stage';
import { validateTemplateSize } from './validate-template-size';

/** Properties of a {@link BlueGreenPipeline}. The source and at least one production stage are required. */
export interface BlueGreenPipelineProps {
  /** Source of the releases. */
  readonly source: PipelineSource;
  /**
   * Images that are built from the sources. All of them get the commit as their tag.
   * @default - no builds, for `PipelineSource.imagePush` alone
   */
  readonly images?: ImageBuild[];
  /**
   * Deployment stages, in order, 1 to 10. Production stages are last.
   *
   * The template of the pipeline has room for the releases of two or three stages. Define the `Release` of further
   * stages in the stacks of their services, and name it by `DeployStage.elsewhere`.
   */
  readonly stages: DeployStage[];
  /**
   * Checks that sources must pass before an image is built.
   *
   * Not supported with `PipelineSource.imagePush`. Source: requirement A-09.
   * @default PipelineChecks.npmScripts()
   */
  readonly checks?: PipelineChecks;
  /**
   * Routing of notifications, and of the alarms after a release.
   *
   * Notifications cover pending approvals, releases and failed executions. Sources: requirements C-16 and A-10.
   * @default - no notifications and no alarms after a release
   */
  readonly alertRouting?: AlertRouting;
  /**
   * Encrypted artifact buckets by region, for stages in other regions. CodePipeline needs one in each of them.
   * @default - all stages are in the region of the pipeline
   */
  readonly artifactBuckets?: { [region: string]: IBucket };
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Pipeline that releases images from a commit to production, stage by stage.
 *
 * It runs the checks, then builds, scans and pushes the images. Each stage then runs a {@link Release}
 * (docs/delivery.md). One execution runs at a time, in the order of the commits. A failed release rolls itself back and
 * ends the execution. The rollback of CodePipeline stays off, because it would release a second time.
 *
 * Each execution has the variable `despite`. It is the reason of a hotfix, which passes firing alarms.
 *
 * Throws a PropError for stages out of order, for an image that no service runs, and for a service whose image the
 * pipeline doesn't build.
 *
 * @example
 *
 * new BlueGreenPipeline(this, 'Delivery', {
 *   source: PipelineSource.codeConnection({ connectionArn, repository: 'org/app' }),
 *   images: [ImageBuild.docker({ repository: apiImages })],
 *   stages: [DeployStage.staging({ services: [stagingApi] }), DeployStage.production({ services: [api] })],
 *   alertRouting,
 * });
 */
export class BlueGreenPipeline extends Construct {
  /** CodePipeline pipeline. */
  public readonly pipeline: Pipeline;
  /** Private, encrypted bucket for artifacts. */
  public readonly artifacts: IBucket;
  /** Key of artifacts, reports and logs. */
  public readonly key: Key;
  /** Releases by the name of their stage, except those of stages elsewhere. */
  public readonly releases: { [stage: string]: Release };
  /** Rollback commands by the name of their production stage. */
  public readonly rollbackCommands: { [stage: string]: RollbackCommand };
  private readonly profile: EnvironmentProfile;
  private readonly source: SourceConfig;
  private readonly builds: BuildStages;
  private readonly stages: PipelineStage[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BlueGreenPipelineProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    checkKinds(this, props, { checks: PipelineChecks, images: ImageBuild });
    checkKinds(this, props, { source: PipelineSource, stages: DeployStage });
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    const parts = this.bindParts();
    this.source = parts.source;
    this.key = this.createKey();
    this.artifacts = new SecureBucket(this, 'Artifacts', {
      purpose: BucketPurpose.artifacts({ key: this.key }),
      profile: this.profile,
    }).bucket;

    this.builds = this.createBuilds(parts);
    this.stages = parts.stages.map((stage) => this.createStage(stage));
    this.releases = Object.fromEntries(
      this.stages.flatMap(({ release }) => (release ? [[release.stageName, release]] : [])),
    );
    this.rollbackCommands = Object.fromEntries(
      this.stages.flatMap(({ name, rollbackCommand }) => (rollbackCommand ? [[name, rollbackCommand]] : [])),
    );
    const role = new Role(this, 'Role', {
      description: textFor('role', `Runs ${stackPath(this)}`),
      assumedBy: ofThisAccount(this, 'codepipeline.amazonaws.com'),
    });
    const policy = this.createPolicy(role);
    const roles = [role, ...this.builds.projects.map((build) => build.role)];
    this.pipeline = withoutGrants(roles, () => this.createPipeline(role, policy));
    this.source.addTrigger(this, this.pipeline, () => this.createTriggerRole());
    this.createNotifications();
    validateTemplateSize(this, this.stages, this.builds.projects.length);
  }

  /** Settings of the parts, checked one by one and together. */
  private bindParts(): PipelineParts {
    const { source, stages, images = [], checks, artifactBuckets } = this.props;
    const parts: PipelineParts = {
      source: source._bind(this),
      stages: stages.map((stage) => stage._bind(this)),
      images: images.map((image) => image._bind(this)),
      checksGiven: checks !== undefined,
      artifactBuckets,
    };
    validatePipeline(this, parts);
    return parts;
  }

  private get notifications(): ITopic | undefined {
    return this.props.alertRouting?.deploymentTopic;
  }

  private createKey(): Key {
    return new Key(this, 'Key', {
      description: `Encrypts artifacts, reports and logs of ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy: this.profile.removalPolicy,
    });
  }

  private createBuilds({ source, images, stages }: PipelineParts): BuildStages {
    const { checks = PipelineChecks.npmScripts() } = this.props;
    const directories = [...new Set(images.map(({ directory }) => directory))];
    return new BuildStages(this, 'Builds', {
      source,
      images,
      checks: source.pushed ? undefined : checks._bind(this, { directories }),
      targets: stages.flatMap(({ local }) => local?.services.map(({ releaseTarget }) => releaseTarget) ?? []),
      key: this.key,
      artifacts: this.artifacts,
      profile: this.profile,
    });
  }

  private createStage(stage: StageConfig): PipelineStage {
    return new PipelineStage(this, stage.name, {
      stage,
      tags: this.builds.tags,
      profile: this.profile,
      alertRouting: this.props.alertRouting,
    });
  }

  /** One policy for the pipeline and all of its actions. */
  private createPolicy(role: Role): ManagedPolicy {
    const { artifacts, key } = this;
    const objects = artifacts.arnForObjects('*');
    const policy = new GrowingPolicy(this, 'Policy', {
      role,
      prop: 'stages',
      statements: [
        // Connections upload sources with an ACL for the owner of the bucket, which needs a separate permission.
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:PutObjectAcl'],
          resources: [objects],
        }),
        new PolicyStatement({
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: [artifacts.bucketArn],
        }),
        new PolicyStatement({ actions: KEY_ACTIONS, resources: [key.keyArn] }),
        new PolicyStatement({
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'],
          resources: this.builds.projects.map(({ project }) => project.projectArn),
        }),
        ...this.source.permissions,
        ...this.stages.flatMap(({ permissions }) => permissions),
      ],
    });
    acknowledgeWildcard(policy, objects, 'CodePipeline names artifacts itself; the bucket holds nothing else.');
    this.stages
      .flatMap(({ wildcardArns }) => wildcardArns)
      .forEach((arn) => acknowledgeWildcard(policy, arn, 'Executions of a state machine are named when they begin.'));
    return policy;
  }

  /** The first execution starts on creation, so that the pipeline depends on all permissions. */
  private createPipeline(role: Role, policy: ManagedPolicy): Pipeline {
    const pipeline = new Pipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      executionMode: ExecutionMode.QUEUED,
      role,
      usePipelineRoleForActions: true,
      variables: [DESPITE],
      ...this.artifactStores(),
    });
    pipeline.addStage({ stageName: 'source', actions: [this.source.action] });
    this.builds.addTo(pipeline);
    this.stages.forEach((stage) => stage.addTo(pipeline));
    const resource = pipeline.node.defaultChild as CfnPipeline;
    resource.node.addDependency(policy, ...this.builds.projects.map((build) => build.policy));
    return pipeline;
  }

  /** CDK accepts the bucket of the pipeline only among those of other regions, where there are any. */
  private artifactStores(): Pick<PipelineProps, 'artifactBucket' | 'crossRegionReplicationBuckets'> {
    const { artifactBuckets } = this.props;
    return artifactBuckets
      ? { crossRegionReplicationBuckets: { ...artifactBuckets, [Stack.of(this).region]: this.artifacts } }
      : { artifactBucket: this.artifacts };
  }

  /** Role that EventBridge starts the pipeline with. */
  private createTriggerRole(): Role {
    const role = new Role(this, 'Starter', {
      description: textFor('role', `Starts ${stackPath(this)}`),
      assumedBy: ofThisAccount(this, 'events.amazonaws.com'),
    });
    new ManagedPolicy(this, 'StarterPolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['codepipeline:StartPipelineExecution'],
          resources: [this.pipeline.pipelineArn],
        }),
      ],
    });
    return role;
  }

  private createNotifications(): void {
    const { notifications: topic, pipeline, stages } = this;
    if (topic) {
      notifyOfFailures(this, pipeline, topic);
      if (stages.some(({ hasApproval }) => hasApproval)) {
        notifyOfApprovals(this, pipeline, topic);
      }
    }
  }
}
