/*
 * Document B written with CDK's own L2s and aws-ecs-patterns, resource for resource as near to examples/canary-fargate as they get.
 * What the pattern doesn't know (a second target group, the shift, rollback alarms) is set through its escape hatch.
 */
import { App, Aws, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AclCidr, AclTraffic, Action, FlowLogDestination, FlowLogTrafficType, GatewayVpcEndpointAwsService, type IIpAddresses,
  InterfaceVpcEndpointAwsService, NetworkAcl, Peer, Port, SecurityGroup, SubnetType, TrafficDirection, Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import {
  Capability, type CfnService, Cluster, ContainerImage, ContainerInsights, FargateTaskDefinition, LinuxParameters, LogDriver,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import {
  ApplicationListenerRule, ApplicationLoadBalancer, ApplicationProtocol, ApplicationTargetGroup, ListenerAction, ListenerCondition, SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';

const app = new App();
const env = { region: 'eu-central-1' };
const ZONES = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
const PORT = 3000;
const S3_PREFIX_LIST = 'pl-6ea54007';

const registry = new Stack(app, 'canary-registry', { env });
const repository = new Repository(registry, 'Images', {
  encryption: RepositoryEncryption.KMS,
  encryptionKey: new Key(registry, 'ImagesKey', { enableKeyRotation: true }),
  imageScanOnPush: true,
  imageTagMutability: TagMutability.IMMUTABLE,
  lifecycleRules: [{ maxImageCount: 10 }],
});

const stack = new Stack(app, 'canary-application', { env });

// Network
const blocks: { [tier: string]: string[] } = {
  public: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
  application: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
};
const addresses: IIpAddresses = {
  allocateVpcCidr: () => ({ cidrBlock: '10.0.0.0/16' }),
  allocateSubnetsCidr: ({ requestedSubnets }) => {
    const left = { public: [...blocks.public], application: [...blocks.application] } as typeof blocks;
    return { allocatedSubnets: requestedSubnets.map(({ configuration }) => ({ cidr: left[configuration.name].shift()! })) };
  },
};
const vpc = new Vpc(stack, 'Vpc', {
  ipAddresses: addresses,
  availabilityZones: ZONES,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [
    { name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
    { name: 'application', subnetType: SubnetType.PRIVATE_ISOLATED },
  ],
});
const application = { subnetGroupName: 'application' };

function encryptedLogs(id: string, logGroupName?: string): LogGroup {
  const key = new Key(stack, `${id}Key`, { enableKeyRotation: true });
  key.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${env.region}.amazonaws.com`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${env.region}:${Aws.ACCOUNT_ID}:log-group:${logGroupName ?? '*'}` } },
  }));
  return new LogGroup(stack, id, { logGroupName, retention: RetentionDays.ONE_MONTH, encryptionKey: key });
}
vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(encryptedLogs('FlowLogs')), trafficType: FlowLogTrafficType.ALL });

const endpointGroup = new SecurityGroup(stack, 'EndpointSecurityGroup', { vpc, allowAllOutbound: false });
vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3, subnets: [application] });
vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB, subnets: [application] });
Object.entries({
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
}).forEach(([id, service]) => vpc.addInterfaceEndpoint(id, { service, subnets: application, securityGroups: [endpointGroup], open: false }));

type AclEntry = [direction: TrafficDirection, cidr: string, from: number, to: number];
function acl(tier: string, entries: AclEntry[]): void {
  const list = new NetworkAcl(stack, `${tier}Acl`, { vpc, subnetSelection: { subnetGroupName: tier } });
  entries.forEach(([direction, cidr, from, to], index) => list.addEntry(`Entry${index}`, {
    ruleNumber: 100 + index, direction, ruleAction: Action.ALLOW, cidr: AclCidr.ipv4(cidr), traffic: AclTraffic.tcpPortRange(from, to),
  }));
}
const { INGRESS, EGRESS } = TrafficDirection;
const WORLD = '0.0.0.0/0';
acl('public', [
  [INGRESS, WORLD, 80, 80], [INGRESS, WORLD, 443, 443], [INGRESS, WORLD, 1024, 3388], [INGRESS, WORLD, 3390, 65535],
  ...blocks.application.map((block): AclEntry => [INGRESS, block, 0, 65535]),
  [EGRESS, WORLD, 0, 65535],
]);
acl('application', [
  ...[...blocks.public, ...blocks.application].map((block): AclEntry => [INGRESS, block, 0, 65535]),
  [INGRESS, WORLD, 32768, 60999],
  ...blocks.public.map((block): AclEntry => [EGRESS, block, 1024, 65535]),
  ...blocks.application.map((block): AclEntry => [EGRESS, block, 0, 65535]),
  [EGRESS, WORLD, 443, 443],
]);

// Load balancer
const logBucket = new Bucket(stack, 'LoadBalancerLogs', {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  versioned: true,
  lifecycleRules: [{ expiration: Duration.days(90) }],
  removalPolicy: RemovalPolicy.RETAIN,
});
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true, deletionProtection: true, dropInvalidHeaderFields: true });
loadBalancer.logAccessLogs(logBucket, 'access');
loadBalancer.logConnectionLogs(logBucket, 'connections');

const visible = (metricName: string) => ({ metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true });
const managed = [
  'AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList', 'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesLinuxRuleSet',
];
const webAcl = new CfnWebACL(stack, 'WebAcl', {
  scope: 'REGIONAL',
  defaultAction: { allow: {} },
  visibilityConfig: visible('WebAcl'),
  rules: [
    { name: 'Rate', priority: 0, action: { block: {} }, statement: { rateBasedStatement: { limit: 1000, evaluationWindowSec: 60, aggregateKeyType: 'IP' } }, visibilityConfig: visible('Rate') },
    ...managed.map((name, index) => ({
      name, priority: index + 1, overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } }, visibilityConfig: visible(name),
    })),
  ],
});
new CfnWebACLAssociation(stack, 'WebAclAssociation', { webAclArn: webAcl.attrArn, resourceArn: loadBalancer.loadBalancerArn });
const webAclLogs = encryptedLogs('WebAclLogs', 'aws-waf-logs-canary');
new CfnLoggingConfiguration(stack, 'WebAclLogging', {
  resourceArn: webAcl.attrArn, logDestinationConfigs: [`arn:aws:logs:${env.region}:${Aws.ACCOUNT_ID}:log-group:${webAclLogs.logGroupName}`],
});

// Service
const taskDefinition = new FargateTaskDefinition(stack, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
const linuxParameters = new LinuxParameters(stack, 'Linux', { initProcessEnabled: true });
linuxParameters.dropCapabilities(Capability.ALL);
linuxParameters.addTmpfs({ containerPath: '/tmp', size: 64 });
taskDefinition.addContainer('web', {
  image: ContainerImage.fromEcrRepository(repository, '1.0.0'),
  user: '1000:1000',
  readonlyRootFilesystem: true,
  linuxParameters,
  portMappings: [{ containerPort: PORT }],
  logging: LogDriver.awsLogs({ logGroup: encryptedLogs('Logs'), streamPrefix: 'web' }),
  healthCheck: { command: ['CMD', 'node', '-e', "fetch('http://127.0.0.1:3000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"] },
});
const taskGroup = new SecurityGroup(stack, 'TaskSecurityGroup', { vpc, allowAllOutbound: false });
taskGroup.connections.allowTo(endpointGroup, Port.tcp(443));
taskGroup.connections.allowTo(Peer.prefixList(S3_PREFIX_LIST), Port.tcp(443));
const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
  cluster: new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENHANCED }),
  loadBalancer,
  certificate: Certificate.fromCertificateArn(stack, 'Certificate', app.node.getContext('certificateArn')),
  redirectHTTP: true,
  sslPolicy: SslPolicy.TLS13_RES,
  taskDefinition,
  taskSubnets: application,
  securityGroups: [taskGroup],
  minHealthyPercent: 100,
  maxHealthyPercent: 200,
  circuitBreaker: { enable: true, rollback: true },
  healthCheckGracePeriod: Duration.seconds(60),
});
const healthCheck = { path: '/health', interval: Duration.seconds(30), timeout: Duration.seconds(5), healthyThresholdCount: 2, unhealthyThresholdCount: 3 };
web.targetGroup.configureHealthCheck(healthCheck);
const scaling = web.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 8 });
scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });

// Shift
const green = new ApplicationTargetGroup(stack, 'Green', { vpc, targetType: TargetType.IP, protocol: ApplicationProtocol.HTTP, port: PORT, healthCheck });
const testListener = loadBalancer.addListener('TestListener', {
  port: 8443, open: false, certificates: [web.certificate!], sslPolicy: SslPolicy.TLS13_RES, defaultAction: ListenerAction.fixedResponse(404),
});
const [productionRule, testRule] = [web.listener, testListener].map((listener, index) => new ApplicationListenerRule(stack, `Rule${index}`, {
  listener,
  priority: 1,
  conditions: [ListenerCondition.pathPatterns(['/*'])],
  action: ListenerAction.weightedForward([{ targetGroup: web.targetGroup, weight: 1 }, { targetGroup: green, weight: 0 }]),
}));
const shiftRole = new Role(stack, 'ShiftRole', { assumedBy: new ServicePrincipal('ecs.amazonaws.com') });
shiftRole.addToPolicy(new PolicyStatement({
  actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'], resources: [web.targetGroup.targetGroupArn, green.targetGroupArn],
}));
shiftRole.addToPolicy(new PolicyStatement({
  actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
  resources: [web.listener.listenerArn, testListener.listenerArn, productionRule.listenerRuleArn, testRule.listenerRuleArn],
}));
shiftRole.addToPolicy(new PolicyStatement({
  actions: ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
  resources: ['*'],
}));
const shares = [web.targetGroup, green].map((group, index) => {
  const metric = (metricName: string) => new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: group.targetGroupFullName },
    statistic: 'Sum',
    period: Duration.minutes(1),
  });
  return new MathExpression({
    expression: `IF(FILL(a${index},0)>0,FILL(f${index},0)/FILL(a${index},0),0)`,
    usingMetrics: { [`a${index}`]: metric('RequestCount'), [`f${index}`]: metric('HTTPCode_Target_5XX_Count') },
    period: Duration.minutes(1),
  });
});
new Alarm(stack, 'SuccessRate', {
  alarmName: 'canary-success-rate',
  metric: new MathExpression({ expression: '100*(1-MAX([s0,s1]))', usingMetrics: { s0: shares[0], s1: shares[1] }, period: Duration.minutes(1) }),
  threshold: 99.5,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  evaluationPeriods: 2,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});
const service = web.service.node.defaultChild as CfnService;
service.addPropertyOverride('DeploymentConfiguration', {
  Strategy: 'LINEAR',
  BakeTimeInMinutes: 10,
  LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 1 },
  Alarms: { AlarmNames: ['canary-success-rate'], Enable: true, Rollback: true },
});
service.addPropertyOverride('LoadBalancers.0.AdvancedConfiguration', {
  AlternateTargetGroupArn: green.targetGroupArn,
  ProductionListenerRule: productionRule.listenerRuleArn,
  TestListenerRule: testRule.listenerRuleArn,
  RoleArn: shiftRole.roleArn,
});

new CfnOutput(stack, 'Address', { value: loadBalancer.loadBalancerDnsName });
