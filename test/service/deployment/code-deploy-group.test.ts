import { Duration, Tags } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsDeploymentConfig, TrafficRouting } from 'aws-cdk-lib/aws-codedeploy';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Rollout, ServiceImage } from '../../../src';
import { expectRefusedValue } from '../../fixtures/refusals';
import { ACCOUNT, refusal, REGION, templateOf, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const CHECK = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:check`;

type Statement = { Action: string | string[]; Resource: unknown; Condition?: object };

describe('Rollout.codeDeploy', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.codeDeploy() }).stack);
  });

  function only(type: string, part = ''): { id: string; Properties: any; DependsOn?: string[] } {
    const found = Object.entries(template.findResources(type)).filter(([id]) => id.includes(part));
    expect(found).toHaveLength(1);
    const [[id, resource]] = found;
    return { id, ...resource } as { id: string; Properties: any };
  }

  test('shifts ten percent a minute by CodeDeploy\'s own configuration (B-09)', () => {
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { DeploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' });
  });

  test('shifts by a deployment configuration of the team (B-09)', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({
      rollout: Rollout.codeDeploy({
        deploymentConfig: new EcsDeploymentConfig(of, 'Canary', { trafficRouting: TrafficRouting.timeBasedCanary({ percentage: 5, interval: Duration.minutes(20) }) }),
        terminationWaitTime: Duration.hours(1),
      }),
    }));
    const made = templateOf(stack);
    made.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', { TrafficRoutingConfig: { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryPercentage: 5, CanaryInterval: 20 } } });
    made.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: { Ref: Match.stringLikeRegexp('^Canary') },
      BlueGreenDeploymentConfiguration: { TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 60 } },
    });
  });

  test('leaves deployments to CodeDeploy, without a strategy, circuit breaker, hook or alarm of ECS, and names the family instead of a revision', () => {
    const { Properties } = only('AWS::ECS::Service');
    expect(Properties.DeploymentController).toEqual({ Type: 'CODE_DEPLOY' });
    expect(Properties.DeploymentConfiguration).toEqual({ MinimumHealthyPercent: 100, MaximumPercent: 200 });
    expect(Properties.TaskDefinition).toBe(only('AWS::ECS::TaskDefinition').Properties.Family);
    expect(Properties.LoadBalancers).toEqual([{ ContainerName: 'web', ContainerPort: 3000, TargetGroupArn: { Ref: only('AWS::ElasticLoadBalancingV2::TargetGroup', 'Blue').id } }]);
  });

  test('has no tags on the listeners whose default actions move, or fixed ones', () => {
    const tags = (listenerRuleTags?: { [key: string]: string }) => {
      const { app, stack } = serviceFixture({ rollout: Rollout.codeDeploy(), listenerRuleTags });
      Tags.of(app).add('Team', 'shop', { excludeResourceTypes: ['aws:cdk:stack'] });
      return Object.values(templateOf(stack).findResources('AWS::ElasticLoadBalancingV2::Listener', { Properties: { Protocol: 'HTTPS' } })).map(({ Properties }) => Properties.Tags);
    };
    expect(tags()).toEqual([undefined, undefined]);
    expect(tags({ CostCentre: '4711' })).toEqual(Array(2).fill([{ Key: 'CostCentre', Value: '4711' }]));
  });

  test('moves the default actions of the production and the test listener, which have no rules', () => {
    const forwards = (port: number, group: string) => template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: port, DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: only('AWS::ElasticLoadBalancingV2::TargetGroup', group).id } }],
    });
    forwards(443, 'Blue');
    forwards(8443, 'Green');
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
    const { LoadBalancerInfo } = only('AWS::CodeDeploy::DeploymentGroup').Properties;
    const [pair] = LoadBalancerInfo.TargetGroupPairInfoList;
    expect(pair.ProdTrafficRoute.ListenerArns).toEqual([{ Ref: expect.stringMatching(/LoadBalancerListener/) }]);
    expect(pair.TestTrafficRoute.ListenerArns).toEqual([{ Ref: expect.stringMatching(/LoadBalancerTestListener/) }]);
    expect(pair.TargetGroups).toHaveLength(2);
  });

  test('rolls back on failure, on stop and on the alarms of the service, and keeps the old tasks for 30 minutes (A-13, B-08)', () => {
    const alarms = ['success-rate-fast', 'response-time-fast', 'success-rate-slow', 'response-time-slow', 'unhealthy-targets', 'load-balancer-errors'].map((name) => ({ Name: expect.stringMatching(new RegExp(`-${name}$`)) }));
    expect(only('AWS::CodeDeploy::DeploymentGroup').Properties).toMatchObject({
      AlarmConfiguration: { Alarms: alarms, Enabled: true },
      AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'] },
      BlueGreenDeploymentConfiguration: { TerminateBlueInstancesOnDeploymentSuccess: { TerminationWaitTimeInMinutes: 30 } },
    });
  });

  test('rolls back on further alarms by name (B-08)', () => {
    const { stack, web } = serviceFixture({ rollout: Rollout.codeDeploy() });
    web.rollBackOn('checkout-errors');
    templateOf(stack).hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { AlarmConfiguration: { Alarms: Match.arrayWith([{ Name: 'checkout-errors' }]) } });
    expect(web.deploymentGroup).toBeDefined();
    expect(web.productionRule).toBeUndefined();
    expect(web.targetGroups).toHaveLength(2);
  });

  test('rolls back on an alarm once, however often it is named, and on one whose name CloudFormation generates (B-08)', () => {
    const { stack, web } = serviceFixture({ rollout: Rollout.codeDeploy() });
    const alarm = new Alarm(stack, 'Errors', { metric: new Metric({ namespace: 'Shop', metricName: 'Errors' }), threshold: 1, evaluationPeriods: 1 });
    [alarm.alarmName, 'checkout-errors', 'checkout-errors'].forEach((name) => web.rollBackOn(name));
    templateOf(stack).hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: { Alarms: [...Array.from({ length: 6 }, () => Match.anyValue()), { Name: stack.resolve(alarm.alarmName) }, { Name: 'checkout-errors' }] },
    });
  });

  test('has a role that changes these two listeners, passes these two roles to tasks, and has no managed policy of AWS (B-10)', () => {
    const { Properties } = only('AWS::IAM::ManagedPolicy', 'CodeDeployPolicy');
    const statements = Properties.PolicyDocument.Statement as Statement[];
    const of = (action: string) => statements.find(({ Action }) => [Action].flat().includes(action))!;
    expect(of('elasticloadbalancing:ModifyListener').Resource).toEqual([{ Ref: expect.stringMatching(/Listener/) }, { Ref: expect.stringMatching(/TestListener/) }]);
    const passed = of('iam:PassRole');
    expect((passed.Resource as Array<{ 'Fn::GetAtt': string[] }>).map(({ 'Fn::GetAtt': [id] }) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['WebTaskExecutionRole', 'WebTaskTaskRole']);
    expect(passed.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
    expect(of('ecs:CreateTaskSet').Condition).toEqual({ ArnEqualsIfExists: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringMatching(/Cluster/), 'Arn'] } } });
    expect(only('AWS::IAM::Role', 'CodeDeployRole').Properties.ManagedPolicyArns).toBeUndefined();
    expect(only('AWS::CodeDeploy::DeploymentGroup').DependsOn).toContain(only('AWS::IAM::ManagedPolicy', 'CodeDeployPolicy').id);
  });

  describe('with an AppSpec in a bucket and functions as hooks', () => {
    const statementsOf = (made: Template) => Object.entries(made.findResources('AWS::IAM::ManagedPolicy'))
      .filter(([id]) => id.includes('CodeDeployPolicy')).flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[]);
    const withHook = () => serviceFixture(({ stack: of }) => {
      const bucket = new Bucket(of, 'Revisions', { encryptionKey: new Key(of, 'RevisionsKey') });
      const check = LambdaFunction.fromFunctionAttributes(of, 'Check', { functionArn: CHECK, sameEnvironment: true });
      return { rollout: Rollout.codeDeploy({ hookFunctions: [check], revisionBucket: bucket }) };
    });

    test('may call these functions and read this bucket, and nothing else (B-10)', () => {
      const statements = statementsOf(templateOf(withHook().stack));
      const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^Revisions/), 'Arn'] };
      expect(statements).toEqual(expect.arrayContaining([
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: CHECK },
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: { 'Fn::Join': ['', [bucket, '/*']] } },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Revisions/), 'Arn'] } },
      ]));
    });

    test('leaves nothing of the four packs unacknowledged (B-14)', () => {
      expect(unacknowledged(withHook().stack).filter((finding) => !finding.includes(' at Test/Revisions'))).toEqual([]);
    });

    test('may do neither without them (B-10)', () => {
      const actions = statementsOf(template).flatMap(({ Action }) => Action);
      expect(actions.filter((action) => /^(lambda|s3|kms):/.test(action))).toEqual([]);
    });
  });

  test('names the subnets of the zones that the service was created in, whatever zones the network has', () => {
    const subnets = (availabilityZoneCount?: number) => {
      const made = templateOf(serviceFixture({ rollout: Rollout.codeDeploy({ availabilityZoneCount }) }).stack);
      return Object.values(made.findResources('AWS::ECS::Service'))[0].Properties.NetworkConfiguration.AwsvpcConfiguration.Subnets;
    };
    const all = subnets();
    expect(all).toHaveLength(3);
    expect(subnets(2)).toEqual(all.slice(0, 2));
  });

  test.each([0, 4, 1.5])('refuses %d as the number of zones of the service', (availabilityZoneCount) => {
    const message = refusal(() => serviceFixture({ rollout: Rollout.codeDeploy({ availabilityZoneCount }) }));
    expectRefusedValue(message, 'rollout.availabilityZoneCount', String(availabilityZoneCount), 'a whole number from 1 to 3');
  });

  test('runs no tasks of a released image before the first release', () => {
    const { stack } = serviceFixture(({ images }) => ({ rollout: Rollout.codeDeploy(), image: ServiceImage.released(images) }));
    templateOf(stack).hasResourceProperties('AWS::ECS::Service', { DesiredCount: { 'Fn::If': [Match.anyValue(), 0, { Ref: 'AWS::NoValue' }] } });
  });

  test('leaves nothing of the four packs unacknowledged (B-14)', () => {
    expect(unacknowledged(serviceFixture({ rollout: Rollout.codeDeploy() }).stack)).toEqual([]);
  });
});
