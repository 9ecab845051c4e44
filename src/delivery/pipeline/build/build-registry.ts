import { Arn, Aws, Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { checkInReach } from '../../../validation/objects-in-reach';
import { checkRules } from '../../../validation/rules';
import {
  type CodeArtifactRegistryProps,
  type DockerRegistryProps,
  type MavenRegistryProps,
  type NpmRegistryProps,
  PackageFormat,
  type PypiRegistryProps,
} from './build-registry-props';
import { secretRules, type SecretVariable, secretVariable } from './build-secret';
import {
  codeArtifactRules,
  hostRule,
  prefixRule,
  scopeRule,
  serverRule,
  urlRule,
  usernameRule,
} from './registry-rules';
import { mavenFiles, npmFiles, pypiFiles } from './registry-script';

/** Registry that builds sign in to, bound to a pipeline. */
export interface BoundRegistry {
  /** Setting of which a build has one: `pip`, `npm @org`, `docker ghcr.io`. */
  readonly purpose: string;
  /** True for a registry of images, which only builds with Docker use. */
  readonly images: boolean;
  /** Commands that sign in, before those of the build. */
  readonly commands: string[];
  /** Variables of the commands, which unset them. */
  readonly variables: SecretVariable[];
  /** Permissions of the role of the build, besides those of the variables. */
  readonly statements: PolicyStatement[];
  /**
   * Resource in the statements that contains a wildcard, with the reason.
   * @default - no wildcard
   */
  readonly wildcard?: { readonly arn: string; readonly reason: string };
}

type Bind = (scope: IConstruct, prop: string, index: number) => BoundRegistry;

/**
 * Private registry of packages or images that the builds of a pipeline sign in to.
 *
 * Checks find packages without any setting. A Dockerfile mounts the file of the package manager as a secret, so that no
 * layer has the token (docs/builds.md).
 *
 * @example
 *
 * BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.NPM });
 */
export class BuildRegistry {
  /**
   * Repository of AWS CodeArtifact. The role of the builds gets a token that ends with the build.
   *
   * @example
   *
   * BuildRegistry.codeArtifact({ domain: 'shop', repository: 'packages', packageFormat: PackageFormat.PYPI });
   */
  public static codeArtifact(props: CodeArtifactRegistryProps): BuildRegistry {
    return new BuildRegistry(props.scope !== undefined, (scope, prop, index) => {
      checkRules(scope, codeArtifactRules(prop, props));
      return codeArtifact(scope, props, index);
    });
  }

  /** Registry of npm packages, for npm, pnpm and yarn. A Dockerfile mounts `npmrc` or `yarnrc.yml`. */
  public static npm(props: NpmRegistryProps): BuildRegistry {
    const { secret, field, url, scope: npmScope } = props;
    return new BuildRegistry(npmScope !== undefined, (scope, prop, index) => {
      checkRules(scope, [urlRule(prop, url), scopeRule(prop, npmScope), ...secretRules(prop, secret, field)]);
      const variable = secretVariable(scope, `REGISTRY_${index}_TOKEN`, { kind: 'secret', secret, field });
      return bySecret(`npm ${npmScope ?? ''}`.trim(), variable, url, (signIn) => npmFiles(signIn, npmScope));
    });
  }

  /** Index of Python packages, for pip and uv. A Dockerfile mounts `pip.conf` or `netrc`. */
  public static pypi({ url, secret, field, username = '__token__' }: PypiRegistryProps): BuildRegistry {
    return new BuildRegistry(false, (scope, prop, index) => {
      checkRules(scope, [urlRule(prop, url), usernameRule(prop, username), ...secretRules(prop, secret, field)]);
      const variable = secretVariable(scope, `REGISTRY_${index}_TOKEN`, { kind: 'secret', secret, field });
      return bySecret('pip', variable, url, (signIn) => pypiFiles(signIn, username));
    });
  }

  /** Repository of Maven artifacts, for Maven and Gradle. A Dockerfile mounts `settings.xml` or `gradle.properties`. */
  public static maven({ url, username, secret, field, serverId = 'company' }: MavenRegistryProps): BuildRegistry {
    return new BuildRegistry(false, (scope, prop, index) => {
      checkRules(scope, [urlRule(prop, url), usernameRule(prop, username), serverRule(prop, serverId)]);
      checkRules(scope, secretRules(prop, secret, field));
      const variable = secretVariable(scope, `REGISTRY_${index}_TOKEN`, { kind: 'secret', secret, field });
      return bySecret('maven', variable, url, (signIn) => mavenFiles(signIn, username, serverId));
    });
  }

  /** Registry of base images that asks for a user, by default Docker Hub, which limits pulls without one. */
  public static docker(props: DockerRegistryProps): BuildRegistry {
    const { secret, host = 'docker.io', usernameField = 'username', passwordField = 'accessToken' } = props;
    return new BuildRegistry(false, (scope, prop, index) => {
      const fields = [usernameField, passwordField].flatMap((field) => secretRules(prop, secret, field));
      checkRules(scope, [hostRule(prop, host), ...fields]);
      const [user, password] = [usernameField, passwordField].map((field, at) =>
        secretVariable(scope, `REGISTRY_${index}_${at === 0 ? 'USER' : 'TOKEN'}`, { kind: 'secret', secret, field }),
      );
      return {
        purpose: `docker ${host}`,
        images: true,
        commands: [
          `printf '%s' "$${password.name}" | docker login --username "$${user.name}" --password-stdin ${host}`,
          `unset ${user.name} ${password.name}`,
        ],
        variables: [user, password],
        statements: [],
      };
    });
  }

  /** Repository of base images in ECR, also of another account whose repository policy admits the builds. */
  public static ecr(repository: IRepository): BuildRegistry {
    return new BuildRegistry(false, (scope, prop) => {
      checkInReach(scope, prop, repository, 'repository');
      const { repositoryArn, repositoryUri } = repository;
      return { ...inEcr(repositoryUri, repositoryArn, PULL_ACTIONS), purpose: `ecr ${repositoryArn}` };
    });
  }

  /**
   * Pull-through cache of ECR in the account and region of the pipeline, which must exist.
   *
   * The first pull of an image creates its repository there.
   *
   * @param prefix prefix of its repositories: `docker-hub`. The Dockerfile begins with
   * `FROM ACCOUNT.dkr.ecr.REGION.amazonaws.com/docker-hub/library/node:24`
   */
  public static pullThroughCache(prefix: string): BuildRegistry {
    return new BuildRegistry(false, (scope, prop) => {
      checkRules(scope, [prefixRule(prop, prefix)]);
      const arn = Arn.format({ service: 'ecr', resource: 'repository', resourceName: `${prefix}/*` }, Stack.of(scope));
      const host = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}`;
      return {
        ...inEcr(host, arn, [...PULL_ACTIONS, 'ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']),
        purpose: `cache ${prefix}`,
        wildcard: { arn, reason: 'A pull-through cache makes a repository for each image, below this prefix alone.' },
      };
    });
  }

  private constructor(
    /**
     * True for a registry of one scope of npm, whose settings come after those for all packages.
     * @internal
     */
    public readonly _scoped: boolean,
    /**
     * Checks the props and returns the settings of the registry.
     * @internal
     */
    public readonly _bind: Bind,
  ) {}
}

const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

function inEcr(host: string, arn: string, actions: string[]): Omit<BoundRegistry, 'purpose'> {
  return {
    images: true,
    commands: [
      // A repository's URI begins with the host.
      `( set -o pipefail; uri='${host}'; aws ecr get-login-password | \
docker login --username AWS --password-stdin "\${uri%%/*}" )`,
    ],
    variables: [],
    statements: [
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      new PolicyStatement({ actions, resources: [arn] }),
    ],
  };
}

/** Registry whose token is a secret. The address is no secret, and a variable of the same command. */
function bySecret(
  purpose: string,
  variable: SecretVariable,
  url: string,
  files: (signIn: { readonly url: string; readonly password: string }) => string[],
): BoundRegistry {
  // npm finds a token by the address with a slash at its end.
  const address = url.replace(/\/?$/, '/');
  return {
    purpose,
    images: false,
    commands: [
      `REGISTRY_URL='${address}'`,
      ...files({ url: 'REGISTRY_URL', password: variable.name }),
      `unset ${variable.name} REGISTRY_URL`,
    ],
    variables: [variable],
    statements: [],
  };
}

function codeArtifact(scope: IConstruct, props: CodeArtifactRegistryProps, index: number): BoundRegistry {
  const { domain, repository, packageFormat, domainOwner = Stack.of(scope).account, serverId = 'codeartifact' } = props;
  const name = `--domain ${domain} --domain-owner ${domainOwner}`;
  const [url, password] = [`REGISTRY_${index}_URL`, `REGISTRY_${index}_TOKEN`];
  const arnOf = (resource: string, resourceName: string) =>
    Arn.format({ service: 'codeartifact', resource, resourceName, account: domainOwner }, Stack.of(scope));
  const files = {
    [PackageFormat.NPM]: () => npmFiles({ url, password }, props.scope),
    [PackageFormat.PYPI]: () => [`${url}="\${${url}}simple/"`, ...pypiFiles({ url, password }, 'aws')],
    [PackageFormat.MAVEN]: () => mavenFiles({ url, password }, 'aws', serverId),
  };
  const tools = { [PackageFormat.NPM]: 'npm', [PackageFormat.PYPI]: 'pip', [PackageFormat.MAVEN]: 'maven' };
  return {
    purpose: `${tools[packageFormat]} ${props.scope ?? ''}`.trim(),
    images: false,
    commands: [
      `${password}="$(aws codeartifact get-authorization-token ${name} --duration-seconds 0 \
--query authorizationToken --output text)"`,
      `${url}="$(aws codeartifact get-repository-endpoint ${name} --repository ${repository} --format ${packageFormat} \
--query repositoryEndpoint --output text)"`,
      ...files[packageFormat](),
      `unset ${password} ${url}`,
    ],
    variables: [],
    statements: [
      new PolicyStatement({ actions: ['codeartifact:GetAuthorizationToken'], resources: [arnOf('domain', domain)] }),
      new PolicyStatement({
        actions: ['codeartifact:GetRepositoryEndpoint', 'codeartifact:ReadFromRepository'],
        resources: [arnOf('repository', `${domain}/${repository}`)],
      }),
      new PolicyStatement({
        actions: ['sts:GetServiceBearerToken'],
        resources: ['*'],
        conditions: { StringEquals: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' } },
      }),
    ],
  };
}
