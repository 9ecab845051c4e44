import { Aws, type CfnCondition, Duration, Fn, Token } from 'aws-cdk-lib';
import type { CfnService, FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { EnvironmentProfile } from '../environment';
import { checkWholeNumber } from '../refusal/checks';
import type { ServiceScaling } from './service-scaling';

/** Out within a minute, in slowly: too few tasks cost more than too many (requirements C-05, D-13). */
const COOLDOWNS = { scaleOutCooldown: Duration.seconds(60), scaleInCooldown: Duration.seconds(300) };

/** What {@link scaleTasks} needs to know. */
export interface TaskScalingProps {
  readonly profile: EnvironmentProfile;
  readonly scaling?: ServiceScaling;
  /** True while the service has no image. */
  readonly nothingReleased?: CfnCondition;
}

/** Moves the number of a service's tasks. The template has no DesiredCount, because every deploy would put it back. */
export function scaleTasks(service: FargateService, props: TaskScalingProps): ScalableTaskCount {
  const { profile, nothingReleased } = props;
  const { minTasks = profile.minTasks, maxTasks = Math.max(minTasks, profile.maxTasks), cpuPercent = 70, memoryPercent = 80 } = props.scaling?._props ?? {};
  const scope = service.node.scope!;
  checkWholeNumber(scope, 'scaling.minTasks', minTasks, { min: 1, max: 5000, unit: 'tasks', wayOut: 'keep at least one' });
  checkWholeNumber(scope, 'scaling.maxTasks', maxTasks, { min: minTasks, max: 5000, unit: 'tasks, not below minTasks', wayOut: 'raise maxTasks' });
  const percent = { min: 10, max: 90, unit: 'percent', wayOut: 'leave room for a surge' };
  checkWholeNumber(scope, 'scaling.cpuPercent', cpuPercent, percent);
  checkWholeNumber(scope, 'scaling.memoryPercent', memoryPercent, percent);

  if (nothingReleased) {
    startWithoutTasks(service, nothingReleased);
  }
  const minCapacity = nothingReleased ? Token.asNumber(Fn.conditionIf(nothingReleased.logicalId, 0, minTasks)) : minTasks;
  const count = service.autoScaleTaskCount({ minCapacity, maxCapacity: maxTasks });
  count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent, ...COOLDOWNS });
  count.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: memoryPercent, ...COOLDOWNS });
  return count;
}

/** Before the first release there is no image to pull: a service with tasks would never become stable, and its stack would go back. */
function startWithoutTasks(service: FargateService, nothingReleased: CfnCondition): void {
  const resource = service.node.defaultChild as CfnService;
  resource.addPropertyOverride('DesiredCount', Fn.conditionIf(nothingReleased.logicalId, 0, Aws.NO_VALUE));
}
