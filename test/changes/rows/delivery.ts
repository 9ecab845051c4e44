import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type BitbucketDeployRoleProps, BlueGreenPipeline, type BlueGreenPipelineProps, type CheckCommands, CiDeployRole, type CiDeployRoleProps,
  AcceptedFinding, type AcceptedFindingProps, BuildRegistry, BuildSecret, type BuildSettings, type CheckOptions, type CheckPresetProps, type CodeArtifactRegistryProps,
  type CodeConnectionProps, type DeployStageProps, DeployStage, type DockerBuildProps, type DockerRegistryProps, DriftCheck, type DriftCheckProps, type ElsewhereStageProps,
  EnvironmentProfile, type GithubDeployRoleProps, ImageBuild, type ImagePushProps, ImageRepository, type ImageScanProps, MaintenanceWindow,
  type MavenRegistryProps, Migration,
  type MigrationOptions, type NpmRegistryProps, PackageFormat, PipelineChecks, PipelineSource,
  type PostReleaseAlarmsProps, type RemoteStageProps, type ProductionStageProps, ProductionWebService,
  type PypiRegistryProps, Release,
  type ReleasedFargateServiceProps, type ReleaseProps, ReleaseOrder, ReleaseTask, type ReleaseTaskOptions, RollbackCommand, type RollbackCommandProps, Route,
  ServiceImage, ServiceSecret, Severity, SmokeTest,
  type StagingStageProps, UnfixedFindings, type Waiver,
} from '../../../src';
import { changesAround } from '../general';
import { PROCEDURES } from '../procedures';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';
import { ACCOUNT_ROWS } from './accounts';

const REASON = 'reason that the team gives, long enough';
const OTHER_TOKEN = 'it is another secret that exists, which the next build reads';
const CONNECTION = 'arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555';

const RELEASE: Subject<ReleaseProps> = {
  name: 'Release',
  make: (site, id, props) => releaseOf(site, id, props),
  second: (site) => ({ services: [anotherService(site)] }),
};
const ROLLBACK: Subject<RollbackCommandProps> = {
  name: 'RollbackCommand',
  make: (site, id, props) => new RollbackCommand(site.scope, id, { release: sharedRelease(site), ...props }),
};
const DRIFT: Subject<DriftCheckProps> = {
  name: 'DriftCheck',
  make: (site, id, props) => new DriftCheck(site.scope, id, { release: sharedRelease(site), alertRouting: site.alertRouting, ...props }),
};
const PIPELINE: Subject<BlueGreenPipelineProps> = {
  name: 'BlueGreenPipeline',
  make: (site, id, props) => new BlueGreenPipeline(site.scope, id, {
    source: PipelineSource.codeConnection({ connectionArn: CONNECTION, repository: 'org/shop' }),
    images: [ImageBuild.docker({ repository: site.images })],
    stages: [DeployStage.production({ services: [site.service] })],
    alertRouting: site.alertRouting,
    ...props,
  }),
  second: (site) => ({ stages: [DeployStage.production({ services: [anotherService(site)] })], images: [ImageBuild.docker({ repository: anotherRepository(site) })] }),
  // No page says whether CloudFormation writes the definition of a pipeline for the sake of a tag.
  around: { 'A tag on the app': { procedure: PROCEDURES['pipeline-executions-cancelled'] } },
};
const PROVIDER = 'In production and staging the provider stays, outside the stack, and roles that trust it go on. Let the stack that is to own it '
  + '`cdk import` it. The way back needs the same import ([CI](delivery.md#share-the-provider-of-a-ci-service)). In development it is deleted.';

const GITHUB: Subject<GithubDeployRoleProps> = {
  name: 'CiDeployRole.github',
  make: (site, id, props) => CiDeployRole.github(site.scope, id, { repositories: [site.images], subjects: ['repo:org/app:environment:production'], ...props }),
  second: (site) => ({ providerArn: `arn:aws:iam::${site.stack.account}:oidc-provider/token.actions.githubusercontent.com` }),
  around: { 'The same app': { procedure: 'An account has one provider for each address: give the second role `providerArn` of the first.' } },
};
const BITBUCKET: Subject<BitbucketDeployRoleProps> = {
  name: 'CiDeployRole.bitbucket',
  make: (site, id, props) => CiDeployRole.bitbucket(site.scope, id, {
    repositories: [site.images],
    workspace: 'acme',
    workspaceUuid: '11111111-2222-3333-4444-555555555555',
    repositoryUuid: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    environmentUuid: '88888888-8888-7777-6666-000000000000',
    ...props,
  }),
  second: (site) => ({ providerArn: `arn:aws:iam::${site.stack.account}:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc` }),
  around: { 'The same app': { procedure: 'An account has one provider for each address: give the second role `providerArn` of the first.' } },
};

const BETWEEN = { note: 'An execution that runs goes on by its former definition.' };
const RENAMED = 'A stage of another name has another release, and the former one goes with its executions: follow '
  + '[rename a stage](delivery.md#rename-a-stage).';
const DESCRIBED = { exempt: 'it describes what another tool deployed; the release follows' };
const PLAN_REASON = { reason: 'The image comes through NAT.' };
const OF_READERS = { note: 'A reason is for readers.' };

export const DELIVERY_ROWS: readonly Row[] = [
  ...changesOf<ReleaseProps>({
    subject: RELEASE,
    struct: 'ReleaseProps',
    changes: {
      services: [undefined, (site: Site) => [site.service, anotherService(site)], BETWEEN],
      order: [() => ReleaseOrder.declared(), () => ReleaseOrder.sideBySide(), { ...BETWEEN, with: (site) => ({ services: [site.service, anotherService(site)] }) }],
      stageName: ['production', 'prod', BETWEEN],
      stateMachineName: [undefined, 'shop-production', { note: 'An execution that runs is ended: let no release run.' }],
      alertRouting: [undefined, (site: Site) => site.alertRouting],
      deploymentTimeout: [undefined, Duration.hours(3), BETWEEN],
      gateAlarmNames: [undefined, ['orders-stuck'], BETWEEN],
      migrations: [undefined, (site: Site) => [Migration.command(site.service, ['npm', 'run', 'migrate'])], BETWEEN],
      afterRelease: [undefined, (site: Site) => [ReleaseTask.command(site.service, ['npm', 'run', 'cache:warm'])], BETWEEN],
      monitoringTime: [undefined, Duration.minutes(30), BETWEEN],
      profile: [undefined, () => EnvironmentProfile.development()],
      snapshot: [undefined, (site: Site) => heardDatabase(site), BETWEEN],
      snapshotTimeout: [undefined, Duration.hours(2), { with: (site) => ({ snapshot: heardDatabase(site) }) }],
      verifyBeforeTraffic: [undefined, false, { note: 'It lets services with `Rollout.rolling()` take part.' }],
    },
  }),
  ...changesOf<MigrationOptions, ReleaseProps>({
    subject: RELEASE,
    struct: 'MigrationOptions',
    at: 'Migration.command',
    within: (options, site) => ({ migrations: [Migration.command(site.service, ['npm', 'run', 'migrate'], options)] }),
    changes: {
      connection: [undefined, { variables: { host: 'DB_HOST', userName: 'DB_OWNER' } }, {
        note: 'The next release runs the migration with the new variables.',
      }],
      database: [undefined, (site: Site) => site.database, { note: 'The only database of a service is the default.' }],
      environment: [undefined, { MODE: 'migrate' }],
      plan: [['npm', 'run', 'plan'], ['npm', 'run', 'plan', '--', '--verbose'], {
        with: () => ({ planInternetAccess: PLAN_REASON }), note: 'A pipeline runs it before its approval.',
      }],
      planInternetAccess: [PLAN_REASON, { reason: 'The network has a NAT gateway.' }, {
        with: () => ({ plan: ['npm', 'run', 'plan'] }), ...OF_READERS,
      }],
      secrets: [undefined, () => [ServiceSecret.generated('MIGRATION_KEY')]],
      taskDefinition: { exempt: 'it is of a service that another tool deployed; the release follows its family' },
      timeout: [undefined, Duration.hours(1)],
      verify: [undefined, ['npm', 'run', 'verify']],
      window: [undefined, () => MaintenanceWindow.daily('22:00', '04:00')],
    },
  }),
  ...parametersOf<Migration, ReleaseProps>({
    subject: RELEASE,
    prop: 'migrations',
    within: (migration) => ({ migrations: [migration] }),
    changes: { 'Migration.command': [(site) => Migration.command(site.service, ['npm', 'run', 'migrate']), (site) => Migration.command(site.service, ['npm', 'run', 'migrate:up'])] },
  }),
  ...changesOf<ReleaseTaskOptions, ReleaseProps>({
    subject: RELEASE,
    struct: 'ReleaseTaskOptions',
    at: 'ReleaseTask.command',
    within: (options, site) => ({ afterRelease: [ReleaseTask.command(site.service, ['npm', 'run', 'cache:warm'], options)] }),
    changes: {
      environment: [undefined, { DEPTH: '2' }],
      timeout: [undefined, Duration.hours(1)],
    },
  }),
  ...parametersOf<Migration, ReleaseProps>({
    subject: RELEASE,
    prop: 'migrations',
    within: (migration) => ({ migrations: [migration] }),
    changes: {
      'Migration.command': [
        (site) => Migration.command(site.service, ['npm', 'run', 'migrate']),
        (site) => Migration.command(site.service, ['npm', 'run', 'migrate'], { plan: ['npm', 'run', 'plan'], planInternetAccess: PLAN_REASON }),
        { note: 'The setup creates the user of the dry run.' },
      ],
    },
  }),
  ...choicesOf<ReleaseTask, ReleaseProps>({
    subject: RELEASE,
    class: 'ReleaseTask',
    prop: 'afterRelease',
    within: (task) => ({ afterRelease: [task] }),
    values: {
      'command(service, command)': (site) => ReleaseTask.command(site.service, ['npm', 'run', 'cache:warm']),
      'migration(migration)': (site) => ReleaseTask.migration(Migration.command(site.service, ['npm', 'run', 'migrate:contract'])),
    },
  }),
  ...choicesOf<MaintenanceWindow, ReleaseProps>({
    subject: RELEASE,
    class: 'MaintenanceWindow',
    prop: 'Migration.command.window',
    within: (window, site) => ({ migrations: [Migration.command(site.service, ['npm', 'run', 'migrate'], { window })] }),
    values: {
      'daily(startAt, endAt)': () => MaintenanceWindow.daily('22:00', '04:00'),
      'daily(others)': () => MaintenanceWindow.daily('23:00', '05:00'),
      'calendar(calendarArn)': () => MaintenanceWindow.calendar('arn:aws:ssm:eu-central-1:111111111111:document/shop'),
    },
  }),
  ...changesOf<ReleasedFargateServiceProps, ReleaseProps>({
    subject: RELEASE,
    struct: 'ReleasedFargateServiceProps',
    at: 'ReleasedService.fromFargate',
    changes: {
      releasedImageParameterName: DESCRIBED,
      repository: DESCRIBED,
      logGroupName: DESCRIBED,
      longestDeployment: DESCRIBED,
      minTasks: DESCRIBED,
      productionRuleArn: DESCRIBED,
      rollbackAlarmNames: DESCRIBED,
    },
  }),
  ...changesAround(RELEASE),
  ...changesOf<RollbackCommandProps>({
    subject: ROLLBACK,
    struct: 'RollbackCommandProps',
    changes: { release: [undefined, (site: Site) => releaseOf(site, 'Other', { services: [anotherService(site)] }) as Release], profile: [undefined, () => EnvironmentProfile.development()] },
  }),
  ...changesAround(ROLLBACK),
  ...changesOf<DriftCheckProps>({
    subject: DRIFT,
    struct: 'DriftCheckProps',
    changes: {
      release: [undefined, (site: Site) => releaseOf(site, 'Other', { services: [anotherService(site)] }) as Release],
      alertRouting: { exempt: 'it is notified from then on' },
      interval: [undefined, Duration.hours(12)],
      profile: [undefined, () => EnvironmentProfile.development()],
    },
  }),
  ...changesAround(DRIFT),
  ...changesOf<BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'BlueGreenPipelineProps',
    changes: {
      source: [undefined, () => PipelineSource.codeConnection({ connectionArn: CONNECTION, repository: 'org/shop', branch: 'release' })],
      stages: [undefined, (site: Site) => [DeployStage.staging({ services: [testService(site)] }), DeployStage.production({ services: [site.service] })], {
        with: (site) => ({ images: [ImageBuild.docker({ repository: site.images })] }),
      }],
      alertRouting: { exempt: 'it is notified from then on' },
      artifactBuckets: { exempt: 'it is for stages in other regions, and names buckets that exist' },
      builds: [undefined, { timeout: Duration.hours(2) }],
      checks: [undefined, () => PipelineChecks.commands({ lint: ['make lint'], unit: ['make test'], integration: ['make integration'] })],
      images: [undefined, (site: Site) => [ImageBuild.docker({ repository: site.images, directory: 'app' })]],
      profile: [undefined, () => EnvironmentProfile.development()],
      roleName: { several: [[undefined, 'shop-pipeline'], ['shop-pipeline', 'shop-pipeline-2']] },
    },
  }),
  ...choicesOf<PipelineSource, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'PipelineSource',
    prop: 'source',
    within: (source) => ({ source }),
    values: {
      'codeConnection': () => PipelineSource.codeConnection({ connectionArn: CONNECTION, repository: 'org/shop' }),
      's3(bucket, key)': (site) => PipelineSource.s3(sourceOf(site), 'shop.zip'),
      's3(bucket, other)': (site) => PipelineSource.s3(sourceOf(site), 'store.zip'),
    },
  }),
  ...choicesOf<PipelineSource, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'PipelineSource',
    prop: 'source',
    within: (source) => ({ source, images: undefined }),
    values: {
      'imagePush(repositories)': (site) => PipelineSource.imagePush([site.images]),
      'imagePush(repositories, tags)': (site) => PipelineSource.imagePush([site.images], { tags: ['v*'] }),
    },
  }),
  ...changesOf<CodeConnectionProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'CodeConnectionProps',
    at: 'PipelineSource.codeConnection',
    required: { connectionArn: CONNECTION, repository: 'org/shop' },
    within: (props) => ({ source: PipelineSource.codeConnection(props) }),
    changes: {
      connectionArn: [undefined, CONNECTION.replace('1111', '2222')],
      repository: [undefined, 'org/store'],
      branch: [undefined, 'release'],
      paths: [undefined, ['app/**'], { with: { branch: 'main' } }],
      tags: [undefined, ['v*']],
    },
  }),
  ...changesOf<ImagePushProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'ImagePushProps',
    at: 'PipelineSource.imagePush',
    within: (props, site) => ({ source: PipelineSource.imagePush([site.images], props), images: undefined }),
    changes: {
      tags: [undefined, ['v*']],
      startOn: { exempt: 'it adds and removes rules of events; an execution that runs goes on' },
    },
  }),
  ...choicesOf<PipelineChecks, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'PipelineChecks',
    prop: 'checks',
    within: (checks) => ({ checks }),
    values: {
      'npmScripts': () => PipelineChecks.npmScripts(),
      'npmScripts(nodeVersion)': () => PipelineChecks.npmScripts('20'),
      'pnpmScripts': () => PipelineChecks.pnpmScripts(),
      'yarnScripts': () => PipelineChecks.yarnScripts(),
      'pip': () => PipelineChecks.pip(),
      'uv': () => PipelineChecks.uv(),
      'maven': () => PipelineChecks.maven(),
      'gradle': () => PipelineChecks.gradle(),
      'goModules': () => PipelineChecks.goModules(),
      'composerScripts': () => PipelineChecks.composerScripts(),
      'commands': () => PipelineChecks.commands({ lint: ['make lint'], unit: ['make test'], integration: ['make integration'] }),
    },
  }),
  ...changesOf<CheckCommands, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'CheckCommands',
    at: 'PipelineChecks.commands',
    required: { lint: ['make lint'], unit: ['make test'], integration: ['make integration'] },
    within: (props) => ({ checks: PipelineChecks.commands(props) }),
    changes: {
      lint: [undefined, ['make check']],
      unit: [undefined, ['make unit']],
      integration: [undefined, ['make it']],
      install: [undefined, ['make install']],
      runtimes: [undefined, { nodejs: '22' }],
    },
  }),
  ...changesOf<CheckOptions, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'CheckOptions',
    at: 'PipelineChecks.npmScripts',
    within: (props) => ({ checks: PipelineChecks.npmScripts('22', props) }),
    changes: {
      computeType: [undefined, ComputeType.LARGE],
      docker: [undefined, { reason: REASON }],
      reports: [undefined, 'reports/*.xml'],
      secrets: [undefined, () => [BuildSecret.fromParameter('LICENSE_KEY', '/builds/license-key')]],
    },
  }),
  ...changesOf<CheckPresetProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'CheckPresetProps',
    at: 'PipelineChecks.npmScripts',
    within: (props) => ({ checks: PipelineChecks.npmScripts('22', props) }),
    changes: { directories: [undefined, ['libraries']] },
  }),
  ...changesOf<DockerBuildProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'DockerBuildProps',
    at: 'ImageBuild.docker',
    required: (site) => ({ repository: site.images }),
    within: (props) => ({ images: [ImageBuild.docker(props)] }),
    changes: {
      repository: { exempt: 'it is the repository of a service, which changes with it' },
      architectures: [undefined, () => [CpuArchitecture.X86_64, CpuArchitecture.ARM64]],
      buildArguments: [undefined, { MODE: 'a' }],
      directory: [undefined, 'app'],
      dockerfile: [undefined, 'Dockerfile.prod'],
      computeType: [undefined, ComputeType.LARGE],
      layerCache: [undefined, true],
      paths: [undefined, ['app']],
      secrets: [undefined, () => [BuildSecret.fromParameter('LICENSE_KEY', '/builds/license-key')]],
      variant: [undefined, 'php8-3', { note: 'Releases take the first image of a repository, whose tags end with its variant.' }],
      versionFile: [undefined, 'VERSION'],
    },
  }),
  ...changesOf<ImageScanProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'ImageScanProps',
    at: 'ImageBuild.docker',
    within: (props, site) => ({ images: [ImageBuild.docker({ repository: site.images, ...props })] }),
    changes: {
      acceptedFindings: [undefined, () => [AcceptedFinding.of('CVE-2026-12345', { reason: REASON, until: '2027-03-31' })]],
      trivyDatabase: [undefined, 'public.ecr.aws/aquasecurity/trivy-db:2'],
      trivyImage: [undefined, `111111111111.dkr.ecr.eu-central-1.amazonaws.com/trivy@sha256:${'a'.repeat(64)}`],
      trivyJavaDatabase: [undefined, 'public.ecr.aws/aquasecurity/trivy-java-db:1'],
      unfixedFindings: [undefined, () => UnfixedFindings.stop()],
    },
  }),
  ...changesOf<AcceptedFindingProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'AcceptedFindingProps',
    at: 'AcceptedFinding.of',
    required: { reason: REASON, until: '2027-03-31' },
    within: (props, site) => ({ images: [ImageBuild.docker({ repository: site.images, acceptedFindings: [AcceptedFinding.of('CVE-2026-12345', props)] })] }),
    changes: { reason: [undefined, `${REASON} and longer`], until: [undefined, '2027-06-30'] },
  }),
  ...choicesOf<UnfixedFindings, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'UnfixedFindings',
    prop: 'images',
    within: (unfixedFindings, site) => ({ images: [ImageBuild.docker({ repository: site.images, unfixedFindings })] }),
    values: {
      stopInLibraries: () => UnfixedFindings.stopInLibraries(),
      stop: () => UnfixedFindings.stop(),
      accept: () => UnfixedFindings.accept({ reason: REASON }),
    },
  }),
  ...changesOf<BuildSettings, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'BuildSettings',
    at: 'builds',
    within: (builds) => ({ builds }),
    changes: {
      computeType: [undefined, ComputeType.LARGE],
      concurrentBuilds: [undefined, 1, { note: 'A single image is built as before.' }],
      network: [undefined, (site: Site) => site.network],
      queuedTimeout: [undefined, Duration.hours(2)],
      registries: [undefined, () => [BuildRegistry.pullThroughCache('docker-hub')]],
      timeout: [undefined, Duration.hours(2)],
    },
  }),
  ...choicesOf<BuildRegistry, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'BuildRegistry',
    prop: 'builds',
    within: (registry) => ({ builds: { registries: [registry] } }),
    values: {
      codeArtifact: () => BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.NPM }),
      npm: (site) => BuildRegistry.npm({ url: 'https://npm.example.com/', secret: tokenOf(site) }),
      pypi: (site) => BuildRegistry.pypi({ url: 'https://pypi.example.com/simple/', secret: tokenOf(site) }),
      maven: (site) => BuildRegistry.maven({ url: 'https://maven.example.com/', username: 'ci', secret: tokenOf(site) }),
      docker: (site) => BuildRegistry.docker({ secret: tokenOf(site) }),
      ecr: (site) => BuildRegistry.ecr(anotherRepository(site).repository),
      pullThroughCache: () => BuildRegistry.pullThroughCache('docker-hub'),
    },
  }),
  ...changesOf<CodeArtifactRegistryProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'CodeArtifactRegistryProps',
    at: 'BuildRegistry.codeArtifact',
    required: { domain: 'shop', repository: 'packages', packageFormat: PackageFormat.NPM },
    within: (props) => ({ builds: { registries: [BuildRegistry.codeArtifact(props)] } }),
    changes: {
      domain: [undefined, 'store'],
      repository: [undefined, 'libraries'],
      packageFormat: [undefined, PackageFormat.MAVEN],
      domainOwner: [undefined, '222222222222'],
      scope: [undefined, '@org'],
      serverId: [undefined, 'company', { with: { packageFormat: PackageFormat.MAVEN } }],
    },
  }),
  ...changesOf<NpmRegistryProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'NpmRegistryProps',
    at: 'BuildRegistry.npm',
    required: (site) => ({ url: 'https://npm.example.com/', secret: tokenOf(site) }),
    within: (props) => ({ builds: { registries: [BuildRegistry.npm(props)] } }),
    changes: { secret: { exempt: OTHER_TOKEN }, field: [undefined, 'token'], scope: [undefined, '@org'], url: [undefined, 'https://packages.example.com/npm/'] },
  }),
  ...changesOf<PypiRegistryProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'PypiRegistryProps',
    at: 'BuildRegistry.pypi',
    required: (site) => ({ url: 'https://pypi.example.com/simple/', secret: tokenOf(site) }),
    within: (props) => ({ builds: { registries: [BuildRegistry.pypi(props)] } }),
    changes: { secret: { exempt: OTHER_TOKEN }, field: [undefined, 'token'], url: [undefined, 'https://packages.example.com/simple/'], username: [undefined, 'ci'] },
  }),
  ...changesOf<MavenRegistryProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'MavenRegistryProps',
    at: 'BuildRegistry.maven',
    required: (site) => ({ url: 'https://maven.example.com/', username: 'ci', secret: tokenOf(site) }),
    within: (props) => ({ builds: { registries: [BuildRegistry.maven(props)] } }),
    changes: {
      secret: { exempt: OTHER_TOKEN },
      field: [undefined, 'token'],
      serverId: [undefined, 'packages'],
      url: [undefined, 'https://packages.example.com/'],
      username: [undefined, 'builds'],
    },
  }),
  ...changesOf<DockerRegistryProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'DockerRegistryProps',
    at: 'BuildRegistry.docker',
    required: (site) => ({ secret: tokenOf(site) }),
    within: (props) => ({ builds: { registries: [BuildRegistry.docker(props)] } }),
    changes: { secret: { exempt: OTHER_TOKEN }, host: [undefined, 'ghcr.io'], passwordField: [undefined, 'password'], usernameField: [undefined, 'user'] },
  }),
  ...choicesOf<BuildSecret, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'BuildSecret',
    prop: 'images',
    within: (secret, site) => ({ images: [ImageBuild.docker({ repository: site.images, secrets: [secret] })] }),
    values: {
      fromSecret: (site) => BuildSecret.fromSecret('SENTRY_TOKEN', tokenOf(site)),
      fromParameter: () => BuildSecret.fromParameter('SENTRY_TOKEN', '/builds/sentry-token'),
    },
  }),
  ...changesOf<DeployStageProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'DeployStageProps',
    at: 'DeployStage.production',
    required: (site) => ({ services: [site.service] }),
    within: (props) => ({ stages: [DeployStage.production(props)] }),
    changes: {
      services: { exempt: 'another service is another release of the stage, as in `Release.services`' },
      approvalTimeout: [undefined, Duration.days(1)],
      order: { exempt: 'the stage hands it to its release, as in `Release.order`' },
      gateAlarmNames: [undefined, ['orders-stuck']],
      migrations: [undefined, (site: Site) => [Migration.command(site.service, ['npm', 'run', 'migrate'])]],
      afterRelease: [undefined, (site: Site) => [ReleaseTask.command(site.service, ['npm', 'run', 'cache:warm'])]],
      monitoringTime: [undefined, Duration.minutes(30)],
      postReleaseAlarms: [undefined, { successRatePercent: 99 }],
      smokeTest: [undefined, () => SmokeTest.http('/health')],
      snapshot: [undefined, (site: Site) => heardDatabase(site)],
      verifyBeforeTraffic: [undefined, false, { note: 'It lets services with `Rollout.rolling()` take part.' }],
    },
  }),
  ...changesOf<ProductionStageProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'ProductionStageProps',
    at: 'DeployStage.production',
    required: (site) => ({ services: [site.service] }),
    within: (props) => ({ stages: [DeployStage.production(props)] }),
    changes: {
      name: [undefined, 'live', { procedure: RENAMED }],
      withoutApproval: [undefined, { reason: REASON }],
      withoutRollbackCommand: [undefined, { reason: REASON }],
      withoutDriftCheck: [undefined, { reason: REASON }],
    },
  }),
  ...changesOf<StagingStageProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'StagingStageProps',
    at: 'DeployStage.staging',
    required: (site) => ({ services: [testService(site)] }),
    within: (props, site) => ({ stages: [DeployStage.staging(props), DeployStage.production({ services: [site.service] })] }),
    changes: { name: [undefined, 'test', { procedure: RENAMED }], approval: [undefined, true] },
  }),
  ...changesOf<ElsewhereStageProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'ElsewhereStageProps',
    at: 'DeployStage.elsewhere',
    required: { name: 'qa', production: false, stateMachineArn: 'arn:aws:states:eu-central-1:111111111111:stateMachine:qa' },
    within: (props, site) => ({ stages: [DeployStage.elsewhere(props), DeployStage.production({ services: [site.service] })] }),
    changes: {
      name: [undefined, 'test'],
      production: { exempt: 'it asks for an approval, as `withoutApproval` does' },
      stateMachineArn: [undefined, 'arn:aws:states:eu-central-1:111111111111:stateMachine:test'],
      approvalTimeout: [undefined, Duration.days(1), { with: { production: true } }],
      roleArn: [undefined, 'arn:aws:iam::111111111111:role/shop'],
      withoutApproval: [undefined, { reason: REASON }, { with: { production: true } }],
    },
  }),
  ...changesOf<RemoteStageProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'RemoteStageProps',
    at: 'DeployStage.remote',
    within: () => ({}),
    changes: {
      access: { exempt: 'it is of another account or region; the stage follows' },
      production: { exempt: 'it asks for an approval, as `withoutApproval` does' },
      approvalTimeout: { exempt: 'as in `DeployStage.elsewhere`' },
      withoutApproval: { exempt: 'as in `DeployStage.elsewhere`' },
    },
  }),
  ...choicesOf<DeployStage, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'DeployStage',
    prop: 'stages',
    within: (stage, site) => ({ stages: [stage, DeployStage.production({ name: 'last', services: [site.service] })] }),
    values: {
      staging: (site) => DeployStage.staging({ services: [testService(site)] }),
      production: (site) => DeployStage.production({ services: [testService(site)] }),
      elsewhere: () => DeployStage.elsewhere({ name: 'qa', production: false, stateMachineArn: 'arn:aws:states:eu-central-1:111111111111:stateMachine:qa' }),
    },
  }),
  ...parametersOf<ImageBuild, BlueGreenPipelineProps>({
    subject: PIPELINE,
    prop: 'images',
    within: (build) => ({ images: [build] }),
    changes: { 'ImageBuild.docker': [(site) => ImageBuild.docker({ repository: site.images }), (site) => ImageBuild.docker({ repository: site.images, directory: 'web' })] },
  }),
  ...changesOf<PostReleaseAlarmsProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'PostReleaseAlarmsProps',
    at: 'postReleaseAlarms',
    within: (postReleaseAlarms, site) => ({ stages: [DeployStage.production({ services: [site.service], postReleaseAlarms })] }),
    changes: { duration: [undefined, Duration.hours(12)], responseTimeLimit: [undefined, Duration.seconds(2)], successRatePercent: [undefined, 99] },
  }),
  ...changesOf<Waiver, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'Waiver',
    at: 'DeployStage.production.withoutApproval',
    within: (withoutApproval, site) => ({ stages: [DeployStage.production({ services: [site.service], withoutApproval })] }),
    changes: { reason: [REASON, `${REASON} and longer`, OF_READERS] },
  }),
  ...changesAround(PIPELINE),
  ...changesOf<CiDeployRoleProps, GithubDeployRoleProps>({
    subject: GITHUB,
    struct: 'CiDeployRoleProps',
    within: (props) => props,
    at: 'CiDeployRole.github',
    changes: {
      repositories: [undefined, (site: Site) => [site.images, anotherRepository(site)]],
      release: [undefined, sharedRelease],
      allowedCidrs: [undefined, ['192.0.2.0/24']],
      maxSessionDuration: [undefined, Duration.hours(2)],
      pipeline: [undefined, (site: Site) => Pipeline.fromPipelineArn(site.stack, 'Pipeline', 'arn:aws:codepipeline:eu-central-1:111111111111:shop')],
      providerArn: [undefined, 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com', { procedure: PROVIDER }],
    },
  }),
  ...changesOf<GithubDeployRoleProps>({
    subject: GITHUB,
    struct: 'GithubDeployRoleProps',
    changes: {
      subjects: {
        several: [
          [undefined, ['repo:org/app:ref:refs/heads/main']],
          [undefined, ['repo:org/app:environment:production', 'repo:org/app:ref:refs/heads/main']],
        ],
      },
      repositoryId: [undefined, '123456789'],
    },
  }),
  ...changesAround(GITHUB),
  ...changesOf<BitbucketDeployRoleProps>({
    subject: BITBUCKET,
    struct: 'BitbucketDeployRoleProps',
    changes: {
      workspace: [undefined, 'bcme', {
        procedure: 'The provider of the former workspace stays, outside the stack. The way back names it as `providerArn` ([CI](delivery.md#share-the-provider-of-a-ci-service)).',
      }],
      workspaceUuid: [undefined, '22222222-2222-3333-4444-555555555555'],
      repositoryUuid: [undefined, 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee'],
      environmentUuid: [undefined, '99999999-8888-7777-6666-000000000000'],
      withoutEnvironment: { exempt: 'it stands in the place of `environmentUuid`, and changes the trust policy as that does' },
    },
  }),
  ...changesAround(BITBUCKET),
  ...ACCOUNT_ROWS,
];

function anotherRepository(site: Site): ImageRepository {
  return site.part('MoreImages', () => new ImageRepository(site.otherStack('Registry'), 'More'));
}

function anotherService(site: Site): ProductionWebService {
  return site.part('Api', (scope, id) => new ProductionWebService(scope, id, {
    network: site.network, loadBalancer: site.loadBalancer, image: ServiceImage.released(anotherRepository(site)), route: Route.path('/api/*'),
  }));
}

/** Service of the same image before production. */
function testService(site: Site): ProductionWebService {
  return site.part('Staging', (scope, id) => new ProductionWebService(scope, id, {
    network: site.network, loadBalancer: site.loadBalancer, image: ServiceImage.released(site.images, 'staging'), route: Route.host('staging.example.com'),
  }));
}

function releaseOf(site: Site, id: string, props: Partial<ReleaseProps> = {}): Release {
  return new Release(site.scope, id, { services: [site.service], stageName: 'production', ...props });
}

function sharedRelease(site: Site): Release {
  return site.part('Release', (scope, id) => new Release(scope, id, { services: [site.service], stageName: 'production', alertRouting: site.alertRouting }));
}

/** Database whose events somebody hears. */
function heardDatabase(site: Site) {
  return site.part('Heard', () => {
    site.alertRouting.listenTo(site.database.events.topic, Severity.WARNING);
    return site.database;
  });
}

/** Secret that exists, with the token of a registry. */
function tokenOf(site: Site): ISecret {
  return site.part('RegistryToken', (scope, id) => Secret.fromSecretCompleteArn(scope, id, 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:registry-AbCdEf'));
}

function sourceOf(site: Site): Bucket {
  return site.part('Source', (scope, id) => new Bucket(scope, id, { versioned: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }));
}
