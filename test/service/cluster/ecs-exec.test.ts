import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ServiceCluster } from '../../../src';
import { containersOf, endpointsOf, statementsOf } from '../../fixtures/task-definition';
import { refusal, templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const WHY = { reason: 'Thread dumps of a leak that we hunt until May' };

describe('ECS Exec', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(serviceFixture({ ecsExec: WHY }).stack);
  });

  test('is disabled by default, without permissions and endpoints', () => {
    const off = templateOf(serviceFixture().stack);
    off.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: Match.absent() });
    off.hasResourceProperties('AWS::ECS::Cluster', { Configuration: Match.absent() });
    expect(JSON.stringify(off.toJSON())).not.toContain('ssmmessages');
  });

  test('logs the input, and encrypts log and session with a dedicated key', () => {
    template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    template.hasResourceProperties('AWS::ECS::Cluster', {
      Configuration: {
        ExecuteCommandConfiguration: {
          KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('WebSessionsLogKey'), 'Arn'] },
          Logging: 'OVERRIDE',
          LogConfiguration: { CloudWatchLogGroupName: { Ref: Match.stringLikeRegexp('WebSessionsLogLogGroup') }, CloudWatchEncryptionEnabled: true },
        },
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('WebSessionsLogKey'), 'Arn'] }, RetentionInDays: 30 });
  });

  test('lets the tasks open channels, write this log and use this key by a managed policy', () => {
    const statements = statementsOf(template, 'SessionPolicy');
    expect(statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:DescribeLogGroups', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
    ]);
    expect(statements.flatMap(({ Action }) => Action)).toEqual(expect.arrayContaining(['logs:PutLogEvents', 'kms:Decrypt', 'kms:GenerateDataKey']));
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('lets no task start before its agent may open a channel', () => {
    const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    expect(definition.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^WebSessionPolicy/), expect.stringMatching(/^WebTaskExecutionPolicy/)]));
  });

  test('keeps the root read-only and gives the agent writable memory', () => {
    const { web } = containersOf(template);
    expect(web.ReadonlyRootFilesystem).toBe(true);
    expect(web.LinuxParameters.Tmpfs.map(({ ContainerPath, Size }: { ContainerPath: string; Size: number }) => [ContainerPath, Size])).toEqual([
      ['/tmp', 64], ['/var/lib/amazon', 16], ['/var/log/amazon', 16],
    ]);
  });

  test('adds its two endpoints to a network with endpoints only (B-14)', () => {
    expect(endpointsOf(template)).toEqual(['ecr.api', 'ecr.dkr', 'kms', 'logs', 'ssmmessages']);
  });

  test('leaves no finding unacknowledged, and shows its reason in the report', () => {
    const { stack, web } = serviceFixture({ ecsExec: WHY });
    expect(unacknowledged(stack)).toEqual([]);
    expect(JSON.stringify(web.node.findChild('SessionPolicy').node.metadata)).toContain(WHY.reason);
  });

  test('uses the session log of a shared cluster', () => {
    const shared = templateOf(serviceFixture(({ stack, network }) => ({ ecsExec: WHY, cluster: new ServiceCluster(stack, 'Shared', { network, ecsExec: true }).cluster })).stack);
    expect(JSON.stringify(statementsOf(shared, 'SessionPolicy'))).toContain('SharedSessionsLogLogGroup');
  });

  test('is refused in a shared cluster without a session log', () => {
    const message = refusal(() => serviceFixture(({ stack, network }) => ({ ecsExec: WHY, cluster: new Cluster(stack, 'Bare', { vpc: network.vpc }) })));
    expect(message).toMatch(/'Test\/Web': ecsExec is not supported with this cluster, whose sessions are not encrypted and logged\..*ecsExec: true/);
  });
});
