import {
  type BuildEnvironmentVariable,
  BuildEnvironmentVariableType,
  BuildSpec,
  type CfnProject,
  CfnReportGroup,
  ComputeType,
  type IBuildImage,
  LinuxArmBuildImage,
  LinuxBuildImage,
  PipelineProject,
  Project,
  type ProjectProps,
} from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { type ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../../compliance/acknowledge';
import { sortedByName } from '../../../contracts/sorted-by-name';
import type { EnvironmentProfile } from '../../../environment';
import { ofThisAccount } from '../../../iam/source-account';
import { withoutGrants } from '../../../iam/without-grants';
import { EncryptedLogGroup } from '../../../logging/encrypted-log-group';
import { SubnetTier } from '../../../network';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';
import { createBuildPolicy } from './build-policy';
import type { BoundRegistry } from './build-registry';
import type { SecretVariable } from './build-secret';
import type { BoundSettings } from './build-settings';

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
  /** Settings that all builds of the pipeline share. */
  readonly settings: BoundSettings;
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
   * Secrets, which are environment variables, too.
   * @default - no secrets
   */
  readonly secrets?: SecretVariable[];
  /**
   * Size of the build host.
   * @default - the size of the settings, or one that suffices
   */
  readonly computeType?: ComputeType;
  /**
   * Environment variables that are exported for later actions.
   * @default - no variables
   */
  readonly exported?: string[];
  /**
   * JUnit reports that the commands write.
   * @default - no reports
   */
  readonly reports?: { readonly directory: string; readonly files: string[] };
  /**
   * Reason for the use of Docker, which needs a privileged build.
   * @default - no Docker
   */
  readonly docker?: string;
  /** Runs the build on an ARM host. */
  readonly arm64: boolean;
  /**
   * Image repositories that the commands read.
   * @default - no repositories
   */
  readonly pulls?: ReadonlyArray<Pick<IRepository, 'repositoryArn'>>;
  /**
   * Image repositories that the commands read and push to.
   * @default - no repositories
   */
  readonly pushes?: ReadonlyArray<Pick<IRepository, 'repositoryArn'>>;
  /**
   * Names of the SSM parameters that the commands read.
   * @default - no parameters
   */
  readonly parameters?: string[];
  /**
   * True for a build outside the pipeline, which has no input.
   * @default false
   */
  readonly sourceless?: boolean;
}

/** Actions that CodePipeline documents for a customer managed key. */
export const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** CodeBuild project with a managed image, an encrypted log, and a role with least privilege. */
export class BuildProject extends Construct {
  public readonly project: Project;
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
      assumedBy: ofThisAccount(this, 'codebuild.amazonaws.com'),
    });
    this.policy = this.createPolicy(this.role);
    this.project = withoutGrants([this.role], () => this.createProject());
    acknowledgeInCompliancePacks(
      this.project,
      'CodeBuildProjectSourceRepoUrl',
      'The source of the project is CodePipeline or none, and no repository.',
    );
  }

  private createProject(): Project {
    const { props, role } = this;
    const options: ProjectProps = {
      description: this.description(),
      role,
      encryptionKey: props.key,
      environment: {
        buildImage: this.image(),
        computeType: this.computeType,
        privileged: props.docker !== undefined,
      },
      environmentVariables: this.variables,
      buildSpec: this.buildSpec(),
      logging: { cloudWatch: { logGroup: this.logGroup } },
      timeout: props.settings.timeout,
      queuedTimeout: props.settings.queuedTimeout,
      grantReportGroupPermissions: false,
      checkSecretsInPlainTextEnvVariables: true,
    };
    const project = props.sourceless
      ? new Project(this, 'Project', options)
      : new PipelineProject(this, 'Project', options);
    const resource = project.node.defaultChild as CfnProject;
    resource.node.addDependency(this.policy);
    this.placeInNetwork(resource);
    return project;
  }

  private get computeType(): ComputeType {
    const { computeType, settings, docker } = this.props;
    return computeType ?? settings.computeType ?? (docker ? ComputeType.MEDIUM : ComputeType.SMALL);
  }

  private get variables(): { [name: string]: BuildEnvironmentVariable } {
    const plain = Object.entries(this.props.environment ?? {}).map(([name, value]) => [
      name,
      { type: BuildEnvironmentVariableType.PLAINTEXT, value },
    ]);
    return Object.fromEntries([...plain, ...this.secrets.map(({ name, variable }) => [name, variable])]);
  }

  private get secrets(): SecretVariable[] {
    return [...(this.props.secrets ?? []), ...this.registries.flatMap(({ variables }) => variables)];
  }

  /** Registries that this build signs in to. Only a build with Docker pulls images. */
  private get registries(): BoundRegistry[] {
    const { settings, docker } = this.props;
    return settings.registries.filter(({ images }) => docker !== undefined || !images);
  }

  /** Below the L2, because CDK would write permissions of its own, inline. */
  private placeInNetwork(project: CfnProject): void {
    const placement = this.props.settings.network;
    if (placement) {
      const { network, securityGroup } = placement;
      project.vpcConfig = {
        vpcId: network.vpc.vpcId,
        subnets: network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION)).subnetIds,
        securityGroupIds: [securityGroup.securityGroupId],
      };
      project.node.addDependency(network.egressEstablished);
    }
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
    const { commands, runtimes, exported, reports } = this.props;
    const install = [...this.registries.flatMap((registry) => registry.commands), ...(this.props.install ?? [])];
    return BuildSpec.fromObject({
      version: '0.2',
      env: { 'shell': 'bash', 'exported-variables': exported },
      phases: {
        install:
          install.length > 0 || runtimes
            ? {
              'runtime-versions': runtimes && sortedByName(runtimes),
              'commands': install.length > 0 ? install : undefined,
            }
            : undefined,
        build: { commands },
      },
      reports: reports && {
        [this.reportGroup!.attrArn]: {
          'files': reports.files,
          'base-directory': reports.directory,
          'file-format': 'JUNITXML',
        },
      },
    });
  }

  private get reportPrefix(): string {
    return `reports/${this.node.id}`;
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
    const { artifacts, key, pulls = [], pushes = [], parameters = [], settings, sourceless } = this.props;
    return createBuildPolicy(this, 'Policy', {
      role,
      logGroupArn: this.logGroup.logGroupArn,
      keyArn: key.keyArn,
      input: sourceless ? undefined : artifacts,
      reports: this.reportGroup && {
        groupArn: this.reportGroup.attrArn,
        objectsArn: artifacts.arnForObjects(`${this.reportPrefix}/*`),
      },
      pulls: pulls.map(({ repositoryArn }) => repositoryArn),
      pushes: pushes.map(({ repositoryArn }) => repositoryArn),
      parameters,
      secrets: this.secrets,
      registries: this.registries,
      network: settings.network,
    });
  }
}
