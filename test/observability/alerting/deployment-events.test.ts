import type { Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { AlertChannel, DeploymentEvents, type IMonitoredService, Rollout, type ServiceSignals, Severity } from '../../../src';
import { brokenRules } from '../../deploy-rules/deploy-rules';
import { inAws, routingOfDocumentA } from '../../fixtures/alert-routing';
import { ACCOUNT, REGION, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const SERVICE_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/shop/api`;

/** A service that somebody else made. */
function known(source: Stack, changed: Partial<ServiceSignals> = {}): IMonitoredService {
  const signals: ServiceSignals = { source, clusterName: 'shop', serviceName: 'api', loadBalancerFullName: '', targetGroupFullNames: [], logGroups: [], ...changed };
  return { signals, rollBackOn: () => false };
}

interface Target {
  readonly Arn: { readonly Ref: string };
  readonly InputTransformer: { readonly InputPathsMap: { [name: string]: string }; readonly InputTemplate: string };
}
interface Rule { readonly EventPattern: any; readonly Targets: Target[] }

/** The same, deployed by CodeDeploy. */
function byCodeDeploy(source: Stack): IMonitoredService {
  const application = EcsApplication.fromEcsApplicationName(source, 'Application', 'shop');
  return known(source, { deploymentGroup: EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(source, 'Group', { application, deploymentGroupName: 'api' }) });
}

function rules(serviceIn: (stack: Stack) => IMonitoredService) {
  const stack = testStack();
  const routing = routingOfDocumentA(stack, { onDeployment: [AlertChannel.email('deployments@example.com')] });
  new DeploymentEvents(stack, 'Deployments', { service: serviceIn(stack), alertRouting: routing });
  const made = Object.values(templateOf(stack).findResources('AWS::Events::Rule')).map(({ Properties }) => inAws(Properties as Rule));
  const [deployments, errors] = [routing.deploymentTopic, routing.topicFor(Severity.ERROR)].map(({ topicArn }) => (stack.resolve(topicArn) as { Ref: string }).Ref);
  return { stack, made, names: { [deployments]: 'deployments', [errors]: 'errors' } };
}

/** As EventBridge matches: lists of values, and wildcards. */
function matches(pattern: any, value: any): boolean {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(value) ? value : [value];
    return pattern.some((allowed) => values.some((one: unknown) => (allowed.wildcard === undefined ? one === allowed : new RegExp(`^${(allowed.wildcard as string).replace(/\*/g, '.*')}$`).test(`${one as string}`))));
  }
  return Object.entries(pattern).every(([name, inner]) => value?.[name] !== undefined && matches(inner, value[name]));
}

const deployment = (eventName: string, reason: string, change: object = {}) => ({
  'source': 'aws.ecs', 'detail-type': 'ECS Deployment State Change', 'time': '2026-01-01T12:00:00Z', 'resources': [SERVICE_ARN], 'detail': { eventType: 'INFO', eventName, deploymentId: 'ecs-svc/1', reason }, ...change,
});
const codeDeploy = (state: string, group = 'api') => ({
  'source': 'aws.codedeploy',
  'detail-type': 'CodeDeploy Deployment State-change Notification',
  'time': '2026-01-01T12:00:00Z',
  'resources': [`arn:aws:codedeploy:${REGION}:${ACCOUNT}:application:shop`, `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:shop/${group}`],
  'detail': { instanceGroupId: '1', region: REGION, application: 'shop', deploymentId: 'd-123456789', state, deploymentGroup: group },
});
const hook = (eventName: string) => ({
  'source': 'aws.ecs',
  'detail-type': 'ECS Hook State Change',
  'time': '2026-01-01T12:00:00Z',
  'resources': [`arn:aws:ecs:${REGION}:${ACCOUNT}:service-deployment/shop/api/1`],
  'detail': { eventName, serviceArn: SERVICE_ARN, lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT', expiresAt: '2026-01-01T13:00:00Z', hookType: 'PAUSE' },
});

/** Who is told what of an event. */
function told(event: any, serviceIn: (stack: Stack) => IMonitoredService = known): string[] {
  const { made, names } = rules(serviceIn);
  return made.filter(({ EventPattern }) => matches(EventPattern, event)).flatMap(({ Targets }) => Targets.map(({ Arn, InputTransformer: { InputPathsMap, InputTemplate } }) => {
    const text = Object.entries(InputPathsMap).reduce((sum, [name, path]) => {
      const value: unknown = path.replace('$.', '').split('.').reduce((inner, part) => inner[part], event);
      expect(typeof value).toBe('string');
      return sum.replace(`<${name}>`, value as string);
    }, InputTemplate);
    const { version, source, content } = JSON.parse(text) as { version: string; source: string; content: { textType: string; title: string; description: string } };
    expect([version, source, content.textType]).toEqual(['1.0', 'custom', 'client-markdown']);
    return `${names[Arn.Ref]}: ${content.title}: ${content.description}`;
  })).sort();
}

describe('Channels are notified of a deployment as a custom notification [C-16, B-12, D-06]', () => {
  test.each<[string, any, string[]]>([
    ['when it starts', deployment('SERVICE_DEPLOYMENT_IN_PROGRESS', 'ECS deployment ecs-svc/1 in progress.'), ['deployments: Deployment under way: Test: ECS deployment ecs-svc/1 in progress. (2026-01-01T12:00:00Z)']],
    ['when it ends', deployment('SERVICE_DEPLOYMENT_COMPLETED', 'ECS deployment ecs-svc/1 completed.'), ['deployments: Deployment completed: Test: ECS deployment ecs-svc/1 completed. (2026-01-01T12:00:00Z)']],
    ['when it waits for an approval', hook('HOOK_AWAITING_ACTION'), ['deployments: Deployment waits for an approval: Test: POST_TEST_TRAFFIC_SHIFT, until 2026-01-01T13:00:00Z (2026-01-01T12:00:00Z)']],
    ['when a hook stops it', hook('HOOK_FAILED'), ['deployments: Deployment stopped by its hook: Test: HOOK_FAILED (2026-01-01T12:00:00Z)']],
    ['when a hook does not answer', hook('HOOK_TIMED_OUT'), ['deployments: Deployment stopped by its hook: Test: HOOK_TIMED_OUT (2026-01-01T12:00:00Z)']],
    ['when it fails, as an error, too', deployment('SERVICE_DEPLOYMENT_FAILED', 'task failed to start.'), [
      'deployments: Deployment failed: Test: task failed to start. (2026-01-01T12:00:00Z)', 'errors: Deployment failed: Test: task failed to start. (2026-01-01T12:00:00Z)',
    ]],
    ['when it fails by the other type of events', { ...deployment('SERVICE_DEPLOYMENT_FAILED', ''), 'detail-type': 'ECS Service Action', 'detail': { eventType: 'ERROR', eventName: 'SERVICE_DEPLOYMENT_FAILED' } }, [
      'deployments: Deployment failed: Test: SERVICE_DEPLOYMENT_FAILED (2026-01-01T12:00:00Z)', 'errors: Deployment failed: Test: SERVICE_DEPLOYMENT_FAILED (2026-01-01T12:00:00Z)',
    ]],
    ['when it goes back, as an error, too', deployment('SERVICE_DEPLOYMENT_IN_PROGRESS', 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.'), [
      'deployments: Deployment under way: Test: ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0. (2026-01-01T12:00:00Z)',
      'errors: Deployment rolls back: Test: ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0. (2026-01-01T12:00:00Z)',
    ]],
  ])('%s', (_, event, expected) => {
    expect(told(event)).toEqual(expected);
  });

  test('when it rolls back, whatever the case of ECS\'s reason is', () => {
    expect(told(deployment('SERVICE_DEPLOYMENT_IN_PROGRESS', 'Rollback initiated: alarm detected.'))).toEqual(expect.arrayContaining([expect.stringContaining('errors: Deployment rolls back')]));
  });

  test.each<[string, string, string[]]>([
    ['starts', 'START', ['deployments: Deployment under way']],
    ['ends', 'SUCCESS', ['deployments: Deployment completed']],
    ['fails, as an error, too', 'FAILURE', ['deployments: Deployment failed', 'errors: Deployment failed']],
    ['is stopped, by an alarm for example, as an error, too', 'STOP', ['deployments: Deployment stopped', 'errors: Deployment stopped']],
  ])('when one by CodeDeploy %s', (_, state, expected) => {
    expect(told(codeDeploy(state), byCodeDeploy)).toEqual(expected.map((title) => `${title}: Test: CodeDeploy, d-123456789 (2026-01-01T12:00:00Z)`));
    expect(told(codeDeploy(state, 'other'), byCodeDeploy)).toEqual([]);
  });

  test.each<[string, object]>([
    ['of another service', deployment('SERVICE_DEPLOYMENT_FAILED', 'x', { resources: [`${SERVICE_ARN}-two`] })],
    ['of a hook that is under way', hook('HOOK_IN_PROGRESS')],
    ['of a steady state', { ...deployment('SERVICE_STEADY_STATE', 'x'), 'detail-type': 'ECS Service Action' }],
  ])('and not %s', (_, event) => {
    expect(told(event)).toEqual([]);
  });
});

test('A service that CodeDeploy deploys names its deployment group', () => {
  const { stack, web } = serviceFixture({ rollout: Rollout.codeDeploy() });
  new DeploymentEvents(stack, 'Deployments', { service: web, alertRouting: routingOfDocumentA(stack) });
  const patterns = Object.values(templateOf(stack).findResources('AWS::Events::Rule')).map(({ Properties }) => JSON.stringify(Properties.EventPattern));
  expect(patterns).toHaveLength(4);
  patterns.forEach((pattern) => {
    expect(pattern).toContain('aws.codedeploy');
    expect(pattern).toMatch(/:deploymentgroup:.*"Ref":"WebCodeDeployDeploymentGroup/);
  });
  expect(unacknowledged(stack)).toEqual([]);
});

test('A service of this library names itself, and nothing is left unacknowledged', () => {
  const { stack, web } = serviceFixture();
  new DeploymentEvents(stack, 'Deployments', { service: web, alertRouting: routingOfDocumentA(stack) });
  const template = templateOf(stack);
  expect(JSON.stringify(template.findResources('AWS::Events::Rule'))).toContain('Deployment failed: Test/Web');
  expect(brokenRules(template.toJSON())).toEqual([]);
  expect(unacknowledged(stack)).toEqual([]);
});
