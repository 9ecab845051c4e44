import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import { failureShare, shown } from '../../metrics/failure-share';
import { tasksWanted } from '../metrics/tasks-wanted';
import type { CheckedObjective } from './service-objective';

/** Objective of a service, as alarms on its burn rate know it. */
export interface WatchedObjective {
  /** Signals of the service. */
  readonly signals: ServiceSignals;
  /** Objective, checked. */
  readonly objective: CheckedObjective;
  /** Metrics of the budget that the objective leaves. */
  readonly budget: ErrorBudget;
}

/** Requests in a period, as expressions over metrics. */
interface RequestCounts {
  readonly failed: string;
  readonly all: string;
  readonly metrics: { [id: string]: Metric };
}

/** While which tasks are wanted, errors of the load balancer count: `once` or `always` in the window. */
export type Gate = 'open' | 'once' | 'always';

/** Metrics of the error budget that an objective leaves to a service. */
export class ErrorBudget {
  public constructor(
    private readonly signals: ServiceSignals,
    private readonly objective: CheckedObjective,
    private readonly sharedLoadBalancer = false,
  ) {}

  /**
   * Counts of failed and all requests.
   *
   * @param gate when errors of the load balancer count: always, or while the service wants tasks
   */
  public counts(period: Duration, gate: Gate = 'open'): RequestCounts {
    return this.objective.withinSeconds === undefined
      ? this.answers(period, gate)
      : this.responseTimes(period, this.objective.withinSeconds);
  }

  /**
   * Burn rate: at 1 the budget lasts exactly as long as the objective. It is 0 without traffic and below the fewest
   * failures. Stray requests to a service that rests don't count.
   */
  public burnRate(window: Duration, fewest: number, gate: Gate = 'once'): MathExpression {
    const { failed, all, metrics } = this.counts(window, gate);
    const enough = fewest > 1 ? `IF(${failed}>=${shown(fewest)},1,0)*` : '';
    return new MathExpression({
      expression: `${enough}IF(${all}>0,(${failed})/(${all})/${failureShare(this.objective.percent)},0)`,
      usingMetrics: metrics,
      period: window,
      label: 'Burn rate',
    });
  }

  /**
   * RequestCount contains only requests that a target answered. In a total outage there are only the load balancer's
   * own errors, so they count as failed and among all. They have no target group, so behind a shared load balancer
   * refused connections count instead.
   */
  private answers(period: Duration, gate: Gate): RequestCounts {
    const wanted = tasksWanted([this.signals], { period, always: gate === 'always' });
    const gated = gate !== 'open';
    const groups = this.signals.targetGroupFullNames.map((group, index) => ({
      answered: [`answered${index}`, this.metric('RequestCount', Stats.SUM, period, group)] as const,
      errors: [`errors${index}`, this.metric('HTTPCode_Target_5XX_Count', Stats.SUM, period, group)] as const,
      refused: [`refused${index}`, this.metric('TargetConnectionErrorCount', Stats.SUM, period, group)] as const,
    }));
    const own = gated ? `IF(${wanted.expression}>0,FILL(made,0),0)` : 'FILL(made,0)';
    const unanswered = this.sharedLoadBalancer ? sum(groups.map(({ refused: [id] }) => id)) : own;
    return {
      failed: `${sum(groups.map(({ errors: [id] }) => id))}+${unanswered}`,
      all: `${sum(groups.map(({ answered: [id] }) => id))}+${unanswered}`,
      metrics: {
        ...(this.sharedLoadBalancer
          ? Object.fromEntries(groups.map(({ refused }) => refused))
          : { made: this.metric('HTTPCode_ELB_5XX_Count', Stats.SUM, period), ...(gated ? wanted.usingMetrics : {}) }),
        ...Object.fromEntries(groups.flatMap(({ answered, errors }) => [answered, errors])),
      },
    };
  }

  private responseTimes(period: Duration, seconds: number): RequestCounts {
    const groups = this.signals.targetGroupFullNames.map((group, index) => ({
      timed: [`timed${index}`, this.metric('TargetResponseTime', Stats.SAMPLE_COUNT, period, group)] as const,
      inTime: [`inTime${index}`, this.metric('TargetResponseTime', `TC(:${shown(seconds)})`, period, group)] as const,
    }));
    const all = sum(groups.map(({ timed: [id] }) => id));
    return {
      failed: `${all}-(${sum(groups.map(({ inTime: [id] }) => id))})`,
      all,
      metrics: Object.fromEntries(groups.flatMap(({ timed, inTime }) => [timed, inTime])),
    };
  }

  private metric(metricName: string, statistic: string, period: Duration, group?: string): Metric {
    const dimensionsMap = {
      LoadBalancer: this.signals.loadBalancerFullName,
      ...(group === undefined ? {} : { TargetGroup: group }),
    };
    return new Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, statistic, period });
  }
}

function sum(ids: string[]): string {
  return ids.map((id) => `FILL(${id},0)`).join('+');
}
