import type { IConstruct } from 'constructs';
import { checkReason } from '../../../validation/checks';
import { checkKinds } from '../../../validation/kinds';
import { checkRules } from '../../../validation/rules';
import { BuildSecret, type SecretVariable } from './build-secret';
import type { CheckCommands, CheckPresetProps } from './check-commands';
import { CHECK_PRESETS, type CheckPreset } from './check-presets';
import { checkSecretNames } from './secret-names';
import { SOURCE_PATH } from './source-path';

/**
 * Context of a pipeline that the checks are bound to.
 * @internal
 */
export interface PipelineChecksContext {
  /** Directories that images are built from. */
  readonly directories: string[];
}

/**
 * Commands of the checks, with their secrets and reports.
 * @internal
 */
export interface BoundChecks extends Omit<CheckCommands, 'reports' | 'secrets'> {
  /** Patterns of JUnit files, relative to the root of the sources. */
  readonly reports: string[];
  /** Variables of the secrets. */
  readonly secrets: SecretVariable[];
}

type Commands = Omit<CheckCommands, 'reports'> & { readonly reports?: string | string[] };

/**
 * Checks that sources must pass before an image is built. Source: requirement A-09.
 *
 * The commands run in each folder that an image is built from, in the order install, lint, unit tests, integration
 * tests, and the first that fails ends the execution.
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
   * @param props further settings
   */
  public static npmScripts(nodeVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.npmScripts, nodeVersion, props);
  }

  /**
   * Scripts of pnpm, as `npmScripts` runs those of npm. `packageManager` in `package.json` is the version of pnpm.
   *
   * @param nodeVersion version of Node.js as CodeBuild names it, by default `22`
   * @param props further settings
   */
  public static pnpmScripts(nodeVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.pnpmScripts, nodeVersion, props);
  }

  /**
   * Scripts of yarn, as `npmScripts` runs those of npm. `packageManager` in `package.json` is the version of yarn.
   *
   * @param nodeVersion version of Node.js as CodeBuild names it, by default `22`
   * @param props further settings
   */
  public static yarnScripts(nodeVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.yarnScripts, nodeVersion, props);
  }

  /**
   * pytest with the dependencies of `requirements.txt`, and of `requirements-dev.txt` where it exists.
   *
   * Runs `ruff check` where ruff is a dependency, then the tests. Those in `tests/integration` are the last.
   *
   * @param pythonVersion version of Python as CodeBuild names it, by default `3.13`
   * @param props further settings
   */
  public static pip(pythonVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.pip, pythonVersion, props);
  }

  /**
   * pytest with the dependencies of `uv.lock`, as `pip` runs it.
   *
   * @param pythonVersion version of Python as CodeBuild names it, by default `3.13`
   * @param props further settings
   */
  public static uv(pythonVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.uv, pythonVersion, props);
  }

  /**
   * `verify` of Maven, with all tests and checks that the project binds to its phases.
   *
   * @param javaVersion version of Java as CodeBuild names it, by default `corretto21`
   * @param props further settings
   */
  public static maven(javaVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.maven, javaVersion, props);
  }

  /**
   * `check` of Gradle, with all tests and checks of the project.
   *
   * @param javaVersion version of Java as CodeBuild names it, by default `corretto21`
   * @param props further settings
   */
  public static gradle(javaVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.gradle, javaVersion, props);
  }

  /**
   * `gofmt`, `go vet` and `go test`, and once more with the build tag `integration`.
   *
   * @param goVersion version of Go as CodeBuild names it, by default `1.24`
   * @param props further settings
   */
  public static goModules(goVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.goModules, goVersion, props);
  }

  /**
   * Scripts of Composer, as `npmScripts` runs those of npm: `lint`, `test` and `test:integration`.
   *
   * @param phpVersion version of PHP as CodeBuild names it, by default `8.3`
   * @param props further settings
   */
  public static composerScripts(phpVersion?: string, props: CheckPresetProps = {}): PipelineChecks {
    return PipelineChecks.preset(CHECK_PRESETS.composerScripts, phpVersion, props);
  }

  private static preset(preset: CheckPreset, version: string | undefined, props: CheckPresetProps): PipelineChecks {
    return new PipelineChecks((ofImages) => {
      const { directories = ofImages, reports = preset.reports, ...options } = props;
      const inEach = (commands: string[]) =>
        commands.flatMap((command) => directories.map((directory) => `(cd '${directory}' && ${command})`));
      return {
        ...options,
        reports,
        runtimes: { [preset.runtime]: version ?? preset.version },
        install: [...(preset.prepare ?? []), ...inEach(preset.install)],
        lint: inEach(preset.lint),
        unit: inEach(preset.unit),
        integration: inEach(preset.integration),
      };
    }, props.directories);
  }

  private constructor(
    private readonly commandsFor: (directories: string[]) => Commands,
    private readonly directories?: string[],
  ) {}

  /**
   * Checks the props and returns the commands.
   * @internal
   */
  public _bind(scope: IConstruct, { directories }: PipelineChecksContext): BoundChecks {
    const invalid = this.directories?.find((directory) => !SOURCE_PATH.test(directory));
    checkRules(scope, [
      {
        condition: this.directories?.length === 0 || invalid !== undefined,
        prop: 'checks.directories',
        value: this.directories,
        expected: 'paths within the sources, relative to their root',
        fix: "write them as 'api', or remove directories to check those of the images",
      },
    ]);
    const { reports = [], secrets = [], ...commands } = this.commandsFor(directories);
    if (commands.docker) {
      checkReason(scope, 'checks.docker.reason', commands.docker.reason);
    }
    checkKinds(scope, { 'checks.secrets': secrets }, { 'checks.secrets': BuildSecret });
    checkSecretNames(scope, 'checks.secrets', secrets);
    return {
      ...commands,
      reports: [reports].flat(),
      secrets: secrets.map((secret) => secret._bind(scope, 'checks.secrets')),
    };
  }
}
