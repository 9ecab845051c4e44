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
import { acknowledge, acknowledgeInCompliancePacks, acknowledgeWildcard } from '../../compliance/acknowledge';
import { sortedByName } from '../../contracts/sorted-by-name';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';

/** What a {@link BuildProject} is made from, all of it checked. */
export interface BuildProjectProps {
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** Answers how long its log is kept. */
  readonly profile: EnvironmentProfile;
  /** Encrypts its log, its artifacts and its reports. */
  readonly key: Key;
  /** Where its input lies, and its output goes. */
  readonly artifacts: IBucket;
  /** The commands, one after the other. */
  readonly commands: string[];
  /**
   * Commands before.
   * @default - none
   */
  readonly install?: string[];
  /**
   * Versions of languages.
   * @default - those of the image
   */
  readonly runtimes?: { [language: string]: string };
  /**
   * Variables that the commands read.
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Variables that later actions of the pipeline read.
   * @default - none
   */
  readonly exported?: string[];
  /**
   * JUnit files that are kept.
   * @default - none
   */
  readonly reports?: { readonly directory: string; readonly files: string };
  /**
   * Why it may use Docker, which takes a privileged build.
   * @default - it may not
   */
  readonly docker?: string;
  /** Whether the machine is one of ARM. */
  readonly arm64: boolean;
  /**
   * The repository that it reads, and pushes to where `pushes`.
   * @default - none
   */
  readonly repository?: IRepository;
  /**
   * Whether it may push to `repository`, too.
   * @default false - it reads only
   */
  readonly pushes?: boolean;
}

/** The longest that CodeBuild waits for a machine and that a build takes. */
const TIMEOUT = Duration.hours(1);
/** CodeBuild takes no longer description. */
const MOST_DESCRIBED = 255;
/** As CodePipeline documents them for a key of the customer's. */
export const KEY_USES = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const READS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
];
const PUSHES = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];

/** A CodeBuild project with a managed image, an encrypted log, and a role that may do what its commands need. */
export class BuildProject extends Construct {
  public readonly project: PipelineProject;
  public readonly logGroup: LogGroup;
  /** Its permissions, without which its first build fails. */
  public readonly policy: ManagedPolicy;
  private readonly reportGroup?: CfnReportGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildProjectProps,
  ) {
    super(scope, id);
    this.logGroup = new EncryptedLogGroup(this, 'Logs', { profile: props.profile, key: props.key }).logGroup;
    this.reportGroup = props.reports && this.createReportGroup();
    const role = new Role(this, 'Role', {
      description: `Runs ${props.purpose} of ${scope.node.path}`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.policy = this.createPolicy(role);
    this.project = this.createProject(role);
    acknowledgeInCompliancePacks(
      this.project,
      'CodeBuildProjectSourceRepoUrl',
      'It builds what CodePipeline hands it, and is connected to no repository.',
    );
  }

  private createProject(role: Role): PipelineProject {
    const { props } = this;
    const project = new PipelineProject(this, 'Project', {
      description:
        `${props.purpose} of ${this.node.scope!.node.path}${props.docker ? `. Privileged: ${props.docker}` : ''}`.slice(
          0,
          MOST_DESCRIBED,
        ),
      role: role.withoutPolicyUpdates(),
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

  private image(): IBuildImage {
    return this.props.arm64 ? LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 : LinuxBuildImage.AMAZON_LINUX_2023_5;
  }

  /** All in one phase: after a failed one CodeBuild goes on with the next that only tidies up, and there is none. */
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

  private get reportFolder(): string {
    return `reports/${this.node.id}`;
  }

  private get reportObjects(): string {
    return this.props.artifacts.arnForObjects(`${this.reportFolder}/*`);
  }

  /** Reports go after 30 days by themselves; the group goes with them. */
  private createReportGroup(): CfnReportGroup {
    const { artifacts, key } = this.props;
    return new CfnReportGroup(this, 'Reports', {
      type: 'TEST',
      deleteReports: true,
      exportConfig: {
        exportConfigType: 'S3',
        s3Destination: {
          bucket: artifacts.bucketName,
          path: this.reportFolder,
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
        // It hands nothing on: who may write here could change what the next action builds.
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
              actions: [...READS, ...(pushes ? PUSHES : [])].sort(),
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
        'Signing in to ECR knows no resource; what may be read or pushed is said by the next statement.',
      );
    }
    return policy;
  }
}
