import { Arn, ArnFormat, Duration, Token } from 'aws-cdk-lib';
import { type IStage, type Pipeline, Variable } from 'aws-cdk-lib/aws-codepipeline';
import {
  ManualApprovalAction,
  StateMachineInput,
  StepFunctionInvokeAction,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { type IRole, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { type IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import type { AlertRouting } from '../../observability';
import { ProductionWebService } from '../../service';
import { consoleUrl } from '../../text/console-url';
import { executionsOf } from '../asl/logged-state-machine';
import { DriftCheck } from '../operations/drift-check';
import { RollbackCommand } from '../operations/rollback-command';
import { NO_REASON } from '../release/context/release-mode';
import { Release } from '../release/release';
import { CommitsSinceRelease, type ComparisonSettings } from './build/commits-since-release';
import type { DeployStageProps, ElsewhereStageProps } from './deploy-stage-props';
import { PostReleaseAlarms } from './post-release-alarms';
import type { StageConfig } from './validate-stage';

/** Properties of a {@link PipelineStage}, checked. */
export interface PipelineStageProps {
  /** Settings of the stage. */
  readonly stage: StageConfig;
  /** Variables with the tags of the images, by repository. */
  readonly tags: { readonly [repositoryName: string]: string };
  /** Tag and digests of the images, for people. */
  readonly summary: string;
  /**
   * Settings of the comparison with what is released, for the approval.
   * @default - the approval does not name commits
   */
  readonly comparison?: ComparisonSettings;
  /** Environment profile of the release. */
  readonly profile: EnvironmentProfile;
  /**
   * Alert routing that is notified of the release, and of services that do badly after it.
   * @default - no notifications
   */
  readonly alertRouting?: AlertRouting;
}

const RUN_ORDER = { comparison: 1, plan: 1, approval: 2, release: 3 };

/** Variable of the pipeline with the reason of a hotfix. */
export const DESPITE = new Variable({
  variableName: 'despite',
  description: 'Reason to release in spite of firing alarms and missing tasks: a hotfix. No quotes.',
  defaultValue: NO_REASON,
});

/** Stage of a pipeline: commits and migrations to approve, the approval, the release. */
export class PipelineStage extends Construct {
  /** Undefined for a stage elsewhere. */
  public readonly release?: Release;
  /** Undefined for a stage elsewhere or before production, and for a waived one. */
  public readonly rollbackCommand?: RollbackCommand;
  /** Undefined for a stage without an approval, or without a released image here. */
  public readonly commits?: CommitsSinceRelease;
  private readonly stateMachine: IStateMachine;
  /** Role in another account. */
  private readonly role?: IRole;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineStageProps,
  ) {
    super(scope, id);
    const { local, elsewhere } = props.stage;
    if (elsewhere) {
      this.stateMachine = this.importStateMachine(elsewhere.stateMachineArn);
      this.role = this.importRole(elsewhere);
    } else {
      this.release = this.createRelease(local!);
      this.stateMachine = this.release.stateMachine;
      this.createPostReleaseAlarms(this.release);
      this.rollbackCommand = this.createRollbackCommand(this.release);
      this.createDriftCheck(this.release);
      this.commits = this.createComparison(this.release);
    }
  }

  /** Permissions that the role of the pipeline needs for the actions. */
  public get permissions(): PolicyStatement[] {
    if (this.role) {
      return [new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [this.role.roleArn] })];
    }
    return this.stateMachines.flatMap((machine) => [
      new PolicyStatement({
        actions: ['states:DescribeStateMachine', 'states:StartExecution'],
        resources: [machine.stateMachineArn],
      }),
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsOf(machine)] }),
    ]);
  }

  /** Resources of the permissions that contain a wildcard. */
  public get wildcardArns(): string[] {
    return this.role ? [] : this.stateMachines.map(executionsOf);
  }

  /** Name of the stage. */
  public get name(): string {
    return this.props.stage.name;
  }

  /** True for a stage with a manual approval. */
  public get hasApproval(): boolean {
    return this.props.stage.approval;
  }

  /** Adds the stage with its actions, one after the other. */
  public addTo(pipeline: Pipeline): void {
    const stage = pipeline.addStage({ stageName: this.props.stage.name });
    if (this.commits) {
      stage.addAction(this.commits.action(RUN_ORDER.comparison));
    }
    if (this.release?.migrationPlan) {
      stage.addAction(this.invoke('Plan', this.release.migrationPlan, RUN_ORDER.plan, this.planNamespace));
    }
    if (this.hasApproval) {
      this.addApproval(stage);
    }
    stage.addAction(this.invoke('Release', this.stateMachine, RUN_ORDER.release));
  }

  private get stateMachines(): IStateMachine[] {
    return [this.stateMachine, ...(this.release?.migrationPlan ? [this.release.migrationPlan] : [])];
  }

  private get planNamespace(): string {
    return `Plan-${this.props.stage.name}`;
  }

  /** CodePipeline must know the account. A reference doesn't reveal it, but is one of this account and region. */
  private importStateMachine(arn: string): IStateMachine {
    return Token.isUnresolved(arn)
      ? StateMachine.fromStateMachineName(this, 'Machine', Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME).resourceName!)
      : StateMachine.fromStateMachineArn(this, 'Machine', arn);
  }

  private importRole({ roleArn }: ElsewhereStageProps): IRole | undefined {
    return roleArn === undefined ? undefined : Role.fromRoleArn(this, 'Role', roleArn, { mutable: false });
  }

  private createRelease(stage: DeployStageProps): Release {
    const { services, smokeTest, migrations, afterRelease, snapshot, monitoringTime, verifyBeforeTraffic } = stage;
    if (smokeTest) {
      services.forEach((service) => (service as ProductionWebService).verifyWith(smokeTest));
    }
    return new Release(this, 'Release', {
      stageName: this.props.stage.name,
      services,
      order: stage.order,
      migrations,
      afterRelease,
      snapshot,
      alertRouting: this.props.alertRouting,
      monitoringTime,
      verifyBeforeTraffic,
      gateAlarmNames: stage.gateAlarmNames,
      profile: this.props.profile,
    });
  }

  private createPostReleaseAlarms(release: Release): void {
    const { stage, alertRouting } = this.props;
    const services = release.services.filter((service) => service instanceof ProductionWebService);
    if (stage.postReleaseAlarms && alertRouting && services.length > 0) {
      new PostReleaseAlarms(this, 'CloseWatch', { release, services, alertRouting, settings: stage.postReleaseAlarms });
    }
  }

  private createRollbackCommand(release: Release): RollbackCommand | undefined {
    const { stage: { production, withoutRollbackCommand }, profile } = this.props;
    return production && !withoutRollbackCommand
      ? new RollbackCommand(this, 'Rollback', { release, profile })
      : undefined;
  }

  /** Without routing, nobody could be told of drift. */
  private createDriftCheck(release: Release): void {
    const { stage: { production, withoutDriftCheck }, alertRouting, profile } = this.props;
    if (production && alertRouting && !withoutDriftCheck) {
      new DriftCheck(this, 'Drift', { release, alertRouting, profile });
    }
  }

  /** A service whose image is declared has no parameter to compare with. */
  private createComparison(release: Release): CommitsSinceRelease | undefined {
    const { comparison, tags, profile, stage } = this.props;
    const targets = release._targets.filter(
      ({ repositoryName, releasedImageParameterName }) => releasedImageParameterName && tags[repositoryName],
    );
    return comparison && stage.approval && targets.length > 0
      ? new CommitsSinceRelease(this, 'Commits', { ...comparison, stageName: stage.name, targets, tags, profile })
      : undefined;
  }

  /** The tags are literal input, because other accounts could not read an artifact. */
  private invoke(
    actionName: string,
    stateMachine: IStateMachine,
    runOrder: number,
    variablesNamespace?: string,
  ): StepFunctionInvokeAction {
    return new StepFunctionInvokeAction({
      actionName,
      stateMachine,
      runOrder,
      variablesNamespace,
      role: this.role,
      // A reason is put into the input as it is. The images stand behind it, so that it can not replace them.
      stateMachineInput: StateMachineInput.literal({ despite: DESPITE.reference(), images: this.props.tags }),
    });
  }

  private addApproval(pipelineStage: IStage): void {
    const { stage, summary } = this.props;
    const planned = this.release?.migrationPlan !== undefined;
    const plan = planned ? ' What the migrations would do is the output of the execution behind the link.' : '';
    pipelineStage.addAction(
      new ManualApprovalAction({
        actionName: 'Approve',
        runOrder: RUN_ORDER.approval,
        timeout: stage.approvalTimeout ?? Duration.days(7),
        additionalInformation:
          `Release of ${summary} to ${stage.name}.${plan}` +
          // The newer commit may have passed the stages before by the time that somebody reads this.
          ' A newer commit waits until this one is approved or rejected: earlier stages may run it already.' +
          ` Reason to pass firing alarms: ${DESPITE.reference()}.` +
          (this.commits ? ` Commits since the last release: ${this.commits.variable}` : ''),
        externalEntityLink: planned ? this.planUrl() : undefined,
      }),
    );
  }

  /** Step Functions shows the output of the plan, and where it is logged. */
  private planUrl(): string {
    return consoleUrl(this, 'states/home', `#/v2/executions/details/#{${this.planNamespace}.ExecutionArn}`);
  }
}
