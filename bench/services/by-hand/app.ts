/* One service with aws-ecs-patterns, hardened by hand. The pattern knows one target group: its deployments are rolling ones. */
import { Aws, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AlarmBehavior, Capability, Cluster, ContainerImage, ContainerInsights, FargateTaskDefinition, LinuxParameters, LogDriver,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { ApplicationLoadBalancer, HttpCodeTarget, SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { IMAGE, REGION, serviceApp, type Surroundings } from '../service-app';

const PORT = 8080;
const MANAGED_RULES = [
  'AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList', 'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesLinuxRuleSet',
];

serviceApp((stack, surroundings) => {
  const logKey = createLogKey(stack);
  const loadBalancer = createLoadBalancer(stack, surroundings);
  protect(loadBalancer, logKey);
  const web = createService(stack, surroundings, loadBalancer, createTask(stack, logKey));

  const scaling = web.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
  scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });
  takeBackOnErrors(web);
});

function createLogKey(stack: Stack): Key {
  const key = new Key(stack, 'LogKey', { enableKeyRotation: true });
  key.addToResourcePolicy(new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${REGION}.amazonaws.com`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${REGION}:${Aws.ACCOUNT_ID}:log-group:*` } },
  }));
  return key;
}

function createLoadBalancer(stack: Stack, { vpc }: Surroundings): ApplicationLoadBalancer {
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
  return loadBalancer;
}

function protect({ stack, loadBalancerArn }: ApplicationLoadBalancer, encryptionKey: Key): void {
  const visible = (metricName: string) => ({ metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true });
  const webAcl = new CfnWebACL(stack, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('WebAcl'),
    rules: [
      { name: 'Rate', priority: 0, action: { block: {} }, statement: { rateBasedStatement: { limit: 1000, evaluationWindowSec: 60, aggregateKeyType: 'IP' } }, visibilityConfig: visible('Rate') },
      ...MANAGED_RULES.map((name, index) => ({
        name, priority: index + 1, overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } }, visibilityConfig: visible(name),
      })),
    ],
  });
  new CfnWebACLAssociation(stack, 'WebAclAssociation', { webAclArn: webAcl.attrArn, resourceArn: loadBalancerArn });
  const logs = new LogGroup(stack, 'WebAclLogs', { logGroupName: 'aws-waf-logs-web', retention: RetentionDays.ONE_YEAR, encryptionKey });
  new CfnLoggingConfiguration(stack, 'WebAclLogging', {
    resourceArn: webAcl.attrArn, logDestinationConfigs: [`arn:aws:logs:${REGION}:${Aws.ACCOUNT_ID}:log-group:${logs.logGroupName}`],
  });
}

function createTask(stack: Stack, encryptionKey: Key): FargateTaskDefinition {
  const task = new FargateTaskDefinition(stack, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
  const linuxParameters = new LinuxParameters(stack, 'Linux', { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  linuxParameters.addTmpfs({ containerPath: '/tmp', size: 64 });
  task.addContainer('web', {
    image: ContainerImage.fromRegistry(IMAGE),
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters,
    portMappings: [{ containerPort: PORT }],
    logging: LogDriver.awsLogs({ logGroup: new LogGroup(stack, 'Logs', { retention: RetentionDays.ONE_YEAR, encryptionKey }), streamPrefix: 'web' }),
  });
  return task;
}

function createService(
  stack: Stack, { vpc, certificate }: Surroundings, loadBalancer: ApplicationLoadBalancer, taskDefinition: FargateTaskDefinition,
): ApplicationLoadBalancedFargateService {
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    cluster: new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENHANCED }),
    loadBalancer,
    certificate,
    redirectHTTP: true,
    sslPolicy: SslPolicy.RECOMMENDED_TLS,
    taskDefinition,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    healthCheckGracePeriod: Duration.seconds(60),
  });
  web.targetGroup.configureHealthCheck({ path: '/ready', interval: Duration.seconds(30), timeout: Duration.seconds(5) });
  return web;
}

function takeBackOnErrors(web: ApplicationLoadBalancedFargateService): void {
  const errors = web.targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: Duration.minutes(1) });
  const alarm = errors.createAlarm(web, 'Errors', {
    alarmName: 'web-errors',
    threshold: 10,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  web.service.enableDeploymentAlarms(['web-errors'], { behavior: AlarmBehavior.ROLLBACK_ON_ALARM });
  web.service.node.addDependency(alarm);
}
