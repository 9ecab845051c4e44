import { Duration, SecretValue } from 'aws-cdk-lib';
import { Peer } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  EnvironmentProfile, type ProductionWebServiceProps, SecureVpc, ServiceImage, ServiceSecret, ServiceVolume, Sidecar, type SidecarProps, Tracing,
} from '../../../src';
import { ACCOUNT, REGION, refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const LINE = /^(\w+) '([\w/-]+)': ([\w.]+) is (.+), expected (.+)\. ([A-Z].+\.)$/;
const redis = ServiceImage.fromRegistry('public.ecr.aws/docker/library/redis:8.2');

type Props = Partial<ProductionWebServiceProps>;
type Row = [what: string, props: Props, prop: string, value: string, expected: string];

/** In a network with a route to the internet, so that nothing else is refused. */
const refused = (props: Props, profile = EnvironmentProfile.production()) =>
  refusal(() => serviceFixture(({ stack }) => ({ network: new SecureVpc(stack, 'Routed'), ...props }), (app) => profile.applyTo(app)));
const sidecars = (...given: Array<Partial<SidecarProps> & { name?: string }>): Props => ({
  sidecars: given.map(({ name = 'cache', ...sidecar }) => Sidecar.of(name, { image: redis, ...sidecar })),
});
const environment = (name: string, value = 'x'): Props => ({ environment: { [name]: value } });
const datadogKey = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:datadog-a1b2c3`;

function expectRefused(message: string, [, , prop, value, allowed]: Row): void {
  const [, construct, path, refusedProp, refusedValue, range, fix] = LINE.exec(message)!;
  expect([construct, path, refusedProp]).toEqual(['ProductionWebService', 'Test/Web', prop]);
  expect(refusedValue).toContain(value);
  expect(range).toContain(allowed);
  expect(fix.length).toBeGreaterThan(10);
}

describe('A service\'s containers refuse', () => {
  test.each<Row>([
    ['a sidecar image with no tag', sidecars({ image: ServiceImage.fromRegistry('public.ecr.aws/docker/library/redis') }), 'sidecars.image', 'library/redis', 'a tag or a digest'],
    ['a sidecar image that moves', sidecars({ image: ServiceImage.fromRegistry('redis:latest') }), 'sidecars.image', 'redis:latest', 'a tag or a digest'],
    ['two sidecars of one name', sidecars({}, {}), 'sidecars.name', 'cache', 'no other container of the task uses'],
    ['a sidecar with the name of the application', sidecars({ name: 'web' }), 'sidecars.name', 'web', 'no other container of the task uses'],
    ['a sidecar name that ECS refuses', sidecars({ name: 'my cache' }), 'sidecars.name', 'my cache', 'letters, digits'],
    ['the application\'s port for a sidecar', sidecars({ port: 3000 }), 'sidecars.port', '3000', 'no other container of the task uses'],
    ['a sidecar that is root (ECS.20)', sidecars({ user: '0:0' }), 'sidecars.user', '0:0', 'other than 0'],
    ['a relative path for a sidecar', sidecars({ writablePaths: ['data'] }), 'sidecars.writablePaths', 'data', 'absolute'],
    ['sidecars with more memory than the task has', sidecars({ memoryMiB: 1000 }), 'memoryMiB', '1024', 'more than the 1000 MiB of cache'],
    ['a stop that takes longer than Fargate waits', { stopTimeout: Duration.minutes(3) }, 'stopTimeout', '3 minutes', '1 second to 2 minutes'],
    ['a name that cannot stand in a URL', { discoveryName: 'The API' }, 'discoveryName', 'The API', 'lower-case'],
    ['a disk that Fargate includes anyway', { ephemeralStorageGiB: 20 }, 'ephemeralStorageGiB', '20', '21 to 200'],
    ['a disk larger than Fargate has', { ephemeralStorageGiB: 201 }, 'ephemeralStorageGiB', '201', '21 to 200'],
    ['programs in memory without a reason', { executableWritablePaths: { reason: 'x' } }, 'executableWritablePaths.reason', 'x', 'a sentence'],
    ['programs in the memory of a sidecar without a reason', sidecars({ executableWritablePaths: { reason: '' } }), 'sidecars.executableWritablePaths.reason', '""', 'a sentence'],
    ['a volume at a relative path', { volumes: [ServiceVolume.ephemeral('data')] }, 'volumes.path', 'data', 'an absolute path'],
    ['a volume instead of the root', { volumes: [ServiceVolume.ephemeral('/')] }, 'volumes.path', '"/"', 'an absolute path'],
    ['a volume over a writable path', { volumes: [ServiceVolume.ephemeral('/tmp')] }, 'volumes.path', '/tmp', 'no other volume and no writable path'],
    ['two volumes at one path', { volumes: [ServiceVolume.ephemeral('/data'), ServiceVolume.ephemeral('/data')] }, 'volumes.path', '/data', 'no other volume'],
    ['ecsExec without a reason', { ecsExec: { reason: '' } }, 'ecsExec.reason', '""', 'a sentence'],
  ])('%s', (...row) => expectRefused(refused(row[1]), row));

  test('a sidecar image with no tag in development, too', () => {
    expect(refused(sidecars({ image: ServiceImage.fromRegistry('redis') }), EnvironmentProfile.development())).toContain('sidecars.image is "redis"');
  });

  test('a sidecar of public.ecr.aws in a network with endpoints only (B-14)', () => {
    expect(refusal(() => serviceFixture(sidecars({})))).toMatch(/sidecars\.image is the image of cache in a public registry, which .* does not reach\. Copy it to an ImageRepository/);
  });

  test('a collector of public.ecr.aws in a network with endpoints only (B-14)', () => {
    expect(refusal(() => serviceFixture({ tracing: Tracing.xray() }))).toMatch(/tracing\.collectorImage is the image of collector in a public registry/);
  });
});

describe('A service\'s environment refuses', () => {
  test.each<Row>([
    'DB_PASSWORD', 'JWT_SECRET', 'API_KEY', 'STRIPE_APIKEY', 'GITHUB_TOKEN', 'PRIVATE_KEY', 'SECRET_KEY_BASE', 'AWS_SECRET_ACCESS_KEY', 'dbPassword', 'smtp.credentials',
  ].map((name): Row => [`a secret given as plain environment: ${name} (A-24)`, environment(name), `environment.${name}`, '(not shown)', 'every reader']))('%s', (_, props, prop) => {
    const message = refused(props);
    expect(message).toContain(`${prop} is "(not shown)"`);
    expect(message).toMatch(/Pass it as a secret, for example ServiceSecret\.placeholder/);
  });

  test.each([
    ['a URL with a password', 'DATABASE_URL', 'postgres://shop:hunter2@db:5432/shop'],
    ['a private key', 'SIGNER', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
    ['a key of AWS', 'PARTNER', 'AKIAIOSFODNN7EXAMPLE'],
    ['a dynamic reference, which CloudFormation writes out into the task definition', 'PARTNER', SecretValue.secretsManager('partner').unsafeUnwrap()],
  ])('%s, whatever it is called (A-24)', (_, name, value) => {
    const message = refused(environment(name, value));
    expect(message).toContain(`environment.${name} is "(not shown)"`);
    expect(message).not.toContain('hunter2');
  });

  test('a secret among the variables of a sidecar (A-24)', () => {
    expect(refused(sidecars({ environment: { REDIS_PASSWORD: 'x' } }))).toContain('sidecars.environment.REDIS_PASSWORD');
  });

  test.each([
    ['JWT_SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:jwt'], ['TOKEN_URL', 'https://login.example.org/token'], ['PASSWORD_MIN_LENGTH', '12'],
    ['SESSION_TOKEN_TTL', '15m'], ['MONKEY', 'a'], ['TOKENIZER', 'b'], ['NODE_ENV', 'production'], ['PRIMARY_KEY_NAME', 'id'], ['API_URL', 'api.example.org'],
  ])('no variable that is only about a secret: %s is %s', (name, value) => {
    expect(() => serviceFixture(environment(name, value))).not.toThrow();
  });

  test('no variable with a reason in notSecret, but a reason that is too short (A-24)', () => {
    const token = (reason: string): Props => ({ ...environment('CSRF_TOKEN', 'header'), notSecret: { CSRF_TOKEN: reason } });
    expect(() => serviceFixture(token('The name of the header, not a token'))).not.toThrow();
    expect(refused(token('no'))).toContain('notSecret.CSRF_TOKEN is "no", expected a sentence');
  });
});

describe('A service\'s secrets refuse', () => {
  test.each<Row>([
    ['a variable with a name that no shell accepts', { secrets: [ServiceSecret.generated('JWT-SECRET')] }, 'secrets.variable', 'JWT-SECRET', 'letters, digits and _'],
    ['one variable twice', { secrets: [ServiceSecret.generated('A'), ServiceSecret.placeholder('A')] }, 'secrets', '"A"', 'no other container of the task uses'],
    ['a generated secret that can be guessed', { secrets: [ServiceSecret.generated('A', { length: 8 })] }, 'secrets.length', '8', '32 to 256'],
  ])('%s', (...row) => expectRefused(refused(row[1]), row));

  test('a secret that is imported by its name, which would permit every secret with that prefix', () => {
    const message = refusal(() => serviceFixture(({ stack }) => ({ secrets: [ServiceSecret.fromSecret('TOKEN', Secret.fromSecretNameV2(stack, 'Named', 'token'))] })));
    expect(message).toMatch(/secrets has the secret of 'TOKEN' without its complete ARN.*Import it with Secret\.fromSecretCompleteArn/);
  });
});

describe('Tracing refuses', () => {
  const otlp = (endpoint: string): Props => ({ tracing: Tracing.openTelemetry({ endpoint, reachedThrough: Peer.anyIpv4() }) });

  test.each<Row>([
    ['an endpoint without a scheme', otlp('jaeger:4317'), 'tracing.endpoint', 'jaeger:4317', 'http or https'],
    ['an endpoint with credentials', otlp('https://me:secret@jaeger:4317'), 'tracing.endpoint', '(not shown)', 'without credentials'],
    ['an endpoint to which no rule would lead', { tracing: Tracing.openTelemetry({ endpoint: 'http://jaeger:4317' }) }, 'tracing.reachedThrough', 'not given', 'the peer of http://jaeger:4317'],
    ['more than every request', { tracing: Tracing.xray({ samplePercent: 101 }) }, 'tracing.samplePercent', '101', '0 to 100'],
    ['half a request', { tracing: Tracing.xray({ tracesPerSecond: 0.5 }) }, 'tracing.tracesPerSecond', '0.5', 'whole'],
  ])('%s', (...row) => expectRefused(refused(row[1]), row));

  test.each([
    'datadoghq.com', 'us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ap1.datadoghq.com', 'ap2.datadoghq.com', 'uk1.datadoghq.com',
    'ddog-gov.com', 'us2.ddog-gov.com',
  ])('no site of Datadog: %s is one (D-07)', (site) => {
    expect(() => serviceFixture(({ stack }) => ({
      network: new SecureVpc(stack, 'Routed'), tracing: Tracing.datadog({ apiKey: Secret.fromSecretCompleteArn(stack, 'Key', datadogKey), site }),
    }))).not.toThrow();
  });

  test('an unknown Datadog site, and Datadog in a network without a route to the internet (D-07)', () => {
    const datadog = (site: string, routed: boolean) => refusal(() => serviceFixture(({ stack }) => ({
      ...(routed && { network: new SecureVpc(stack, 'Routed') }), tracing: Tracing.datadog({ apiKey: Secret.fromSecretCompleteArn(stack, 'Key', datadogKey), site }),
    })));
    expect(datadog('app.datadoghq.com', true)).toMatch(/tracing\.site is "app\.datadoghq\.com", expected datadoghq\.com, /);
    expect(datadog('datadoghq.com', false)).toMatch(/tracing is Tracing\.datadog\(\), which requires a network with a route to the internet/);
  });
});
