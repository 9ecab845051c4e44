import type { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import { distinct } from '../../../contracts/lists';
import { BuildProject, type BuildProjectProps } from './build-project';

/** Settings of a {@link CommitsSinceRelease} that all stages of a pipeline share. */
export interface ComparisonSettings extends Pick<BuildProjectProps, 'key' | 'artifacts' | 'settings'> {
  /** Artifact of the source. CodePipeline wants one for each build. */
  readonly input: Artifact;
  /**
   * Variable with the commit.
   * @default - the source is no repository
   */
  readonly commitId?: string;
  /**
   * Stage that the images have passed before.
   * @default - the stage is the first one
   */
  readonly before?: StageBefore;
}

/** Properties of {@link CommitsSinceRelease}, checked. */
export interface CommitsSinceReleaseProps extends ComparisonSettings, Pick<BuildProjectProps, 'profile'> {
  /** Name of the stage. */
  readonly stageName: string;
  /** Services of the stage, with released images of this pipeline. */
  readonly targets: ReleaseTarget[];
  /** Variables with the tags of the images, by repository. */
  readonly tags: { readonly [repositoryName: string]: string };
}

/** Stage that releases the same images before the approval. */
export interface StageBefore {
  /** Name of the stage. */
  readonly name: string;
  /** Services of the stage. */
  readonly targets: ReleaseTarget[];
}

/** Action, and the namespace of its variables within the stage. */
const ACTION = 'Compare';
const VARIABLE = 'COMMITS_SINCE_RELEASE';
/** An approval takes 1,000 characters in all. */
const MOST_COMMITS = 3;
const MOST_CHARACTERS = 300;

/**
 * Compares the commit with what is released, in words for an approval.
 *
 * An image whose files are unchanged keeps the tag of an older commit. So commits since the last release are those that
 * no released image contains. An approval has place for a few of them. No answer fails the build: it says `not known`.
 */
export const COMPARE = `
${VARIABLE}="$(
  tags_in() {
    for parameter in $1; do
      aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text || echo unknown
    done | sort -u
  }
  one_line() { paste -sd ' '; }
  released="$(tags_in "$RELEASED_PARAMETERS")"
  commits="$(grep -Eo '^[0-9a-f]{40}' <<< "$released" | sort -u | one_line)"
  command="git log --oneline \${COMMIT_ID:-} --not $commits"
  if [ "$released" = none ]; then
    echo 'all, because nothing is released yet'
  elif grep -q '^unknown$' <<< "$released"; then
    echo 'not known'
  elif [ -z "\${COMMIT_ID:-}" ] || [ -z "$commits" ]; then
    echo "those since $(one_line <<< "$released")"
  elif [ "$commits" = "$COMMIT_ID" ]; then
    echo 'none, because this commit is released'
  elif [ "$(wc -w <<< "$commits")" -gt ${MOST_COMMITS} ]; then
    echo "$command" >&2
    echo 'the command is in the log of the action ${ACTION}'
  else
    echo "$command"
  fi
  if [ -n "\${PARAMETERS_BEFORE:-}" ]; then
    before="$(tags_in "$PARAMETERS_BEFORE")"
    if [ "$before" != "$(tr ' ' '\\n' <<< "$TAGS" | sort -u)" ]; then
      echo "($STAGE_BEFORE runs $(one_line <<< "$before") meanwhile)"
    fi
  fi
)"
${VARIABLE}="$(printf '%s' "$${VARIABLE}" | paste -sd ' ' | cut -c1-${MOST_CHARACTERS})"
export ${VARIABLE}
echo "commits since the release: $${VARIABLE}"
`.trim();

/**
 * Commits that an approval is asked for: those since the last release, read when the stage begins.
 *
 * A build before the stage would compare with a release that has ended meanwhile.
 */
export class CommitsSinceRelease extends Construct {
  public readonly build: BuildProject;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CommitsSinceReleaseProps,
  ) {
    super(scope, id);
    this.build = this.createBuild();
  }

  /** Variable with the words for the approval. */
  public get variable(): string {
    return `#{${this.namespace}.${VARIABLE}}`;
  }

  /** Action of the stage that makes the comparison. */
  public action(runOrder: number): CodeBuildAction {
    const { input, commitId, tags, targets } = this.props;
    return new CodeBuildAction({
      actionName: ACTION,
      project: this.build.project,
      runOrder,
      input,
      variablesNamespace: this.namespace,
      environmentVariables: {
        ...(commitId && { COMMIT_ID: { value: commitId } }),
        TAGS: { value: distinct(targets.map(({ repositoryName }) => tags[repositoryName])).join(' ') },
      },
    });
  }

  private get namespace(): string {
    return `${ACTION}-${this.props.stageName}`;
  }

  /** Its commands come from here alone, so that it needs no registries, and nothing of the sources runs. */
  private createBuild(): BuildProject {
    const { targets, before, settings, key, artifacts, profile, stageName } = this.props;
    const released = parametersOf(targets);
    const earlier = this.parametersBefore();
    return new BuildProject(this, 'Build', {
      key,
      artifacts,
      profile,
      settings: { ...settings, registries: [], computeType: undefined },
      purpose: `Commits since the last release to ${stageName}`,
      commands: [COMPARE],
      environment: {
        RELEASED_PARAMETERS: released.join(' '),
        ...(before && earlier.length > 0 && { PARAMETERS_BEFORE: earlier.join(' '), STAGE_BEFORE: before.name }),
      },
      exported: [VARIABLE],
      parameters: distinct([...released, ...earlier]),
      arm64: false,
    });
  }

  /** A stage before that lacks an image of this one can't be compared with it. */
  private parametersBefore(): string[] {
    const { targets, before } = this.props;
    const there = before?.targets ?? [];
    const same = distinct(targets.map(({ repositoryName }) => repositoryName)).map((name) =>
      there.filter((target) => target.repositoryName === name && target.releasedImageParameterName !== undefined),
    );
    return same.every((found) => found.length > 0) ? parametersOf(same.flat()) : [];
  }
}

/** Parameters with the released tags. An image that is declared has none. */
function parametersOf(targets: ReleaseTarget[]): string[] {
  return distinct(targets.flatMap(({ releasedImageParameterName }) => releasedImageParameterName ?? []));
}
