import { Duration } from 'aws-cdk-lib';
import { EcsDeploymentConfig, type IEcsDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import {
  AlarmBehavior,
  DeploymentControllerType,
  DeploymentStrategy,
  type FargateServiceProps,
  type TrafficShiftConfig,
} from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkSteps, shapeOfSteps } from './rollout-steps';
import type { SmokeTest } from './smoke-test';

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

/** What {@link Rollout.steps} may be told. */
export interface StepsProps extends BlueGreenProps {
  /**
   * How long each step but the last is watched, whole minutes, 0 to 1440; to 1380 where the steps are not ECS's own.
   * @default Duration.minutes(1) - requirement B-07; C-18 has five
   */
  readonly stepBakeTime?: Duration;
}

/** What {@link Rollout.codeDeploy} may be told. */
export interface CodeDeployProps {
  /**
   * How CodeDeploy shifts: one of its own configurations, or a new `EcsDeploymentConfig` with `TrafficRouting.timeBasedLinear`,
   * `.timeBasedCanary` or `.allAtOnce`.
   * @default EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES - requirement B-09
   */
  readonly deploymentConfig?: IEcsDeploymentConfig;
  /**
   * How long the old tasks are kept after the shift, whole minutes, 0 to 2880. Going back within it needs no new tasks.
   * @default Duration.minutes(30) - requirement A-11
   */
  readonly terminationWaitTime?: Duration;
}

/**
 * What stands beside a rollout in a service, for the combinations that can't work.
 * @internal
 */
interface RolloutCompany {
  /**
   * Needs a rollout with a second target group and with hooks.
   * @default - none, which suits every rollout
   */
  readonly smokeTest?: SmokeTest;
  /** Whether the load balancer may have other services. */
  readonly sharedLoadBalancer: boolean;
  /**
   * The route as the caller named it.
   * @default - all requests
   */
  readonly route?: string;
  /**
   * Whether other services reach it by Service Connect.
   * @default false
   */
  readonly serviceConnect?: boolean;
  /** Whether its tasks are replaced by a schedule, because secrets that they have read change. */
  readonly replacesTasks?: boolean;
}

/** What a rollout is, whatever it was made from. */
interface Course {
  /** Undefined where CodeDeploy does it. */
  readonly strategy?: DeploymentStrategy;
  readonly bakeTime?: Duration;
  readonly shift?: Required<TrafficShiftConfig>;
  /** The schedule as the caller wrote it. */
  readonly steps?: number[];
  /** Weights at which the hook holds, and for how long. */
  readonly hold?: StepHold;
  readonly codeDeploy?: Required<CodeDeployProps>;
}

/**
 * Where the hook holds, because ECS alone can't.
 * @internal
 */
export interface StepHold {
  /** Percent of the new version at which the hook holds, rising, the last 100 left out. */
  readonly steps: number[];
  /** At each of the steps, 0 to 1380 whole minutes: ECS ends a hook after 24 hours. */
  readonly time: Duration;
}

const WHOLE_MINUTES_FIX = 'give Duration.minutes(n) with a whole n';
/** CloudFormation gives up on a service after this; AWS documents it for the whole deployment. */
const MOST_BAKE_HOURS = 33;
/** ECS ends a hook after 24 hours; this leaves it an hour. */
const MOST_HELD_MINUTES = 23 * 60;
const DEFAULT_BAKE_TIME = Duration.minutes(10);
const DEFAULT_STEP_BAKE_TIME = Duration.minutes(1);

/** How a new version takes over from the one that serves, and how long it is watched. */
export class Rollout {
  /** All traffic at once, after the new version's tasks are healthy. */
  public static blueGreen(props: BlueGreenProps = {}): Rollout {
    return new Rollout({ strategy: DeploymentStrategy.BLUE_GREEN, bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME });
  }

  /** A share first, then the rest. */
  public static canary(props: CanaryProps = {}): Rollout {
    return new Rollout({
      strategy: DeploymentStrategy.CANARY,
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: { stepPercent: props.percent ?? 10, stepBakeTime: props.stepBakeTime ?? Duration.minutes(5) },
    });
  }

  /** Equal steps up to all of it. */
  public static linear(props: LinearProps = {}): Rollout {
    return new Rollout({
      strategy: DeploymentStrategy.LINEAR,
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: { stepPercent: props.stepPercent ?? 10, stepBakeTime: props.stepBakeTime ?? DEFAULT_STEP_BAKE_TIME },
    });
  }

  /**
   * Steps of your own, for example `[10, 20, 50, 70, 100]` (requirement B-07) or `[10, 50, 100]` (C-18): rising, in tenths of a percent, up
   * to 100. What ECS has itself is left to it: `[100]` is blue/green, `[10, 100]` a canary, equal steps are linear. Else a function of the
   * service's own holds the shift at the steps; ECS moves in multiples of one share of at least 3 percent.
   */
  public static steps(percentages: number[], props: StepsProps = {}): Rollout {
    const { strategy, stepPercent, heldAt } = shapeOfSteps(percentages);
    const time = props.stepBakeTime ?? DEFAULT_STEP_BAKE_TIME;
    return new Rollout({
      strategy: DeploymentStrategy[strategy],
      bakeTime: props.bakeTime ?? DEFAULT_BAKE_TIME,
      shift: strategy === 'BLUE_GREEN' ? undefined : { stepPercent, stepBakeTime: heldAt ? Duration.minutes(0) : time },
      steps: percentages,
      hold: heldAt && { steps: heldAt, time },
    });
  }

  /** Task by task in one target group, without a second one (requirement E-14): cheap, and only for where a bad version may be seen. */
  public static rolling(): Rollout {
    return new Rollout({ strategy: DeploymentStrategy.ROLLING });
  }

  /**
   * CodeDeploy deploys (requirement B-09), a second choice: no hooks, no steps of your own, no circuit breaker; a load balancer of the
   * service's own; and `cdk deploy` never brings a new version out, a CodeDeploy deployment does.
   */
  public static codeDeploy(props: CodeDeployProps = {}): Rollout {
    return new Rollout({
      codeDeploy: {
        deploymentConfig: props.deploymentConfig ?? EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES,
        terminationWaitTime: props.terminationWaitTime ?? Duration.minutes(30),
      },
    });
  }

  private constructor(private readonly course: Course) {}

  /**
   * Whether the service needs a second target group.
   * @internal
   */
  public get _shiftsTraffic(): boolean {
    return this.course.strategy !== DeploymentStrategy.ROLLING;
  }

  /**
   * Set where CodeDeploy deploys.
   * @internal
   */
  public get _codeDeploy(): Required<CodeDeployProps> | undefined {
    return this.course.codeDeploy;
  }

  /**
   * Set where the hook must hold the shift.
   * @internal
   */
  public get _hold(): StepHold | undefined {
    return this.course.hold;
  }

  /**
   * All steps and the bake, as planned; what CodeDeploy takes is its own affair.
   * @internal
   */
  public get _longest(): Duration {
    const { bakeTime = Duration.minutes(0), shift, hold, strategy } = this.course;
    if (!shift) {
      return bakeTime;
    }
    const steps =
      hold?.steps.length ?? (strategy === DeploymentStrategy.CANARY ? 1 : Math.ceil(100 / shift.stepPercent) - 1);
    return bakeTime.plus(Duration.minutes(steps * (hold?.time ?? shift.stepBakeTime).toMinutes()));
  }

  /**
   * What the service is told of its deployments.
   * @internal
   */
  public _deployment(alarmNames: string[]): Partial<FargateServiceProps> {
    const { strategy, bakeTime, shift, codeDeploy } = this.course;
    if (codeDeploy) {
      return { deploymentController: { type: DeploymentControllerType.CODE_DEPLOY } };
    }
    return {
      deploymentController: { type: DeploymentControllerType.ECS },
      deploymentStrategy: strategy,
      bakeTime,
      linearConfiguration: strategy === DeploymentStrategy.LINEAR ? shift : undefined,
      canaryConfiguration: strategy === DeploymentStrategy.CANARY ? shift : undefined,
      circuitBreaker: { enable: true, rollback: true },
      deploymentAlarms: { alarmNames, behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
    };
  }

  /**
   * @internal
   */
  public _check(scope: IConstruct, company: RolloutCompany): void {
    this.checkCompany(scope, company);
    const { bakeTime, shift, steps, hold, codeDeploy } = this.course;
    if (codeDeploy) {
      checkWholeNumber(
        scope,
        'rollout.terminationWaitTime',
        codeDeploy.terminationWaitTime.toMinutes({ integral: false }),
        { min: 0, max: 2880, unit: 'minutes', fix: WHOLE_MINUTES_FIX },
      );
    }
    if (steps) {
      checkSteps(scope, steps);
    }
    const minutes = { min: 0, max: 1440, unit: 'minutes', fix: WHOLE_MINUTES_FIX };
    checkWholeNumber(scope, 'rollout.bakeTime', bakeTime?.toMinutes({ integral: false }), minutes);
    if (!shift) {
      return;
    }
    const stepBakeTime = hold?.time ?? shift.stepBakeTime;
    checkWholeNumber(
      scope,
      'rollout.stepBakeTime',
      stepBakeTime.toMinutes({ integral: false }),
      hold ? { ...minutes, max: MOST_HELD_MINUTES } : minutes,
    );
    const watched = this.checkShare(scope, shift.stepPercent);
    this.checkTotal(scope, hold?.steps.length ?? watched, stepBakeTime);
  }

  /** The number of steps that are watched: all but the last, after which the bake begins. */
  private checkShare(scope: IConstruct, percent: number): number {
    const canary = this.course.strategy === DeploymentStrategy.CANARY;
    const [prop, min, max] = canary
      ? (['rollout.percent', 0.1, 99.9] as const)
      : (['rollout.stepPercent', 3, 100] as const);
    if (percent < min || percent > max || Math.abs(percent * 10 - Math.round(percent * 10)) > 1e-9) {
      throw new PropError(scope, {
        prop,
        value: percent,
        expected: `${min} to ${max} percent in steps of 0.1`,
        fix: canary ? 'use Rollout.blueGreen() for all at once' : 'use Rollout.canary() for a smaller share',
      });
    }
    return canary ? 1 : Math.ceil(100 / percent) - 1;
  }

  private checkTotal(scope: IConstruct, steps: number, stepBakeTime: Duration): void {
    const total = steps * stepBakeTime.toMinutes() + this.course.bakeTime!.toMinutes();
    if (total > MOST_BAKE_HOURS * 60) {
      throw new PropError(scope, {
        prop: 'rollout',
        value: `${total} minutes`,
        expected: `at most ${MOST_BAKE_HOURS} hours in all: ${steps} steps and the bake`,
        fix: 'shorten stepBakeTime or bakeTime, or take larger steps',
      });
    }
  }

  private checkCompany(scope: IConstruct, company: RolloutCompany): void {
    if (company.smokeTest && !this._shiftsTraffic) {
      throw new PropError(scope, {
        prop: 'smokeTest',
        value: 'a smoke test',
        expected: 'none with Rollout.rolling(): its tasks get traffic one by one, before anything can ask them',
        fix: 'take Rollout.blueGreen(), or leave the test to the health check',
      });
    }
    if (!this._codeDeploy) {
      return;
    }
    const codeDeployHas = (prop: string, value: string, expected: string, fix: string) =>
      new PropError(scope, { prop, value, expected: `${expected} with Rollout.codeDeploy()`, fix });
    if (company.smokeTest) {
      throw codeDeployHas(
        'smokeTest',
        'a smoke test',
        "none: hooks are of ECS's own rollouts, so there is none",
        'take Rollout.steps or Rollout.linear, or name a Lambda function in the AppSpec of the deployment',
      );
    }
    if (company.serviceConnect) {
      throw codeDeployHas(
        'rollout',
        'CodeDeploy',
        'no Service Connect: ECS offers it to its own rollouts alone, so not',
        'take Rollout.linear()',
      );
    }
    if (company.replacesTasks) {
      throw codeDeployHas(
        'backingServices',
        'a secret that rotates',
        'none that rotates: ECS starts no tasks anew where CodeDeploy deploys, and the old secret ends',
        'take Rollout.linear()',
      );
    }
    if (company.sharedLoadBalancer) {
      throw codeDeployHas(
        'loadBalancer',
        'a shared load balancer',
        'a certificate: CodeDeploy moves the default action of a listener, so the service needs a load balancer of its own',
        'give the certificate instead, or take Rollout.linear()',
      );
    }
    if (company.route !== undefined && company.route !== '/*') {
      throw codeDeployHas(
        'route',
        company.route,
        "Route.path('/*'): CodeDeploy moves the default action of a listener, which knows no route,",
        'leave out route, or take Rollout.linear()',
      );
    }
  }
}
