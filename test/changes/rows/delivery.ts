import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  type BitbucketDeployRoleProps, BlueGreenPipeline, type BlueGreenPipelineProps, type CheckCommands, CiDeployRole, type CiDeployRoleProps,
  type CodeConnectionProps, type DeployStageProps, DeployStage, type DockerBuildProps, DriftCheck, type DriftCheckProps, type ElsewhereStageProps,
  EnvironmentProfile, type GithubDeployRoleProps, ImageBuild, type ImagePushProps, ImageRepository, MaintenanceWindow, Migration,
  type MigrationOptions, PipelineChecks, PipelineSource, type PostReleaseAlarmsProps, type ProductionStageProps, ProductionWebService, Release,
  type ReleasedFargateServiceProps, type ReleaseProps, ReleaseTask, type ReleaseTaskOptions, RollbackCommand, type RollbackCommandProps, Route,
  ServiceImage, ServiceSecret, Severity, SmokeTest,
  type StagingStageProps, type Waiver,
} from '../../../src';
import { changesAround } from '../general';
import { PROCEDURES } from '../procedures';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';

const REASON = 'reason that the team gives, long enough';
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
  make: (site, id, props) => CiDeployRole.github(site.scope, id, { repository: site.images, subjects: ['repo:org/app:environment:production'], ...props }),
  second: (site) => ({ providerArn: `arn:aws:iam::${site.stack.account}:oidc-provider/token.actions.githubusercontent.com` }),
  around: { 'The same app': { procedure: 'An account has one provider for each address: give the second role `providerArn` of the first.' } },
};
const BITBUCKET: Subject<BitbucketDeployRoleProps> = {
  name: 'CiDeployRole.bitbucket',
  make: (site, id, props) => CiDeployRole.bitbucket(site.scope, id, {
    repository: site.images, workspace: 'acme', workspaceUuid: '11111111-2222-3333-4444-555555555555', repositoryUuid: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', ...props,
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
      stageName: ['production', 'prod', BETWEEN],
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
      checks: [undefined, () => PipelineChecks.commands({ lint: ['make lint'], unit: ['make test'], integration: ['make integration'] })],
      images: [undefined, (site: Site) => [ImageBuild.docker({ repository: site.images, directory: 'app' })]],
      profile: [undefined, () => EnvironmentProfile.development()],
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
      'imagePush(repository)': (site) => PipelineSource.imagePush(site.images),
      'imagePush(repository, tags)': (site) => PipelineSource.imagePush(site.images, { tags: ['v*'] }),
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
    within: (props, site) => ({ source: PipelineSource.imagePush(site.images, props), images: undefined }),
    changes: { tags: [undefined, ['v*']], trivyImage: [undefined, `111111111111.dkr.ecr.eu-central-1.amazonaws.com/trivy@sha256:${'a'.repeat(64)}`] },
  }),
  ...choicesOf<PipelineChecks, BlueGreenPipelineProps>({
    subject: PIPELINE,
    class: 'PipelineChecks',
    prop: 'checks',
    within: (checks) => ({ checks }),
    values: {
      'npmScripts': () => PipelineChecks.npmScripts(),
      'npmScripts(nodeVersion)': () => PipelineChecks.npmScripts('20'),
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
      docker: [undefined, { reason: REASON }],
      install: [undefined, ['make install']],
      reports: [undefined, 'reports/*.xml'],
      runtimes: [undefined, { nodejs: '22' }],
    },
  }),
  ...changesOf<DockerBuildProps, BlueGreenPipelineProps>({
    subject: PIPELINE,
    struct: 'DockerBuildProps',
    at: 'ImageBuild.docker',
    required: (site) => ({ repository: site.images }),
    within: (props) => ({ images: [ImageBuild.docker(props)] }),
    changes: {
      repository: { exempt: 'it is the repository of a service, which changes with it' },
      acceptedFindings: [undefined, '.trivyignore'],
      architectures: [undefined, () => [CpuArchitecture.X86_64, CpuArchitecture.ARM64]],
      buildArguments: [undefined, { MODE: 'a' }],
      directory: [undefined, 'app'],
      dockerfile: [undefined, 'Dockerfile.prod'],
      trivyImage: [undefined, `111111111111.dkr.ecr.eu-central-1.amazonaws.com/trivy@sha256:${'a'.repeat(64)}`],
      versionFile: [undefined, 'VERSION'],
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
      repository: [undefined, (site: Site) => anotherRepository(site)],
      allowedCidrs: [undefined, ['192.0.2.0/24']],
      maxSessionDuration: [undefined, Duration.hours(2)],
      pipeline: [undefined, (site: Site) => Pipeline.fromPipelineArn(site.stack, 'Pipeline', 'arn:aws:codepipeline:eu-central-1:111111111111:shop')],
      providerArn: [undefined, 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com', { procedure: PROVIDER }],
    },
  }),
  ...changesOf<GithubDeployRoleProps>({
    subject: GITHUB,
    struct: 'GithubDeployRoleProps',
    changes: { subjects: [undefined, ['repo:org/app:ref:refs/heads/main']], repositoryId: [undefined, '123456789'] },
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
    },
  }),
  ...changesAround(BITBUCKET),
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

function sourceOf(site: Site): Bucket {
  return site.part('Source', (scope, id) => new Bucket(scope, id, { versioned: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }));
}
