import * as fs from 'fs';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, DeploymentLifecycleLambdaTarget, DeploymentLifecycleStage } from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Egress, ImageRepository, ProductionWebService, Rollout, SecureLoadBalancer, SecureVpc, ServiceImage, SmokeTest } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import type { TemplateJson } from '../../deploy-rules/template-json';
import { ACCOUNT, refusal, REGION, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate, serviceFixture, VERSION } from '../../fixtures/web-service';
import { flows } from '../../simulators/security-group-flows';

type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: object };

const SUITE = SmokeTest.command(['npm', 'run', 'test:smoke'], { timeout: Duration.minutes(5), environment: { SUITE: 'short' } });
const WITH_COMMAND = { smokeTest: SmokeTest.all([SmokeTest.http('/health'), SUITE]) };
const HOOKED = { rollout: Rollout.steps([10, 20, 50, 70, 100]), smokeTest: SmokeTest.http('/health') };

function only(template: Template, type: string, part: string): { id: string; Properties: any; DependsOn?: string[] } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.includes(part));
  expect(found).toHaveLength(1);
  const [[id, resource]] = found;
  return { id, ...resource } as { id: string; Properties: any; DependsOn?: string[] };
}

const statements = (template: Template, part: string): Statement[] => only(template, 'AWS::IAM::ManagedPolicy', part).Properties.PolicyDocument.Statement;
const actions = (of: Statement[], effect: string): string[] => of.filter(({ Effect }) => Effect === effect).flatMap(({ Action }) => Action).sort();

/** What the calls in a source of the hook are in IAM. */
function callsIn(file: string): string[] {
  return [...new Set([...fs.readFileSync(`lambda/rollout-hook/${file}`, 'utf8').matchAll(/new (\w+)Command\(/g)].map(([, name]) => `ecs:${name}`))].sort();
}

/** An ARN of a template as text, with what it refers to as `<Name>`. */
function text(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  const { 'Ref': ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  return join ? join[1].map(text).join(join[0]) : attribute ? `<${attribute.join('.')}>` : ref === 'AWS::Partition' ? 'aws' : `<${ref}>`;
}

const planOf = (template: Template): { [key: string]: unknown } => JSON.parse(only(template, 'AWS::Lambda::Function', 'RolloutHook').Properties.Environment.Variables.ROLLOUT_PLAN);

/** The rules that begin or end at the hook's group, as `from port to`. */
function flowsOfTheHook(template: Template): string[] {
  const name = (value: any): string => (typeof value === 'string' ? value : value['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, ''));
  const rules = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  return [
    ...rules('AWS::EC2::SecurityGroupEgress').map((rule) => `${name(rule.GroupId)} out ${rule.FromPort} ${name(rule.DestinationSecurityGroupId ?? rule.DestinationPrefixListId)}`),
    ...rules('AWS::EC2::SecurityGroupIngress').map((rule) => `${name(rule.GroupId)} in ${rule.FromPort} ${name(rule.SourceSecurityGroupId)}`),
  ].filter((flow) => flow.includes('RolloutHook')).sort();
}

describe('The rollout hook of a service', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(serviceFixture(HOOKED).stack);
  });

  test('runs before each shift of production traffic, and rolls back the deployment when it does not answer (A-11, B-07)', () => {
    const { Properties } = only(template, 'AWS::ECS::Service', 'WebService');
    expect(Properties.DeploymentConfiguration.LifecycleHooks).toEqual([{
      HookTargetArn: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'RolloutHook').id, 'Arn'] },
      RoleArn: { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role', 'RolloutHookInvoker').id, 'Arn'] },
      LifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
      TimeoutConfiguration: { TimeoutInMinutes: 32, Action: 'ROLLBACK' },
    }]);
  });

  test('has a longer timeout than it may hold, also at the longest step', () => {
    const longest = templateOf(serviceFixture({ rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.hours(15), bakeTime: Duration.minutes(0) }) }).stack);
    const [hook] = only(longest, 'AWS::ECS::Service', 'WebService').Properties.DeploymentConfiguration.LifecycleHooks;
    expect(hook.TimeoutConfiguration.TimeoutInMinutes).toBe(15 * 60 + 30);
  });

  test('reaches the tasks on their port, and AWS services, and nothing reaches it (A-25)', () => {
    expect(flowsOfTheHook(template)).toEqual([
      'NetworkEndpointsSecurityGroup in 443 WebRolloutHookSecurityGroup',
      'WebRolloutHookSecurityGroup out 3000 WebSecurityGroup',
      'WebRolloutHookSecurityGroup out 443 NetworkEndpointsSecurityGroup',
      'WebRolloutHookSecurityGroup out 443 pl-6ea54007',
      'WebSecurityGroup in 3000 WebRolloutHookSecurityGroup',
    ]);
  });

  test('does not reach the tasks where it tests nothing (A-25)', () => {
    const steps = templateOf(serviceFixture({ rollout: HOOKED.rollout }).stack);
    expect(flowsOfTheHook(steps).filter((flow) => flow.includes('3000'))).toEqual([]);
  });

  test('adds one endpoint to a network without internet access, that of ECS (B-02)', () => {
    const endpoints = (of: Template) => Object.values(of.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => JSON.stringify(Properties.ServiceName)).sort();
    const without = endpoints(templateOf(serviceFixture().stack));
    expect(endpoints(template).filter((name) => !without.includes(name))).toEqual([expect.stringMatching(/\.ecs"/)]);
  });

  test('works in a network with NAT, without any interface endpoint', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({ ...HOOKED, network: new SecureVpc(of, 'Routed', { egress: Egress.singleNatGateway() }) }));
    expect(flowsOfTheHookInline(templateOf(stack))).toEqual(['443 0.0.0.0/0']);
    function flowsOfTheHookInline(of: Template): string[] {
      return only(of, 'AWS::EC2::SecurityGroup', 'RolloutHook').Properties.SecurityGroupEgress.filter(({ CidrIp }: any) => CidrIp !== '127.0.0.1/32').map((rule: any) => `${rule.FromPort} ${rule.CidrIp}`);
    }
  });

  test('is refused in an adopted network with endpoints only that lacks the one of ECS', () => {
    const message = refusal(() => serviceFixture(({ stack }) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', vpcCidrBlock: '10.0.0.0/16', availabilityZones: ['a', 'b'], publicSubnetIds: ['p1', 'p2'], isolatedSubnetIds: ['i1', 'i2'] });
      const [publicSubnets, applicationSubnets] = [{ subnets: vpc.publicSubnets }, { subnets: vpc.isolatedSubnets }];
      const interfaceEndpoints = ['ecr.api', 'ecr.dkr', 'logs'].map((shortName) => ({ shortName }) as any);
      return { ...HOOKED, network: SecureVpc.fromVpc(stack, 'Adopted', { vpc, publicSubnets, applicationSubnets, reachesInternet: false, interfaceEndpoints }) };
    }));
    expect(message).toMatch(/expected a list with ecs, which the rollout hook of Test\/Web needs/);
  });

  test('may make exactly the calls that its code makes, and write its log (B-10)', () => {
    const called = callsIn('ecs-deployments.ts');
    const own = statements(template, 'RolloutHookPolicy');
    expect(actions(own, 'Allow').filter((action) => !action.startsWith('ec2:'))).toEqual([...called, 'logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(own[0].Condition).toEqual({ ArnEqualsIfExists: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringContaining('Cluster'), 'Arn'] } } });
  });

  test('leaves the network interfaces to Lambda and denies them to the code (B-10)', () => {
    const own = statements(template, 'RolloutHookPolicy');
    expect(actions(own, 'Deny')).toEqual(actions(own, 'Allow').filter((action) => action.startsWith('ec2:')));
    expect(own.find(({ Effect }) => Effect === 'Deny')!.Condition).toEqual({ Null: { 'lambda:SourceFunctionArn': 'false' } });
  });

  test('lets ECS call this function and nothing else (B-10)', () => {
    expect(statements(template, 'RolloutHookInvokerPolicy')).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'RolloutHook').id, 'Arn'] } },
    ]);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('is deployed after its policy, and the service after the hook, its roles and its rules', () => {
    expect(only(template, 'AWS::Lambda::Function', 'RolloutHook').DependsOn).toContain(only(template, 'AWS::IAM::ManagedPolicy', 'RolloutHookPolicy').id);
    const waits = only(template, 'AWS::ECS::Service', 'WebService').DependsOn!.join(' ');
    ['RolloutHookFunction', 'RolloutHookInvokerPolicy', 'RolloutHookSecurityGrouptoTestWeb', 'WebSecurityGroupfromTestWebRolloutHook', 'Endpointsecs'].forEach((part) => expect(waits).toContain(part));
  });

  test('has a dedicated log group with its key, and no function of CDK', () => {
    const { Properties } = only(template, 'AWS::Lambda::Function', 'RolloutHook');
    expect(Properties.LoggingConfig).toEqual({ LogGroup: { Ref: only(template, 'AWS::Logs::LogGroup', 'RolloutHook').id } });
    template.resourceCountIs('AWS::Lambda::Function', 1);
    expect(Object.keys(template.toJSON().Resources).filter((id) => id.startsWith('LogRetention'))).toEqual([]);
  });

  test('has time for every request of a round', () => {
    const slow = templateOf(serviceFixture({ smokeTest: SmokeTest.all(['/a', '/b'].map((url) => SmokeTest.http(url, { timeout: Duration.seconds(60) }))) }).stack);
    expect(only(slow, 'AWS::Lambda::Function', 'RolloutHook').Properties.Timeout).toBe(150);
  });

  test('has the same code wherever it is built, without an absolute path and a source map', () => {
    const bundle = fs.readFileSync('assets/rollout-hook/index.js', 'utf8');
    expect(bundle).not.toContain(process.cwd());
    expect(bundle).not.toContain('sourceMappingURL');
    expect(fs.readdirSync('assets/rollout-hook')).toEqual(['index.js']);
  });

  test('has a bundle that Lambda loads, and that rolls back a deployment whose payload it can not read', async () => {
    process.env.ROLLOUT_PLAN = only(template, 'AWS::Lambda::Function', 'RolloutHook').Properties.Environment.Variables.ROLLOUT_PLAN;
    const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { handler } = await import(path.resolve('assets/rollout-hook/index.js')) as { handler: (event: unknown) => Promise<object> };
    delete process.env.ROLLOUT_PLAN;
    expect(await handler({ serviceArn: 'flat' })).toEqual({ hookStatus: 'FAILED' });
    expect(told).toHaveBeenCalledWith(expect.stringContaining('not of the documented form'));
    told.mockRestore();
  });

  test('runs next to the hooks of the team before and after a deployment (B-12)', () => {
    const { stack, web } = serviceFixture(HOOKED);
    const own = LambdaFunction.fromFunctionArn(stack, 'Own', 'arn:aws:lambda:eu-central-1:111111111111:function:announce');
    const role = Role.fromRoleArn(stack, 'OwnRole', 'arn:aws:iam::111111111111:role/announce');
    web.service.addLifecycleHook(new DeploymentLifecycleLambdaTarget(own, 'Announce', {
      role, lifecycleStages: [DeploymentLifecycleStage.PRE_SCALE_UP, DeploymentLifecycleStage.POST_PRODUCTION_TRAFFIC_SHIFT],
    }));
    const [ours, theirs] = only(templateOf(stack), 'AWS::ECS::Service', 'WebService').Properties.DeploymentConfiguration.LifecycleHooks;
    expect(ours).toMatchObject({ LifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], TimeoutConfiguration: { Action: 'ROLLBACK' } });
    expect(theirs).toEqual({ HookTargetArn: own.functionArn, RoleArn: role.roleArn, LifecycleStages: ['PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] });
  });

  describe('with a command', () => {
    let commanded: Template;

    beforeAll(() => {
      commanded = templateOf(serviceFixture(WITH_COMMAND).stack);
    });

    test('has the command, the container whose exit code counts, and the variables (A-11)', () => {
      expect(planOf(commanded)).toMatchObject({
        port: 3000,
        verifySeconds: 120,
        attempts: 3,
        requests: [{ path: '/health' }],
        command: { container: 'web', command: ['npm', 'run', 'test:smoke'], environment: { SUITE: 'short' }, timeoutSeconds: 300 },
      });
      const [definition] = Object.values(commanded.findResources('AWS::ECS::TaskDefinition'));
      expect(definition.Properties.ContainerDefinitions.map(({ Name }: any) => Name)).toContain('web');
      expect(planOf(template)).not.toHaveProperty('command');
    });

    test('has time for the rounds and the command, as has the release that waits for it (A-11)', () => {
      const minutes = (of: Template) => only(of, 'AWS::ECS::Service', 'WebService').Properties.DeploymentConfiguration.LifecycleHooks[0].TimeoutConfiguration.TimeoutInMinutes;
      expect(minutes(commanded)).toBe(2 + 5 + 30);
      const longest = (props: object) => serviceFixture(props).web.releaseTarget.longestDeployment.toMinutes();
      expect(longest(WITH_COMMAND) - longest({})).toBe(2 + 5);
    });

    test('needs no longer function timeout, because the function does not wait for the task', () => {
      expect(only(commanded, 'AWS::Lambda::Function', 'RolloutHook').Properties.Timeout).toBe(35);
      expect(only(templateOf(serviceFixture({ smokeTest: SUITE }).stack), 'AWS::Lambda::Function', 'RolloutHook').Properties.Timeout).toBe(30);
    });

    test('may make exactly the calls that its code makes, start the service\'s own family, and stop its own tasks alone (B-10)', () => {
      const own = statements(commanded, 'RolloutHookPolicy');
      const called = [...new Set([...callsIn('ecs-deployments.ts'), ...callsIn('ecs-command-tasks.ts')])].sort();
      expect(actions(own, 'Allow').filter((action) => action.startsWith('ecs:'))).toEqual([...called, 'ecs:TagResource'].sort());
      const added = own.filter((statement) => !JSON.stringify(statements(template, 'RolloutHookPolicy')).includes(JSON.stringify(statement.Action)));
      const inCluster = { ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringContaining('Cluster'), 'Arn'] } } };
      const { Family } = Object.values(commanded.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
      const cluster = only(commanded, 'AWS::ECS::Cluster', 'Cluster').id;
      const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}`;
      expect(added.map((statement) => ({ ...statement, Resource: [statement.Resource].flat().map(text).sort() }))).toEqual([
        { Effect: 'Allow', Action: 'ecs:RunTask', Resource: [`${arn}:task-definition/${Family}:*`], Condition: inCluster },
        { Effect: 'Allow', Action: 'ecs:TagResource', Resource: [`${arn}:task/<${cluster}>/*`], Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask' } } },
        {
          Effect: 'Allow',
          Action: 'ecs:StopTask',
          Resource: [`${arn}:task/<${cluster}>/*`],
          Condition: { ...inCluster, StringEquals: { 'aws:ResourceTag/prod-constructs:started-by': 'rollout-hook' } },
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['ExecutionRole', 'TaskRole'].map((part) => `<${only(commanded, 'AWS::IAM::Role', part).id}.Arn>`),
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ]);
    });

    test('opens the port between tasks of the service, and nothing else (A-25)', () => {
      const without = flows(templateOf(serviceFixture({ smokeTest: SmokeTest.http('/health') }).stack));
      const more = flows(commanded).filter((flow) => !without.includes(flow));
      expect(more).toEqual(['WebSecurityGroup in 3000 WebSecurityGroup', 'WebSecurityGroup out 3000 WebSecurityGroup']);
    });

    test('does not reach the tasks where there is no request (A-25)', () => {
      expect(flowsOfTheHook(templateOf(serviceFixture({ smokeTest: SUITE }).stack)).filter((flow) => flow.includes('3000'))).toEqual([]);
    });

    test('has a service that is deployed after the rules between its tasks', () => {
      const waits = only(commanded, 'AWS::ECS::Service', 'WebService').DependsOn!;
      const rules = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'].flatMap((type) => Object.entries(commanded.findResources(type))
        .filter(([, { Properties }]) => Properties.Description === 'Smoke tests of new versions').map(([id]) => id));
      expect(rules).toHaveLength(2);
      expect(waits).toEqual(expect.arrayContaining(rules));
    });

    test('has no requests, and three attempts at calls of ECS, where there is only a command', () => {
      expect(planOf(templateOf(serviceFixture({ smokeTest: SUITE }).stack))).toMatchObject({ verifySeconds: 0, attempts: 3, requests: [] });
    });

    test('keeps the attempts of the requests', () => {
      const smokeTest = SmokeTest.all([SUITE, SmokeTest.http('/health', { attempts: 1 })]);
      expect(planOf(templateOf(serviceFixture({ smokeTest }).stack))).toMatchObject({ attempts: 1 });
    });

    test('runs the command for ten minutes at most by default', () => {
      const smokeTest = SmokeTest.command(['npm', 'test']);
      expect(planOf(templateOf(serviceFixture({ smokeTest }).stack))).toMatchObject({ command: { environment: {}, timeoutSeconds: 600 } });
    });
  });

  test('has a public function, to which the team can add', () => {
    const { web } = serviceFixture(HOOKED);
    expect(web.rolloutFunction?.functionArn).toBeDefined();
    expect(serviceFixture().web.rolloutFunction).toBeUndefined();
  });

  test.each<[string, object]>([['steps and a smoke test', HOOKED], ['steps alone', { rollout: HOOKED.rollout }], ['a smoke test alone', { smokeTest: HOOKED.smokeTest }], ['a command', WITH_COMMAND]])(
    'leaves nothing of the four packs unacknowledged with %s (B-14)', (_, props) => {
      expect(unacknowledged(serviceFixture(props).stack)).toEqual([]);
    });

  test.each<[string, object]>([['steps and a smoke test', HOOKED], ['a command', WITH_COMMAND], ['CodeDeploy', { rollout: Rollout.codeDeploy() }]])('breaks no rule that AWS enforces, with %s', (_, props) => {
    expect(brokenRules(templateOf(serviceFixture(props).stack).toJSON() as TemplateJson)).toEqual([]);
  });

  test('closes no cycle with registry, network, balancer and service in four stacks', () => {
    const app = testApp();
    const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
    const networkStack = testStack({ app, id: 'NetworkStack' });
    const network = new SecureVpc(networkStack, 'Network', { egress: Egress.endpointsOnly() });
    const edge = testStack({ app, id: 'Edge' });
    const loadBalancer = new SecureLoadBalancer(edge, 'Balancer', { network, certificate: certificate(edge) });
    const cluster = new Cluster(edge, 'Cluster', { vpc: network.vpc });
    const stack = testStack({ app, id: 'Service' });
    new ProductionWebService(stack, 'Web', { ...HOOKED, ...WITH_COMMAND, network, loadBalancer, cluster, image: ServiceImage.fromRepository(images, { tag: VERSION }) });
    expect(() => app.synth()).not.toThrow();
    expect(networkStack.dependencies).toEqual([]);
    expect(templateOf(stack).findResources('AWS::Lambda::Function')).not.toEqual({});
    expect(unacknowledged(stack)).toEqual([]);
  });
});
