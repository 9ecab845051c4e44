import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceSignals } from '../../contracts';
import type { CheckedObjective } from './service-objective';

/** Requests of a window, as expressions over metrics. */
interface RequestCounts {
  readonly failed: string;
  readonly all: string;
  readonly metrics: { [id: string]: Metric };
}

/** How fast a service spends the requests that its objective lets fail, and on how many of them it is measured. */
export class RequestBudget {
  public constructor(
    private readonly signals: ServiceSignals,
    private readonly objective: CheckedObjective,
  ) {}

  /** Failed and all requests, for a record that divides them itself. */
  public counts(period: Duration): RequestCounts {
    return this.objective.withinSeconds === undefined
      ? this.answers(period)
      : this.responseTimes(period, this.objective.withinSeconds);
  }

  /** How many times faster than it may: at 1 the budget lasts just as long as the objective. 0 without traffic, and below the fewest failures. */
  public burnRate(window: Duration, fewest: number): MathExpression {
    const { failed, all, metrics } = this.counts(window);
    const enough = fewest > 1 ? `IF(${failed}>=${shown(fewest)},1,0)*` : '';
    return new MathExpression({
      expression: `${enough}IF(${all}>0,(${failed})/(${all})/${this.share},0)`,
      usingMetrics: metrics,
      period: window,
      label: 'Burn rate',
    });
  }

  /** Of requests that may fail. Rounded: 1 - 0.999 is not 0.001 to a computer, and a budget just kept would burn. */
  private get share(): string {
    const { percent } = this.objective;
    return Token.isUnresolved(percent) ? `(1-${shown(percent)}/100)` : String(Number((1 - percent / 100).toFixed(10)));
  }

  /**
   * RequestCount holds only what a target answered: in a total outage there is nothing but the load balancer's own errors, so they stand on both sides.
   * They have no target group: behind a shared load balancer they count for each service.
   */
  private answers(period: Duration): RequestCounts {
    const made = this.metric('HTTPCode_ELB_5XX_Count', Stats.SUM, period);
    const groups = this.signals.targetGroupFullNames.map((group, index) => ({
      answered: [`answered${index}`, this.metric('RequestCount', Stats.SUM, period, group)] as const,
      errors: [`errors${index}`, this.metric('HTTPCode_Target_5XX_Count', Stats.SUM, period, group)] as const,
    }));
    return {
      failed: sum([...groups.map(({ errors: [id] }) => id), 'made']),
      all: sum([...groups.map(({ answered: [id] }) => id), 'made']),
      metrics: Object.fromEntries([['made', made], ...groups.flatMap(({ answered, errors }) => [answered, errors])]),
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

/** A number in a text, which a token is not by itself. */
export function shown(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : String(value);
}
