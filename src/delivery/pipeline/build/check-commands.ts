import type { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import type { Waiver } from '../../../compliance';
import type { BuildSecret } from './build-secret';

/** Settings of all checks. None is required. */
export interface CheckOptions {
  /**
   * Pattern of JUnit files that the tests write: `reports/*.xml`. CodeBuild keeps reports for 30 days.
   * @default - the files that the tool of the checks writes by itself, or no reports
   */
  readonly reports?: string;
  /**
   * Secrets of the commands, as environment variables whose values the log hides.
   *
   * Every command of the sources can read them, so they may be no secrets of production.
   * @default - no secrets
   */
  readonly secrets?: BuildSecret[];
  /**
   * Allows the commands to use Docker, for tests that start containers, with the reason.
   *
   * The build is privileged then: commands of the sources run as root of the build host.
   * @default - no Docker
   */
  readonly docker?: Waiver;
  /**
   * Size of the build host.
   * @default - the size of all builds of the pipeline
   */
  readonly computeType?: ComputeType;
}

/**
 * Properties of {@link PipelineChecks.commands}. Lint, unit and integration commands are required.
 *
 * Each is a list of shell commands. The first command that fails ends the execution. The variable `CI` is `true`.
 */
export interface CheckCommands extends CheckOptions {
  /**
   * Commands that install dependencies, before all others.
   * @default - no installation
   */
  readonly install?: string[];
  /** Commands of static analysis: style and types. */
  readonly lint: string[];
  /** Commands of unit tests. */
  readonly unit: string[];
  /** Commands of integration tests. */
  readonly integration: string[];
  /**
   * Runtime versions as CodeBuild names them: `{ nodejs: '22' }`.
   * @default - the versions of the CodeBuild image
   */
  readonly runtimes?: { [language: string]: string };
}

/** Properties of checks in the tools of a language, as {@link PipelineChecks.npmScripts}. None is required. */
export interface CheckPresetProps extends CheckOptions {
  /**
   * Folders that are checked, relative to the root of the sources.
   * @default - the folders that images are built from
   */
  readonly directories?: string[];
}
