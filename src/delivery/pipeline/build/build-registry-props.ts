import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Package formats of a {@link BuildRegistry.codeArtifact} repository. */
export enum PackageFormat {
  /** Packages of npm, pnpm and yarn. */
  NPM = 'npm',
  /** Packages of pip and uv. */
  PYPI = 'pypi',
  /** Packages of Maven and Gradle. */
  MAVEN = 'maven',
}

/** Properties of {@link BuildRegistry.codeArtifact}. Domain, repository and package format are required. */
export interface CodeArtifactRegistryProps {
  /** Name of the domain, in the region of the pipeline. */
  readonly domain: string;
  /** Name of the repository. */
  readonly repository: string;
  /** Format of its packages. */
  readonly packageFormat: PackageFormat;
  /**
   * Account that owns the domain, 12 digits. The policies of its domain and its repository must admit the builds.
   * @default - the account of the pipeline
   */
  readonly domainOwner?: string;
  /**
   * Scope of the npm packages that come from this repository: `@org`.
   * @default - all packages
   */
  readonly scope?: string;
  /**
   * Id of the server in `settings.xml`, and first part of the properties in `gradle.properties`.
   * @default 'codeartifact'
   */
  readonly serverId?: string;
}

/** Properties of {@link BuildRegistry.npm}. Address and secret are required. */
export interface NpmRegistryProps {
  /** Address of the registry: `https://npm.example.com/`. */
  readonly url: string;
  /** Secret with the token of the registry. */
  readonly secret: ISecret;
  /**
   * Key of the token in the JSON document of the secret.
   * @default - the whole secret is the token
   */
  readonly field?: string;
  /**
   * Scope of the packages that come from this registry: `@org`.
   * @default - all packages
   */
  readonly scope?: string;
}

/** Properties of {@link BuildRegistry.pypi}. Address and secret are required. */
export interface PypiRegistryProps {
  /** Address of the index, which pip asks for every package: `https://pypi.example.com/simple/`. */
  readonly url: string;
  /** Secret with the password or token. */
  readonly secret: ISecret;
  /**
   * Key of the password in the JSON document of the secret.
   * @default - the whole secret is the password
   */
  readonly field?: string;
  /**
   * Name of the user.
   * @default '__token__' - as registries name the user of a token
   */
  readonly username?: string;
}

/** Properties of {@link BuildRegistry.maven}. Address, user and secret are required. */
export interface MavenRegistryProps {
  /** Address of the repository, through which Maven loads all artifacts. */
  readonly url: string;
  /** Name of the user. */
  readonly username: string;
  /** Secret with the password or token. */
  readonly secret: ISecret;
  /**
   * Key of the password in the JSON document of the secret.
   * @default - the whole secret is the password
   */
  readonly field?: string;
  /**
   * Id of the server in `settings.xml`, and first part of the properties in `gradle.properties`.
   * @default 'company'
   */
  readonly serverId?: string;
}

/** Properties of {@link BuildRegistry.docker}. The secret is required. */
export interface DockerRegistryProps {
  /** Secret with a JSON document that has the user and the password or token. */
  readonly secret: ISecret;
  /**
   * Host of the registry: `ghcr.io`.
   * @default 'docker.io' - Docker Hub
   */
  readonly host?: string;
  /**
   * Key of the user in the secret.
   * @default 'username' - as in the secret of a pull-through cache
   */
  readonly usernameField?: string;
  /**
   * Key of the password or token in the secret.
   * @default 'accessToken' - as in the secret of a pull-through cache
   */
  readonly passwordField?: string;
}
