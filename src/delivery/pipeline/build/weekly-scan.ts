import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ReleaseTarget } from '../../../contracts';
import { distinct } from '../../../contracts/lists';
import { chatMessage } from '../../../observability/alerting/channels/chat-message';
import { scheduleAction } from '../../../scheduling/scheduled-action';
import { consoleUrl } from '../../../text/console-url';
import { stackPath } from '../../../text/stack-path';
import { textFor } from '../../../text/text-for';
import { BuildProject, type BuildProjectProps } from './build-project';
import type { ImageScanConfig } from './image-scan';
import { quoted } from './registry-script';
import { SCAN, SCAN_IN_REGISTRY, SCAN_REPORTS, SIGN_IN } from './scan-script';

/** Service in production whose image is scanned, with the settings of its build. */
export interface RunningImage {
  /** Service with its repository and its released tag. */
  readonly target: ReleaseTarget;
  /** Settings of the scan in the build of the image. */
  readonly scan: ImageScanConfig;
}

/** Properties of a {@link WeeklyScan}, checked. */
export interface WeeklyScanProps extends Pick<BuildProjectProps, 'key' | 'artifacts' | 'profile' | 'settings'> {
  /** Images to scan. */
  readonly running: RunningImage[];
  /** Topic that is notified of findings. Its policy allows EventBridge already. */
  readonly topic: ITopic;
}

/** Scans the image that a release track names. `none` is before the first release. */
export const SCAN_RUNNING = `
set -uo pipefail
${SCAN}
${SIGN_IN}
${SCAN_IN_REGISTRY}
failed=()
scan_running() {
  tag="$(aws ssm get-parameter --name "$4" --query Parameter.Value --output text)" || return 1
  if [ "$tag" = none ]; then
    echo "nothing of $1 is released yet"
    return 0
  fi
  REPOSITORY_NAME="$1"
  REPOSITORY_URI="$2"
  PLATFORMS="$3"
  running="$(aws ecr describe-images --repository-name "$1" --image-ids "imageTag=$tag" \
--query 'imageDetails[0].imageDigest' --output text)" || return 1
  echo "scan of $1:$tag"
  scan_in_registry "$running" "$5-"
}`.trim();

/** Ends a scan of several images after the last of them. */
export const END_OF_SCAN = `
if [ "\${#failed[@]}" -gt 0 ]; then
  echo "images in production with findings: \${failed[*]}" >&2
  exit 1
fi`.trim();

/** Monday morning, UTC. */
const SCHEDULE = 'cron(0 6 ? * MON *)';
const DOCKER_REASON = 'Docker pulls the images that are scanned, which takes a privileged build; it may push none.';

/**
 * Scan of the images that production runs, once a week.
 *
 * New findings in an old image appear without a commit, so that no build would tell of them. The scan deploys nothing.
 */
export class WeeklyScan extends Construct {
  public readonly build: BuildProject;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: WeeklyScanProps,
  ) {
    super(scope, id);
    this.build = this.createBuild();
    this.createSchedule();
    this.createNotification();
  }

  private createBuild(): BuildProject {
    const { running, topic: _topic, ...shared } = this.props;
    const targets = running.map(({ target }) => target);
    return new BuildProject(this, 'Scan', {
      ...shared,
      purpose: 'Weekly scan of what production runs',
      // One command, because functions of the shell end with it.
      commands: [['(', SCAN_RUNNING, ...running.map(callFor), END_OF_SCAN, ')'].join('\n')],
      reports: { directory: SCAN_REPORTS, files: ['*.xml'] },
      docker: DOCKER_REASON,
      arm64: false,
      pulls: distinct(targets.map(({ repositoryArn }) => repositoryArn)).map((repositoryArn) => ({ repositoryArn })),
      parameters: distinct(targets.map(({ releasedImageParameterName }) => releasedImageParameterName!)),
      sourceless: true,
    });
  }

  private createSchedule(): void {
    const { project } = this.build;
    scheduleAction(this, {
      roleDescription: `Starts the weekly scan of ${stackPath(this.node.scope!)}`,
      target: project.projectArn,
      action: 'codebuild:StartBuild',
      resources: [project.projectArn],
      schedules: [
        {
          id: 'Weekly',
          description: `Scans what production runs of ${stackPath(this.node.scope!)}`,
          expression: SCHEDULE,
          input: '{}',
        },
      ],
    });
  }

  private createNotification(): void {
    const url = consoleUrl(this, 'codesuite/codebuild/projects/<project>/history', '');
    const text = `The weekly scan failed, or found something of severity HIGH or CRITICAL. Read its newest log: ${url}`;
    new CfnRule(this, 'Findings', {
      description: textFor('event rule', `Notifies of findings in what production runs of ${stackPath(this)}`),
      eventPattern: {
        'source': ['aws.codebuild'],
        'detail-type': ['CodeBuild Build State Change'],
        'detail': {
          'project-name': [this.build.project.projectName],
          'build-status': ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'],
        },
      },
      targets: [
        {
          id: 'Topic',
          arn: this.props.topic.topicArn,
          inputTransformer: {
            inputPathsMap: { project: '$.detail.project-name' },
            inputTemplate: JSON.stringify(chatMessage('Findings in an image that production runs', text)),
          },
        },
      ],
    });
  }
}

/** Call of the shell for one image, with its settings as variables. */
function callFor({ target, scan }: RunningImage, index: number): string {
  const { repositoryName, repositoryUri, arm64, releasedImageParameterName } = target;
  const platform = arm64 ? 'linux/arm64' : 'linux/amd64';
  const settings = Object.entries(scan.environment).map(([name, value]) => `${name}=${quoted(value)}`);
  const accepted = scan.commands.map((command) => command.replace(/^export /, ''));
  const words = [repositoryName, repositoryUri, platform, releasedImageParameterName!, `${index + 1}`];
  const call = `scan_running ${words.map((word) => `'${word}'`).join(' ')}`;
  return `${[...settings, ...accepted, call].join(' ')} || failed+=('${repositoryName}')`;
}
