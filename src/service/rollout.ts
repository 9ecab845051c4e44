import { Duration } from 'aws-cdk-lib';
import { DeploymentStrategy, type TrafficShiftConfig } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../refusal/checks';
import { PropError } from '../refusal/prop-error';

/** What {@link Rollout.blueGreen} may be told. */
export interface BlueGreenProps {
  /**
   * How long both versions run after the switch, whole minutes, 0 to 1440. Going back within it is a change of weights.
   * @default Duration.minutes(10) - document A's close monitoring; it keeps blue for 30
   */
  readonly bakeTime?: Duration;
}

/** What {@link Rollout.canary} may be told. */
export interface CanaryProps extends BlueGreenProps {
  /**
   * Share of the traffic that the new version gets first, 0.1 to 99.9 percent in tenths.
   * @default 10
   */
  readonly percent?: number;
  /**
   * How long it keeps that share, whole minutes, 0 to 1440.
   * @default Duration.minutes(5) - requirement C-18
   */
  readonly stepBakeTime?: Duration;
}

/** What {@link Rollout.linear} may be told. */
export interface LinearProps extends BlueGreenProps {
  /**
   * Share by which the new version grows, 3 to 100 percent in tenths.
   * @default 10
   */
  readonly stepPercent?: number;
  /**
   * How long each step is watched, whole minutes, 0 to 1440.
   * @default Duration.minutes(1) - requirements B-07 and B-09
   */
  readonly stepBakeTime?: Duration;
}

const WAY_OUT_OF_BAKE = 'give Duration.minutes(n) with a whole n';
/** CloudFormation gives up on a service after this; AWS documents it for the whole deployment. */
const MOST_BAKE_HOURS = 33;

/** How a new version takes over from the one that serves, and how long it is watched. */
export class Rollout {
  /** All traffic at once, after the new version's tasks are healthy. */
  public static blueGreen(props: BlueGreenProps = {}): Rollout {
    return new Rollout(DeploymentStrategy.BLUE_GREEN, props.bakeTime ?? Duration.minutes(10));
  }

  /** A share first, then the rest. */
  public static canary(props: CanaryProps = {}): Rollout {
    return new Rollout(DeploymentStrategy.CANARY, props.bakeTime ?? Duration.minutes(10), {
      stepPercent: props.percent ?? 10, stepBakeTime: props.stepBakeTime ?? Duration.minutes(5),
    });
  }

  /** Equal steps up to all of it. */
  public static linear(props: LinearProps = {}): Rollout {
    return new Rollout(DeploymentStrategy.LINEAR, props.bakeTime ?? Duration.minutes(10), {
      stepPercent: props.stepPercent ?? 10, stepBakeTime: props.stepBakeTime ?? Duration.minutes(1),
    });
  }

  /** Task by task in one target group, without a second one (requirement E-14): cheap, and only for where a bad version may be seen. */
  public static rolling(): Rollout {
    return new Rollout(DeploymentStrategy.ROLLING, undefined);
  }

  private constructor(
    /** @internal */
    public readonly _strategy: DeploymentStrategy,
    /** @internal */
    public readonly _bakeTime?: Duration,
    /** @internal */
    public readonly _shift?: Required<TrafficShiftConfig>,
  ) {}

  /**
   * Whether the service needs a second target group.
   * @internal
   */
  public get _shiftsTraffic(): boolean {
    return this._strategy !== DeploymentStrategy.ROLLING;
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct): void {
    const minutes = { min: 0, max: 1440, unit: 'minutes', wayOut: WAY_OUT_OF_BAKE };
    checkWholeNumber(scope, 'rollout.bakeTime', this._bakeTime?.toMinutes({ integral: false }), minutes);
    if (!this._shift) {
      return;
    }
    checkWholeNumber(scope, 'rollout.stepBakeTime', this._shift.stepBakeTime.toMinutes({ integral: false }), minutes);
    const canary = this._strategy === DeploymentStrategy.CANARY;
    const [prop, min, max] = canary ? ['rollout.percent', 0.1, 99.9] as const : ['rollout.stepPercent', 3, 100] as const;
    const percent = this._shift.stepPercent;
    if (percent < min || percent > max || Math.abs(percent * 10 - Math.round(percent * 10)) > 1e-9) {
      throw new PropError(scope, { prop, value: percent, allowed: `${min} to ${max} percent in steps of 0.1`, wayOut: canary ? 'use Rollout.blueGreen() for all at once' : 'use Rollout.canary() for a smaller share' });
    }
    this.checkTotal(scope, canary ? 1 : Math.ceil(100 / percent) - 1);
  }

  private checkTotal(scope: IConstruct, steps: number): void {
    const total = steps * this._shift!.stepBakeTime.toMinutes() + this._bakeTime!.toMinutes();
    if (total > MOST_BAKE_HOURS * 60) {
      throw new PropError(scope, {
        prop: 'rollout', value: `${total} minutes`, allowed: `at most ${MOST_BAKE_HOURS} hours in all: ${steps} steps and the bake`, wayOut: 'shorten stepBakeTime or bakeTime, or take larger steps',
      });
    }
  }
}
