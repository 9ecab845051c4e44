import { Duration } from 'aws-cdk-lib';
import {
  BuildEnvironmentVariableType,
  BuildSpec,
  type CfnProject,
  CfnReportGroup,
  ComputeType,
  type IBuildImage,
  LinuxArmBuildImage,
  LinuxBuildImage,
  PipelineProject,
} from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks, acknowledgeWildcard } from '../../../compliance/acknowledge';
import { sortedByName } from '../../../contracts/sorted-by-name';
import type { EnvironmentProfile } from '../../../environment';
import { withoutGrants } from '../../../iam/without-grants';
import { EncryptedLogGroup } from '../../../logging/encrypted-log-group';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';

/** Properties of a {@link BuildProject}, checked. */
export interface BuildProjectProps {
  /** Purpose in a few words, for descriptions. */
  readonly purpose: string;
  /** Environment profile with the retention of the log. */
  readonly profile: EnvironmentProfile;
  /** Key of log, artifacts and reports. */
  readonly key: Key;
  /** Bucket of input artifacts and reports. */
  readonly artifacts: IBucket;
  /** Commands of the build phase. */
  readonly commands: string[];
  /**
   * Commands of the install phase.
   * @default - no commands
   */
  readonly install?: string[];
  /**
   * Runtime versions.
   * @default - the versions of the build image
   */
  readonly runtimes?: { readonly [language: string]: string };
  /**
   * Environment variables of the commands.
   * @default - no variables
   */
  readonly environment?: { readonly [name: string]: string };
  /**
   * Environment variables that are exported for later actions.
   * @default - no variables
   */
  readonly exported?: string[];
  /**
   * JUnit reports that the commands write.
   * @default - no reports
   */
  readonly reports?: { readonly directory: string; readonly files: string };
  /**
   * Reason for the use of Docker, which needs a privileged build.
   * @default - no Docker
   */
  readonly docker?: string;
  /** Runs the build on an ARM host. */
  readonly arm64: boolean;
  /**
   * Image repository that the commands read.
   * @default - no repository
   */
  readonly repository?: IRepository;
  /**
   * Allows the commands to push to `repository`.
   * @default false
   */
  readonly pushes?: boolean;
}

/** Limit of the time in the queue, and of the time of the build. */
const TIMEOUT = Duration.hours(1);
/** Actions that CodePipeline documents for a customer managed key. */
export const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const PULL_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
];
const PUSH_ACTIONS = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];

/** CodeBuild project with a managed image, an encrypted log, and a role with least privilege. */
export class BuildProject extends Construct {
  public readonly project: PipelineProject;
  /** Variables that later actions may read. */
  public readonly exported: string[];
  public readonly logGroup: LogGroup;
  /** Role of the builds. */
  public readonly role: Role;
  /** Permissions of the builds. The pipeline depends on them, because its first execution starts at once. */
  public readonly policy: ManagedPolicy;
  private readonly reportGroup?: CfnReportGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildProjectProps,
  ) {
    super(scope, id);
    this.exported = props.exported ?? [];
    this.logGroup = new EncryptedLogGroup(this, 'Logs', { profile: props.profile, key: props.key }).logGroup;
    this.reportGroup = props.reports && this.createReportGroup();
    this.role = new Role(this, 'Role', {
      description: textFor('role', `Runs ${props.purpose} of ${stackPath(scope)}`),
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.policy = this.createPolicy(this.role);
    this.project = withoutGrants([this.role], () => this.createProject());
    acknowledgeInCompliancePacks(
      this.project,
      'CodeBuildProjectSourceRepoUrl',
      'The source of the project is CodePipeline, and no repository.',
    );
  }

  private createProject(): PipelineProject {
    const { props, role } = this;
    const project = new PipelineProject(this, 'Project', {
      description: this.description(),
      role,
      encryptionKey: props.key,
      environment: {
        buildImage: this.image(),
        computeType: props.docker ? ComputeType.MEDIUM : ComputeType.SMALL,
        privileged: props.docker !== undefined,
      },
      environmentVariables: Object.fromEntries(
        Object.entries(props.environment ?? {}).map(([name, value]) => [
          name,
          { type: BuildEnvironmentVariableType.PLAINTEXT, value },
        ]),
      ),
      buildSpec: this.buildSpec(),
      logging: { cloudWatch: { logGroup: this.logGroup } },
      timeout: TIMEOUT,
      queuedTimeout: TIMEOUT,
      grantReportGroupPermissions: false,
      checkSecretsInPlainTextEnvVariables: true,
    });
    (project.node.defaultChild as CfnProject).node.addDependency(this.policy);
    return project;
  }

  private description(): string {
    const { purpose, docker } = this.props;
    const privileged = docker ? `. Privileged: ${docker}` : '';
    return textFor('build project', `${purpose} of ${stackPath(this.node.scope!)}${privileged}`);
  }

  private image(): IBuildImage {
    return this.props.arm64 ? LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 : LinuxBuildImage.AMAZON_LINUX_2023_5;
  }

  /** All commands are in one phase, because CodeBuild runs post_build after a failed build phase. */
  private buildSpec(): BuildSpec {
    const { install, commands, runtimes, exported, reports } = this.props;
    return BuildSpec.fromObject({
      version: '0.2',
      env: { 'shell': 'bash', 'exported-variables': exported },
      phases: {
        install:
          install || runtimes
            ? { 'runtime-versions': runtimes && sortedByName(runtimes), 'commands': install }
            : undefined,
        build: { commands },
      },
      reports: reports && {
        [this.reportGroup!.attrArn]: {
          'files': [reports.files],
          'base-directory': reports.directory,
          'file-format': 'JUNITXML',
        },
      },
    });
  }

  private get reportPrefix(): string {
    return `reports/${this.node.id}`;
  }

  private get reportObjects(): string {
    return this.props.artifacts.arnForObjects(`${this.reportPrefix}/*`);
  }

  /** Reports expire after 30 days. Without `deleteReports` the group could not be deleted before. */
  private createReportGroup(): CfnReportGroup {
    const { artifacts, key } = this.props;
    return new CfnReportGroup(this, 'Reports', {
      type: 'TEST',
      deleteReports: true,
      exportConfig: {
        exportConfigType: 'S3',
        s3Destination: {
          bucket: artifacts.bucketName,
          path: this.reportPrefix,
          encryptionKey: key.keyArn,
          packaging: 'NONE',
        },
      },
    });
  }

  private createPolicy(role: Role): ManagedPolicy {
    const { artifacts, key, repository, pushes } = this.props;
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          sid: 'Log',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [this.logGroup.logGroupArn],
        }),
        // Read-only, because a build that writes artifacts could change the input of the next action.
        new PolicyStatement({
          sid: 'Artifacts',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [artifacts.arnForObjects('*')],
        }),
        new PolicyStatement({
          sid: 'Bucket',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'],
          resources: [artifacts.bucketArn],
        }),
        new PolicyStatement({
          sid: 'Key',
          actions: ['kms:Decrypt', 'kms:DescribeKey', ...(this.reportGroup ? ['kms:GenerateDataKey'] : [])],
          resources: [key.keyArn],
        }),
        ...(this.reportGroup
          ? [
            new PolicyStatement({
              sid: 'Reports',
              actions: ['codebuild:BatchPutTestCases', 'codebuild:CreateReport', 'codebuild:UpdateReport'],
              resources: [this.reportGroup.attrArn],
            }),
            new PolicyStatement({ sid: 'Export', actions: ['s3:PutObject'], resources: [this.reportObjects] }),
          ]
          : []),
        ...(repository
          ? [
            new PolicyStatement({ sid: 'SignIn', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
            new PolicyStatement({
              sid: pushes ? 'Push' : 'Pull',
              actions: [...PULL_ACTIONS, ...(pushes ? PUSH_ACTIONS : [])].sort(),
              resources: [repository.repositoryArn],
            }),
          ]
          : []),
      ],
    });
    acknowledgeWildcard(
      policy,
      artifacts.arnForObjects('*'),
      'CodePipeline names artifacts itself; the bucket holds nothing else.',
    );
    if (this.reportGroup) {
      acknowledgeWildcard(
        policy,
        this.reportObjects,
        'CodeBuild names the files of reports itself, below the folder of this project.',
      );
    }
    if (repository) {
      acknowledge(
        policy,
        'AwsSolutions-IAM5[Resource::*]',
        'ecr:GetAuthorizationToken does not support resource-level permissions; the next statement limits the rest.',
      );
    }
    return policy;
  }
}
