import { CfnOutput } from 'aws-cdk-lib';
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
  /**
   * Type of the event.
   * @default - an action changes its state
   */
  readonly detailType?: string;
  /**
   * Paths of the fields that the text names.
   * @default - those of an action
   */
  readonly fields?: { readonly [name: string]: string };
  /**
   * Subject for the description of the rule.
   * @default 'actions'
   */
  readonly subject?: string;
  /** Predicate for the description of the rule: `fail`. */
  readonly predicate: string;
  readonly title: string;
  readonly text: string;
}

/**
 * Output with the command that starts the pipeline.
 *
 * Images of a commit that is built already are not built again, so that it also releases what changed in tasks.
 */
export function createCommandOutput(scope: Construct, pipeline: Pipeline): void {
  new CfnOutput(scope, 'Command', {
    value: `aws codepipeline start-pipeline-execution --name ${pipeline.pipelineName}`,
    description: 'Releases the newest commit to all stages, and what changed in the tasks without a new image',
  });
}

/** Notifies of failures, of executions that are replaced, and of approvals where there are some. */
export function notifyOf(scope: Construct, pipeline: Pipeline, topic: ITopic, stages: { approvals: boolean }): void {
  notifyOfFailures(scope, pipeline, topic);
  notifyOfSuperseded(scope, pipeline, topic);
  if (stages.approvals) {
    notifyOfApprovals(scope, pipeline, topic);
  }
}

/** Notifies of failed actions: checks, builds, scans and approvals. Releases send their notifications themselves. */
function notifyOfFailures(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
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
function notifyOfApprovals(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  createNotificationRule(scope, 'Approvals', {
    pipeline,
    topic,
    detail: { type: { category: ['Approval'] }, state: ['STARTED'] },
    predicate: 'wait for an approval',
    title: 'Release to <stage> waits for an approval',
    text: 'Execution <execution> waits. Review it here',
  });
}

/** Notifies of executions that a newer commit has replaced while they waited for a stage. */
function notifyOfSuperseded(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  createNotificationRule(scope, 'Superseded', {
    pipeline,
    topic,
    detail: { state: ['SUPERSEDED'] },
    detailType: 'CodePipeline Pipeline Execution State Change',
    fields: { execution: '$.detail.execution-id', pipeline: '$.detail.pipeline' },
    subject: 'executions',
    predicate: 'are replaced by a newer commit',
    title: 'A newer commit replaces one that waited',
    text: 'Execution <execution> waited for a stage and is not released. Its history shows the commit',
  });
}

/** Fields of each event of an action. */
const ACTION_FIELDS = {
  stage: '$.detail.stage',
  action: '$.detail.action',
  execution: '$.detail.execution-id',
  pipeline: '$.detail.pipeline',
};

/** Uses only fields that all these events have. EventBridge drops an event that lacks one of them. */
function createNotificationRule(scope: Construct, id: string, notification: Notification): void {
  const { pipeline, topic, detail, subject = 'actions', predicate, title, text } = notification;
  const url = consoleUrl(scope, 'codesuite/codepipeline/pipelines/<pipeline>/view', '');
  new CfnRule(scope, id, {
    description: textFor('event rule', `Notifies when ${subject} of ${stackPath(scope)} ${predicate}`),
    eventPattern: {
      'source': ['aws.codepipeline'],
      'detail-type': [notification.detailType ?? 'CodePipeline Action Execution State Change'],
      'detail': { pipeline: [pipeline.pipelineName], ...detail },
    },
    targets: [
      {
        id: 'Topic',
        arn: topic.topicArn,
        inputTransformer: {
          inputPathsMap: notification.fields ?? ACTION_FIELDS,
          inputTemplate: JSON.stringify(chatMessage(title, `${text}: ${url}`)),
        },
      },
    ],
  });
}
