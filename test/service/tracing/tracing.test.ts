import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Peer } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ProductionWebServiceProps, SecureVpc, ServiceImage, Tracing } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { containersOf, endpointsOf, statementsOf, variablesOf } from '../../fixtures/task-definition';
import { ACCOUNT, REGION, templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture, VERSION } from '../../fixtures/web-service';

const KEY_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:datadog-a1b2c3`;

type Props = Partial<ProductionWebServiceProps>;
const routed = (props: (parts: Parameters<Exclude<Parameters<typeof serviceFixture>[0], Props | undefined>>[0]) => Props) =>
  serviceFixture((parts) => ({ network: new SecureVpc(parts.stack, 'Routed'), cpu: 512, memoryMiB: 1024, ...props(parts) }));
const datadog = (logs?: boolean) => routed(({ stack }) => ({
  tracing: Tracing.datadog({ apiKey: Secret.fromSecretCompleteArn(stack, 'Datadog', KEY_ARN), site: 'datadoghq.eu', logs }),
}));
const collectorConfig = (template: Template) => JSON.parse(variablesOf(containersOf(template).collector).AOT_CONFIG_CONTENT);

describe('Tracing to X-Ray', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(routed(() => ({ tracing: Tracing.xray() })).stack);
  });

  test('runs a pinned collector that is not root, has a read-only root and is not essential (A-19)', () => {
    expect(containersOf(template).collector).toMatchObject({
      Image: expect.stringMatching(/^public\.ecr\.aws\/aws-observability\/aws-otel-collector@sha256:[0-9a-f]{64}$/),
      User: '1000:1000',
      ReadonlyRootFilesystem: true,
      Essential: false,
      Memory: 128,
      HealthCheck: expect.objectContaining({ Command: ['CMD', '/healthcheck'] }),
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
    });
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('receives traces from the task only and exports them to X-Ray, within its memory (A-19)', () => {
    const { receivers, exporters, processors, service } = collectorConfig(template);
    expect([receivers.otlp.protocols.grpc.endpoint, receivers.otlp.protocols.http.endpoint, receivers.awsxray.endpoint]).toEqual(['127.0.0.1:4317', '127.0.0.1:4318', '127.0.0.1:2000']);
    expect(exporters).toEqual({ awsxray: {} });
    expect(processors.memory_limiter.limit_mib).toBeLessThan(128);
    expect(service.pipelines.traces).toEqual({ receivers: ['otlp', 'awsxray'], processors: ['memory_limiter', 'resourcedetection', 'batch'], exporters: ['awsxray'] });
  });

  test('samples one request a second and 5 % of the rest, by a dedicated rule of this service (C-15)', () => {
    template.hasResourceProperties('AWS::XRay::SamplingRule', {
      SamplingRule: Match.objectLike({ ReservoirSize: 1, FixedRate: 0.05, ServiceName: 'web', Version: 1, RuleName: Match.stringLikeRegexp('^[a-z0-9-]{1,32}$') }),
    });
    expect(variablesOf(containersOf(template).web)).toMatchObject({ OTEL_TRACES_SAMPLER: 'xray', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://127.0.0.1:2000' });
  });

  test('samples at the configured rates (C-15)', () => {
    templateOf(routed(() => ({ tracing: Tracing.xray({ tracesPerSecond: 10, samplePercent: 50, serviceName: 'shop' }) })).stack)
      .hasResourceProperties('AWS::XRay::SamplingRule', { SamplingRule: Match.objectLike({ ReservoirSize: 10, FixedRate: 0.5, ServiceName: 'shop' }) });
  });

  test('configures the SDK of the application with endpoint, service name and version (A-19)', () => {
    expect(variablesOf(containersOf(template).web)).toMatchObject({
      OTEL_SERVICE_NAME: 'web',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_RESOURCE_ATTRIBUTES: `deployment.environment.name=production,service.version=${VERSION}`,
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    });
  });

  test('keeps variables that the application sets itself', () => {
    const { web } = containersOf(templateOf(routed(() => ({ tracing: Tracing.xray(), environment: { OTEL_TRACES_SAMPLER: 'always_on' } })).stack));
    expect(variablesOf(web).OTEL_TRACES_SAMPLER).toBe('always_on');
  });

  test('gives the task role five actions by a managed policy, and no inline policy (A-19)', () => {
    expect(statementsOf(template, 'TracingPolicy').flatMap(({ Action }) => Action).sort()).toEqual([
      'xray:GetSamplingRules', 'xray:GetSamplingStatisticSummaries', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
    ]);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('adds only its endpoint to a network with endpoints only, and pulls the collector from a mirror (B-14)', () => {
    const { stack } = serviceFixture(({ images }) => ({ tracing: Tracing.xray({ collectorImage: ServiceImage.fromRepository(images, { tag: 'collector-0.49.0' }) }) }));
    expect(endpointsOf(templateOf(stack))).toEqual(['ecr.api', 'ecr.dkr', 'logs', 'xray']);
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('Tracing over OpenTelemetry', () => {
  test('exports traces to Jaeger over gRPC, and opens exactly its port to exactly its addresses (D-07)', () => {
    const template = templateOf(routed(() => ({ tracing: Tracing.openTelemetry({ endpoint: 'http://jaeger.internal:4317', reachedThrough: Peer.ipv4('10.0.11.7/32') }) })).stack);
    expect(collectorConfig(template).exporters).toEqual({ otlp: { endpoint: 'jaeger.internal:4317', tls: { insecure: true } } });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Tasks of Test/Web', SecurityGroupEgress: Match.arrayWith([Match.objectLike({ CidrIp: '10.0.11.7/32', FromPort: 4317, ToPort: 4317 })]),
    });
    template.resourceCountIs('AWS::XRay::SamplingRule', 0);
  });

  test('exports over HTTP on port 4318, and over TLS to an https endpoint (D-07)', () => {
    const tracing = (endpoint: string) => Tracing.openTelemetry({ endpoint, reachedThrough: Peer.anyIpv4() });
    const exporters = (endpoint: string) => collectorConfig(templateOf(routed(() => ({ tracing: tracing(endpoint) })).stack)).exporters;
    expect(exporters('http://jaeger.internal:4318')).toEqual({ otlphttp: { endpoint: 'http://jaeger.internal:4318' } });
    expect(exporters('https://otel.example.com:4317')).toEqual({ otlp: { endpoint: 'otel.example.com:4317', tls: { insecure: false } } });
  });

  test('samples a percentage in the service that starts a trace', () => {
    const { web } = containersOf(templateOf(routed(() => ({ tracing: Tracing.openTelemetry({ endpoint: 'https://otel.example.com', samplePercent: 20 }) })).stack));
    expect(variablesOf(web)).toMatchObject({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.2' });
  });
});

describe('Tracing to Datadog', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(datadog().stack);
  });

  test('runs the agent with the site as a variable and the API key as a secret (D-07)', () => {
    const agent = containersOf(template)['datadog-agent'];
    expect(variablesOf(agent)).toMatchObject({ ECS_FARGATE: 'true', DD_SITE: 'datadoghq.eu', DD_APM_ENABLED: 'true', DD_ENV: 'production' });
    expect(agent.Secrets).toEqual([{ Name: 'DD_API_KEY', ValueFrom: KEY_ARN }]);
    expect(statementsOf(template, 'ExecutionPolicy').filter(({ Action }) => Action === 'secretsmanager:GetSecretValue')).toEqual([expect.objectContaining({ Resource: KEY_ARN })]);
  });

  test('tags traces, metrics and logs with service, environment and version (D-07)', () => {
    const { web } = containersOf(template);
    expect(variablesOf(web)).toMatchObject({ DD_SERVICE: 'web', DD_ENV: 'production', DD_VERSION: VERSION, DD_AGENT_HOST: '127.0.0.1' });
    expect(web.DockerLabels).toEqual({ 'com.datadoghq.tags.service': 'web', 'com.datadoghq.tags.env': 'production', 'com.datadoghq.tags.version': VERSION });
  });

  test('leaves out the version of a released image, which the template does not know (D-07)', () => {
    const { web } = containersOf(templateOf(routed(({ stack, images }) => ({
      image: ServiceImage.released(images), tracing: Tracing.datadog({ apiKey: Secret.fromSecretCompleteArn(stack, 'Datadog', KEY_ARN), site: 'datadoghq.eu' }),
    })).stack));
    expect(variablesOf(web).DD_VERSION).toBeUndefined();
  });

  test('sends only the application\'s log by FireLens, with the API key as a secret (D-07)', () => {
    const { web, 'log-router': router, 'datadog-agent': agent } = containersOf(template);
    expect(web.LogConfiguration).toMatchObject({
      LogDriver: 'awsfirelens',
      Options: { Name: 'datadog', Host: 'http-intake.logs.datadoghq.eu', TLS: 'on', provider: 'ecs', dd_service: 'web', dd_tags: `env:production,version:${VERSION}` },
      SecretOptions: [{ Name: 'apikey', ValueFrom: KEY_ARN }],
    });
    expect(router.FirelensConfiguration).toMatchObject({ Type: 'fluentbit' });
    [router, agent].forEach(({ LogConfiguration }) => expect(LogConfiguration.LogDriver).toBe('awslogs'));
  });

  test('keeps the application\'s log in its log group with logs: false (D-07)', () => {
    const { web, 'log-router': router } = containersOf(templateOf(datadog(false).stack));
    expect(web.LogConfiguration.LogDriver).toBe('awslogs');
    expect(router).toBeUndefined();
  });

  test('pins each image, and leaves out the router that CDK would add with the newest image', () => {
    const containers = Object.values(containersOf(template)).filter(({ Name }) => Name !== 'web');
    expect(containers.map(({ Name }) => Name).sort()).toEqual(['datadog-agent', 'datadog-agent-folders', 'log-router']);
    containers.forEach(({ Image }) => expect(Image).toMatch(/^public\.ecr\.aws\/[a-z/-]+(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/));
    expect(template.toJSON().Parameters ?? {}).not.toHaveProperty('SsmParameterValue');
  });

  test('has read-only containers, and fills the volumes of the agent from its image first (ECS.5)', () => {
    const { 'datadog-agent': agent, 'datadog-agent-folders': folders } = containersOf(template);
    Object.values(containersOf(template)).forEach(({ ReadonlyRootFilesystem }) => expect(ReadonlyRootFilesystem).toBe(true));
    expect(agent.MountPoints.map(({ ContainerPath }: { ContainerPath: string }) => ContainerPath)).toEqual(['/etc/datadog-agent', '/opt/datadog-agent/run']);
    expect(agent.DependsOn).toEqual([{ ContainerName: 'datadog-agent-folders', Condition: 'SUCCESS' }]);
    expect(folders).toMatchObject({ Essential: false, EntryPoint: ['/bin/sh', '-c'] });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Volumes: [{ Name: 'datadog-agent-etc-datadog-agent' }, { Name: 'datadog-agent-opt-datadog-agent-run' }] });
  });

  test('runs only the router and the agent with its init container as root (ECS.20)', () => {
    const root = Object.values(containersOf(template)).filter(({ User }) => User.startsWith('0')).map(({ Name }) => Name);
    expect(root.sort()).toEqual(['datadog-agent', 'datadog-agent-folders', 'log-router']);
    expect(containersOf(template).web.User).toBe('1000:1000');
  });

  test('breaks none of the rules that AWS enforces, and leaves no finding unacknowledged', () => {
    expect(brokenRules(template.toJSON())).toEqual([]);
    expect(unacknowledged(datadog().stack)).toEqual([]);
  });

  test('keeps the application as the target of the load balancer, although it is not the first container', () => {
    template.hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [Match.objectLike({ ContainerName: 'web', ContainerPort: 3000 })] });
  });
});
