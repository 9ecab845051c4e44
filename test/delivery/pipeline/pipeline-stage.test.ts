import { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { DeployStage, EnvironmentProfile } from '../../../src';
import { PipelineStage } from '../../../src/delivery/pipeline/pipeline-stage';
import { ACCOUNT, REGION, testStack } from '../../fixtures/test-stack';

/** What the approval of a production stage says. */
function approvalOf(commits?: string): string {
  const stack = testStack();
  const stage = DeployStage.elsewhere({
    name: 'production', production: true, stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:shop`,
  })._bind(stack);
  const pipeline = new Pipeline(stack, 'Pipeline');
  new PipelineStage(stack, 'Stage', { stage, tags: { shop: '#{Build.IMAGE_TAG}' }, summary: '#{Build.IMAGE_TAG}', commits, profile: EnvironmentProfile.production() }).addTo(pipeline);
  const [production] = pipeline.stages as IStage[];
  const approval = production.actions.find(({ actionProperties }) => actionProperties.actionName === 'Approve')!;
  return String((approval as unknown as { props: { additionalInformation: string } }).props.additionalInformation);
}

describe('The approval of a stage', () => {
  test('shows the commits since the last released one where a build exports them (A-10)', () => {
    expect(approvalOf('#{Build.COMMITS_SINCE_RELEASE}')).toBe(
      'Release of #{Build.IMAGE_TAG} to production. A newer commit waits until this one is approved or rejected: earlier stages may run it already. Reason to pass firing alarms: #{variables.despite}.' +
        ' Commits since the last release: #{Build.COMMITS_SINCE_RELEASE}',
    );
  });

  test('says nothing of commits where no build exports them', () => {
    expect(approvalOf()).not.toContain('Commits since');
  });
});
