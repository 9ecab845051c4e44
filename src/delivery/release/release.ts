import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import type { IReleasedService, ReleaseTarget } from '../../contracts';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { parameterName } from '../../registry/parameter-name';
import { NOTHING_RELEASED } from '../../registry/released-image';
import { ProductionWebService } from '../../service';
import { checkKinds } from '../../validation/kinds';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkStackTags } from '../../validation/stack-tags';
import { executionsOf, LoggedStateMachine } from '../asl/logged-state-machine';
import { PollingIntervals } from '../asl/polling';
import { allowKeyOf, AwsCalls } from '../asl/sdk-integrations';
import { type MigrationConfig, type TaskConfig, type TaskContext, windowOf } from './context/migration-config';
import { ReleaseArns } from './context/release-arns';
import type { ReleaseSettings } from './context/release-settings';
import { runbookOf } from './context/runbook';
import { Migration } from './migration';
import { MigrationDryRun } from './migration-dry-run';
import { releaseDefinition } from './release-definition';
import { ReleaseOrder } from './release-order';
import type { ReleaseProps } from './release-props';
import { ReleaseTask } from './release-task';
import { TaskReplacement } from './task-replacement';
import {
  plannedRolloutMinutes,
  validateAlarmCount,
  validateInterval,
  validateRelease,
  validateWindows,
} from './validate-release';
import { checkSnapshotWindow } from './validate-snapshot-window';
import { checkSoleRelease, rememberRelease } from './validate-sole-release';

/**
 * Release of new versions of services, which are rolled back when anything fails.
 *
 * It is a state machine without functions. Start it with `{ "images": { "<repository>": "<tag>" } }`. A service whose
 * repository is not named keeps its image and gets the changes of its task definition.
 *
 * With `"rollback": true` next to `images`, the release rolls back to those images, without alarm checks, snapshot,
 * migrations, monitoring and tasks afterwards (docs/delivery.md).
 *
 * With `"despite": "reason"`, it is a hotfix: it passes firing alarms and services without a healthy task, and monitors
 * none. With `"adopt": true`, it takes what runs as the released version, whatever the parameters say.
 *
 * Throws a PropError for services that can't be released, and for a migration without a database. Throws one for a
 * stack whose name begins with `aws` or `ssm`, which the Parameter Store reserves.
 *
 * @example
 * new Release(this, 'Release', { stageName: 'production', services: [api, web] });
 */
export class Release extends Construct {
  /** State machine of the release. */
  public readonly stateMachine: StateMachine;
  /**
   * State machine that shows what the migrations would do, for an approval. It takes the same input as the release and
   * outputs `{ "plans": [{ "log": { "group", "stream", "url" } }] }`. Undefined without a `plan` of a migration.
   */
  public readonly migrationPlan?: StateMachine;
  /** Services in their declared order. */
  public readonly services: IReleasedService[];
  /** Name of the stage. */
  public readonly stageName: string;
  /** Name of the parameter with the record of the current or last release. */
  public readonly recordParameterName: string;
  /**
   * Name of the SSM parameter that records the last successful release.
   * The record has the images that were released, and those that they replaced.
   */
  public readonly lastReleaseParameterName: string;
  /** @internal */
  public readonly _targets: ReleaseTarget[];
  /** @internal */
  public readonly _stateMachineName?: string;
  private readonly profile: EnvironmentProfile;
  private readonly migrations: MigrationConfig[];
  private readonly afterRelease: TaskConfig[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseProps,
  ) {
    super(scope, id);
    checkKinds(this, props, { migrations: Migration, afterRelease: ReleaseTask, profile: EnvironmentProfile });
    checkKinds(this, props, { order: ReleaseOrder });
    validateRelease(this, props);
    checkAllInReach(this, props);
    checkSoleRelease(this, props.services);
    this.migrations = this.bindTasks('migrations', props.migrations);
    this.afterRelease = this.bindTasks('afterRelease', props.afterRelease);
    validateWindows(this, this.migrations);
    checkSnapshotWindow(this, props.snapshot?.snapshotTarget, windowOf(this.migrations));
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.services = props.services;
    this.stageName = props.stageName;
    this._stateMachineName = props.stateMachineName;
    this._targets = props.services.map(({ releaseTarget }) => releaseTarget);
    validateAlarmCount(this, this._targets, props.gateAlarmNames ?? []);

    this.recordParameterName = this.createRecord('Record', 'record');
    this.lastReleaseParameterName = this.createRecord('LastRelease', 'last');
    this.stateMachine = this.createStateMachine();
    this.createCleanUpRule();
    this.createTaskReplacement();
    this.migrationPlan = this.createMigrationPlan();
    this.createCommandOutput();
    checkStackTags(this, {
      id: 'stackTagsResetReleases',
      effect: 'writes "none" into the records of releases',
      production: this.profile._isProduction,
    });
    rememberRelease(this, props.services);
  }

  /**
   * Longest time of a rollback by `{ "rollback": true }`, which has no migration and no monitoring.
   * @internal
   */
  public get _maxRollbackDuration(): Duration {
    return Duration.seconds(3 * this.deploymentTimeout.toSeconds() + 3 * 3600);
  }

  private bindTasks<T>(prop: string, tasks: Array<{ _bind(scope: Construct, context: TaskContext): T }> = []): T[] {
    const { services } = this.props;
    return tasks.map((task, index) => task._bind(this, { services, prop: `${prop}[${index}]` }));
  }

  private get deploymentTimeout(): Duration {
    return this.props.deploymentTimeout ?? Duration.minutes(60 + plannedRolloutMinutes(this._targets));
  }

  /** CloudFormation creates it and must never update it, like a released image's parameter (ADR 0002). */
  private createRecord(id: string, name: string): string {
    const record = new CfnParameter(this, id, {
      type: 'String',
      name: parameterName(this, name),
      value: NOTHING_RELEASED,
    });
    record.addPropertyDeletionOverride('Tags');
    return record.name!;
  }

  private createStateMachine(): StateMachine {
    const role = new Role(this, 'Role', {
      description: `Releases to ${this.stageName}`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(Stack.of(this).partition);
    const { stateMachine } = new LoggedStateMachine(this, 'Machine', {
      name: this._stateMachineName,
      definition: this.createDefinition(calls, role),
      calls,
      role,
      profile: this.profile,
    });
    this.allowOwnExecutions(stateMachine, role);
    return stateMachine;
  }

  private createDefinition(calls: AwsCalls, role: Role): object {
    const services = this._targets.length;
    const settings = this.settingsFor(role);
    const arns = new ReleaseArns(this, this._targets);
    const tasks = [...this.migrations, ...this.afterRelease].filter(({ ownFamily }) => ownFamily).length;
    const write = (intervals: PollingIntervals) => releaseDefinition({ calls, intervals, arns }, settings);
    const { written, maxInterval } = PollingIntervals.share(services, write, tasks);
    validateInterval(this, services, this.deploymentTimeout, maxInterval);
    allowKeyOf(calls, this.props.alertRouting?.deploymentTopic);
    return written;
  }

  private settingsFor(role: Role): ReleaseSettings {
    const {
      snapshot,
      alertRouting,
      gateAlarmNames = [],
      monitoringTime = Duration.minutes(15),
      snapshotTimeout = Duration.hours(3),
    } = this.props;
    return {
      scope: this,
      stageName: this.stageName,
      targets: this._targets,
      waves: (this.props.order ?? ReleaseOrder.declared())._waves(this, this.services),
      migrations: this.migrations,
      afterRelease: this.afterRelease,
      snapshot: snapshot?.snapshotTarget,
      topicArn: alertRouting?.deploymentTopic.topicArn,
      runbook: runbookOf('release-failed', alertRouting),
      recordName: this.recordParameterName,
      lastReleaseName: this.lastReleaseParameterName,
      roleName: role.roleName,
      gateAlarmNames,
      monitoringSeconds: monitoringTime.toSeconds(),
      deploymentSeconds: this.deploymentTimeout.toSeconds(),
      snapshotSeconds: snapshotTimeout.toSeconds(),
    };
  }

  private createCommandOutput(): void {
    const repositories = new Set(this._targets.map(({ repositoryName }) => repositoryName));
    const images = [...repositories].map((name) => `"${name}": "TAG"`).join(', ');
    new CfnOutput(this, 'Command', {
      value:
        `aws stepfunctions start-execution --state-machine-arn ${this.stateMachine.stateMachineArn} ` +
        `--input '{"images": {${images}}}'`,
      description: `Releases to ${this.stageName}`,
    });
    new CfnOutput(this, 'CommandWithoutImage', {
      value:
        `aws stepfunctions start-execution --state-machine-arn ${this.stateMachine.stateMachineArn} ` +
        '--input \'{"images": {}}\'',
      description: `Makes live in ${this.stageName} what cdk deploy changed in tasks. Until then it is registered only`,
    });
  }

  /** Separate policy: the state machine depends on its other policy, which therefore can't name it. */
  private allowOwnExecutions(stateMachine: StateMachine, role: Role): void {
    const executions = executionsOf(stateMachine);
    const policy = new ManagedPolicy(this, 'OwnExecutions', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:ListExecutions'], resources: [stateMachine.stateMachineArn] }),
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
    acknowledgeWildcard(policy, executions, 'Whoever starts an execution names it, below the one state machine.');
    policy.node.addDependency(stateMachine);
  }

  /** Takes the replacement of tasks over from services whose secrets change: it is a deployment, too. */
  private createTaskReplacement(): void {
    const { stageName, stateMachine, recordParameterName, profile } = this;
    const services = this.services.flatMap((service) => {
      const every = service instanceof ProductionWebService ? service._handOverReplacement() : undefined;
      return every ? [{ target: service.releaseTarget, every }] : [];
    });
    if (services.length > 0) {
      new TaskReplacement(this, 'TaskReplacement', { stageName, stateMachine, recordParameterName, services, profile });
    }
  }

  private createMigrationPlan(): StateMachine | undefined {
    const plans = this.migrations.flatMap(({ plan }) => plan ?? []);
    return plans.length > 0
      ? new MigrationDryRun(this, 'Plan', { plans, profile: this.profile }).stateMachine
      : undefined;
  }

  /**
   * Rule that starts a clean-up execution after each execution that was stopped or failed.
   * The clean-up rolls back what the failed execution has left. If the failed execution rolled itself back, the
   * clean-up does nothing.
   */
  private createCleanUpRule(): void {
    const { stateMachineArn } = this.stateMachine;
    const description = `Rolls back stopped releases to ${this.stageName}`;
    const role = new Role(this, 'CleanUpRole', { description, assumedBy: ofThisAccount(this, 'events.amazonaws.com') });
    const policy = new ManagedPolicy(this, 'CleanUpPolicy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] })],
    });
    const rule = new CfnRule(this, 'CleanUp', {
      description,
      eventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { status: ['ABORTED', 'TIMED_OUT', 'FAILED'], stateMachineArn: [stateMachineArn] },
      },
      targets: [
        {
          id: 'Release',
          arn: stateMachineArn,
          roleArn: role.roleArn,
          inputTransformer: { inputPathsMap: { name: '$.detail.name' }, inputTemplate: '{"cleanUpAfter": <name>}' },
        },
      ],
    });
    rule.node.addDependency(policy);
  }
}
