import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { DeploymentEngine, type IReleasedService, type ISnapshotSource, type ReleaseTarget } from '../../contracts';
import { EnvironmentProfile } from '../../environment';
import { ofThisAccount } from '../../iam/source-account';
import { NOTHING_RELEASED } from '../../registry/released-image';
import { checkWholeNumber, knownToDiffer } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { DeliveryMachine, executionsOf } from '../asl/logged-state-machine';
import { Paces } from '../asl/polling';
import { allowTopic, AwsCalls } from '../asl/sdk-integrations';
import type { Migration } from './migration';
import { MigrationPlan } from './migration-dry-run';
import { ReleaseDefinition } from './release-definition';

/** What a {@link Release} may be told. Stage and services are enough. */
export interface ReleaseProps {
  /** Name of the stage: lower-case letters, digits and hyphens, at most 31. It stands in notifications and in the tags `live-<stage>-<n>`. */
  readonly stageName: string;
  /** The services, in the order in which they are released. They are taken back together. 1 to 8. */
  readonly services: IReleasedService[];
  /**
   * Changes the schema with the new image before any service is updated.
   * @default - none
   */
  readonly migration?: Migration;
  /**
   * A database of which a snapshot is taken first, kept 30 days and copied (requirement A-06).
   * @default - none
   */
  readonly snapshot?: ISnapshotSource;
  /**
   * Is told when a release begins and how it ends (requirement C-16).
   * @default - nobody is told
   */
  readonly notifications?: ITopic;
  /**
   * Whether a new version must be verified before it gets traffic. Only ECS's own blue/green rollouts can.
   * @default true
   */
  readonly verifyBeforeTraffic?: boolean;
  /**
   * How long the alarms of the services are watched after the last deployment, whole minutes, 0 to 1440. One that fires takes everything back.
   * @default Duration.minutes(15) - requirement C-18
   */
  readonly monitoringTime?: Duration;
  /**
   * The longest that the deployment of one service may take, and its way back: whole minutes, 10 to 20160. After it the release is taken back. The longer,
   * and the more services, the less often it is looked at; less than once an hour is refused.
   * @default - an hour more than the longest rollout of the services takes by plan
   */
  readonly deploymentTimeout?: Duration;
  /**
   * The longest that the snapshot may take, whole minutes, 10 to 1440.
   * @default Duration.hours(3)
   */
  readonly snapshotTimeout?: Duration;
  /**
   * Alarms besides those of the services that may not fire when a release begins, by name: the database's, for example.
   * @default - only those of the services
   */
  readonly gateAlarmNames?: string[];
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

const MOST_SERVICES = 8;
/** Between two looks at a deployment: what is slower would notice too late. */
const SLOWEST_SECONDS = 3600;

/**
 * Releases new versions of services, and takes them back when anything goes wrong: a state machine that calls AWS by itself, without functions
 * (docs/delivery.md). Start it with `{ "images": { "<repository>": "<tag>" } }`; a service whose repository is not named is released with the
 * image that it has, and what changed in its task. With `"back": true` beside it goes back to these images: whatever fires, without snapshot,
 * migration and watch.
 *
 * Throws a PropError for services that no release can bring out, and for a migration without a database.
 */
export class Release extends Construct {
  /** The state machine. */
  public readonly stateMachine: StateMachine;
  /**
   * Shows what the migration would do, before an approval: started with the same input, its output is `{ "log": { "group", "stream" }, "lines" }`.
   * Undefined without a `plan` of the migration.
   */
  public readonly migrationPlan?: StateMachine;
  /** The services, in the order in which they are released. */
  public readonly services: IReleasedService[];
  /** Name of the stage. */
  public readonly stageName: string;
  /** Name of the parameter that holds what the running or last release began with. */
  public readonly recordName: string;
  /** Name of the parameter that holds what the last good release brought, and what it replaced. */
  public readonly lastReleaseName: string;
  /** @internal */
  public readonly _targets: ReleaseTarget[];
  private readonly profile: EnvironmentProfile;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseProps,
  ) {
    super(scope, id);
    this.profile = props.profile ?? EnvironmentProfile.of(this);
    this.services = props.services;
    this.stageName = props.stageName;
    this.checkStage();
    this._targets = props.services.map(({ releaseTarget }) => releaseTarget);
    this._targets.forEach((target, index) => this.checkTarget(target, index));
    this.checkTimes();
    props.migration?._check(this, props.services);

    this.recordName = this.createRecord('Record', 'record').name!;
    this.lastReleaseName = this.createRecord('LastRelease', 'last').name!;
    this.stateMachine = this.createStateMachine();
    this.cleanUpAfterStops();
    this.migrationPlan = this.createMigrationPlan();
  }

  private checkStage(): void {
    const { stageName, services, snapshot } = this.props;
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(stageName)) {
      throw new PropError(this, {
        prop: 'stageName',
        value: stageName,
        expected: 'lower-case letters, digits and hyphens, at most 31',
        fix: "write 'production'",
      });
    }
    if (services.length < 1 || services.length > MOST_SERVICES || new Set(services).size !== services.length) {
      throw new PropError(this, {
        prop: 'services',
        value: `${services.length} services`,
        expected: `1 to ${MOST_SERVICES}, each once`,
        fix: 'make another stage for the others',
      });
    }
    if (snapshot && !snapshot.snapshotTarget) {
      throw new PropError(this, {
        prop: 'snapshot',
        value: 'a database that keeps no snapshots',
        expected: 'one with a backup vault',
        fix: 'give the database BackupPolicy.daily(), or leave snapshot out',
      });
    }
  }

  private checkTarget(target: ReleaseTarget, index: number): void {
    const service = target.source.node.path;
    const refused = (value: string, expected: string, fix: string) =>
      new PropError(this, { prop: `services[${index}]`, value: `${service}, ${value}`, expected, fix });
    if (target.releasedImageParameterName === undefined) {
      throw refused(
        'whose image is declared',
        'a service whose image is released: a declared one is deployed by cdk deploy, and the two would undo each other',
        'take ServiceImage.released(repository, track)',
      );
    }
    if (Token.isUnresolved(target.releasedImageParameterName)) {
      throw refused(
        'whose parameter is a reference',
        'a parameter by its literal name: its ARN depends on whether it begins with a slash',
        "name it, as in releasedImageParameterName: '/shop/released'",
      );
    }
    if (target.engine === DeploymentEngine.CODE_DEPLOY) {
      throw refused(
        'which CodeDeploy deploys',
        'a service that ECS deploys: ECS refuses other updates where CodeDeploy does',
        'take Rollout.linear(), or start a deployment of its deploymentGroup',
      );
    }
    if (target.engine === DeploymentEngine.ROLLING && (this.props.verifyBeforeTraffic ?? true)) {
      throw refused(
        'with a rolling rollout',
        'one that verifies new versions before they get traffic',
        'take Rollout.blueGreen(), or say verifyBeforeTraffic: false',
      );
    }
    const [own, theirs] = [Stack.of(this), Stack.of(target.source)];
    if (knownToDiffer(own.account, theirs.account) || knownToDiffer(own.region, theirs.region)) {
      throw refused(
        'of another account or region',
        `a service of ${own.account} in ${own.region}`,
        'make the Release in the stack of the services, and start it from the pipeline by its ARN',
      );
    }
  }

  private checkTimes(): void {
    const minutes = (prop: string, value: Duration | undefined, min: number, max: number) =>
      checkWholeNumber(this, prop, value?.toMinutes({ integral: false }), {
        min,
        max,
        unit: 'minutes',
        fix: 'give Duration.minutes(n) with a whole n',
      });
    minutes('monitoringTime', this.props.monitoringTime, 0, 1440);
    minutes('deploymentTimeout', this.props.deploymentTimeout, 10, 20160);
    minutes('snapshotTimeout', this.props.snapshotTimeout, 10, 1440);
    const longest = this.longestMinutes;
    if (this.deploymentTimeout.toMinutes() < longest) {
      throw new PropError(this, {
        prop: 'deploymentTimeout',
        value: `${this.deploymentTimeout.toMinutes()} minutes`,
        expected: `at least the ${longest} minutes that the longest rollout takes by plan`,
        fix: 'leave it out, or shorten the rollout',
      });
    }
  }

  /**
   * The longest that a way back by `{ "back": true }` takes, which neither migrates nor watches.
   * @internal
   */
  public get _longestWayBack(): Duration {
    return Duration.seconds(2 * this._targets.length * this.deploymentTimeout.toSeconds() + 1800);
  }

  private get longestMinutes(): number {
    return Math.max(
      ...this._targets.map(({ longestDeployment }) => Math.ceil(longestDeployment.toMinutes({ integral: false }))),
    );
  }

  private get deploymentTimeout(): Duration {
    return this.props.deploymentTimeout ?? Duration.minutes(60 + this.longestMinutes);
  }

  /** Like the parameter of a released image: CloudFormation creates it and must never update it (docs/adr/0002-one-deployer.md). */
  private createRecord(id: string, name: string): CfnParameter {
    const record = new CfnParameter(this, id, {
      type: 'String',
      name: `/${Names.uniqueResourceName(this, { maxLength: 120, separator: '-' }).toLowerCase()}/${name}`,
      value: NOTHING_RELEASED,
    });
    record.addPropertyDeletionOverride('Tags');
    return record;
  }

  private createStateMachine(): StateMachine {
    const {
      migration,
      snapshot,
      notifications,
      gateAlarmNames = [],
      monitoringTime: watch = Duration.minutes(15),
      snapshotTimeout = Duration.hours(3),
    } = this.props;
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: `Releases to ${this.stageName}`,
      assumedBy: ofThisAccount(this, 'states.amazonaws.com'),
    });
    const calls = new AwsCalls(stack.partition);
    const { written: definition, slowest } = Paces.shared(
      this._targets.length,
      (paces) =>
        new ReleaseDefinition(calls, paces, {
          scope: this,
          stageName: this.stageName,
          targets: this._targets,
          migration,
          snapshot: snapshot?.snapshotTarget,
          topicArn: notifications?.topicArn,
          recordName: this.recordName,
          lastReleaseName: this.lastReleaseName,
          roleName: role.roleName,
          alarmNames: gateAlarmNames,
          watchSeconds: watch.toSeconds(),
          deploymentSeconds: this.deploymentTimeout.toSeconds(),
          snapshotSeconds: snapshotTimeout.toSeconds(),
        }).states,
    );
    this.checkPace(slowest);
    allowTopic(calls, notifications);
    const machine = new DeliveryMachine(this, 'Machine', { definition, calls, role, profile: this.profile })
      .stateMachine;
    this.allowOwnExecutions(machine, role);
    return machine;
  }

  private checkPace(slowest: number): void {
    if (slowest > SLOWEST_SECONDS) {
      const minutes = this.deploymentTimeout.toMinutes();
      throw new PropError(this, {
        prop: 'deploymentTimeout',
        value: `${minutes} minutes for each of ${this._targets.length} services`,
        expected: `about ${Math.floor((minutes * SLOWEST_SECONDS) / slowest)} minutes: an execution of Step Functions has 25,000 events, and each deployment is looked at once an hour at least`,
        fix: 'shorten it or the rollouts, or make another stage for some of the services',
      });
    }
  }

  /** Beside the machine, which its role's other policy may not wait for. */
  private allowOwnExecutions(machine: StateMachine, role: Role): void {
    const executions = executionsOf(machine);
    const own = new ManagedPolicy(this, 'OwnExecutions', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machine.stateMachineArn] }),
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
    acknowledgeWildcard(own, executions, 'Executions are named by whoever starts them, below the one state machine.');
    own.node.addDependency(machine);
  }

  private createMigrationPlan(): StateMachine | undefined {
    const { migration, profile = this.profile } = this.props;
    return migration?._options.plan && new MigrationPlan(this, 'Plan', { migration, profile }).stateMachine;
  }

  /** A release that was stopped, or ended where nothing can be caught, can't take itself back: a second execution does, and finds nothing where the first did. */
  private cleanUpAfterStops(): void {
    const { stateMachineArn } = this.stateMachine;
    const description = `Takes back stopped releases to ${this.stageName}`;
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
          inputTransformer: { inputPathsMap: { name: '$.detail.name' }, inputTemplate: '{"clean": <name>}' },
        },
      ],
    });
    rule.node.addDependency(policy);
  }
}
