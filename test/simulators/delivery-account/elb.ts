import type { Ecs } from './ecs';
import type { World } from './world';

/** Listener rules and target health of services with two target groups. */
export class Elb {
  /** No target is healthy. */
  public unhealthy = false;

  public constructor(
    private readonly world: World,
    private readonly ecs: Ecs,
  ) {}

  public describeRules({ RuleArns: [rule] }: any) {
    const fact = this.world.facts.find((one) => one.rule === rule)!;
    const { group } = this.ecs.services[fact.service];
    return { Rules: [{ Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [0, 1].map((index) => ({ TargetGroupArn: `${fact.service} ${index}`, Weight: index === group ? 1 : 0 })) } }] }] };
  }

  public describeTargetHealth({ TargetGroupArn }: any) {
    const [service, group] = TargetGroupArn.split(' ');
    const healthy = !this.unhealthy && this.ecs.services[service].tasks > 0 && this.ecs.services[service].group === Number(group);
    return { TargetHealthDescriptions: healthy ? [{ Target: { Id: '10.0.1.1' }, TargetHealth: { State: 'unhealthy' } }, { TargetHealth: { State: 'healthy' } }] : [] };
  }
}
