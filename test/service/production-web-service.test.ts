import { Aspects, Duration, Stack, TagManager, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Domain, Egress, EnvironmentProfile, ImageRepository, Ingress, ProductionWebService, type ProductionWebServiceProps, Rollout, Route, SecureLoadBalancer, SecureVpc,
  ServiceImage, ServiceScaling, SmokeTest,
} from '../../src';
import { templateOf, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { certificate, serviceFixture, VERSION } from '../fixtures/web-service';
import { flows } from '../simulators/security-group-flows';

/** Without the recommended flags, tags of an app are tags of its stacks, too, which production refuses. */
const NOT_STACKS = { excludeResourceTypes: ['aws:cdk:stack'] };

describe('ProductionWebService with document B\'s network', () => {
  let template: Template;

  beforeAll(() => {
    template = templateOf(serviceFixture({ rollout: Rollout.linear() }).stack);
  });

  test('allows exactly the documented flows, egress narrowed to the endpoints and S3 (B-03)', () => {
    expect(flows(template)).toEqual([
      'NetworkEndpointsSecurityGroup in 443 WebSecurityGroup',
      'WebLoadBalancerSecurityGroup in 443 0.0.0.0/0',
      'WebLoadBalancerSecurityGroup in 80 0.0.0.0/0',
      'WebLoadBalancerSecurityGroup out 3000 WebSecurityGroup',
      'WebSecurityGroup in 3000 WebLoadBalancerSecurityGroup',
      'WebSecurityGroup out 443 NetworkEndpointsSecurityGroup',
      'WebSecurityGroup out 443 pl-6ea54007',
    ]);
  });

  test('has no security group with the rule to everywhere that EC2 gives to groups without rules (A-25)', () => {
    Object.values(template.findResources('AWS::EC2::SecurityGroup')).forEach(({ Properties }) =>
      expect(Properties.SecurityGroupEgress).toContainEqual(expect.objectContaining({ CidrIp: '127.0.0.1/32' })));
  });

  test('has no rule to the test listeners (B-03)', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 8443 });
    expect(flows(template).filter((flow) => flow.includes('8443'))).toEqual([]);
  });

  test('has a cluster with Container Insights, and task sizes by props (B-04)', () => {
    template.hasResourceProperties('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] });
    const sized = templateOf(serviceFixture({ cpu: 1024, memoryMiB: 4096 }).stack);
    sized.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '4096' });
  });

  test('checks health on a path every 30 s at the load balancer, and in the container (B-05)', () => {
    const checked = templateOf(serviceFixture({ healthCheck: { path: '/health', containerCommand: ['CMD', '/health'] } }).stack);
    const groups = Object.values(checked.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
    expect(groups).toHaveLength(2);
    groups.forEach(({ Properties }) => expect(Properties).toMatchObject({ HealthCheckPath: '/health', HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 5 }));
    checked.hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ HealthCheck: Match.objectLike({ Command: ['CMD', '/health'] }) })] });
  });

  test('checks /ready by default, healthy after 2 checks, unhealthy after 3, and runs no command that the image may lack (A-20)', () => {
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/ready', HealthyThresholdCount: 2, UnhealthyThresholdCount: 3 });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ HealthCheck: Match.absent() })] });
  });

  test('rolls back when the alarm fires or tasks fail to start, and names the alarm by its literal name (B-08)', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties).filter(({ AlarmName }) => AlarmName.endsWith('success-rate-fast-1'));
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: {
        Alarms: { AlarmNames: Match.arrayWith([alarm.AlarmName]), Enable: true, Rollback: true },
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      },
    });
    expect(alarm.AlarmName).toMatch(/^[a-z0-9-]+-[0-9a-f]{8}-success-rate-fast-1$/);
  });

  test('rolls back on further alarms by name (B-08)', () => {
    const { stack, web } = serviceFixture();
    web.rollBackOn('checkout-errors');
    templateOf(stack).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Alarms: { AlarmNames: Match.arrayWith(['checkout-errors']) } } });
  });

  test('has separate roles, and the execution role may pull this repository and write this log, nothing else (B-10)', () => {
    const [policy] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) => id.startsWith('WebTaskExecutionPolicy'));
    const statements = policy[1].Properties.PolicyDocument.Statement as Array<{ Action: string | string[]; Resource: unknown }>;
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:GetDownloadUrlForLayer', 'logs:CreateLogStream', 'logs:PutLogEvents',
    ]);
    expect(statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      TaskRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('TaskRole'), 'Arn'] }, ExecutionRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ExecutionRole'), 'Arn'] },
    });
  });

  test('adds grants of the team to the task role, and none to the execution role (B-10)', () => {
    const { stack, web } = serviceFixture();
    new Bucket(stack, 'Uploads').grantRead(web.taskRole);
    const granted = templateOf(stack);
    granted.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('TaskTaskRole') }] });
    granted.resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('runs containers that are not root, have no capabilities, and write to memory alone (B-12, ECS.5, ECS.20)', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({
        User: '1000:1000',
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp', Size: 64, MountOptions: ['rw', 'noexec', 'nosuid', 'nodev', 'uid=1000', 'gid=1000', 'mode=1777'] }] },
        LogConfiguration: Match.objectLike({ LogDriver: 'awslogs' }),
      })],
    });
  });

  test('runs at least two tasks, without public addresses (B-15)', () => {
    template.hasResourceProperties('AWS::ECS::Service', { NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED' }) } });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 8 });
  });

  test('has tasks and load balancer in every Availability Zone, and removes a target that stops answering after 90 s, or sooner by a prop (A-36)', () => {
    const [{ Properties: service }] = Object.values(template.findResources('AWS::ECS::Service'));
    const [{ Properties: balancer }] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    const zonesOf = (subnets: Array<{ Ref: string }>) => new Set(subnets.map(({ Ref }) => template.findResources('AWS::EC2::Subnet')[Ref].Properties.AvailabilityZone)).size;
    expect([zonesOf(service.NetworkConfiguration.AwsvpcConfiguration.Subnets), zonesOf(balancer.Subnets)]).toEqual([3, 3]);
    const secondsUntilOut = (made: Template) => Object.values(made.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'))
      .map(({ Properties }) => Properties.HealthCheckIntervalSeconds * Properties.UnhealthyThresholdCount);
    expect(secondsUntilOut(template)).toEqual([90, 90]);
    expect(secondsUntilOut(templateOf(serviceFixture({ healthCheck: { interval: Duration.seconds(10) } }).stack))).toEqual([30, 30]);
  });

  test('rolls back on critical alarms by name, each once (A-13)', () => {
    const { stack, web } = serviceFixture();
    ['many-errors', 'orders-stuck', 'many-errors'].forEach((name) => web.rollBackOn(name));
    const own = web.rollbackAlarms.map(() => Match.stringLikeRegexp('-(success-rate|response-time|unhealthy-targets|load-balancer-errors)'));
    templateOf(stack).hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({ Alarms: { AlarmNames: [...own, 'many-errors', 'orders-stuck'], Enable: true, Rollback: true } }),
    });
  });

  test('scales on CPU and memory, without a DesiredCount that each deployment would reset (B-12, A-33)', () => {
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
    const scaled = templateOf(serviceFixture({ scaling: ServiceScaling.targetTracking({ minTasks: 3, maxTasks: 12, cpuPercent: 60 }) }).stack);
    scaled.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3, MaxCapacity: 12 });
    scaled.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', { TargetTrackingScalingPolicyConfiguration: Match.objectLike({ TargetValue: 60 }) });
  });

  test('starts its first tasks after routes, endpoints, network ACLs and rules, or the first deployment would roll back', () => {
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    const waits = (service.DependsOn as string[]).join(' ');
    ['Endpointsecrapi', 'Endpointsecrdkr', 'Endpointslogs', 'EndpointsS3', 'AclsapplicationAssociation1', 'RouteTableAssociation', 'WebSecurityGrouptopl', 'InfrastructurePolicy', 'ProductionRule', 'SuccessRateFast1Alarm']
      .forEach((part) => expect(waits).toContain(part));
  });

  test('starts its first tasks after the default routes, in a network with NAT', () => {
    const { stack } = serviceFixture(({ stack: of }) => ({ network: new SecureVpc(of, 'Routed', { egress: Egress.natGatewayPerZone() }) }));
    const [service] = Object.values(templateOf(stack).findResources('AWS::ECS::Service'));
    expect((service.DependsOn as string[]).filter((id) => /RoutedVpcapplicationSubnet.DefaultRoute/.test(id))).toHaveLength(3);
  });

  test('leaves nothing of the four packs unacknowledged (B-14)', () => {
    expect(unacknowledged(serviceFixture({ environment: { NODE_ENV: 'production' } }).stack)).toEqual([]);
  });
});

describe('The rollout of a ProductionWebService', () => {
  const deployment = (rollout?: Rollout) => {
    const [service] = Object.values(templateOf(serviceFixture({ rollout }).stack).findResources('AWS::ECS::Service'));
    return service.Properties;
  };

  test('shifts in equal steps by Rollout.linear, and always has a bake time (B-07)', () => {
    expect(deployment(Rollout.linear()).DeploymentConfiguration).toMatchObject({
      Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 1 }, BakeTimeInMinutes: 10,
    });
  });

  test('is canary, blue/green or rolling by a prop (D-06)', () => {
    expect(deployment(Rollout.canary()).DeploymentConfiguration).toMatchObject({ Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 }, BakeTimeInMinutes: 10 });
    expect(deployment().DeploymentConfiguration).toMatchObject({ Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 10 });
    expect(deployment(Rollout.rolling()).DeploymentConfiguration).toMatchObject({
      Strategy: 'ROLLING', DeploymentCircuitBreaker: { Enable: true, Rollback: true }, Alarms: { Enable: true, Rollback: true },
    });
  });

  test('has both target groups in the production rule from the beginning, which drain for 30 s (C-03)', () => {
    const template = templateOf(serviceFixture().stack);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [Match.objectLike({ Weight: 1 }), Match.objectLike({ Weight: 0 })] } }],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
    expect(deployment().LoadBalancers[0].AdvancedConfiguration).toMatchObject({
      ProductionListenerRule: { Ref: expect.stringContaining('ProductionRule') }, TestListenerRule: { Ref: expect.stringContaining('TestRule') },
    });
  });

  test('leaves listener rules unchanged whatever else changes, because CloudFormation would reset the weights of a live green', () => {
    const rules = (props: Partial<ProductionWebServiceProps>) => templateOf(serviceFixture(props).stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule');
    const others: Array<Partial<ProductionWebServiceProps>> = [
      { cpu: 1024, memoryMiB: 2048, environment: { NODE_ENV: 'production' }, serviceName: 'shop' },
      { rollout: Rollout.steps([10, 50, 100]), smokeTest: SmokeTest.http('/health'), scaling: ServiceScaling.targetTracking({ maxTasks: 20 }) },
      { healthCheck: { path: '/live' }, successRatePercent: 99, arm64: true },
    ];
    others.forEach((props) => expect(rules(props)).toEqual(rules({})));
  });

  test('changes neither rules nor target groups by its strategy, because CloudFormation would write the weights (E-14)', () => {
    const traffic = (rollout: Rollout) => {
      const { Resources } = templateOf(serviceFixture({ rollout }).stack).toJSON();
      return Object.fromEntries(Object.entries(Resources).filter(([id]) => id.startsWith('WebTraffic')));
    };
    expect(Object.keys(traffic(Rollout.rolling()))).toHaveLength(6);
    [Rollout.rolling(), Rollout.canary(), Rollout.steps([10, 50, 100])].forEach((rollout) => expect(traffic(rollout)).toEqual(traffic(Rollout.blueGreen())));
    expect(deployment(Rollout.rolling()).LoadBalancers).toEqual(deployment().LoadBalancers);
  });

  test('has one sticky target group, one rule and no infrastructure role by Rollout.rolling with stickiness', () => {
    const template = templateOf(serviceFixture({ rollout: Rollout.rolling(), stickiness: Duration.hours(8) }).stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'stickiness.enabled', Value: 'true' }, { Key: 'stickiness.lb_cookie.duration_seconds', Value: '28800' }]),
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { Actions: [{ Type: 'forward', TargetGroupArn: Match.anyValue() }] });
    template.hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [Match.not(Match.objectLike({ AdvancedConfiguration: Match.anyValue() }))] });
  });

  test('has no tags on its rules, whether tags come early, late or by an aspect', () => {
    const { app, stack } = serviceFixture(undefined, (of) => Tags.of(of).add('Early', 'shop', NOT_STACKS));
    Tags.of(app).add('Late', 'shop', { ...NOT_STACKS, priority: 900 });
    Aspects.of(app).add({ visit: (node) => TagManager.isTaggable(node) && !Stack.isStack(node) && node.tags.setTag('ByAspect', 'shop') }, { priority: 950 });
    const rules = Object.values(templateOf(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    expect(rules.map(({ Properties }) => Properties.Tags)).toEqual([undefined, undefined]);
    templateOf(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Tags: Match.arrayWith([{ Key: 'Early', Value: 'shop' }]) });
  });

  test('has the same fixed tags on its rules whatever the order of the map and the tags of the app', () => {
    const rules = (listenerRuleTags: { [key: string]: string }) => {
      const { app, stack } = serviceFixture({ listenerRuleTags });
      Tags.of(app).add('Late', 'shop', NOT_STACKS);
      return Object.values(templateOf(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule')).map(({ Properties }) => Properties.Tags);
    };
    const fixed = [{ Key: 'CostCentre', Value: '4711' }, { Key: 'Team', Value: 'shop' }];
    expect(rules({ Team: 'shop', CostCentre: '4711' })).toEqual([fixed, fixed]);
    expect(rules({ CostCentre: '4711', Team: 'shop' })).toEqual([fixed, fixed]);
  });

  test('has an infrastructure role for the two target groups and the rules of this service alone', () => {
    const policies = templateOf(serviceFixture().stack).findResources('AWS::IAM::ManagedPolicy');
    const [policy] = Object.entries(policies).filter(([id]) => id.startsWith('WebTrafficInfrastructurePolicy')).map(([, { Properties }]) => Properties);
    const changing = policy.PolicyDocument.Statement.filter(({ Action }: { Action: string[] }) => !Action.every((action) => action.includes(':Describe')));
    expect(JSON.stringify(changing)).not.toContain('"*"');
    expect(policy.PolicyDocument.Statement.flatMap(({ Action }: { Action: string[] }) => Action)).toEqual(expect.arrayContaining([
      'elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:ModifyRule', 'elasticloadbalancing:DescribeTargetHealth',
    ]));
  });
});

describe('The URL of a ProductionWebService', () => {
  const urls = (props: Parameters<typeof serviceFixture>[0]) => {
    const { Outputs } = templateOf(serviceFixture(props).stack).toJSON();
    return Object.entries<{ Value: unknown; Export?: unknown }>(Outputs).filter(([id]) => id.startsWith('WebUrl')).map(([, { Value, Export }]) => [Value, Export]);
  };
  const domains = [Domain.of('*.example.com'), Domain.of('api.example.com')];

  test('is an output, which fits the certificate where the service has a domain', () => {
    expect(urls({ domains })).toEqual([['https://api.example.com/', undefined]]);
  });

  test('has the host and the path of the route', () => {
    const loadBalancer = (parts: { stack: Stack; network: SecureVpc }) => new SecureLoadBalancer(parts.stack, 'Balancer', {
      network: parts.network, certificate: certificate(parts.stack), domains,
    });
    expect(urls((parts) => ({ loadBalancer: loadBalancer(parts), route: Route.path('/orders/*').onHost('*.example.com').onHost('shop.example.com') }))).toEqual([['https://shop.example.com/orders/', undefined]]);
    expect(urls((parts) => ({ loadBalancer: loadBalancer(parts), route: Route.path('*.png') }))).toEqual([['https://api.example.com/', undefined]]);
  });

  test('has the name of the load balancer without domains, and no TLS without a certificate', () => {
    expect(JSON.stringify(urls({}))).toContain('"https://",{"Fn::GetAtt":["WebLoadBalancer');
    expect(JSON.stringify(urls({ certificate: undefined, plainHttp: { reason: 'An internal demonstration until 2027' } }))).toContain('"http://",{"Fn::GetAtt"');
  });
});

const own = (stack: Stack) => Certificate.fromCertificateArn(stack, 'Own', 'arn:aws:acm:eu-central-1:111111111111:certificate/own');

test('A ProductionWebService gives its settings to its load balancer: domains, ingress, firewall and timeouts', () => {
  const { stack, web } = serviceFixture(({ stack: of }) => ({
    certificate: undefined,
    domains: [Domain.of('api.example.com', { certificate: own(of), hostedZone: HostedZone.fromHostedZoneId(of, 'Zone', 'Z0123456789') })],
    ingress: Ingress.internalOnly(['10.0.0.0/16']),
    idleTimeout: Duration.minutes(5),
  }));
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internal', LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '300' }]),
  });
  template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.example.com.' });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Certificates: [{ CertificateArn: Match.stringLikeRegexp('certificate/own') }] });
  expect(web.loadBalancer.firewall).toBeUndefined();
});

describe('ProductionWebService in several stacks', () => {
  test('closes no cycle with network, registry, balancer and service in four stacks, and shares the balancer', () => {
    const app = testApp();
    const networkStack = testStack({ app, id: 'NetworkStack' });
    const network = new SecureVpc(networkStack, 'Network');
    const registry = testStack({ app, id: 'Registry' });
    const images = new ImageRepository(registry, 'Images');
    const edge = testStack({ app, id: 'Edge' });
    const loadBalancer = new SecureLoadBalancer(edge, 'Balancer', { network, certificate: certificate(edge) });
    const stack = testStack({ app, id: 'Services' });
    const image = ServiceImage.released(images);
    new ProductionWebService(stack, 'Api', { network, loadBalancer, image, route: Route.path('/api/*'), port: 4000 });
    new ProductionWebService(stack, 'Web', { network, loadBalancer, image, port: 3000 });

    const services = templateOf(stack);
    expect(services.findResources('AWS::ECS::Service')).toBeDefined();
    services.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    services.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 4);
    expect(edge.dependencies).not.toContain(stack);
    expect(networkStack.dependencies).toEqual([]);
    expect(unacknowledged(stack)).toEqual([]);
  });

  test('creates its rules in its own stack, for an endpoints-only network of another stack (B-14)', () => {
    const app = testApp();
    const networkStack = testStack({ app, id: 'NetworkStack' });
    const network = new SecureVpc(networkStack, 'Network', { egress: Egress.endpointsOnly() });
    const registry = testStack({ app, id: 'Registry' });
    const stack = testStack({ app, id: 'Services' });
    new ProductionWebService(stack, 'Web', {
      network, certificate: certificate(stack), image: ServiceImage.fromRepository(new ImageRepository(registry, 'Images'), { tag: VERSION }),
    });
    templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, Description: 'AWS services, through interface endpoints' });
    templateOf(networkStack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });
});

describe('ProductionWebService in an adopted network', () => {
  test('runs in the private subnets of an existing VPC, with its NAT, behind an internet-facing load balancer (E-01, E-14)', () => {
    const { stack } = serviceFixture(({ stack: of }) => {
      const vpc = Vpc.fromVpcAttributes(of, 'Vpc', {
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        vpcCidrBlock: '10.1.0.0/16',
        availabilityZones: ['eu-central-1a', 'eu-central-1b'],
        publicSubnetIds: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'],
        privateSubnetIds: ['subnet-0a1b2c3d4e5f60713', 'subnet-0a1b2c3d4e5f60714'],
      });
      const [publicSubnets, applicationSubnets] = [{ subnets: vpc.publicSubnets }, { subnets: vpc.privateSubnets }];
      return { network: SecureVpc.fromVpc(of, 'Adopted', { vpc, publicSubnets, applicationSubnets }), rollout: Rollout.rolling(), healthCheck: { path: '/health' } };
    });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing', Subnets: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'] });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/health', VpcId: 'vpc-0a1b2c3d4e5f60718' });
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({ Strategy: 'ROLLING' }),
      NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED', Subnets: ['subnet-0a1b2c3d4e5f60713', 'subnet-0a1b2c3d4e5f60714'] }) },
    });
    expect(flows(template)).toContain('WebSecurityGroup out 443 0.0.0.0/0');
  });
});

describe('ProductionWebService by environment', () => {
  test('keeps its logs for a week in development (E-11, B-13)', () => {
    const template = templateOf(serviceFixture({}, (app) => EnvironmentProfile.development().applyTo(app)).stack);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('has one small task in development, and nothing that is protected or retained', () => {
    const template = templateOf(serviceFixture({}, (app) => EnvironmentProfile.development().applyTo(app)).stack);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '256', Memory: '512' });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 2 });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'false' }]) });
    ['AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket'].forEach((type) => Object.values(template.findResources(type)).forEach((resource) => expect(resource.DeletionPolicy).toBe('Delete')));
  });

  test('differs in staging from production in size alone (C-23)', () => {
    const shape = (profile: EnvironmentProfile) => {
      const { stack } = serviceFixture({}, (app) => profile.applyTo(app));
      return JSON.parse(JSON.stringify(templateOf(stack).toJSON(), (key, value) => (['Cpu', 'Memory', 'MinCapacity', 'MaxCapacity'].includes(key) ? undefined : value)));
    };
    expect(shape(EnvironmentProfile.staging())).toEqual(shape(EnvironmentProfile.production()));
  });

  test('propagates tags to its tasks (E-16)', () => {
    const { stack, app } = serviceFixture();
    Tags.of(app).add('CostCentre', '4711', NOT_STACKS);
    templateOf(stack).hasResourceProperties('AWS::ECS::Service', { PropagateTags: 'SERVICE', EnableECSManagedTags: true, Tags: Match.arrayWith([{ Key: 'CostCentre', Value: '4711' }]) });
  });
});
