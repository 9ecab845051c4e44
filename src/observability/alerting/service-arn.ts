import { Stack } from 'aws-cdk-lib';
import type { ServiceSignals } from '../../contracts';

/** ARN of an ECS service. */
export function serviceArn({ source, clusterName, serviceName }: ServiceSignals): string {
  return Stack.of(source).formatArn({
    service: 'ecs',
    resource: 'service',
    resourceName: `${clusterName}/${serviceName}`,
  });
}
