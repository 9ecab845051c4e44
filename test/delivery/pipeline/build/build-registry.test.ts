import * as fs from 'fs';
import * as path from 'path';
import { Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { BuildRegistry, PackageFormat, PipelineChecks } from '../../../../src';
import { buildPipeline, pipelineWith, projectOf, rightsOf } from '../../../fixtures/build-pipeline';
import { ACCOUNT, refusal, REGION, unacknowledged } from '../../../fixtures/test-stack';
import { BuildHost, type Outcome } from '../../../simulators/shell-commands';

const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:registry-AbCdEf`;
const secretOf = (stack: Stack): ISecret =>
  (stack.node.tryFindChild('Token') as ISecret | undefined) ?? Secret.fromSecretCompleteArn(stack, 'Token', SECRET_ARN);

/** Pipeline with registries. */
const withRegistries = (registries: (stack: Stack) => BuildRegistry[]) =>
  pipelineWith(({ stack }) => ({ builds: { registries: registries(stack) } })).stack;

const hosts: BuildHost[] = [];
afterEach(() => hosts.splice(0).forEach((host) => host.remove()));

/** Runs the commands of the checks that sign in, with a home of the host. */
function signIn(registries: (stack: Stack) => BuildRegistry[], variables: object = {}): Outcome & { file(name: string): string } {
  const { spec } = projectOf(withRegistries(registries), /Check/);
  const host = new BuildHost({
    aws: 'case "$2" in get-authorization-token) echo artifact-token ;; get-repository-endpoint) echo https://shop.example.com/${10}/packages/ ;; esac',
  });
  hosts.push(host);
  const commands = (spec.phases.install.commands as string[]).filter((command) => !command.includes('npm ci'));
  fs.mkdirSync(path.join(host.folder, 'home'));
  const outcome = host.run(commands, { HOME: path.join(host.folder, 'home'), ...variables });
  return { ...outcome, file: (name) => fs.readFileSync(path.join(host.folder, name), 'utf8') };
}

describe('A private registry of packages', () => {
  const TOKEN = { REGISTRY_1_TOKEN: 'very/secret&' };

  test('gives npm, pnpm and yarn the token of a secret, and leaves no variable with it', () => {
    const { status, output, file, environment } = signIn((stack) => [BuildRegistry.npm({ secret: secretOf(stack), scope: '@org', url: 'https://npm.example.com/org' })], TOKEN);
    expect([status, output]).toEqual([0, '']);
    expect(file('tmp/registries/npmrc')).toBe('@org:registry=https://npm.example.com/org/\n//npm.example.com/org/:_authToken=very/secret&\n');
    expect(file('home/.yarnrc.yml')).toBe('npmScopes:\n  org:\n    npmRegistryServer: "https://npm.example.com/org/"\n    npmAuthToken: "very/secret&"\n');
    expect(environment.NPM_CONFIG_USERCONFIG).toMatch(/\/tmp\/registries\/npmrc$/);
    expect(Object.values(environment).join()).not.toContain('very/secret');
  });

  test('may be one for all packages and one for each scope, in the order that yarn can read', () => {
    const { file } = signIn((stack) => [
      BuildRegistry.npm({ url: 'https://npm.example.com/', secret: secretOf(stack), scope: '@org' }),
      BuildRegistry.npm({ secret: secretOf(stack), url: 'https://all.example.com/' }),
      BuildRegistry.npm({ url: 'https://npm.example.com/', secret: secretOf(stack), scope: '@other' }),
    ], { REGISTRY_1_TOKEN: 'one', REGISTRY_2_TOKEN: 'two', REGISTRY_3_TOKEN: 'three' });
    expect(file('tmp/registries/yarnrc.yml').split('\n').filter((line) => !line.startsWith('    '))).toEqual([
      'npmRegistryServer: "https://all.example.com/"', 'npmAuthToken: "one"', 'npmScopes:', '  org:', '  other:', '',
    ]);
  });

  test('gives pip and uv the password of a secret, written as each reads it', () => {
    const { status, file, environment } = signIn(
      (stack) => [BuildRegistry.pypi({ url: 'https://pypi.example.com/simple', username: 'ci@org', secret: secretOf(stack) })], TOKEN,
    );
    expect(status).toBe(0);
    expect(file('tmp/registries/pip.conf')).toBe('[global]\nindex-url = https://ci%40org:very%2Fsecret%26@pypi.example.com/simple/\n');
    expect(file('tmp/registries/netrc')).toBe('machine pypi.example.com\nlogin ci@org\npassword very/secret&\n');
    expect(environment.UV_DEFAULT_INDEX).toBe('https://pypi.example.com/simple/');
    expect(Object.values(environment).join()).not.toContain('very/secret');
  });

  test('gives Maven and Gradle the password of a secret, written as each reads it', () => {
    const { status, file } = signIn(
      (stack) => [BuildRegistry.maven({ url: 'https://maven.example.com/all', username: 'ci', secret: secretOf(stack) })], { REGISTRY_1_TOKEN: 'a<b\\c' },
    );
    expect(status).toBe(0);
    expect(file('home/.m2/settings.xml')).toContain('<id>company</id><username>ci</username><password>a&lt;b\\c</password>');
    expect(file('home/.m2/settings.xml')).toContain('<mirrorOf>*</mirrorOf><url>https://maven.example.com/all/</url>');
    expect(file('home/.gradle/gradle.properties')).toBe('companyUrl=https://maven.example.com/all/\ncompanyUsername=ci\ncompanyPassword=a\\\\c\n'.replace('a\\\\c', 'a<b\\\\c'));
  });

  test.each<[PackageFormat, string, string]>([
    [PackageFormat.NPM, 'npmrc', 'registry=https://shop.example.com/npm/packages/\n//shop.example.com/npm/packages/:_authToken=artifact-token\n'],
    [PackageFormat.PYPI, 'pip.conf', '[global]\nindex-url = https://aws:artifact-token@shop.example.com/pypi/packages/simple/\n'],
    [PackageFormat.MAVEN, 'gradle.properties', 'codeartifactUrl=https://shop.example.com/maven/packages/\ncodeartifactUsername=aws\ncodeartifactPassword=artifact-token\n'],
  ])('may be one of CodeArtifact for %s, whose token the role of the build gets', (format, name, content) => {
    const { status, file, environment } = signIn(() => [BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: format })]);
    expect(status).toBe(0);
    expect(file(`tmp/registries/${name}`)).toBe(content);
    expect(Object.values(environment).join()).not.toContain('artifact-token');
  });

  test('ends the build where CodeArtifact gives no token', () => {
    const { spec } = projectOf(withRegistries(() => [BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.NPM })]), /Check/);
    const host = new BuildHost({ aws: 'exit 254' });
    hosts.push(host);
    expect(host.run(spec.phases.install.commands.slice(0, 3), { HOME: host.folder }).status).not.toBe(0);
  });

  test('is readable by the build alone', () => {
    const outcome = signIn((stack) => [BuildRegistry.npm({ url: 'https://npm.example.com/', secret: secretOf(stack) })], TOKEN);
    const [host] = hosts;
    expect(outcome.status).toBe(0);
    expect(fs.statSync(path.join(host.folder, 'tmp/registries/npmrc')).mode.toString(8)).toMatch(/600$/);
  });

  test('is read by checks and image builds, with rights to this secret alone', () => {
    const stack = withRegistries((scope) => [BuildRegistry.npm({ url: 'https://npm.example.com/', secret: secretOf(scope), field: 'npm' })]);
    [/Check/, /Build1/].forEach((id) => {
      const project = projectOf(stack, id);
      expect(project.variables.REGISTRY_1_TOKEN).toEqual({ type: 'SECRETS_MANAGER', value: `${SECRET_ARN}:npm` });
      expect(rightsOf(project)['secretsmanager:GetSecretValue']).toBe(JSON.stringify(SECRET_ARN));
    });
  });

  test('of CodeArtifact is read with rights to this repository alone', () => {
    const project = projectOf(withRegistries(() => [
      BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.NPM, domainOwner: '222222222222' }),
    ]), /Check/);
    expect(rightsOf(project)).toMatchObject({
      'codeartifact:GetAuthorizationToken': expect.stringContaining(`codeartifact:${REGION}:222222222222:domain/shop"`),
      'codeartifact:ReadFromRepository': expect.stringContaining(`codeartifact:${REGION}:222222222222:repository/shop/packages"`),
    });
    expect(project.statements.find(({ Action }) => Action === 'sts:GetServiceBearerToken')!.Condition).toEqual({
      StringEquals: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' },
    });
  });
});

describe('A registry of base images', () => {
  test('is signed in to where Docker builds, and not where nothing is pulled', () => {
    const stack = withRegistries((scope) => [BuildRegistry.docker({ secret: secretOf(scope) })]);
    const build = projectOf(stack, /Build1/);
    expect(build.spec.phases.install.commands).toEqual([
      'printf \'%s\' "$REGISTRY_1_TOKEN" | docker login --username "$REGISTRY_1_USER" --password-stdin docker.io',
      'unset REGISTRY_1_USER REGISTRY_1_TOKEN',
    ]);
    expect(build.variables.REGISTRY_1_USER).toEqual({ type: 'SECRETS_MANAGER', value: `${SECRET_ARN}:username` });
    expect(projectOf(stack, /Check/).variables.REGISTRY_1_TOKEN).toBeUndefined();
  });

  test('is signed in to for checks with Docker, too', () => {
    const { stack } = pipelineWith((fixture) => ({
      builds: { registries: [BuildRegistry.docker({ host: 'ghcr.io', secret: secretOf(fixture.stack) })] },
      checks: PipelineChecks.npmScripts('22', { docker: { reason: 'The tests start a database in a container' } }),
    }));
    expect(projectOf(stack, /Check/).spec.phases.install.commands[0]).toMatch(/--password-stdin ghcr\.io$/);
  });

  test('may be a repository of ECR, also of another account', () => {
    const project = projectOf(withRegistries((stack) => [BuildRegistry.ecr(Repository.fromRepositoryAttributes(stack, 'Base', {
      repositoryArn: `arn:aws:ecr:${REGION}:222222222222:repository/base`, repositoryName: 'base',
    }))]), /Build1/);
    const pull = project.statements.find(({ Resource }) => Resource === `arn:aws:ecr:${REGION}:222222222222:repository/base`)!;
    expect(pull.Action).toEqual(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']);
  });

  test('may be a pull-through cache, whose repositories appear with the first pull', () => {
    const project = projectOf(withRegistries(() => [BuildRegistry.pullThroughCache('docker-hub')]), /Build1/);
    expect(rightsOf(project)['ecr:BatchImportUpstreamImage']).toContain(':repository/docker-hub/*');
    expect(rightsOf(project)['ecr:CreateRepository']).toContain(':repository/docker-hub/*');
  });
});

test('registries of every kind leave no finding unacknowledged', () => {
  expect(unacknowledged(withRegistries((stack) => [
    BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.MAVEN }),
    BuildRegistry.npm({ url: 'https://npm.example.com/', secret: secretOf(stack) }),
    BuildRegistry.docker({ secret: secretOf(stack) }),
    BuildRegistry.pullThroughCache('docker-hub'),
  ]))).toEqual([]);
}, 60_000);

describe('A registry is refused in one line', () => {
  test.each<[string, (stack: Stack) => BuildRegistry[], string]>([
    ['with a password in its address', (stack) => [BuildRegistry.pypi({ url: 'https://me:secret@pypi.example.com/', secret: secretOf(stack) })], 'builds.registries.url is '],
    ['with an address that is not encrypted', (stack) => [BuildRegistry.npm({ url: 'http://npm.example.com', secret: secretOf(stack) })], 'expected an address that begins with https://'],
    ['with a scope without @', (stack) => [BuildRegistry.npm({ url: 'https://npm.example.com/', scope: 'org', secret: secretOf(stack) })], 'builds.registries.scope is "org", expected a scope of npm'],
    ['with a secret by name', (stack) => [BuildRegistry.npm({ url: 'https://npm.example.com/', secret: Secret.fromSecretNameV2(stack, 'Named', 'npm') })], 'has a secret without its complete ARN'],
    ['with a host that has a scheme', (stack) => [BuildRegistry.docker({ host: 'https://ghcr.io', secret: secretOf(stack) })], 'builds.registries.host is "https://ghcr.io"'],
    ['with a prefix that ends with a slash', () => [BuildRegistry.pullThroughCache('docker-hub/')], 'builds.registries is "docker-hub/", expected the prefix'],
    ['with an invalid domain', () => [BuildRegistry.codeArtifact({ domain: 'Shop!', repository: 'packages', packageFormat: PackageFormat.NPM })], 'builds.registries.domain is "Shop!"'],
    ['with a scope of pip', () => [BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.PYPI, scope: '@org' })], 'scope is not supported for this format'],
    ['with another for the same tool', (stack) => [1, 2].map(() => BuildRegistry.pypi({ url: 'https://a.example.com/', secret: secretOf(stack) })), 'has two registries for pip, of which a build can use one'],
  ])('%s', (_, registries, message) => {
    const fixture = buildPipeline();
    expect(refusal(() => pipelineWith(() => ({ builds: { registries: registries(fixture.stack) } }), fixture))).toContain(message);
  });
});
