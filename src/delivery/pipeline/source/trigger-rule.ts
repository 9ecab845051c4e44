import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Event that starts a pipeline. */
export interface TriggerRule {
  /** Description of the rule. */
  readonly description: string;
  /** Pattern of the events. */
  readonly eventPattern: object;
  /** Pipeline that the event starts. */
  readonly pipeline: Pipeline;
  /** Role that EventBridge starts the pipeline with. */
  readonly role: Role;
  /** Name of the source action whose revision the event has. */
  readonly actionName: string;
  /** Type of the revision, as CodePipeline names it. */
  readonly revisionType: string;
  /** Path of the revision in the event. */
  readonly revisionPath: string;
}

/** Starts the pipeline with the revision of the event. A newer one may exist when the source action runs. */
export function createTriggerRule(scope: Construct, id: string, rule: TriggerRule): void {
  const { description, eventPattern, pipeline, role, actionName, revisionType, revisionPath } = rule;
  new CfnRule(scope, id, {
    description,
    eventPattern,
    targets: [
      {
        id: 'Pipeline',
        arn: pipeline.pipelineArn,
        roleArn: role.roleArn,
        inputTransformer: {
          inputPathsMap: { revision: revisionPath },
          inputTemplate: JSON.stringify({
            sourceRevisions: [{ actionName, revisionType, revisionValue: '<revision>' }],
          }),
        },
      },
    ],
  });
}
