import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import type { IReleasedService, ISnapshotSource } from '../../contracts';
import type { SmokeTest } from '../../service';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { Migration } from '../release/migration';

/** What every {@link DeployStage} may be told. */
export interface DeployStageProps {
  /** The services, in the order in which they are released. They are taken back together. 1 to 8. */
  readonly services: IReleasedService[];
  /**
   * What a new version of each of the services must answer before it gets traffic, and again before each further step. It becomes the
   * service's own hook; not for a service that has a smoke test of its own.
   * @default - what the services verify themselves
   */
  readonly smokeTest?: SmokeTest;
  /**
   * Changes the schema with the new image before any service is updated. Its `plan` is shown at the approval (requirement A-08).
   * @default - none
   */
  readonly migration?: Migration;
  /**
   * A database of which a snapshot is taken first (requirement A-06).
   * @default - none
   */
  readonly snapshot?: ISnapshotSource;
  /**
   * How long the alarms of the services are watched after the last deployment, whole minutes, 0 to 1440; one that fires takes everything back.
   * The next execution waits for its end.
   * @default Duration.minutes(15) - requirement C-18
   */
  readonly monitoringTime?: Duration;
  /**
   * Whether new versions must be verified before they get traffic. Without, a service may have `Rollout.rolling()`.
   * @default true
   */
  readonly verifyBeforeTraffic?: boolean;
  /**
   * Alarms besides those of the services that may not fire when a release begins, by name: the database's, for example, as
   * `signals.alarmFor('database-connections-share', database).alarmName` of GoldenSignalAlarms.
   * @default - only those of the services
   */
  readonly gateAlarmNames?: string[];
  /**
   * Tighter alarms after each release. They count only where the pipeline has a `routing` to tell of them, and for services of ProductionWebService.
   * @default - for 24 hours in production (requirement A-10), none before
   */
  readonly postReleaseAlarms?: PostReleaseAlarmsProps;
  /**
   * How long an approval is waited for, whole minutes, 5 minutes to 7 days. After it the execution fails, and the next one goes on.
   * @default Duration.days(7)
   */
  readonly approvalTimeout?: Duration;
}

/** How closely services are watched after a release (requirement A-10). Nothing is taken back any more: people are told. */
export interface PostReleaseAlarmsProps {
  /**
   * How long after the release's end, 1 to 24 whole hours.
   * @default Duration.hours(24)
   */
  readonly duration?: Duration;
  /**
   * Percent of requests that must succeed, above 0, up to 100.
   * @default 99.9 - a fifth of the errors that take a deployment back
   */
  readonly successRatePercent?: number;
  /**
   * Response time that nine of ten requests must stay within, 50 ms to 1 hour.
   * @default Duration.seconds(1) - half of what takes a deployment back
   */
  readonly responseTimeLimit?: Duration;
}

/** What {@link DeployStage.staging} may be told. */
export interface StagingStageProps extends DeployStageProps {
  /**
   * Name of the stage: lower-case letters, digits and hyphens, at most 31. Each stage has its own.
   * @default 'staging'
   */
  readonly name?: string;
  /**
   * Whether somebody has to approve.
   * @default false - requirements
   */
  readonly approval?: boolean;
}

/** What {@link DeployStage.production} may be told. */
export interface ProductionStageProps extends DeployStageProps {
  /**
   * Name of the stage: lower-case letters, digits and hyphens, at most 31. Each stage has its own.
   * @default 'production'
   */
  readonly name?: string;
  /**
   * Releases without asking anybody.
   * @default - somebody approves (requirements and B-12)
   */
  readonly withoutApproval?: Waiver;
}

/** What {@link DeployStage.elsewhere} needs to know. */
export interface ElsewhereStageProps {
  /** Name of the stage: lower-case letters, digits and hyphens, at most 31. */
  readonly name: string;
  /** Whether it is production: then somebody approves, and no stage before production stands after it. */
  readonly production: boolean;
  /**
   * ARN of the state machine of its `Release`, which stands in the stack of the services there. A reference is one of this account and region. The
   * repositories there have the names of those here, as replicas of ECR do.
   */
  readonly stateMachineArn: string;
  /**
   * ARN of the role there that the pipeline assumes. It trusts the pipeline's account, and allows `states:StartExecution` and
   * `states:DescribeStateMachine` on the machine, and `states:DescribeExecution` on its executions. Needed in another account.
   * @default - the pipeline's own, for a state machine of this account
   */
  readonly roleArn?: string;
  /**
   * Releases to production without asking anybody.
   * @default - somebody approves
   */
  readonly withoutApproval?: Waiver;
  /**
   * How long an approval is waited for, whole minutes, 5 minutes to 7 days.
   * @default Duration.days(7)
   */
  readonly approvalTimeout?: Duration;
}

/** A stage whatever it was made from. */
interface StagePlan {
  readonly name: string;
  readonly production: boolean;
  readonly approval: boolean;
  readonly approvalTimeout?: Duration;
  readonly withoutApproval?: Waiver;
  readonly postReleaseAlarms?: PostReleaseAlarmsProps;
  readonly here?: DeployStageProps;
  readonly elsewhere?: ElsewhereStageProps;
}

const MOST_DAYS = 7;

/** Where a {@link BlueGreenPipeline} releases to. */
export class DeployStage {
  /** A stage before production: released without asking. As many as there are. */
  public static staging(props: StagingStageProps): DeployStage {
    return new DeployStage({
      name: props.name ?? 'staging',
      production: false,
      approval: props.approval ?? false,
      approvalTimeout: props.approvalTimeout,
      postReleaseAlarms: props.postReleaseAlarms,
      here: props,
    });
  }

  /** Production: somebody approves first. Stages of production follow all others. */
  public static production(props: ProductionStageProps): DeployStage {
    const { name = 'production', withoutApproval, approvalTimeout, postReleaseAlarms = {} } = props;
    return new DeployStage({
      name,
      production: true,
      approval: !withoutApproval,
      approvalTimeout,
      withoutApproval,
      postReleaseAlarms,
      here: props,
    });
  }

  /** A stage whose `Release` stands elsewhere, in another account, region or stack: the pipeline knows names only. */
  public static elsewhere(props: ElsewhereStageProps): DeployStage {
    const { name, production, withoutApproval, approvalTimeout } = props;
    return new DeployStage({
      name,
      production,
      approval: production && !withoutApproval,
      approvalTimeout,
      withoutApproval,
      elsewhere: props,
    });
  }

  private constructor(
    /** @internal */
    public readonly _plan: StagePlan,
  ) {}

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    const { name, approval, approvalTimeout, withoutApproval, here, elsewhere } = this._plan;
    const of = (prop: string) => `stages.${name}.${prop}`;
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      throw new PropError(scope, {
        prop: 'stages.name',
        value: name,
        expected: 'lower-case letters, digits and hyphens, at most 31',
        fix: "write 'production'",
      });
    }
    if (withoutApproval) {
      checkReason(scope, of('withoutApproval.reason'), withoutApproval.reason);
    }
    if (here?.services.length === 0) {
      throw new PropError(scope, {
        prop: of('services'),
        value: here.services,
        expected: 'at least one service',
        fix: 'name the services that the stage releases, or leave the stage out',
      });
    }
    if (approvalTimeout !== undefined && !approval) {
      throw new PropError(scope, {
        prop: of('approvalTimeout'),
        value: approvalTimeout.toHumanString(),
        expected: 'none where nobody is asked',
        fix: 'say approval: true, or leave approvalTimeout out',
      });
    }
    checkWholeNumber(scope, of('approvalTimeout'), approvalTimeout?.toMinutes({ integral: false }), {
      min: 5,
      max: MOST_DAYS * 24 * 60,
      unit: 'minutes',
      fix: 'give Duration.hours(n) up to Duration.days(7)',
    });
    const { duration, successRatePercent: percent, responseTimeLimit } = this._plan.postReleaseAlarms ?? {};
    checkWholeNumber(scope, of('postReleaseAlarms.duration'), duration?.toHours({ integral: false }), {
      min: 1,
      max: 24,
      unit: 'hours',
      fix: 'give Duration.hours(n) with a whole n',
    });
    checkWholeNumber(scope, of('postReleaseAlarms.responseTimeLimit'), responseTimeLimit?.toMilliseconds(), {
      min: 50,
      max: 3_600_000,
      unit: 'milliseconds',
      fix: 'give the time that a good answer takes, with room',
    });
    if (percent !== undefined && !Token.isUnresolved(percent) && !(percent > 0 && percent <= 100)) {
      throw new PropError(scope, {
        prop: of('postReleaseAlarms.successRatePercent'),
        value: percent,
        expected: 'above 0, up to 100',
        fix: 'give the percentage of requests that must succeed',
      });
    }
    if (elsewhere) {
      checkArn(
        scope,
        of('stateMachineArn'),
        elsewhere.stateMachineArn,
        /^arn:[^:]+:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+$/,
        'arn:aws:states:REGION:ACCOUNT:stateMachine:NAME',
      );
      checkArn(
        scope,
        of('roleArn'),
        elsewhere.roleArn,
        /^arn:[^:]+:iam::\d{12}:role\/\S+$/,
        'arn:aws:iam::ACCOUNT:role/NAME',
      );
    }
  }
}

function checkArn(scope: IConstruct, prop: string, value: string | undefined, form: RegExp, example: string): void {
  if (value !== undefined && !Token.isUnresolved(value) && !form.test(value)) {
    throw new PropError(scope, {
      prop,
      value,
      expected: `an ARN as ${example}`,
      fix: 'copy it from the output of the stack there',
    });
  }
}
