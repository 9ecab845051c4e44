import { Lazy, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FileSystem, type IFileSystem } from 'aws-cdk-lib/aws-efs';
import { Egress, SecureVpc, ServiceImage, ServiceVolume, SubnetTier } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { containersOf, endpointsOf, statementsOf } from '../../fixtures/task-definition';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { planOfDocumentB, type ServiceFixture, serviceFixture } from '../../fixtures/web-service';
import { NetworkAcls, reply } from '../../simulators/network-acl';

interface Options {
  readonly user?: string;
  readonly readOnly?: boolean;
  readonly directory?: string;
  readonly tier?: SubnetTier;
  readonly dataPorts?: number[];
  readonly ofStack?: boolean;
}

const NGINX = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1');

/** A service with a file system in a network with NAT, in its own stack or in that of the network. */
function withFiles({ user, readOnly, directory = '/uploads', tier = SubnetTier.APPLICATION, dataPorts, ofStack }: Options = {}): ServiceFixture & { files: Stack } {
  let files: Stack | undefined;
  const fixture = serviceFixture(({ stack }) => {
    files = ofStack ? testStack({ app: stack.node.root as never, id: 'Files' }) : stack;
    const network = new SecureVpc(files, 'Routed', { dataPorts });
    const fileSystem = new FileSystem(files, 'FileSystem', { vpc: network.vpc, vpcSubnets: network.subnets(tier), encrypted: true, enableAutomaticBackups: true });
    return { network, user, image: NGINX, volumes: [ServiceVolume.fileSystem('/var/lib/shop', fileSystem, { directory, readOnly })] };
  });
  return { ...fixture, files: files! };
}

const only = (template: Template, type: string) => {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  return { id: found[0][0], ...found[0][1] } as { id: string; Properties: any; DependsOn: string[] }; // eslint-disable-line @typescript-eslint/no-explicit-any
};

describe('A volume of a file system', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(withFiles({ user: '101:2000' }).stack);
  });

  test('is mounted in the application\'s container, whose root stays read-only', () => {
    const { web } = containersOf(template);

    expect(web).toMatchObject({ ReadonlyRootFilesystem: true, MountPoints: [{ ContainerPath: '/var/lib/shop', SourceVolume: 'var-lib-shop', ReadOnly: false }] });
  });

  test('is mounted with TLS and the task role, through an access point', () => {
    const { id } = only(template, 'AWS::EFS::AccessPoint');

    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.Volumes).toEqual([{
      Name: 'var-lib-shop',
      EFSVolumeConfiguration: {
        FilesystemId: { Ref: only(template, 'AWS::EFS::FileSystem').id },
        TransitEncryption: 'ENABLED',
        AuthorizationConfig: { AccessPointId: { Ref: id }, IAM: 'ENABLED' },
      },
    }]);
  });

  test.each([
    ['a user and a group', '101:2000', { Uid: '101', Gid: '2000' }],
    ['a user alone', '65532', { Uid: '65532', Gid: '65532' }],
  ])('belongs to the user of the container: %s', (_, user, { Uid, Gid }) => {
    expect(only(templateOf(withFiles({ user }).stack), 'AWS::EFS::AccessPoint').Properties).toMatchObject({
      PosixUser: { Uid, Gid },
      RootDirectory: { Path: '/uploads', CreationInfo: { OwnerUid: Uid, OwnerGid: Gid, Permissions: '0750' } },
    });
  });

  test.each([[false, ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite']], [true, 'elasticfilesystem:ClientMount']])('with readOnly %s gives the task role %s, through this access point alone', (readOnly, actions) => {
    const made = templateOf(withFiles({ readOnly }).stack);
    const [statement, ...others] = statementsOf(made, 'TaskVolumes');

    expect(others).toEqual([]);
    expect(statement.Action).toEqual(actions);
    expect(statement.Resource).toEqual({ 'Fn::GetAtt': [only(made, 'AWS::EFS::FileSystem').id, 'Arn'] });
    expect(JSON.stringify(statement.Condition)).toContain(only(made, 'AWS::EFS::AccessPoint').id);
    expect(containersOf(made).web.MountPoints[0].ReadOnly).toBe(readOnly);
  });

  test('is reached on port 2049 by this service alone', () => {
    const [rule, ...others] = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties).filter(({ ToPort }) => ToPort === 2049);

    expect(others).toEqual([]);
    expect(JSON.stringify(rule.SourceSecurityGroupId)).toContain('WebSecurityGroup');
  });

  test('is there before the first task: its mount targets and the policy come before the task definition', () => {
    const { DependsOn } = only(template, 'AWS::ECS::TaskDefinition');
    const targets = Object.keys(template.findResources('AWS::EFS::MountTarget'));

    expect(targets.length).toBeGreaterThan(0);
    expect(DependsOn).toEqual(expect.arrayContaining([...targets, expect.stringContaining('TaskVolumes')]));
  });

  test.each<[string, Options]>([['directory', { directory: '/other' }], ['user', { user: '2000:2000' }], ['readOnly', { readOnly: true }]])('that changes its %s leaves access and permission of running tasks until new ones have replaced them', (_, change) => {
    const of = (options: Options) => templateOf(withFiles({ user: '101:2000', ...options }).stack);
    const ids = (from: Template) => ['AWS::EFS::AccessPoint', 'AWS::IAM::ManagedPolicy'].flatMap((type) => Object.keys(from.findResources(type))).filter((id) => /Task(AccessPoint|Volumes)/.test(id));

    expect(ids(template)).toHaveLength(2);
    expect(ids(of(change)).filter((id) => ids(template).includes(id))).toEqual([]);
    expect(ids(of({}))).toEqual(ids(template));
  });

  test('that names another file system leaves access and permission of running tasks until new ones have replaced them', () => {
    const ids = ['One', 'Two'].map((id) => {
      const { stack } = serviceFixture(({ stack: of }) => ({ volumes: [ServiceVolume.fileSystem('/data', imported(of, id), { directory: '/data' })] }));
      return Object.keys(templateOf(stack).toJSON().Resources).filter((name) => /Task(AccessPoint|Volumes)/.test(name));
    });
    expect(ids[0].filter((id) => ids[1].includes(id))).toEqual([]);
  });

  test('may have paths and directories that read the same together', () => {
    const { stack } = serviceFixture(({ stack: of }) => {
      const files = imported(of);
      return { volumes: [ServiceVolume.fileSystem('/data', files, { directory: '/uploads/x' }), ServiceVolume.fileSystem('/data/uploads', files, { directory: '/x' })] };
    });
    expect(Object.keys(templateOf(stack).findResources('AWS::EFS::AccessPoint'))).toHaveLength(2);
  });

  test('leaves no finding of the four packs at the service, and breaks no rule that AWS enforces at deployment', () => {
    expect(unacknowledged(withFiles().stack).filter((finding) => finding.includes('Test/Web'))).toEqual([]);
    expect(brokenRules(template.toJSON())).toEqual([]);
  });

  test('may be of a file system in another stack, whose resources never refer to the service', () => {
    const { stack, files } = withFiles({ ofStack: true });

    expect(JSON.stringify(templateOf(files).toJSON())).not.toContain('Web');
    expect(Object.keys(templateOf(stack).findResources('AWS::EFS::AccessPoint'))).toHaveLength(1);
  });

  test('may be of an existing file system, and needs no endpoint of EFS where the network has no route out (B-14)', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({ volumes: [ServiceVolume.fileSystem('/data', imported(of), { directory: '/data' })] }));
    const made = templateOf(stack);

    expect(Object.keys(made.findResources('AWS::EFS::AccessPoint'))).toHaveLength(1);
    expect(endpointsOf(made).filter((name) => name.includes('elasticfilesystem'))).toEqual([]);
  });

  test('is refused where the network ACL of the data tier drops its packets, which no error would tell', () => {
    expect(refusal(() => withFiles({ tier: SubnetTier.DATA }))).toMatch(/volumes has a file system with mount targets in the data tier, .* port 2049\. Create it with vpcSubnets/);
    expect(() => withFiles({ tier: SubnetTier.DATA, dataPorts: [5432, 2049] })).not.toThrow();
  });

  test.each([['/', 'the root directory, which belongs to root'], ['/a/b/c/d/e', 'five levels'], [`/${'a'.repeat(100)}`, '101 characters'], ['uploads', 'a relative path'], ['/../etc', 'a way up']])('refuses the directory %s: %s', (directory) => {
    expect(refusal(() => withFiles({ directory }))).toContain('volumes.directory is');
  });

  test('refuses a user that is known at deployment only, because the access point needs its number', () => {
    expect(refusal(() => withFiles({ user: Lazy.string({ produce: () => '1000' }) }))).toContain('user is known at deployment only');
  });
});

test.each([['NAT', undefined], ['endpoints only', Egress.endpointsOnly()]])('NFS between two zones of the application tier passes the network ACLs in both directions: %s', (_, egress) => {
  const stack = testStack();
  new SecureVpc(stack, 'Network', { egress, plan: planOfDocumentB() });
  const acls = new NetworkAcls(templateOf(stack));
  const mount = { from: '10.0.11.10', fromPort: 50000, to: '10.0.12.20', toPort: 2049 };

  expect([mount, reply(mount)].map((packet) => acls.pass(packet))).toEqual([true, true]);
});

test('an ephemeral volume is a directory on the disk of the task, and needs no permission', () => {
  const made = templateOf(serviceFixture({ volumes: [ServiceVolume.ephemeral('/var/cache/reports')], ephemeralStorageGiB: 50 }).stack);
  const definition = Object.values(made.findResources('AWS::ECS::TaskDefinition'))[0].Properties;

  expect(definition).toMatchObject({ Volumes: [{ Name: 'var-cache-reports' }], EphemeralStorage: { SizeInGiB: 50 } });
  expect(containersOf(made).web.MountPoints).toEqual([{ ContainerPath: '/var/cache/reports', SourceVolume: 'var-cache-reports', ReadOnly: false }]);
  expect(statementsOf(made, 'TaskVolumes')).toEqual([]);
});

test('volumes whose paths differ in special characters alone have names of their own', () => {
  const made = templateOf(serviceFixture({ volumes: ['/a/b', '/a-b', '/a.b', '/c/d'].map((path) => ServiceVolume.ephemeral(path)) }).stack);
  const names = Object.values(made.findResources('AWS::ECS::TaskDefinition'))[0].Properties.Volumes.map(({ Name }: { Name: string }) => Name);

  expect(new Set(names).size).toBe(4);
  expect(names).toContain('c-d');
  expect(containersOf(made).web.MountPoints.map(({ SourceVolume }: { SourceVolume: string }) => SourceVolume)).toEqual(names);
});

function imported(stack: Stack, id = 'Existing'): IFileSystem {
  return FileSystem.fromFileSystemAttributes(stack, id, {
    fileSystemId: 'fs-0123456789abcdef0',
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'ExistingGroup', 'sg-0123456789abcdef0'),
  });
}
