import { Stack } from 'aws-cdk-lib';
import { EventField, Match } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { ServiceSignals } from '../../contracts';
import type { AlertRouting } from './alert-routing';
import { announce } from './announcement';
import { serviceArn } from './deployment-events';
import { Severity } from './severity';

/** Properties of {@link TaskEvents}. Both are required. */
export interface TaskEventsProps {
  /** Service whose tasks are watched. */
  readonly signals: ServiceSignals;
  /** Routing with the topic for warnings. */
  readonly alertRouting: AlertRouting;
}

/**
 * Warnings about tasks of a service that don't start or run out of memory.
 *
 * Metrics hide a task that ends again and again, and say nothing of why it ended.
 */
export class TaskEvents extends Construct {
  public constructor(scope: Construct, id: string, { signals, alertRouting }: TaskEventsProps) {
    super(scope, id);
    const { source, clusterName, serviceName } = signals;
    const topics = [alertRouting.topicFor(Severity.WARNING)];
    announce(this, 'Impaired', source, {
      pattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Service Action'],
        resources: [serviceArn(signals)],
        detail: { eventName: ['SERVICE_TASK_START_IMPAIRED', 'SERVICE_TASK_PLACEMENT_FAILURE'] },
      },
      title: 'Tasks do not start, or end at once',
      text: EventField.fromPath('$.detail.eventName'),
      topics,
    });
    announce(this, 'OutOfMemory', source, {
      pattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [Stack.of(source).formatArn({ service: 'ecs', resource: 'cluster', resourceName: clusterName })],
          group: [`service:${serviceName}`],
          lastStatus: ['STOPPED'],
          containers: { reason: Match.prefix('OutOfMemory') },
        },
      },
      title: 'A task ran out of memory',
      text: EventField.fromPath('$.detail.stoppedReason'),
      topics,
    });
  }
}
