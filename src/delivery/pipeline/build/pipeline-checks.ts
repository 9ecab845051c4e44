import type { IConstruct } from 'constructs';
import type { Waiver } from '../../../compliance';
import { checkReason } from '../../../validation/checks';

/**
 * Properties of {@link PipelineChecks.commands}. Lint, unit and integration commands are required.
 *
 * Each is a list of shell commands. The first command that fails ends the execution.
 */
export interface CheckCommands {
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
  /**
   * Pattern of JUnit files that the tests write: `reports/*.xml`. CodeBuild keeps reports for 30 days.
   * @default - no reports
   */
  readonly reports?: string;
  /**
   * Allows the commands to use Docker, for tests that start containers, with the reason.
   *
   * The build is privileged then: commands of the sources run as root of the build host.
   * @default - no Docker
   */
  readonly docker?: Waiver;
}

/**
 * Context of a pipeline that the checks are bound to.
 * @internal
 */
export interface PipelineChecksContext {
  /** Directories that images are built from. */
  readonly directories: string[];
}

/** Pinned, because updates of the CodeBuild image change its own default. */
const DEFAULT_NODE_VERSION = '22';

/**
 * Checks that sources must pass before an image is built. Source: requirement A-09.
 *
 * @example
 *
 * PipelineChecks.commands({ lint: ['make lint'], unit: ['make test'], integration: ['make integration-test'] });
 */
export class PipelineChecks {
  /** Custom commands. */
  public static commands(commands: CheckCommands): PipelineChecks {
    return new PipelineChecks(() => commands);
  }

  /**
   * Scripts of npm in each directory that an image is built from.
   *
   * Runs `npm ci`, then the scripts `lint`, `test` and `test:integration`. A directory fails without `package.json` or
   * without the script `test`. The other scripts are optional.
   *
   * @param nodeVersion version of Node.js as CodeBuild names it, by default `22`. Give the version of the Dockerfile.
   */
  public static npmScripts(nodeVersion?: string): PipelineChecks {
    return new PipelineChecks((directories) => {
      const inEach = (command: string) => directories.map((directory) => `(cd '${directory}' && ${command})`);
      return {
        runtimes: { nodejs: nodeVersion ?? DEFAULT_NODE_VERSION },
        install: inEach('npm ci'),
        lint: inEach('npm run lint --if-present'),
        unit: inEach('npm test'),
        integration: inEach('npm run test:integration --if-present'),
      };
    });
  }

  private constructor(private readonly commandsFor: (directories: string[]) => CheckCommands) {}

  /**
   * Checks the props and returns the commands.
   * @internal
   */
  public _bind(scope: IConstruct, { directories }: PipelineChecksContext): CheckCommands {
    const commands = this.commandsFor(directories);
    if (commands.docker) {
      checkReason(scope, 'checks.docker.reason', commands.docker.reason);
    }
    return commands;
  }
}
