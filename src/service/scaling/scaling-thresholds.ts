import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import type { ServiceScalingProps } from './service-scaling';

/** Thresholds above which tasks are added, checked. */
export interface Thresholds {
  /** Average CPU utilization in percent, 10 to 90. */
  readonly cpuPercent: number;
  /** Average memory utilization in percent, 10 to 90. */
  readonly memoryPercent: number;
  /**
   * Requests per minute and running task, 1 to 1000000.
   * @default - requests don't scale the service
   */
  readonly requestsPerMinute?: number;
}

/** Thresholds of a service, with defaults. Refuses those that leave no room for a surge. */
export function scalingThresholds(scope: IConstruct, props: ServiceScalingProps): Thresholds {
  const { cpuPercent = 70, memoryPercent = 80, requestsPerMinute } = props;
  const percent = { min: 10, max: 90, unit: 'percent', fix: 'give a percentage that leaves capacity for a surge' };
  checkWholeNumber(scope, 'scaling.cpuPercent', cpuPercent, percent);
  checkWholeNumber(scope, 'scaling.memoryPercent', memoryPercent, percent);
  checkWholeNumber(scope, 'scaling.requestsPerMinute', requestsPerMinute, {
    min: 1,
    max: 1_000_000,
    unit: 'requests a minute and task',
    fix: 'give the number of requests that one task can answer in a minute',
  });
  return { cpuPercent, memoryPercent, requestsPerMinute };
}
