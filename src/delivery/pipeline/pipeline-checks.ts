import type { Waiver } from '../../compliance';

/** What {@link PipelineChecks.commands} may be told. Each is a list of shell commands; the first that fails ends the execution. */
export interface CheckCommands {
  /**
   * Before all others, for dependencies.
   * @default - none
   */
  readonly install?: string[];
  /** What reads the sources: style, types. */
  readonly lint: string[];
  /** Tests of units. */
  readonly unit: string[];
  /** Tests of what works together. */
  readonly integration: string[];
  /**
   * Versions of languages, as CodeBuild names them: `{ nodejs: '22' }`.
   * @default - those of CodeBuild's image
   */
  readonly runtimes?: { [language: string]: string };
  /**
   * JUnit files that the tests leave, as a pattern: `reports/*.xml`. CodeBuild keeps them 30 days.
   * @default - none is kept
   */
  readonly reports?: string;
  /**
   * Lets the commands use Docker, for tests that start containers. The build is privileged then, so the sources' own commands are root there.
   * @default - no Docker
   */
  readonly docker?: Waiver;
}

/** Else CodeBuild's image chooses, and another one after its next update. */
const NODE = '22';

/** What sources must pass before an image is built from them (requirement A-09). */
export class PipelineChecks {
  /** Commands of your own. */
  public static commands(commands: CheckCommands): PipelineChecks {
    return new PipelineChecks(() => commands);
  }

  /**
   * `npm ci`, and then the scripts `lint`, `test` and `test:integration` in each folder that an image is built from. A folder without
   * `package.json` fails, and so does one without the script `test`; the others may be missing.
   *
   * @param nodeVersion the version of Node.js as CodeBuild names it, `22` unless told; that of the Dockerfile, so that what is tested is what runs
   */
  public static npmScripts(nodeVersion?: string): PipelineChecks {
    return new PipelineChecks((directories) => {
      const everywhere = (command: string) => directories.map((directory) => `(cd '${directory}' && ${command})`);
      return {
        runtimes: { nodejs: nodeVersion ?? NODE },
        install: everywhere('npm ci'),
        lint: everywhere('npm run lint --if-present'),
        unit: everywhere('npm test'),
        integration: everywhere('npm run test:integration --if-present'),
      };
    });
  }

  private constructor(
    /** @internal */
    public readonly _commands: (directories: string[]) => CheckCommands,
  ) {}
}
