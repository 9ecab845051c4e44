import { Arn, ArnFormat, Duration, Token } from 'aws-cdk-lib';
import { type IStage, type Pipeline } from 'aws-cdk-lib/aws-codepipeline';
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
import { executionsOf } from '../asl/logged-state-machine';
import { Release } from '../release/release';
import { consoleAddress } from './console-url';
import type { DeployStage } from './deploy-stage';
import { PostReleaseAlarms } from './post-release-alarms';

/** What a {@link PipelineStage} is made from, all of it checked. */
export interface PipelineStageProps {
  /** Whether its services are here or elsewhere, and who approves. */
  readonly stage: DeployStage;
  /** Tags of what is released, by repository. */
  readonly tags: { readonly [repositoryName: string]: string };
  /** Handed to the release of a stage here. */
  readonly profile: EnvironmentProfile;
  /**
   * Alert routing that is notified of the release, and of services that do badly after it.
   * @default - nobody is notified
   */
  readonly alertRouting?: AlertRouting;
}

const PLAN_VARIABLES = (stage: string) => `Plan-${stage}`;

/** One stage of a pipeline: the plan of the migration, the approval, the release. */
export class PipelineStage extends Construct {
  /** None for a stage elsewhere. */
  public readonly release?: Release;
  private readonly machine: IStateMachine;
  private readonly role?: IRole;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineStageProps,
  ) {
    super(scope, id);
    const { here, elsewhere } = props.stage._plan;
    if (elsewhere) {
      this.machine = this.machineOf(elsewhere.stateMachineArn);
      this.role =
        elsewhere.roleArn === undefined
          ? undefined
          : Role.fromRoleArn(this, 'Role', elsewhere.roleArn, { mutable: false });
    } else {
      here!.services.forEach(
        (service) => here!.smokeTest && (service as ProductionWebService).verifyWith(here!.smokeTest),
      );
      this.release = this.createRelease();
      this.machine = this.release.stateMachine;
      this.watchClosely(this.release);
    }
  }

  /** CodePipeline must know the account, which a reference doesn't say: it is one of this app, and so of this account and region. */
  private machineOf(arn: string): IStateMachine {
    return Token.isUnresolved(arn)
      ? StateMachine.fromStateMachineName(this, 'Machine', Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME).resourceName!)
      : StateMachine.fromStateMachineArn(this, 'Machine', arn);
  }

  /** What the pipeline's role may do for it. */
  public get permissions(): PolicyStatement[] {
    if (this.role) {
      return [new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [this.role.roleArn] })];
    }
    return [this.machine, ...(this.release?.migrationPlan ? [this.release.migrationPlan] : [])].flatMap((machine) => [
      new PolicyStatement({
        actions: ['states:DescribeStateMachine', 'states:StartExecution'],
        resources: [machine.stateMachineArn],
      }),
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsOf(machine)] }),
    ]);
  }

  /** ARNs of a family of resources among the permissions. */
  public get families(): string[] {
    return this.role
      ? []
      : [this.machine, ...(this.release?.migrationPlan ? [this.release.migrationPlan] : [])].map(executionsOf);
  }

  /** Whether somebody has to approve. */
  public get asks(): boolean {
    return this.props.stage._plan.approval;
  }

  /** Plan, approval, release: one after the other. */
  public addTo(pipeline: Pipeline): void {
    const {
      stage: { _plan: plan },
    } = this.props;
    const stage = pipeline.addStage({ stageName: plan.name });
    if (this.release?.migrationPlan) {
      stage.addAction(this.invoke('Plan', this.release.migrationPlan, 1, PLAN_VARIABLES(plan.name)));
    }
    if (this.asks) {
      this.addApproval(stage);
    }
    stage.addAction(this.invoke('Release', this.machine, 3));
  }

  /** The tags are part of the input itself: an artifact would have to be read from other accounts, too. */
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
      stateMachineInput: StateMachineInput.literal({ images: this.props.tags }),
    });
  }

  private addApproval(stage: IStage): void {
    const {
      stage: { _plan: plan },
      tags,
    } = this.props;
    const planned = this.release?.migrationPlan !== undefined;
    stage.addAction(
      new ManualApprovalAction({
        actionName: 'Approve',
        runOrder: 2,
        timeout: plan.approvalTimeout ?? Duration.days(7),
        additionalInformation: `Release of ${Object.values(tags)[0]} to ${plan.name}.${planned ? ' What the migration would do is the output of the execution behind the link.' : ''}`,
        externalEntityLink: planned ? this.planLink() : undefined,
      }),
    );
  }

  /** Step Functions shows the lines that the plan has printed, and where they are logged. */
  private planLink(): string {
    return consoleAddress(
      this,
      'states/home',
      `#/v2/executions/details/#{${PLAN_VARIABLES(this.props.stage._plan.name)}.ExecutionArn}`,
    );
  }

  private watchClosely(release: Release): void {
    const {
      stage: {
        _plan: { postReleaseAlarms },
      },
      alertRouting: routing,
    } = this.props;
    const services = release.services.filter((service) => service instanceof ProductionWebService);
    if (postReleaseAlarms && routing && services.length > 0) {
      new PostReleaseAlarms(this, 'CloseWatch', { release, services, routing, watch: postReleaseAlarms });
    }
  }

  private createRelease(): Release {
    const {
      stage: {
        _plan: { name, here },
      },
      alertRouting,
      profile,
    } = this.props;
    const { services, migration, snapshot, monitoringTime, verifyBeforeTraffic, gateAlarmNames } = here!;
    return new Release(this, 'Release', {
      stageName: name,
      services,
      migration,
      snapshot,
      alertRouting,
      monitoringTime,
      verifyBeforeTraffic,
      gateAlarmNames,
      profile,
    });
  }
}
