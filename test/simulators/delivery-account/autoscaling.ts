import { AwsError } from '../state-machines';
import type { Ecs } from './ecs';

/** Minimum capacity of services. */
export class ApplicationAutoScaling {
  /** Whether services have scaling. */
  public scales = true;

  public constructor(private readonly ecs: Ecs) {}

  public describeScalableTargets({ ResourceIds }: any) {
    return { ScalableTargets: this.scales ? ResourceIds.map((ResourceId: string) => ({ ResourceId, MinCapacity: this.ecs.services[ResourceId.split('/')[2]].minCapacity })) : [] };
  }

  /** Makes a target where there is none, for which it wants to know the most tasks, too. */
  public registerScalableTarget({ ResourceId, MinCapacity }: any) {
    if (!this.scales) {
      throw new AwsError('ApplicationAutoScaling.ValidationException', 'MaxCapacity is required');
    }
    this.ecs.services[ResourceId.split('/')[2]].minCapacity = MinCapacity;
  }
}
