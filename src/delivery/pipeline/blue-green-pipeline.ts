import { type CfnPipeline, ExecutionMode, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { EnvironmentProfile } from '../../environment';
import type { AlertRouting } from '../../observability';
import { BucketPurpose, SecureBucket } from '../../storage';
import { PropError } from '../../validation/prop-error';
import { ofThisAccount } from '../asl/logged-state-machine';
import type { Release } from '../release/release';
import { KEY_USES } from './build-project';
import { BuildStages } from './build-stages';
import type { DeployStage } from './deploy-stage';
import type { ImageBuild } from './image-build';
import { PipelineChecks } from './pipeline-checks';
import { tellOfApprovals, tellOfFailures } from './pipeline-notifications';
import type { PipelineSource } from './pipeline-source';
import { PipelineStage } from './pipeline-stage';
import type { SourceParts } from './source-actions';
import { checkImages, checkPlaces, checkStages } from './validate-pipeline';
import { checkTemplateSize } from './validate-template-size';

/** What a {@link BlueGreenPipeline} may be told. */
export interface BlueGreenPipelineProps {
  /** Where what is released comes from. */
  readonly source: PipelineSource;
  /**
   * The images that are built from the sources. All of them get the same tag, the commit.
   * @default - none, for `PipelineSource.imagePush` alone
   */
  readonly images?: ImageBuild[];
  /**
   * Where they are released to, in this order; production last. 1 to 10, of which the `Release`s of about five fit into the pipeline's stack;
   * further ones stand in the stacks of their services, and are named by `DeployStage.elsewhere`.
   */
  readonly stages: DeployStage[];
  /**
   * What sources must pass before an image is built from them (requirement A-09). Not for `PipelineSource.imagePush`.
   * @default PipelineChecks.npmScripts()
   */
  readonly checks?: PipelineChecks;
  /**
   * Tells of approvals that are waited for, of releases, and of executions that fail (requirement C-16), and of services that do badly after a
   * release (requirement A-10).
   * @default - nobody is told
   */
  readonly alertRouting?: AlertRouting;
  /**
   * Buckets with a key for other regions, by region, where a stage elsewhere is in one: CodePipeline needs one there.
   * @default - none: all stages are in the pipeline's region
   */
  readonly artifactBuckets?: { [region: string]: IBucket };
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Brings an image from a commit to production, and back: checks, build, scan, push, and a {@link Release} for each stage (docs/delivery.md). One
 * execution at a time, in the order of the commits. A release that fails takes itself back, and the execution ends; CodePipeline's own
 * rollback stays off, because it would release a second time.
 *
 * Throws a PropError for stages out of order, images that nobody runs, and services that nobody builds.
 */
export class BlueGreenPipeline extends Construct {
  /** The pipeline. */
  public readonly pipeline: Pipeline;
  /** Where its steps hand artifacts over: encrypted, private. */
  public readonly artifacts: IBucket;
  /** Encrypts artifacts, reports and logs. */
  public readonly key: Key;
  /** The releases of its stages by their names; those of stages elsewhere stand there. */
  public readonly releases: { [stage: string]: Release };
  private readonly profile: EnvironmentProfile;
  private readonly source: SourceParts;
  private readonly builds: BuildStages;
  private readonly stages: PipelineStage[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BlueGreenPipelineProps,
  ) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.source = props.source._parts(this);
    this.checkProps();
    this.key = this.createKey();
    this.artifacts = new SecureBucket(this, 'Artifacts', {
      purpose: BucketPurpose.artifacts({ key: this.key }),
      profile: this.profile,
    }).bucket;

    this.builds = this.createBuilds();
    this.stages = props.stages.map((stage) => this.createStage(stage));
    this.releases = Object.fromEntries(
      this.stages.flatMap(({ release }) => (release ? [[release.stageName, release]] : [])),
    );
    const role = new Role(this, 'Role', {
      description: `Runs ${this.node.path}`,
      assumedBy: ofThisAccount(this, 'codepipeline.amazonaws.com'),
    });
    const policy = this.createPolicy(role);
    this.pipeline = this.createPipeline(role, policy);
    this.source.start(this, this.pipeline, () => this.createStarter());
    this.tellPeople();
    checkTemplateSize(this, Object.values(this.releases), this.builds.projects.length);
  }

  private checkProps(): void {
    const { stages, images = [], checks, artifactBuckets = {} } = this.props;
    checkStages(this, stages);
    checkImages(this, this.source, images, stages);
    if (checks && this.source.pushed) {
      throw new PropError(this, {
        prop: 'checks',
        value: 'checks',
        expected: 'none with PipelineSource.imagePush: there are no sources',
        fix: 'check them where the image is built',
      });
    }
    checkPlaces(this, stages, artifactBuckets);
  }

  private get notifications(): ITopic | undefined {
    return this.props.alertRouting?.deploymentTopic;
  }

  private createKey(): Key {
    return new Key(this, 'Key', {
      description: `Encrypts artifacts, reports and logs of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: this.profile.removalPolicy,
    });
  }

  private createBuilds(): BuildStages {
    const { images = [], checks = PipelineChecks.npmScripts(), stages } = this.props;
    return new BuildStages(this, 'Builds', {
      source: this.source,
      images,
      checks,
      targets: stages.flatMap(({ _plan }) => _plan.here?.services.map(({ releaseTarget }) => releaseTarget) ?? []),
      key: this.key,
      artifacts: this.artifacts,
      profile: this.profile,
    });
  }

  private createStage(stage: DeployStage): PipelineStage {
    return new PipelineStage(this, stage._plan.name, {
      stage,
      tags: this.builds.tags,
      profile: this.profile,
      alertRouting: this.props.alertRouting,
    });
  }

  /** The only policy, for the pipeline and all of its actions. */
  private createPolicy(role: Role): ManagedPolicy {
    const { artifacts, key } = this;
    const objects = artifacts.arnForObjects('*');
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        // Connections hand over their sources with an ACL for the bucket's owner, which takes its own permission.
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:PutObjectAcl'],
          resources: [objects],
        }),
        new PolicyStatement({
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: [artifacts.bucketArn],
        }),
        new PolicyStatement({ actions: KEY_USES, resources: [key.keyArn] }),
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
      .flatMap(({ families }) => families)
      .forEach((arn) => acknowledgeWildcard(policy, arn, 'Executions of a state machine are named when they begin.'));
    return policy;
  }

  /** It runs as soon as it is there, so that what it runs with has to be there before. */
  private createPipeline(role: Role, policy: ManagedPolicy): Pipeline {
    const pipeline = new Pipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      executionMode: ExecutionMode.QUEUED,
      role: role.withoutPolicyUpdates(),
      usePipelineRoleForActions: true,
      artifactBucket: this.artifacts,
      crossRegionReplicationBuckets: this.props.artifactBuckets,
    });
    pipeline.addStage({ stageName: 'source', actions: [this.source.action] });
    this.builds.addTo(pipeline);
    this.stages.forEach((stage) => stage.addTo(pipeline));
    const resource = pipeline.node.defaultChild as CfnPipeline;
    resource.node.addDependency(policy, ...this.builds.projects.map((build) => build.policy));
    return pipeline;
  }

  /** What events become to start the pipeline. */
  private createStarter(): Role {
    const role = new Role(this, 'Starter', {
      description: `Starts ${this.node.path}`,
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

  private tellPeople(): void {
    const { notifications: topic, pipeline, stages } = this;
    if (topic) {
      tellOfFailures(this, pipeline, topic);
      if (stages.some(({ asks }) => asks)) {
        tellOfApprovals(this, pipeline, topic);
      }
    }
  }
}
