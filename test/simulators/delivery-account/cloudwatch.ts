import type { Ecs } from './ecs';
import type { World } from './world';

/** Alarms that fire, and metrics that count. */
export class CloudWatch {
  public readonly counted: string[] = [];
  /** Names of alarms. */
  public readonly firing = new Set<string>();

  public constructor(
    private readonly world: World,
    private readonly ecs: Ecs,
  ) {}

  public describeAlarms({ AlarmNames, StateValue }: any) {
    const afterwards = Object.values(this.ecs.services).every(({ serving }) => this.world.faults[this.ecs.tagOf(serving)] === 'fires afterwards') && this.ecs.idle;
    const names = AlarmNames.filter((name: string) => this.firing.has(name) || afterwards);
    return { MetricAlarms: StateValue === 'ALARM' ? names.map((AlarmName: string) => ({ AlarmName, StateValue })) : [], CompositeAlarms: [] };
  }

  public putMetricData({ Namespace, MetricData }: any) {
    MetricData.forEach(({ MetricName, Dimensions: [{ Value: machine }], Value }: any) => this.counted.push(`${Namespace} ${MetricName} ${machine} ${Value}`));
  }
}
