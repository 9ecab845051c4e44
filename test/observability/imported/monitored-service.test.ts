import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ClusterProps, ContainerImage, ContainerInsights, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  GoldenSignalAlarms, HardenedPostgres, ImageRepository, MonitoredDatabase, MonitoredService, type MonitoredServiceProps, ProductionWebService, SecureVpc, ServiceImage,
} from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { alarmsNamed, mailRouting } from '../../fixtures/signals';
import { ACCOUNT, ENV, REGION, refusal, templateOf, testApp, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

/** What a team has that never heard of this library. */
function plainService(stack: Stack = testStack()) {
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('nginx:1.29'), portMappings: [{ containerPort: 80 }] });
  const service = new FargateService(stack, 'Service', { cluster, taskDefinition, minHealthyPercent: 100, circuitBreaker: { rollback: true } });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  const targetGroup = loadBalancer.addListener('Http', { port: 80 }).addTargets('Targets', { port: 80, targets: [service] });
  const database = new DatabaseInstance(stack, 'Database', {
    vpc, engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }), instanceType: new InstanceType('t4g.medium'), storageEncrypted: true,
  });
  const logGroup = new LogGroup(stack, 'Logs');
  return { stack, vpc, service, loadBalancer, targetGroup, database, logGroup };
}

function dimensionsOf(template: Template, id: string): string {
  return JSON.stringify(alarmsNamed(template, id).map(({ properties }) => properties.Metrics ?? properties.Dimensions));
}

describe('A service that the library did not create', () => {
  test('gets the same alarms by what it exposes, and so does its database', () => {
    const { stack, service, loadBalancer, targetGroup, database, logGroup } = plainService();
    const signals = new GoldenSignalAlarms(stack, 'Signals', {
      services: [MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup], maxTasks: 4, logGroups: [logGroup] })],
      databases: [MonitoredDatabase.fromInstance(database)],
      alertRouting: mailRouting(stack),
    });
    const template = templateOf(stack);
    expect(signals.alarms.filter(({ node }) => node.path.startsWith('Test/Signals/Service/'))).toHaveLength(17);
    expect(alarmsNamed(template, 'load-balancer-errors-critical')[0].properties.AlarmDescription).toMatch(/^Test\/Balancer /);
    expect(alarmsNamed(template, 'database-storage-warning')).toHaveLength(1);
    expect(dimensionsOf(template, 'service-errors-many-critical')).toContain('{"Fn::GetAtt":["BalancerHttpTargetsGroup');
    expect(dimensionsOf(template, 'service-cpu-warning')).toMatch(/"Name":"ServiceName","Value":\{"Fn::GetAtt":\["Service/);
    expect(template.findResources('AWS::Logs::MetricFilter')).not.toEqual({});
    expect(brokenRules(template.toJSON()).filter((broken) => broken.includes('Signals'))).toEqual([]);
  });

  test('is not rolled back, and its alarms have no name [A-13]', () => {
    const { stack, service, loadBalancer, targetGroup } = plainService();
    const adopted = MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup] });
    expect(adopted.rollBackOn('any')).toBe(false);
    new GoldenSignalAlarms(stack, 'Signals', { services: [adopted], alertRouting: mailRouting(stack) });
    const template = templateOf(stack);
    expect(Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => Properties.AlarmName !== undefined)).toEqual([]);
    expect(alarmsNamed(template, 'service-tasks-at-maximum-warning')).toEqual([]);
    expect(alarmsNamed(template, 'service-log-errors-warning')).toEqual([]);
  });

  test('may be imported with its load balancer and both its target groups', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const arn = (resource: string) => `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${resource}`;
    const service = FargateService.fromFargateServiceAttributes(stack, 'Service', { serviceName: 'shop', cluster: Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'main', vpc }) });
    const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', { loadBalancerArn: arn('loadbalancer/app/shop/0123456789abcdef'), securityGroupId: 'sg-1' });
    const targetGroups = ['blue', 'green'].map((name) => ApplicationTargetGroup.fromTargetGroupAttributes(stack, name, { targetGroupArn: arn(`targetgroup/${name}/0123456789abcdef`) }));
    const { signals } = MonitoredService.fromFargate(service, { loadBalancer, targetGroups });
    expect(stack.resolve({ ...signals, source: signals.source.node.path, loadBalancer: undefined })).toEqual({
      source: 'Test/Service',
      clusterName: 'main',
      serviceName: 'shop',
      loadBalancerFullName: 'app/shop/0123456789abcdef',
      targetGroupFullNames: ['targetgroup/blue/0123456789abcdef', 'targetgroup/green/0123456789abcdef'],
      logGroups: [],
    });
  });

  test.each<[string, (group: ApplicationTargetGroup) => Partial<MonitoredServiceProps>, RegExp]>([
    ['no target group', () => ({ targetGroups: [] }), /FargateService.? 'Test\/Service': targetGroups is \[\], expected one target group, or the two of a blue\/green deployment/],
    ['three target groups', (group) => ({ targetGroups: [group, group, group] }), /targetGroups is \["Test\/Balancer\/Http/],
    ['one target group twice', (group) => ({ targetGroups: [group, group] }), /targetGroups is \["Test\/Balancer\/.*each once/],
    ['no load balancer', () => ({ loadBalancer: undefined }), /FargateService.? 'Test\/Service': loadBalancer is not given, expected the Application Load Balancer of the service/],
    ['no target groups at all', () => ({ targetGroups: undefined }), /targetGroups is \[\]/],
    ['no task at most', () => ({ maxTasks: 0 }), /maxTasks is 0, expected a whole number from 1 to 5000 tasks/],
  ])('is refused with %s', (_, props, message) => {
    const { service, loadBalancer, targetGroup } = plainService();
    expect(refusal(() => MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup], ...props(targetGroup) }))).toMatch(message);
  });
});

describe('A service on a cluster', () => {
  const warned = (props: Partial<ClusterProps>) => {
    const { stack, vpc, loadBalancer, targetGroup, service: { taskDefinition } } = plainService();
    const service = new FargateService(stack, 'Other', { cluster: new Cluster(stack, 'OtherCluster', { vpc, ...props }), taskDefinition, minHealthyPercent: 100 });
    MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup] });
    return Annotations.fromStack(stack).findWarning('/Test/Other', Match.stringLikeRegexp('Test/OtherCluster has no Container Insights, .* service-tasks-missing and service-tasks-at-maximum can never fire')).length;
  };

  test.each<[string, Partial<ClusterProps>, number]>([
    ['nothing said of Container Insights', {}, 1],
    ['Container Insights off', { containerInsightsV2: ContainerInsights.DISABLED }, 1],
    ['Container Insights on', { containerInsightsV2: ContainerInsights.ENABLED }, 0],
    ['enhanced Container Insights', { containerInsightsV2: ContainerInsights.ENHANCED }, 0],
  ])('with %s', (_, props, warnings) => {
    expect(warned(props)).toBe(warnings);
  });
});

interface Landscape {
  readonly app: App;
  readonly stacks: Stack[];
  readonly serviceStack: Stack;
  readonly signalStack: Stack;
  readonly signals: GoldenSignalAlarms;
  readonly api: ProductionWebService;
}

/** Network, database, registry and service in a stack each; the signals with the service, or in a fifth. */
function landscape(where: 'with the service' | 'in a stack of their own', rollBackOnCritical?: boolean): Landscape {
  const app = testApp();
  const stacks = ['Net', 'Data', 'Registry', 'Service'].map((id) => new Stack(app, id, { env: ENV }));
  const [networkStack, databaseStack, registryStack, serviceStack] = stacks;
  const network = new SecureVpc(networkStack, 'Vpc');
  const database = new HardenedPostgres(databaseStack, 'Database', { network });
  const images = new ImageRepository(registryStack, 'Images');
  const api = new ProductionWebService(serviceStack, 'Api', {
    network, image: ServiceImage.released(images), backingServices: [database], certificate: certificate(serviceStack),
  });
  const signalStack = where === 'with the service' ? serviceStack : new Stack(app, 'Watch', { env: ENV });
  const signals = new GoldenSignalAlarms(signalStack, 'Signals', { services: [api], databases: [database], alertRouting: mailRouting(signalStack), rollBackOnCritical });
  return { app, stacks, serviceStack, signalStack, signals, api };
}

function rollbackNames(stack: Stack): string[] {
  return Object.values(templateOf(stack).findResources('AWS::ECS::Service')).flatMap(({ Properties }) => Properties.DeploymentConfiguration.Alarms.AlarmNames);
}

describe('With network, database, registry and service in four stacks', () => {
  test.each(['with the service', 'in a stack of their own'] as const)('the signals stand %s; nothing below knows them, and nothing is left to acknowledge [E-07]', (where) => {
    const { stacks, signalStack, serviceStack, signals } = landscape(where);
    const [, databaseStack] = stacks;
    expect(unacknowledged(signalStack)).toEqual([]);
    stacks.filter((stack) => stack !== signalStack).forEach((stack) => expect(stack.dependencies).not.toContain(signalStack));
    expect(signalStack.dependencies).toContain(databaseStack);
    expect(signals.alarms.filter(({ node }) => node.path.includes('Data.Database')).length).toBeGreaterThan(5);
    expect(brokenRules(templateOf(signalStack).toJSON())).toEqual([]);
    // C-16: what happens to the database, and what becomes of deployments, reaches a channel.
    // Seven tell of deployments, two of tasks, two of backups, one of rotations, one writes down for the dashboard.
    templateOf(signalStack).resourceCountIs('AWS::Events::Rule', 13);
    templateOf(signalStack).hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'lambda', TopicArn: Match.objectLike({}) });
    expect(JSON.stringify(templateOf(databaseStack).toJSON())).not.toContain('Signals');
    // an alarm of another stack does not exist yet when ECS first asks for it. A database takes no shift back.
    expect(rollbackNames(serviceStack)).toHaveLength(where === 'with the service' ? 12 : 11);
    expect(rollbackNames(serviceStack).join()).not.toContain('database');
  });

  test('alarms of another stack roll deployments back with rollBackOnCritical, by their names alone [A-13]', () => {
    const { serviceStack, signalStack } = landscape('in a stack of their own', true);
    expect(rollbackNames(serviceStack).slice(11)).toEqual(['healthytasks'].map((key) => expect.stringMatching(new RegExp(`^watch-signals-serviceapi-service${key}critical-[0-9a-f]{8}$`))));
    expect(serviceStack.dependencies).not.toContain(signalStack);
    expect(signalStack.dependencies).toContain(serviceStack);
  });

  test('sources of another region or account are refused, because an alarm reads none of their metrics', () => {
    const { app, api } = landscape('with the service');
    const elsewhere = new Stack(app, 'Elsewhere', { env: { account: ACCOUNT, region: 'eu-west-1' } });
    expect(refusal(() => new GoldenSignalAlarms(elsewhere, 'Signals', { services: [api], alertRouting: mailRouting(elsewhere) })))
      .toMatch(/is "Service\/Api", expected sources of account 111111111111 and region eu-west-1, because an alarm reads no other metrics/);
  });
});

describe('Services behind one load balancer', () => {
  /** Two services that are imported with a load balancer that another team made. */
  function imported(loadBalancerOf: (stack: Stack, index: number) => ReturnType<typeof ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes>) {
    const stack = testStack();
    const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'main', vpc: new Vpc(stack, 'Vpc') });
    const services = ['shop', 'api'].map((serviceName, index) => MonitoredService.fromFargate(FargateService.fromFargateServiceAttributes(stack, serviceName, { serviceName, cluster }), {
      loadBalancer: loadBalancerOf(stack, index),
      targetGroups: [ApplicationTargetGroup.fromTargetGroupAttributes(stack, `${serviceName}Group`, { targetGroupArn: Fn.importValue(`${serviceName}-group`) })],
    }));
    const signals = new GoldenSignalAlarms(stack, 'Signals', { services, alertRouting: mailRouting(stack) });
    return { stack, signals };
  }

  const byExport = (name: string) => ({ loadBalancerArn: Fn.importValue(name), securityGroupId: 'sg-1' });

  test('that is imported by an export have one alarm on it', () => {
    let one: ReturnType<typeof ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes> | undefined;
    const { stack } = imported((scope) => one ??= ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Balancer', byExport('balancer')));
    expect(alarmsNamed(templateOf(stack), 'load-balancer-errors-critical')).toHaveLength(1);
  });

  test('that is imported by a parameter have one, too', () => {
    let one: ReturnType<typeof ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes> | undefined;
    const { stack } = imported((scope) => one ??= ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Balancer', {
      loadBalancerArn: new CfnParameter(scope, 'BalancerArn').valueAsString, securityGroupId: 'sg-1',
    }));
    expect(alarmsNamed(templateOf(stack), 'load-balancer-errors-critical')).toHaveLength(1);
  });

  test('that is imported twice have one alarm on it, too', () => {
    const { stack } = imported((scope, index) => ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, `Balancer${index}`, byExport('balancer')));
    expect(alarmsNamed(templateOf(stack), 'load-balancer-errors-critical')).toHaveLength(1);
  });

  test('have one each where they are two', () => {
    const { stack } = imported((scope, index) => ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, `Balancer${index}`, byExport(`balancer-${index}`)));
    expect(alarmsNamed(templateOf(stack), 'load-balancer-errors-critical')).toHaveLength(2);
  });

  test('have one each where only their logical ids are the same, in two stacks', () => {
    const app = testApp();
    const [one, two] = ['One', 'Two'].map((id) => plainService(new Stack(app, id, { env: ENV })));
    const watch = new Stack(app, 'Watch', { env: ENV });
    const services = [one, two].map(({ service, loadBalancer, targetGroup }) => MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup] }));
    new GoldenSignalAlarms(watch, 'Signals', { services, alertRouting: mailRouting(watch) });
    expect(alarmsNamed(templateOf(watch), 'load-balancer-errors-critical')).toHaveLength(2);
  });
});

describe('What is imported from another region', () => {
  const inIreland = (resource: string) => `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:${resource}`;

  test('is refused, whatever the stack is that imports it', () => {
    const { stack, service, loadBalancer: near } = plainService();
    const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Far', { loadBalancerArn: inIreland('loadbalancer/app/shop/1'), securityGroupId: 'sg-1' });
    const far = ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'FarGroup', { targetGroupArn: inIreland('targetgroup/shop/1') });
    const behind = MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [far] });
    expect(refusal(() => new GoldenSignalAlarms(stack, 'Signals', { services: [behind], alertRouting: mailRouting(stack) }))).toMatch(/is "Test\/Far", expected sources of account 111111111111 and region eu-central-1/);
    expect(refusal(() => MonitoredService.fromFargate(service, { loadBalancer: near, targetGroups: [far] }))).toMatch(/targetGroups is "arn:.*eu-west-1.*expected target groups in the account and region of the load balancer/);
  });

  test('is refused as a service, too', () => {
    const { stack, service: { cluster }, loadBalancer, targetGroup } = plainService();
    const service = FargateService.fromFargateServiceAttributes(stack, 'FarService', { serviceArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:service/main/shop`, cluster });
    const far = MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup] });
    expect(refusal(() => new GoldenSignalAlarms(stack, 'Signals', { services: [far], alertRouting: mailRouting(stack) }))).toMatch(/is "Test\/FarService", expected sources of account/);
  });
});

describe('Databases next to services', () => {
  test('are refused where none of the services uses them', () => {
    const { serviceStack, api } = landscape('with the service');
    const { database, service, loadBalancer, targetGroup } = plainService(new Stack(serviceStack.node.root as App, 'Plain', { env: ENV }));
    const other = MonitoredDatabase.fromInstance(database);
    const routing = mailRouting(new Stack(serviceStack.node.root as App, 'Routing', { env: ENV }));
    expect(refusal(() => new GoldenSignalAlarms(serviceStack, 'Others', { services: [api], databases: [other], alertRouting: routing })))
      .toMatch(/GoldenSignalAlarms 'Service\/Others': databases is "Plain\/Database", expected databases that one of the services uses: Data\/Database\. Give it to a service in backingServices/);
    const adopted = (stores?: MonitoredServiceProps['stores']) => MonitoredService.fromFargate(service, { loadBalancer, targetGroups: [targetGroup], stores });
    expect(refusal(() => new GoldenSignalAlarms(serviceStack, 'None', { services: [adopted([])], databases: [other], alertRouting: routing }))).toMatch(/uses: they use none\./);
    expect(new GoldenSignalAlarms(serviceStack, 'Told', { services: [api, adopted([database])], databases: [other], alertRouting: routing }).alarms).not.toEqual([]);
    // What an adopted service uses is not known unless it is told, and databases may be watched alone.
    expect(new GoldenSignalAlarms(serviceStack, 'Unknown', { services: [api, adopted()], databases: [other], alertRouting: routing }).alarms).not.toEqual([]);
    expect(new GoldenSignalAlarms(serviceStack, 'Alone', { databases: [other], alertRouting: routing }).alarms).not.toEqual([]);
  });
});
