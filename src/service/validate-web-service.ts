import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DeploymentEngine } from '../contracts';
import { checkDuration, checkPort, checkWholeNumber } from '../validation/checks';
import { checkRules } from '../validation/rules';
import { checkFixedTags } from './deployment/fixed-tags';
import type { RolloutBinding } from './deployment/rollout-binding';
import type { SmokeTest } from './deployment/smoke-test';
import type { SmokeTestBinding } from './deployment/smoke-test-binding';
import { checkProtocolSupports, type TargetProtocol } from './deployment/target-protocol';
import { TargetProtocolVersion } from './deployment/target-protocol-version';
import type { LoadBalancerSettings } from './load-balancer/load-balancer-settings';
import { Route } from './load-balancer/route';
import { defaultCertificate } from './load-balancer/server-certificates';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { checkServiceName, checkTask } from './task/validate-task';

/** Route of a service that has its load balancer for itself. */
export const ALL_REQUESTS = Route.path('/*');

/** Values of a web service, with defaults for what its caller left unset. */
interface WebServiceValues {
  readonly port: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly successRatePercent: number;
  readonly responseTimeLimit: Duration;
  readonly rollout: RolloutBinding;
  readonly protocol: TargetProtocol;
}

/** Refuses props that AWS would refuse, and props that contradict each other. */
export function checkWebService(scope: IConstruct, props: ProductionWebServiceProps, values: WebServiceValues): void {
  const { port, cpu, memoryMiB, rollout } = values;
  checkRequired(scope, props);
  checkServiceName(scope, props.serviceName);
  checkPort(scope, 'port', port);
  checkTask(scope, props, { cpu, memoryMiB, port });
  checkRolloutSupports(scope, rollout, {
    sharedLoadBalancer: props.loadBalancer !== undefined,
    route: props.route,
    stickiness: props.stickiness !== undefined,
    serviceConnect: props.discoveryName !== undefined,
  });
  checkLoadBalancing(scope, props);
  checkProtocolSupports(scope, values.protocol, {
    httpsListener: props.loadBalancer?._servesHttps ?? defaultCertificate(props) !== undefined,
    healthCheck: props.healthCheck,
    discoveryName: props.discoveryName !== undefined,
  });
  checkNumbers(scope, props, values);
  checkTimes(scope, props);
}

/** Props of a service that decide on its smoke test. */
type TestedProps = Pick<ProductionWebServiceProps, 'notSecret' | 'protocolVersion' | 'tlsToTasks'>;

/** Binds a smoke test to a service. Refuses one that AWS would refuse, or that the rollout can't run. */
export function bindSmokeTest(
  scope: IConstruct,
  rollout: RolloutBinding,
  smokeTest: SmokeTest,
  { notSecret = {}, protocolVersion: version = TargetProtocolVersion.HTTP1, tlsToTasks: tls = false }: TestedProps,
): SmokeTestBinding {
  checkRolloutSupports(scope, rollout, { smokeTest: true });
  const binding = smokeTest._bind(scope, { notSecret });
  checkProtocolSupports(scope, { version, tls }, { requests: binding.requests.length > 0 });
  return binding;
}

/** Features of a service that not every rollout supports. */
interface RolloutDemands {
  /** True for a service whose new versions are tested before they get production traffic. */
  readonly smokeTest?: boolean;
  /** True for a service that calls others, or that others call, by Service Connect. */
  readonly serviceConnect?: boolean;
  /** True for a service whose tasks a schedule replaces, because secrets that they have read rotate. */
  readonly replacesTasks?: boolean;
  /** True for a load balancer that other services may share. */
  readonly sharedLoadBalancer?: boolean;
  /** Requests of the load balancer that reach it. */
  readonly route?: Route;
  /** True for a service whose clients stay with one task. */
  readonly stickiness?: boolean;
}

/** Refuses what the deployment engine of a service does not support. */
export function checkRolloutSupports(scope: IConstruct, { engine }: RolloutBinding, demands: RolloutDemands): void {
  const { smokeTest = false, serviceConnect = false, replacesTasks = false, sharedLoadBalancer = false } = demands;
  const codeDeploy = engine === DeploymentEngine.CODE_DEPLOY;
  const notSupported = 'not supported with Rollout.codeDeploy()';
  checkRules(scope, [
    {
      condition: smokeTest && engine === DeploymentEngine.ROLLING,
      prop: 'smokeTest',
      problem: 'is not supported with Rollout.rolling(): its tasks receive traffic before a test can reach them',
      fix: 'use Rollout.blueGreen(), or remove smokeTest and rely on the health check',
    },
    {
      condition: smokeTest && codeDeploy,
      prop: 'smokeTest',
      problem: `is ${notSupported}: CodeDeploy has no ECS lifecycle hooks`,
      fix: 'use Rollout.steps() or Rollout.linear(), or name a Lambda function in the AppSpec of the deployment',
    },
    {
      condition: serviceConnect && codeDeploy,
      prop: 'rollout',
      problem: 'is Rollout.codeDeploy(), which does not support Service Connect (discoveryName and calls)',
      fix: 'use Rollout.linear(), or call the other service through its load balancer',
    },
    {
      condition: replacesTasks && codeDeploy,
      prop: 'backingServices',
      problem: `has a secret that rotates, which is ${notSupported}: running tasks would keep the old secret`,
      fix: 'use Rollout.linear()',
    },
    {
      condition: sharedLoadBalancer && codeDeploy,
      prop: 'loadBalancer',
      problem: `is ${notSupported}: CodeDeploy moves the default action of a dedicated listener`,
      fix: 'set certificate instead of loadBalancer, or use Rollout.linear()',
    },
    {
      condition: codeDeploy && demands.route !== undefined && demands.route._name() !== ALL_REQUESTS._name(),
      prop: 'route',
      problem: `is ${notSupported}: CodeDeploy moves the default action of a listener, which has no route`,
      fix: 'remove route, or use Rollout.linear()',
    },
    {
      condition: demands.stickiness === true && engine !== DeploymentEngine.ROLLING,
      prop: 'stickiness',
      problem:
        'requires Rollout.rolling(): behind two target groups, clients would stay with the group that no longer serves',
      fix: 'use Rollout.rolling(), or keep sessions in a store and remove stickiness',
    },
  ]);
}

function checkNumbers(scope: IConstruct, props: ProductionWebServiceProps, values: WebServiceValues): void {
  const { responseTimeLimit, successRatePercent } = values;
  checkWholeNumber(scope, 'routePriority', props.routePriority, {
    min: 1,
    max: 50000,
    fix: 'give another priority, or remove routePriority',
  });
  checkDuration(scope, 'responseTimeLimit', responseTimeLimit, {
    min: Duration.millis(50),
    max: Duration.hours(1),
    fix: 'give the response time of a good version, with some margin',
  });
  checkRules(scope, [
    {
      condition: !Token.isUnresolved(successRatePercent) && !(successRatePercent > 0 && successRatePercent <= 100),
      prop: 'successRatePercent',
      value: successRatePercent,
      expected: 'above 0, up to 100',
      fix: 'give the percentage of requests that must succeed',
    },
  ]);
}

function checkTimes(scope: IConstruct, { startupTime, deregistrationDelay }: ProductionWebServiceProps): void {
  checkDuration(scope, 'startupTime', startupTime, {
    min: Duration.seconds(0),
    max: Duration.hours(2),
    whole: 'seconds',
    fix: 'give the time from the start of a task to its first good answer, with some margin',
  });
  checkDuration(scope, 'deregistrationDelay', deregistrationDelay, {
    min: Duration.seconds(0),
    max: Duration.hours(1),
    whole: 'seconds',
    fix: 'give the time of the longest request, or remove deregistrationDelay',
  });
}

/** Only the types of TypeScript, Java and Go require a network and an image. */
function checkRequired(scope: IConstruct, props: Partial<ProductionWebServiceProps>): void {
  const { image, loadBalancer, plainHttp, domains = [] } = props;
  const given = LOAD_BALANCER_SETTINGS.find((prop) => props[prop] !== undefined);
  checkRules(scope, [
    {
      condition: !image,
      prop: 'image',
      value: undefined,
      expected: 'an image',
      fix: "give ServiceImage.fromRepository(images, { tag: '1.4.2' })",
    },
    {
      condition: !defaultCertificate(props) && !plainHttp && !loadBalancer,
      prop: 'certificate',
      value: undefined,
      expected: 'a certificate, or a loadBalancer',
      fix:
        domains.length > 0
          ? `write Domain.of('${domains[0].name}', { certificate }), with a certificate of that name`
          : 'import one with Certificate.fromCertificateArn, or give a SecureLoadBalancer, ' +
            "or set plainHttp: { reason: '...' }",
    },
    {
      condition: loadBalancer !== undefined && given !== undefined,
      prop: given ?? '',
      problem: 'is not supported together with loadBalancer, which has its own settings',
      fix: `give ${given} to the SecureLoadBalancer, or remove loadBalancer`,
    },
  ]);
}

/** Names of all settings of a dedicated load balancer. The type requires each. */
const SETTINGS: Readonly<Record<keyof LoadBalancerSettings, true>> = {
  certificate: true,
  plainHttp: true,
  tlsPolicy: true,
  httpRedirect: true,
  ingress: true,
  dualStack: true,
  domains: true,
  responseHeaders: true,
  firewall: true,
  withoutFirewall: true,
  logBucket: true,
  idleTimeout: true,
  clientKeepAlive: true,
};
const LOAD_BALANCER_SETTINGS = Object.keys(SETTINGS) as Array<keyof LoadBalancerSettings>;

function checkLoadBalancing(scope: IConstruct, { listenerRuleTags, stickiness }: ProductionWebServiceProps): void {
  checkFixedTags(scope, 'listenerRuleTags', listenerRuleTags);
  checkDuration(scope, 'stickiness', stickiness, {
    min: Duration.seconds(1),
    max: Duration.days(7),
    whole: 'seconds',
    fix: 'write Duration.hours(8)',
  });
}
