import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { DeployStage, EnvironmentProfile } from '../../../src';
import { PipelineStage } from '../../../src/delivery/pipeline/pipeline-stage';
import { ACCOUNT, REGION, testStack } from '../../fixtures/test-stack';

/** What the approval of a production stage says whose services are unknown. */
function approvalElsewhere(): string {
  const stack = testStack();
  const stage = DeployStage.elsewhere({
    name: 'production', production: true, stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:shop`,
  })._bind(stack);
  const pipeline = new Pipeline(stack, 'Pipeline');
  new PipelineStage(stack, 'Stage', { stage, tags: { shop: '#{Build.IMAGE_TAG}' }, summary: '#{Build.IMAGE_TAG}', profile: EnvironmentProfile.production() }).addTo(pipeline);
  const [production] = pipeline.stages as IStage[];
  const approval = production.actions.find(({ actionProperties }) => actionProperties.actionName === 'Approve')!;
  return String((approval as unknown as { props: { additionalInformation: string } }).props.additionalInformation);
}

describe('The approval of a stage elsewhere', () => {
  test('says nothing of commits, because the pipeline does not know what is released there (A-10)', () => {
    expect(approvalElsewhere()).toBe(
      'Release of #{Build.IMAGE_TAG} to production. A newer commit waits until this one is approved or rejected: earlier stages may run it already. Reason to pass firing alarms: #{variables.despite}.',
    );
  });
});
