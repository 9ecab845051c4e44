import { Duration, Lazy, Token } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import {
  ImageRepository, type ProductionWebServiceProps, SecureVpc, ServiceImage, ServiceSecret, Sidecar, type SidecarProps,
} from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { containersOf, statementsOf, variablesOf } from '../../fixtures/task-definition';
import { templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const CACHE: Omit<SidecarProps, 'image'> = {
  port: 6379, command: ['--save', ''], environment: { MODE: 'cache' }, healthCommand: ['CMD', 'ping'], memoryMiB: 128,
};
const redis = ServiceImage.fromRegistry('public.ecr.aws/docker/library/redis:8.2');

const withSidecar = (sidecar: Partial<SidecarProps> = {}, props: Partial<ProductionWebServiceProps> = {}) => serviceFixture(({ stack }) => ({
  network: new SecureVpc(stack, 'Routed'), sidecars: [Sidecar.of('cache', { ...CACHE, image: redis, ...sidecar })], ...props,
}));

describe('The application\'s container', () => {
  test('has 30 s to stop, or the configured time of up to two minutes (C-30)', () => {
    expect(containersOf(templateOf(serviceFixture().stack)).web.StopTimeout).toBe(30);
    expect(containersOf(templateOf(serviceFixture({ stopTimeout: Duration.minutes(2) }).stack)).web.StopTimeout).toBe(120);
  });

  test('gets its port as PORT, so that an application which reads it follows a change', () => {
    const portOf = (props: Partial<ProductionWebServiceProps>) => variablesOf(containersOf(templateOf(serviceFixture(props).stack)).web).PORT;
    expect(portOf({ port: undefined })).toBe('8080');
    expect(portOf({ port: 3000, environment: { NODE_ENV: 'production' } })).toBe('3000');
    expect(portOf({ port: Token.asNumber({ Ref: 'AWS::AccountId' }) })).toEqual({ Ref: 'AWS::AccountId' });
  });

  test('keeps a PORT of its own, as a variable or as a secret, because ECS refuses a variable that a secret sets too', () => {
    expect(variablesOf(containersOf(templateOf(serviceFixture({ environment: { PORT: '9000' } }).stack)).web)).toEqual({ PORT: '9000' });
    const { web } = containersOf(templateOf(serviceFixture({ secrets: [ServiceSecret.generated('PORT')] }).stack));
    expect([web.Environment, web.Secrets.map(({ Name }: { Name: string }) => Name)]).toEqual([undefined, ['PORT']]);
  });

  test.each([[false, 'X86_64'], [true, 'ARM64']])('runs on its architecture with arm64 %s: %s', (arm64, architecture) => {
    templateOf(serviceFixture({ arm64 }).stack).hasResourceProperties('AWS::ECS::TaskDefinition', { RuntimePlatform: { CpuArchitecture: architecture, OperatingSystemFamily: 'LINUX' } });
  });
});

describe('A writable path', () => {
  const optionsOf = (props: Partial<ProductionWebServiceProps>): { [path: string]: string[] } => {
    const { web } = containersOf(templateOf(serviceFixture(props).stack));
    return Object.fromEntries(web.LinuxParameters.Tmpfs.map((mount: { ContainerPath: string; MountOptions: string[] }) => [mount.ContainerPath, mount.MountOptions]));
  };

  test.each([
    ['1000:1000', undefined, ['uid=1000', 'gid=1000']],
    ['a user and a group', '101:2000', ['uid=101', 'gid=2000']],
    ['a user alone, whose group is known to the image only', '65532', ['uid=65532']],
  ])('belongs to the user of the container, who is not root: %s (ECS.20)', (_, user, owner) => {
    const options = optionsOf({ user, writablePaths: ['/tmp', '/var/cache/nginx'] });

    expect(options['/tmp']).toEqual(['rw', 'noexec', 'nosuid', 'nodev', ...owner, 'mode=1777']);
    expect(options['/var/cache/nginx']).toEqual(['rw', 'noexec', 'nosuid', 'nodev', ...owner, 'mode=0700']);
  });

  test('is open to every user where the user is known at deployment only', () => {
    const user = Lazy.string({ produce: () => '1000' });

    expect(optionsOf({ user, writablePaths: ['/data'] })['/data']).toEqual(['rw', 'noexec', 'nosuid', 'nodev', 'mode=1777']);
  });

  test('stays root\'s where the ECS Exec agent writes, which is root without capabilities', () => {
    const options = optionsOf({ ecsExec: { reason: 'On-call engineers take heap dumps.' } });

    expect(options['/var/lib/amazon']).toEqual(['rw', 'noexec', 'nosuid', 'nodev']);
  });

  test('runs programs for a reason alone, and still has no set-user-id and no devices', () => {
    const [option] = optionsOf({ executableWritablePaths: { reason: 'Netty unpacks its native library there.' } })['/tmp'].filter((name) => name.endsWith('exec'));

    expect(option).toBe('exec');
    expect(optionsOf({})['/tmp']).toContain('noexec');
    expect(optionsOf({ executableWritablePaths: { reason: 'Netty unpacks its native library there.' } })['/tmp']).toEqual(expect.arrayContaining(['nosuid', 'nodev']));
  });

  test('of a sidecar belongs to the user of the sidecar, and runs programs for a reason alone', () => {
    const executableWritablePaths = { reason: 'The exporter unpacks a plugin.' };
    const tmpfs = (sidecar: Partial<SidecarProps>) => containersOf(templateOf(withSidecar(sidecar).stack)).cache.LinuxParameters.Tmpfs;

    expect(tmpfs({ user: '999:1000', writablePaths: ['/data'] })[0].MountOptions).toEqual(['rw', 'noexec', 'nosuid', 'nodev', 'uid=999', 'gid=1000', 'mode=0700']);
    expect(tmpfs({ executableWritablePaths })[0].MountOptions).toContain('exec');
  });
});

describe('The disk of a task', () => {
  test('has the 20 GiB that Fargate includes, unless it is larger', () => {
    const storage = (ephemeralStorageGiB?: number) => Object.values(templateOf(serviceFixture({ ephemeralStorageGiB }).stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.EphemeralStorage;

    expect(storage()).toBeUndefined();
    expect(storage(100)).toEqual({ SizeInGiB: 100 });
  });
});

describe('A sidecar', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(withSidecar().stack);
  });

  test('is not root, has no capabilities, an init process, a read-only root and writable memory (ECS.5, ECS.20)', () => {
    expect(containersOf(template).cache).toMatchObject({
      User: '1000:1000',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp', Size: 16, MountOptions: ['rw', 'noexec', 'nosuid', 'nodev', 'uid=1000', 'gid=1000', 'mode=1777'] }] },
    });
  });

  test('has a dedicated stream in the log group of the service (ECS.9)', () => {
    const { web, cache } = containersOf(template);
    expect(cache.LogConfiguration.Options['awslogs-group']).toEqual(web.LogConfiguration.Options['awslogs-group']);
    expect([web, cache].map(({ LogConfiguration }) => LogConfiguration.Options['awslogs-stream-prefix'])).toEqual(['web', 'cache']);
  });

  test('has its command, port, health check, memory and environment, and is essential', () => {
    const { cache } = containersOf(template);
    expect(cache).toMatchObject({ Command: ['--save', ''], PortMappings: [{ ContainerPort: 6379, Protocol: 'tcp' }], HealthCheck: { Command: ['CMD', 'ping'] }, Memory: 128, Essential: true });
    expect(variablesOf(cache)).toEqual({ MODE: 'cache' });
  });

  test('is restarted when it fails, if it is not essential', () => {
    const { cache } = containersOf(templateOf(withSidecar({ essential: false }).stack));
    expect(cache).toMatchObject({ Essential: false, RestartPolicy: { Enabled: true, IgnoredExitCodes: [0] } });
  });

  test('gets its secrets, which the application does not get (A-24)', () => {
    const { web, cache } = containersOf(templateOf(withSidecar({ secrets: [ServiceSecret.generated('CACHE_SECRET')] }).stack));
    expect(cache.Secrets).toEqual([expect.objectContaining({ Name: 'CACHE_SECRET' })]);
    expect(web.Secrets).toBeUndefined();
  });

  test('does not receive the load balancer\'s requests', () => {
    template.hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [Match.objectLike({ ContainerName: 'web', ContainerPort: 3000 })] });
  });

  test('is pulled from private ECR only, in a network with endpoints only (B-14)', () => {
    const { stack, registry } = serviceFixture(({ images }) => ({ sidecars: [Sidecar.of('cache', { ...CACHE, image: ServiceImage.fromRepository(images, { tag: 'cache-8.2' }) })] }));
    expect(JSON.stringify(templateOf(registry).toJSON())).toContain('cache-8.2');
    const [pull] = statementsOf(templateOf(stack), 'ExecutionPolicy').filter(({ Action }) => Action.includes('ecr:BatchGetImage'));
    expect([pull.Resource].flat()).toHaveLength(1);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('lets the execution role pull from the repository of its mirror (B-14)', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({ sidecars: [Sidecar.of('cache', { ...CACHE, image: ServiceImage.fromRepository(new ImageRepository(of, 'Mirror'), { tag: '8.2' }) })] }));
    const [pull] = statementsOf(templateOf(stack), 'ExecutionPolicy').filter(({ Action }) => Action.includes('ecr:BatchGetImage'));
    expect(pull.Resource).toHaveLength(2);
  });

  test('breaks none of the rules that AWS enforces only at deployment', () => {
    expect(brokenRules(template.toJSON())).toEqual([]);
  });
});
