import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { chatMessage } from '../../observability/alerting/chat-message';
import { consoleAddress } from './console-url';

/** The topic admits EventBridge already. Releases tell of themselves; this is for checks, builds, scans and approvals that end it. */
export function tellOfFailures(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  tellOf(scope, 'Failures', {
    pipeline,
    topic,
    detail: { state: ['FAILED'] },
    description: 'fail',
    title: 'Pipeline failed at <stage>',
    text: 'The action <action> of execution <execution> failed',
  });
}

/** CodePipeline's own message for it is in a form that chat integration drops. */
export function tellOfApprovals(scope: Construct, pipeline: Pipeline, topic: ITopic): void {
  tellOf(scope, 'Approvals', {
    pipeline,
    topic,
    detail: { type: { category: ['Approval'] }, state: ['STARTED'] },
    description: 'wait for an approval',
    title: 'Release to <stage> waits for an approval',
    text: 'Execution <execution> waits. Review it here',
  });
}

interface Told {
  readonly pipeline: Pipeline;
  readonly topic: ITopic;
  readonly detail: object;
  /** What the actions do. */
  readonly description: string;
  readonly title: string;
  readonly text: string;
}

/** With fields that every one of these events has: without one, EventBridge would send nothing. */
function tellOf(scope: Construct, id: string, { pipeline, topic, detail, description, title, text }: Told): void {
  const address = consoleAddress(scope, 'codesuite/codepipeline/pipelines/<pipeline>/view', '');
  new CfnRule(scope, id, {
    description: `Tells of actions of ${scope.node.path} that ${description}`,
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
          inputTemplate: JSON.stringify(chatMessage(title, `${text}: ${address}`)),
        },
      },
    ],
  });
}
