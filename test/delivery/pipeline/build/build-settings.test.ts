import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import { type BuildSettings, Egress, ImageBuild, ImageRepository, PipelineChecks, SecureVpc } from '../../../../src';
import { refusedByIamIn, templatesIn } from '../../../catalogues/iam-actions';
import { buildPipeline, pipelineWith, projectOf, rightsOf } from '../../../fixtures/build-pipeline';
import { refusal, testStack, unacknowledged } from '../../../fixtures/test-stack';

const withSettings = (builds?: BuildSettings) => pipelineWith(() => ({ builds })).stack;

describe('The builds of a pipeline', () => {
  test('have an hour each, an hour in the queue, and hosts that suffice', () => {
    const stack = withSettings();
    const [check, build] = [/Check/, /Build1/].map((id) => projectOf(stack, id).properties);
    [check, build].forEach(({ TimeoutInMinutes, QueuedTimeoutInMinutes, VpcConfig }) =>
      expect([TimeoutInMinutes, QueuedTimeoutInMinutes, VpcConfig]).toEqual([60, 60, undefined]));
    expect([check, build].map(({ Environment }) => Environment.ComputeType)).toEqual(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM']);
  });

  test('may have other limits and hosts, each part its own', () => {
    const { stack } = pipelineWith(({ images }) => ({
      builds: { computeType: ComputeType.LARGE, timeout: Duration.hours(2), queuedTimeout: Duration.hours(8) },
      checks: PipelineChecks.npmScripts('22', { computeType: ComputeType.X2_LARGE }),
      images: [ImageBuild.docker({ repository: images })],
    }));
    const [check, build] = [/Check/, /Build1/].map((id) => projectOf(stack, id).properties);
    expect([check, build].map(({ Environment }) => Environment.ComputeType)).toEqual(['BUILD_GENERAL1_2XLARGE', 'BUILD_GENERAL1_LARGE']);
    expect([build.TimeoutInMinutes, build.QueuedTimeoutInMinutes]).toEqual([120, 480]);
  });

  test('say to the commands of the checks that they run in CI', () => {
    expect(projectOf(withSettings(), /Check/).variables.CI).toEqual({ type: 'PLAINTEXT', value: 'true' });
  });

  test('build as many images at once as the account may', () => {
    const fixture = buildPipeline();
    const registry = testStack({ app: fixture.app, id: 'More' });
    const repositories = [fixture.images, ...['B', 'C'].map((id) => new ImageRepository(registry, id))];
    pipelineWith(() => ({ images: repositories.map((repository) => ImageBuild.docker({ repository })), builds: { concurrentBuilds: 2 } }), fixture);
    const [{ Properties }] = Object.values(Template.fromStack(fixture.stack).findResources('AWS::CodePipeline::Pipeline'));
    const stage = Properties.Stages.find(({ Name }: { Name: string }) => Name === 'build');
    expect(stage.Actions.map(({ RunOrder }: { RunOrder: number }) => RunOrder)).toEqual([1, 1, 2]);
  });
});

describe('Builds in a network', () => {
  const fixture = buildPipeline();
  const network = new SecureVpc(testStack({ app: fixture.app, id: 'Network' }), 'Network');
  pipelineWith(() => ({ builds: { network } }), fixture);
  const build = projectOf(fixture.stack, /Build1/);

  test('are in its application tier, and open connections on port 443 alone', () => {
    expect(build.properties.VpcConfig.Subnets).toHaveLength(network.availabilityZoneCount);
    const [{ Properties: group }] = Object.values(Template.fromStack(fixture.stack).findResources('AWS::EC2::SecurityGroup'));
    expect(group.SecurityGroupIngress).toBeUndefined();
    expect(group.SecurityGroupEgress.filter(({ CidrIp }: { CidrIp: string }) => CidrIp !== '127.0.0.1/32')).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }),
    ]);
  });

  test('may create network interfaces in its subnets alone', () => {
    const permission = build.statements.find(({ Action }) => Action === 'ec2:CreateNetworkInterfacePermission')!;
    expect(permission.Condition.StringEquals['ec2:AuthorizedService']).toBe('codebuild.amazonaws.com');
    expect(permission.Condition.StringEquals['ec2:Subnet']).toHaveLength(network.availabilityZoneCount);
    expect(rightsOf(build)['ec2:CreateNetworkInterface']).toBe('"*"');
  });

  test('leave no finding unacknowledged, and no policy that CDK writes', async () => {
    Template.fromStack(fixture.stack).resourceCountIs('AWS::IAM::Policy', 0);
    expect(unacknowledged(fixture.stack)).toEqual([]);
    expect(await refusedByIamIn(templatesIn(fixture.app))).toEqual([]);
  }, 90_000);
});

describe('Settings of builds are refused', () => {
  test.each<[string, BuildSettings, string]>([
    ['with a timeout beyond that of CodeBuild', { timeout: Duration.hours(9) }, 'builds.timeout is 9 hours, expected 5 minutes to 8 hours'],
    ['with a queue of a minute', { queuedTimeout: Duration.minutes(1) }, 'builds.queuedTimeout is 1 minute'],
    ['without a build at once', { concurrentBuilds: 0 }, 'builds.concurrentBuilds is 0, expected a whole number from 1 to 50 images'],
  ])('%s', (_, builds, message) => {
    expect(refusal(() => withSettings(builds))).toContain(message);
  });

  test('with a network that has no route to the internet', () => {
    const fixture = buildPipeline();
    const network = new SecureVpc(testStack({ app: fixture.app, id: 'Network' }), 'Network', { egress: Egress.endpointsOnly() });
    expect(refusal(() => pipelineWith(() => ({ builds: { network } }), fixture))).toContain('builds.network has no route to the internet');
  });
});
