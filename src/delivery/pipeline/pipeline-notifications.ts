import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { chatMessage } from '../../observability/alerting/channels/chat-message';
import { consoleUrl } from '../../text/console-url';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';

/** Event of the pipeline that is published to a topic. */
interface Notification {
  readonly pipeline: Pipeline;
  /** Its policy allows EventBridge already. */
  readonly topic: ITopic;
  /** Pattern of the detail of the event. */
  readonly detail: object;
  /** Predicate for the description of the rule: `fail`. */
  readonly predicate: string;
  readonly title: string;
  readonly text: string;
}

/** Notifies of failed actions: checks, builds, scans and approvals. Releases send their notifications themselves. */
export function notifyOfFailures(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  createNotificationRule(scope, 'Failures', {
    pipeline,
    topic,
    detail: { state: ['FAILED'] },
    predicate: 'fail',
    title: 'Pipeline failed at <stage>',
    text: 'The action <action> of execution <execution> failed',
  });
}

/** Notifies of pending approvals, because chat clients don't show the message that CodePipeline sends. */
export function notifyOfApprovals(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  createNotificationRule(scope, 'Approvals', {
    pipeline,
    topic,
    detail: { type: { category: ['Approval'] }, state: ['STARTED'] },
    predicate: 'wait for an approval',
    title: 'Release to <stage> waits for an approval',
    text: 'Execution <execution> waits. Review it here',
  });
}

/** Uses only fields that all these events have. EventBridge drops an event that lacks one of them. */
function createNotificationRule(scope: Construct, id: string, notification: Notification): void {
  const { pipeline, topic, detail, predicate, title, text } = notification;
  const url = consoleUrl(scope, 'codesuite/codepipeline/pipelines/<pipeline>/view', '');
  new CfnRule(scope, id, {
    description: textFor('event rule', `Notifies when actions of ${stackPath(scope)} ${predicate}`),
    eventPattern: {
      'source': ['aws.codepipeline'],
      'detail-type': ['CodePipeline Action Execution State Change'],
      'detail': { pipeline: [pipeline.pipelineName], ...detail },
    },
    targets: [
      {
        id: 'Topic',
        arn: topic.topicArn,
        inputTransformer: {
          inputPathsMap: {
            stage: '$.detail.stage',
            action: '$.detail.action',
            execution: '$.detail.execution-id',
            pipeline: '$.detail.pipeline',
          },
          inputTemplate: JSON.stringify(chatMessage(title, `${text}: ${url}`)),
        },
      },
    ],
  });
}
