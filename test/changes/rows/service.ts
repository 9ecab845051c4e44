import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { EcsDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { Connections, type IConnectable, Peer, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { FileSystem, type IFileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type BlueGreenProps, type CanaryProps, type CodeDeployProps, DatabaseAccess, type DatadogProps, type DeclaredImageProps, EnvironmentProfile, type GeneratedSecretProps,
  type FileSystemVolumeProps, type IBackingService, type LinearProps, type NightPause, type OpenTelemetryProps, ProductionWebService, type ProductionWebServiceProps, Rollout,
  ImageRepository, Route, SecureLoadBalancer, SecureVpc, ServiceCluster, type ServiceClusterProps, ServiceImage, ServiceScaling, type ServiceScalingProps, ServiceSecret,
  ServiceVolume, Sidecar, type SidecarProps, type SmokeCommandProps, SmokeTest, type SmokeTestProps, type SpotShare, type StepScalingProps, type StepsProps,
  TargetProtocolVersion, type TargetTrackingProps, Tracing, type TracingProps, type Waiver, type WebHealthCheck, type XrayProps,
} from '../../../src';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';

type WebProps = ProductionWebServiceProps;

/** Service behind a shared load balancer, as most are: blue/green, with a declared image. */
export const WEB: Subject<WebProps> = {
  name: 'ProductionWebService',
  make: (site, id, props) => new ProductionWebService(site.scope, id, {
    network: site.network,
    image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
    ...('certificate' in props || 'loadBalancer' in props ? {} : { loadBalancer: site.loadBalancer }),
    ...props,
  }),
  second: () => ({ route: Route.path('/second/*') }),
  without: ({ network, images, loadBalancer }) => [network, images, loadBalancer],
};

const CLUSTER: Subject<ServiceClusterProps> = {
  name: 'ServiceCluster',
  make: (site, id, props) => {
    const { cluster } = new ServiceCluster(site.scope, id, { network: site.network, ...props });
    WEB.make(site, `${id}Web`, { cluster, discoveryName: id.toLowerCase(), ...id === 'Subject' ? {} : { route: Route.path(`/${id}/*`) } });
  },
  without: ({ network, images, loadBalancer }) => [network, images, loadBalancer],
};

/** Service with a load balancer of its own, which CodeDeploy asks for. */
const ALONE: Subject<WebProps> = {
  name: 'ProductionWebService with a dedicated load balancer',
  make: (site, id, props) => WEB.make(site, id, { certificate: site.certificate, ...props }),
};

const WEIGHTS = 'The rule gets its template weights back. First deploy until blue is live: `aws elbv2 describe-rules --listener-arn LISTENER` shows the weights; '
  + 'then change it, with no deployment running.';
const MOVED = 'Both listeners get the target groups of the template back. First release until blue is live: `aws elbv2 describe-listeners --load-balancer-arn '
  + 'LOAD_BALANCER` shows the groups; then change it, with no deployment running ([CodeDeploy](service.md#codedeploy)).';
const ROLLOUT = 'The service is replaced, and all of its tasks end: follow [between ECS and CodeDeploy](service.md#codedeploy).';
const SECOND = '[a second service](service.md#move-to-a-second-service)';
const TARGET_GROUPS = `Move to ${SECOND} instead.`;
const NEW_SERVICE = `The service starts anew, and its tasks end: move to ${SECOND} instead.`;
const NAMED_SERVICE = `A service with a \`discoveryName\` can not be replaced: move to ${SECOND} with another one, and then the callers `
  + '([discovery](service.md#discovery)).';
const SECRET_VALUE = 'Both are one secret: the deployment writes `to-be-filled` over the value, and every task that starts afterwards reads it. '
  + 'Take the value down first (`aws secretsmanager get-secret-value`), deploy at a quiet hour, and put it back at once (`put-secret-value`). '
  + '`generated` again makes a new value. Without a gap: give the new secret another variable, and let the application read either.';
const BETWEEN_DEPLOYMENTS = 'Change it while no deployment runs: only the smoke test uses the flow.';
const TRACES = 'Tasks of before send no traces until the rollout has replaced them.';
const HEALTH = 'Deploy a version that answers the old and the new check first; then change the check ([steps](service.md#change-the-health-check)).';
const SEED = 'A track that holds `none` stops all tasks: write the tag that runs into the parameter of the new track first '
  + '([another track or repository](registry.md#move-a-service-to-another-track-or-repository)).';
const OWNER = 'Let a task of the former user give the directory to the new one first, or name another `directory` ([files](service.md#share-files-between-tasks)).';
const RELEASE_AFTER = 'Tasks of the released revision lose their files, and no new one of it starts: release right after the deployment '
  + '([files](service.md#share-files-between-tasks)).';
const TABLE = 'reason that the team gives, long enough';

export const SERVICE_ROWS: readonly Row[] = [
  ...changesOf<WebProps>({
    subject: WEB,
    struct: 'ProductionWebServiceProps',
    changes: {
      network: [undefined, (site: Site) => new SecureVpc(site.stack, 'Other'), {
        procedure: 'A service stays in its network: build a second service in the other one, move its domain, then remove this one.',
        with: (site) => ({ certificate: site.certificate }),
      }],
      image: {
        several: [
          [(site: Site) => ServiceImage.fromRepository(site.images, { tag: '1.4.2' }), (site: Site) => ServiceImage.fromRepository(site.images, { tag: '1.4.3' })],
          [(site: Site) => ServiceImage.fromRepository(site.images, { tag: '1.4.2' }), () => ServiceImage.fromRegistry('public.ecr.aws/acme/shop:1.4.3')],
          [(site: Site) => ServiceImage.fromRepository(site.images, { tag: '1.4.2' }), (site: Site) => ServiceImage.released(site.images), {
            procedure: SEED,
          }],
          [(site: Site) => ServiceImage.released(site.images), (site: Site) => ServiceImage.released(otherImages(site)), {
            procedure: SEED,
            note: 'Copy the image that runs to the other repository before, and release it right after.',
          }],
        ],
      },
      loadBalancer: [(site: Site) => site.loadBalancer, (site: Site) => new SecureLoadBalancer(site.stack, 'Other', { network: site.network, certificate: site.certificate }), {
        procedure: NEW_SERVICE,
      }],
      route: [undefined, () => Route.path('/api/*'), { procedure: WEIGHTS }],
      routePriority: [100, 200, { procedure: WEIGHTS }],
      port: [undefined, 3000, { note: 'Old tasks are reached on their own port until the rollout has ended.' }],
      tlsToTasks: [undefined, true, { procedure: TARGET_GROUPS }],
      protocolVersion: [undefined, () => TargetProtocolVersion.HTTP2, { procedure: TARGET_GROUPS }],
      listenerRuleTags: [undefined, { team: 'shop' }, { procedure: WEIGHTS }],
      stickiness: [undefined, Duration.hours(8), { with: () => ({ rollout: Rollout.rolling() }), procedure: TARGET_GROUPS }],
      startupTime: [undefined, Duration.minutes(3)],
      deregistrationDelay: [undefined, Duration.seconds(10)],
      backingServices: [undefined, (site: Site) => [site.database]],
      healthCheck: [undefined, { path: '/health' }, { procedure: HEALTH }],
      rollout: [undefined, () => Rollout.canary()],
      smokeTest: [undefined, () => SmokeTest.http('/health')],
      successRatePercent: [undefined, 99],
      responseTimeLimit: [undefined, Duration.seconds(5)],
      scaling: [undefined, () => ServiceScaling.targetTracking({ maxTasks: 20 })],
      cluster: [(site: Site) => clusterOf(site), (site: Site) => new Cluster(site.stack, 'Other', { vpc: site.network.vpc }), { procedure: NEW_SERVICE }],
      serviceName: {
        several: [
          [undefined, 'shop', { procedure: NEW_SERVICE }],
          ['shop', 'store', { with: (site: Site) => ({ cluster: clusterOf(site), discoveryName: 'shop' }), procedure: NAMED_SERVICE }],
        ],
      },
      logGroupName: [undefined, '/shop/web', { note: 'What was logged stays in the former group.' }],
      profile: [undefined, () => EnvironmentProfile.staging()],
      cpu: [undefined, 1024],
      memoryMiB: [undefined, 2048],
      arm64: [undefined, true, { note: 'The image must be built for both architectures before.' }],
      user: [undefined, '1001:1001'],
      writablePaths: [undefined, ['/tmp', '/app/cache']],
      writableMiB: [undefined, 128],
      executableWritablePaths: [undefined, { reason: TABLE }],
      volumes: [undefined, () => [ServiceVolume.ephemeral('/var/cache/reports')]],
      ephemeralStorageGiB: [undefined, 50],
      secretsKey: [undefined, (site: Site) => site.part('SecretsKey', (scope, id) => new Key(scope, id, { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE })), {
        with: () => ({ secrets: [ServiceSecret.generated('TOKEN')] }),
      }],
      command: [undefined, ['node', 'server.js']],
      stopTimeout: [undefined, Duration.seconds(60)],
      environment: [{ MODE: 'a' }, { MODE: 'b' }],
      notSecret: [{ API_TOKEN_URL: 'an address, not a token' }, { API_TOKEN_URL: 'an address that is public' }, {
        with: { environment: { API_TOKEN_URL: 'https://example.com' } }, note: 'A reason is for readers.',
      }],
      secrets: [undefined, () => [ServiceSecret.generated('JWT_SECRET')]],
      sidecars: [undefined, () => [Sidecar.of('proxy', { image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1') })]],
      tracing: [undefined, () => Tracing.xray()],
      discoveryName: [undefined, 'shop', { with: (site: Site) => ({ cluster: clusterOf(site) }) }],
      ecsExec: [undefined, { reason: TABLE }, { with: (site: Site) => ({ cluster: clusterOf(site) }) }],
    },
  }),
  ...changesOf<Waiver, WebProps>({
    subject: WEB,
    struct: 'Waiver',
    at: 'ecsExec',
    within: (ecsExec, site) => ({ ecsExec, cluster: clusterOf(site) }),
    changes: { reason: [TABLE, `${TABLE} and longer`, { note: 'A reason is for readers.' }] },
  }),
  ...changesOf<WebHealthCheck, WebProps>({
    subject: WEB,
    struct: 'WebHealthCheck',
    at: 'healthCheck',
    within: (healthCheck) => ({ healthCheck }),
    changes: {
      path: [undefined, '/health', { procedure: HEALTH }],
      healthyHttpCodes: [undefined, '200-299', { procedure: HEALTH }],
      healthyGrpcCodes: { exempt: 'as `healthyHttpCodes`, for a service with gRPC' },
      containerCommand: [undefined, ['CMD-SHELL', 'exit 0']],
      interval: [undefined, Duration.seconds(15)],
      timeout: [undefined, Duration.seconds(3)],
      healthyThresholdCount: [undefined, 3],
      unhealthyThresholdCount: [undefined, 5],
    },
  }),
  ...choicesOf<Route, WebProps>({
    subject: WEB,
    class: 'Route',
    prop: 'route',
    within: (route) => ({ route }),
    remarks: { '*': { procedure: WEIGHTS } },
    values: {
      'path(pattern)': () => Route.path('/api/*'),
      'host(name)': () => Route.host('api.example.com'),
      'header(name, values)': () => Route.header('X-Tenant', ['a']),
      'path(other)': () => Route.path('/shop/*'),
      'onPath(pattern)': () => Route.host('api.example.com').onPath('/shop/*'),
      'onHost(name)': () => Route.path('/shop/*').onHost('shop.example.com'),
      'withHeader(name, values)': () => Route.path('/shop/*').withHeader('X-Tenant', ['b']),
      'host(other)': () => Route.host('shop.example.com'),
      'header(name, others)': () => Route.header('X-Tenant', ['b']),
    },
  }),
  ...parametersOf<IBackingService, WebProps>({
    subject: WEB,
    prop: 'backingServices',
    within: (one) => ({ backingServices: [one] }),
    changes: {
      'HardenedDatabase.withVariables': [(site) => site.database, (site) => site.database.withVariables({ host: 'PGHOST' }), {
        note: 'The application must know the new names.',
      }],
      'HardenedDatabase.withPoolSize': [(site) => site.database, (site) => site.database.withPoolSize(10)],
      'HardenedDatabase.withUser': [(site) => site.database, (site) => site.database.withUser(site.database.addUser('reporting', DatabaseAccess.READ_WRITE)), {
        note: 'Tasks of before sign in as the former user until the rollout has replaced them.',
      }],
    },
  }),
  ...choicesOf<Rollout, WebProps>({
    subject: WEB,
    class: 'Rollout',
    prop: 'rollout',
    each: true,
    within: (rollout) => ({ rollout }),
    values: {
      blueGreen: () => Rollout.blueGreen(),
      canary: () => Rollout.canary(),
      linear: () => Rollout.linear(),
      steps: () => Rollout.steps([10, 50, 100]),
      rolling: () => Rollout.rolling(),
    },
  }),
  ...choicesOf<Rollout, WebProps>({
    subject: ALONE,
    class: 'Rollout',
    prop: 'rollout',
    within: (rollout) => ({ rollout }),
    remarks: { '*': { procedure: ROLLOUT } },
    values: { blueGreen: () => Rollout.blueGreen(), codeDeploy: () => Rollout.codeDeploy(), rolling: () => Rollout.rolling() },
  }),
  ...parametersOf<Rollout, WebProps>({
    subject: WEB,
    prop: 'Rollout.steps',
    within: (rollout) => ({ rollout }),
    changes: { 'Rollout.steps': [() => Rollout.steps([10, 50, 100]), () => Rollout.steps([25, 100])] },
  }),
  ...changesOf<BlueGreenProps, WebProps>({
    subject: WEB,
    struct: 'BlueGreenProps',
    at: 'Rollout.blueGreen',
    within: (props) => ({ rollout: Rollout.blueGreen(props) }),
    changes: { bakeTime: [undefined, Duration.minutes(20)] },
  }),
  ...changesOf<CanaryProps, WebProps>({
    subject: WEB,
    struct: 'CanaryProps',
    at: 'Rollout.canary',
    within: (props) => ({ rollout: Rollout.canary(props) }),
    changes: { percent: [undefined, 20], stepBakeTime: [undefined, Duration.minutes(20)], bakeTime: [undefined, Duration.minutes(20)] },
  }),
  ...changesOf<LinearProps, WebProps>({
    subject: WEB,
    struct: 'LinearProps',
    at: 'Rollout.linear',
    within: (props) => ({ rollout: Rollout.linear(props) }),
    changes: { stepPercent: [undefined, 20], stepBakeTime: [undefined, Duration.minutes(20)], bakeTime: [undefined, Duration.minutes(20)] },
  }),
  ...changesOf<StepsProps, WebProps>({
    subject: WEB,
    struct: 'StepsProps',
    at: 'Rollout.steps',
    within: (props) => ({ rollout: Rollout.steps([10, 50, 100], props) }),
    changes: { stepBakeTime: [undefined, Duration.minutes(20)], bakeTime: [undefined, Duration.minutes(20)] },
  }),
  ...changesOf<CodeDeployProps, WebProps>({
    subject: ALONE,
    struct: 'CodeDeployProps',
    at: 'Rollout.codeDeploy',
    within: (props) => ({ rollout: Rollout.codeDeploy(props) }),
    changes: {
      deploymentConfig: [undefined, () => EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES],
      terminationWaitTime: [undefined, Duration.minutes(10)],
      hookFunctions: [undefined, (site: Site) => [LambdaFunction.fromFunctionName(site.stack, 'Hook', 'shop-hook')]],
      revisionBucket: [undefined, (site: Site) => Bucket.fromBucketName(site.stack, 'Revisions', 'shop-revisions')],
      availabilityZoneCount: [undefined, 2, { procedure: 'A service under CodeDeploy keeps its network: give the construct another id ([CodeDeploy](service.md#codedeploy)).' }],
    },
  }),
  ...choicesOf<SmokeTest, WebProps>({
    subject: WEB,
    class: 'SmokeTest',
    prop: 'smokeTest',
    within: (smokeTest) => ({ smokeTest }),
    values: {
      'http(path)': () => SmokeTest.http('/health'),
      'command(command)': () => SmokeTest.command(['npm', 'run', 'test:smoke']),
      'all(tests)': () => SmokeTest.all([SmokeTest.http('/health'), SmokeTest.http('/ready')]),
      'http(other)': () => SmokeTest.http('/ready'),
    },
    remarks: { '*': { procedure: BETWEEN_DEPLOYMENTS }, 'all(tests) → http(other)': {} },
  }),
  ...changesOf<SmokeTestProps, WebProps>({
    subject: WEB,
    struct: 'SmokeTestProps',
    at: 'SmokeTest.http',
    within: (props) => ({ smokeTest: SmokeTest.http('/health', props) }),
    changes: {
      attempts: [undefined, 5],
      expectedStatus: [undefined, 204],
      host: [undefined, 'shop.example.com'],
      timeout: [undefined, Duration.seconds(3)],
      verifyFor: [undefined, Duration.minutes(4)],
    },
  }),
  ...changesOf<SmokeCommandProps, WebProps>({
    subject: WEB,
    struct: 'SmokeCommandProps',
    at: 'SmokeTest.command',
    within: (props) => ({ smokeTest: SmokeTest.command(['npm', 'run', 'test:smoke'], props) }),
    changes: { environment: [undefined, { MODE: 'smoke' }], timeout: [undefined, Duration.minutes(2)] },
  }),
  ...choicesOf<ServiceScaling, WebProps>({
    subject: WEB,
    class: 'ServiceScaling',
    prop: 'scaling',
    within: (scaling) => ({ scaling }),
    values: { targetTracking: () => ServiceScaling.targetTracking(), stepScaling: () => ServiceScaling.stepScaling() },
  }),
  ...changesOf<TargetTrackingProps, WebProps>({
    subject: WEB,
    struct: 'TargetTrackingProps',
    at: 'ServiceScaling.targetTracking',
    within: (props) => ({ scaling: ServiceScaling.targetTracking(props) }),
    changes: { scaleInCooldown: [undefined, Duration.minutes(10)], scaleOutCooldown: [undefined, Duration.minutes(2)] },
  }),
  ...changesOf<StepScalingProps, WebProps>({
    subject: WEB,
    struct: 'StepScalingProps',
    at: 'ServiceScaling.stepScaling',
    within: (props) => ({ scaling: ServiceScaling.stepScaling(props) }),
    changes: {
      cooldown: [undefined, Duration.minutes(5)], scaleInCpuPercent: [undefined, 20], tasksPerLargeStep: [undefined, 5], tasksPerStep: [undefined, 2],
    },
  }),
  ...changesOf<ServiceScalingProps, WebProps>({
    subject: WEB,
    struct: 'ServiceScalingProps',
    at: 'ServiceScaling.targetTracking',
    within: (props) => ({ scaling: ServiceScaling.targetTracking(props) }),
    changes: {
      cpuPercent: [undefined, 50],
      memoryPercent: [undefined, 60],
      minTasks: [undefined, 4],
      maxTasks: { several: [[undefined, 20], [20, 10]] },
      requestsPerMinute: [undefined, 500],
      nightPause: [undefined, () => ({ timeZone: TimeZone.EUROPE_BERLIN }), { with: { withoutTasks: { reason: TABLE } } }],
      spot: [undefined, { percent: 50 }, { procedure: NEW_SERVICE }],
      withoutTasks: [undefined, { reason: TABLE }, { note: 'It has an effect with `minTasks: 0` or `nightPause`.' }],
    },
  }),
  ...changesOf<SpotShare, WebProps>({
    subject: WEB,
    struct: 'SpotShare',
    at: 'ServiceScaling.spot',
    required: { percent: 50 },
    within: (spot) => ({ scaling: ServiceScaling.targetTracking({ spot }) }),
    changes: { percent: [50, 70], onDemandTasks: [undefined, 2] },
  }),
  ...changesOf<NightPause, WebProps>({
    subject: WEB,
    struct: 'NightPause',
    at: 'ServiceScaling.nightPause',
    required: () => ({ timeZone: TimeZone.EUROPE_BERLIN }),
    within: (nightPause) => ({ scaling: ServiceScaling.targetTracking({ nightPause, withoutTasks: { reason: TABLE } }) }),
    changes: {
      timeZone: [() => TimeZone.EUROPE_BERLIN, () => TimeZone.AMERICA_NEW_YORK], startAt: [undefined, '06:00'], stopAt: [undefined, '22:00'], weekends: [undefined, false],
    },
  }),
  ...choicesOf<ServiceImage, WebProps>({
    subject: WEB,
    class: 'ServiceImage',
    prop: 'image',
    within: (image) => ({ image }),
    remarks: { '* → released(repository)': { procedure: SEED }, 'released(repository) → released(repository, track)': { procedure: SEED } },
    values: {
      'fromRepository': (site) => ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
      'fromRegistry(name)': () => ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1'),
      'fromRegistry(other)': () => ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.2'),
      'fromAsset(directory)': () => ServiceImage.fromAsset('test/fixtures/image'),
      'released(repository)': (site) => ServiceImage.released(site.images),
      'released(repository, track)': (site) => ServiceImage.released(site.images, 'staging'),
    },
  }),
  ...changesOf<DeclaredImageProps, WebProps>({
    subject: WEB,
    struct: 'DeclaredImageProps',
    at: 'ServiceImage.fromRepository',
    within: (props, site) => ({ image: ServiceImage.fromRepository(site.images, props) }),
    changes: { tag: ['1.4.2', '1.4.3'], digest: [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`] },
  }),
  ...choicesOf<ServiceSecret, WebProps>({
    subject: WEB,
    class: 'ServiceSecret',
    prop: 'secrets',
    within: (secret) => ({ secrets: [secret] }),
    values: {
      'generated': () => ServiceSecret.generated('TOKEN'),
      'placeholder(variable)': () => ServiceSecret.placeholder('TOKEN'),
      'fromParameter(variable, name)': () => ServiceSecret.fromParameter('TOKEN', '/shop/token'),
      'fromSecret(variable, secret)': (site) => ServiceSecret.fromSecret('TOKEN', secretOf(site)),
      'fromSecret(variable, secret, field)': (site) => ServiceSecret.fromSecret('TOKEN', secretOf(site), 'token'),
    },
    remarks: {
      'generated → placeholder(variable)': { procedure: SECRET_VALUE },
      '*': { note: 'The value must be in its new place before.' },
    },
  }),
  ...changesOf<GeneratedSecretProps, WebProps>({
    subject: WEB,
    struct: 'GeneratedSecretProps',
    at: 'ServiceSecret.generated',
    within: (props) => ({ secrets: [ServiceSecret.generated('TOKEN', props)] }),
    changes: { length: [32, 64, { procedure: 'The secret gets a new value. Deploy when a new one does no harm: sessions that it signed end.' }] },
  }),
  ...changesOf<SidecarProps, WebProps>({
    subject: WEB,
    struct: 'SidecarProps',
    at: 'Sidecar.of',
    within: (props) => ({ sidecars: [Sidecar.of('proxy', props)], memoryMiB: 2048 }),
    required: () => ({ image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1') }),
    changes: {
      image: [() => ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1'), () => ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.2')],
      command: [undefined, ['nginx']],
      environment: [undefined, { MODE: 'a' }],
      essential: [undefined, false],
      healthCommand: [undefined, ['CMD-SHELL', 'exit 0']],
      memoryMiB: [undefined, 256],
      port: [undefined, 9000],
      secrets: [undefined, () => [ServiceSecret.generated('TOKEN')]],
      user: [undefined, '1001:1001'],
      writableMiB: [undefined, 32, { with: { writablePaths: ['/tmp'] } }],
      writablePaths: [undefined, ['/cache']],
      executableWritablePaths: [undefined, { reason: TABLE }, { with: { writablePaths: ['/tmp'] } }],
    },
  }),
  ...parametersOf<Sidecar, WebProps>({
    subject: WEB,
    prop: 'sidecars',
    within: (sidecar) => ({ sidecars: [sidecar] }),
    changes: {
      'Sidecar.of': [
        () => Sidecar.of('proxy', { image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1') }),
        () => Sidecar.of('cache', { image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1') }),
      ],
    },
  }),
  ...choicesOf<ServiceVolume, WebProps>({
    subject: WEB,
    class: 'ServiceVolume',
    prop: 'volumes',
    within: (volume) => ({ volumes: [volume] }),
    values: {
      'ephemeral(path)': () => ServiceVolume.ephemeral('/var/lib/shop'),
      'fileSystem(path, fileSystem, props)': (site) => ServiceVolume.fileSystem('/var/lib/shop', filesOf(site), { directory: '/shop' }),
      'fileSystem(other, fileSystem, props)': (site) => ServiceVolume.fileSystem('/var/lib/store', filesOf(site), { directory: '/shop' }),
    },
  }),
  ...changesOf<WebProps>({
    subject: WEB,
    struct: 'ProductionWebServiceProps',
    changes: {
      user: {
        several: [
          ['1000:1000', '1001:1001', { with: (site: Site) => ({ volumes: [shopFiles(site)] }), procedure: OWNER }],
          ['1000:1000', '2000:2000', {
            with: (site: Site) => ({ volumes: [shopFiles(site)], image: ServiceImage.released(site.images) }), procedure: `${OWNER} ${RELEASE_AFTER}`,
          }],
        ],
      },
      volumes: [(site: Site) => [shopFiles(site)], undefined, { with: (site) => ({ image: ServiceImage.released(site.images) }), procedure: RELEASE_AFTER }],
    },
  }),
  ...changesOf<FileSystemVolumeProps, WebProps>({
    subject: WEB,
    struct: 'FileSystemVolumeProps',
    at: 'ServiceVolume.fileSystem',
    required: { directory: '/shop' },
    within: (props, site) => ({ volumes: [ServiceVolume.fileSystem('/var/lib/shop', filesOf(site), props)] }),
    changes: {
      directory: ['/shop', '/store', { note: 'The new directory is empty. The files of the former one stay in the file system.' }],
      readOnly: [undefined, true],
    },
  }),
  ...choicesOf<Tracing, WebProps>({
    subject: WEB,
    class: 'Tracing',
    prop: 'tracing',
    within: (tracing) => ({ tracing, cpu: 1024, memoryMiB: 4096 }),
    remarks: { '*': { procedure: TRACES } },
    values: {
      xray: () => Tracing.xray(),
      openTelemetry: () => Tracing.openTelemetry({ endpoint: 'http://jaeger.internal:4317', reachedThrough: addressesOf('10.1.0.0/16') }),
      datadog: (site) => Tracing.datadog({ apiKey: secretOf(site), site: 'datadoghq.eu' }),
    },
  }),
  ...changesOf<XrayProps, WebProps>({
    subject: WEB,
    struct: 'XrayProps',
    at: 'Tracing.xray',
    within: (props) => ({ tracing: Tracing.xray(props) }),
    changes: {
      samplePercent: [undefined, 10],
      tracesPerSecond: [undefined, 2],
      serviceName: [undefined, 'shop'],
      collectorImage: [undefined, () => ServiceImage.fromRegistry('public.ecr.aws/aws-observability/aws-otel-collector:v0.45.0')],
    },
  }),
  ...changesOf<TracingProps, WebProps>({
    subject: WEB,
    struct: 'TracingProps',
    at: 'Tracing.xray',
    within: (props) => ({ tracing: Tracing.xray(props) }),
    changes: { serviceName: ['shop', 'store'] },
  }),
  ...changesOf<OpenTelemetryProps, WebProps>({
    subject: WEB,
    struct: 'OpenTelemetryProps',
    at: 'Tracing.openTelemetry',
    required: () => ({ endpoint: 'http://jaeger.internal:4317', reachedThrough: addressesOf('10.1.0.0/16') }),
    within: (props) => ({ tracing: Tracing.openTelemetry(props) }),
    changes: {
      endpoint: ['http://jaeger.internal:4317', 'http://jaeger.internal:4318', { procedure: TRACES }],
      samplePercent: [undefined, 10],
      reachedThrough: [() => addressesOf('10.1.0.0/16'), () => addressesOf('10.2.0.0/16'), { procedure: TRACES }],
    },
  }),
  ...changesOf<DatadogProps, WebProps>({
    subject: WEB,
    struct: 'DatadogProps',
    at: 'Tracing.datadog',
    required: (site) => ({ apiKey: secretOf(site), site: 'datadoghq.eu' }),
    within: (props) => ({ tracing: Tracing.datadog(props), cpu: 1024, memoryMiB: 4096 }),
    changes: {
      apiKey: [undefined, (site: Site) => Secret.fromSecretCompleteArn(site.stack, 'Other', 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-AbCdEf')],
      site: ['datadoghq.eu', 'datadoghq.com'],
      logs: [undefined, false],
      agentImage: [undefined, () => ServiceImage.fromRegistry('public.ecr.aws/datadog/agent:7.70.0')],
      logRouterImage: [undefined, () => ServiceImage.fromRegistry('public.ecr.aws/aws-observability/aws-for-fluent-bit:2.34.0'), { with: { logs: true } }],
    },
  }),
  ...callsOf<ProductionWebService, WebProps>({
    subject: WEB,
    class: 'ProductionWebService',
    calls: {
      calls: [(web, site) => web.calls(calledOf(site)), {
        with: (site) => {
          calledOf(site);
          return { cluster: clusterOf(site) };
        },
        note: 'The way back: release an application that no longer calls first.',
      }],
      allowCallsFrom: [(web, site) => web.allowCallsFrom(clientOf(site)), {
        with: (site) => {
          clientOf(site);
          return {};
        },
      }],
      verifyWith: [(web) => web.verifyWith(SmokeTest.http('/health')), { note: BETWEEN_DEPLOYMENTS }],
      rollBackOn: [(web) => web.rollBackOn('orders-stuck'), { note: 'The alarm must exist when the service is deployed.' }],
    },
  }),
  ...changesAround(WEB),
  ...changesOf<WebProps>({
    subject: ALONE,
    struct: 'ProductionWebServiceProps',
    changes: {
      certificate: {
        several: [
          [undefined, (site: Site) => site.otherCertificate],
          [(site: Site) => site.certificate, (site: Site) => site.otherCertificate, { procedure: MOVED, with: () => ({ rollout: Rollout.codeDeploy() }) }],
        ],
      },
    },
  }),
  ...changesAround(ALONE),
  ...changesOf<ServiceClusterProps>({
    subject: CLUSTER,
    struct: 'ServiceClusterProps',
    changes: {
      network: { exempt: 'it is the network of the services, and has an effect on their own prop `network`' },
      clusterName: [undefined, 'shop', { procedure: NEW_SERVICE }],
      namespaceName: [undefined, 'shop', { procedure: 'Calls between services fail until all of them are deployed. To avoid that, create a second cluster with the new name, and move services one by one.' }],
      ecsExec: [undefined, true],
      profile: [undefined, () => EnvironmentProfile.development(), { with: { ecsExec: true } }],
    },
  }),
  ...changesAround(CLUSTER),
];

function clusterOf(site: Site): ServiceCluster['cluster'] {
  return site.part('Cluster', (scope, id) => new ServiceCluster(scope, id, { network: site.network, ecsExec: true })).cluster;
}

/** Another service of the cluster, which has a name there. */
function calledOf(site: Site): ProductionWebService {
  return site.part('Called', (scope, id) => new ProductionWebService(scope, id, {
    network: site.network,
    loadBalancer: site.loadBalancer,
    image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
    cluster: clusterOf(site),
    discoveryName: 'called',
    route: Route.path('/called/*'),
  }));
}

function filesOf(site: Site): IFileSystem {
  return site.part('Files', (scope, id) => FileSystem.fromFileSystemAttributes(scope, id, {
    fileSystemId: 'fs-11111111111111111', securityGroup: SecurityGroup.fromSecurityGroupId(scope, `${id}Group`, 'sg-11111111111111111'),
  }));
}

function clientOf(site: Site): SecurityGroup {
  return site.part('Client', (scope, id) => new SecurityGroup(scope, id, { vpc: site.network.vpc, allowAllOutbound: false }));
}

/** Another repository in the stack of the first one. */
function otherImages(site: Site): ImageRepository {
  return site.part('OtherImages', (_, id) => new ImageRepository(site.otherStack('Registry'), id));
}

function shopFiles(site: Site): ServiceVolume {
  return ServiceVolume.fileSystem('/var/lib/shop', filesOf(site), { directory: '/shop' });
}

function addressesOf(block: string): IConnectable {
  return new Connections({ peer: Peer.ipv4(block) });
}

function secretOf(site: Site) {
  return site.part('Secret', (scope, id) => Secret.fromSecretCompleteArn(scope, id, 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop-AbCdEf'));
}
