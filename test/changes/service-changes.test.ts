import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnRecordSet, HostedZone } from 'aws-cdk-lib/aws-route53';
import {
  Domain,
  ImageRepository,
  Ingress,
  ProductionWebService,
  type ProductionWebServiceProps,
  Rollout,
  Route,
  SecureLoadBalancer,
  SecureVpc,
  type SecureVpcProps,
  ServiceCluster,
  ServiceImage,
  TargetProtocolVersion,
} from '../../src';
import { ENV, templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import type { Outcome } from '../simulators/cloudformation/outcome';
import type { Template } from '../simulators/cloudformation/template';

interface Shop {
  readonly network?: SecureVpcProps;
  readonly service?: Partial<ProductionWebServiceProps>;
  /** True for an image that a release deploys. */
  readonly released?: boolean;
  /** Adds what a procedure adds to the stack of the service. */
  readonly more?: (web: ProductionWebService, props: ProductionWebServiceProps) => void;
}

const OWN_HOST = Route.path('/*').onHost('www.example.com');
const TWO_ZONES = ['eu-central-1a', 'eu-central-1b'];
const THREE_ZONES = [...TWO_ZONES, 'eu-central-1c'];

/** Templates of a network, a registry, a load balancer and a service in four stacks, by the names of the stacks. */
function shop({ network: networkProps, service = {}, released = false, more }: Shop): Map<string, Template> {
  const app = testApp();
  const [below, registry, edge, services] = ['Below', 'Registry', 'Edge', 'Services'].map((id) =>
    testStack({ app, id }),
  );
  const network = new SecureVpc(below, 'Network', networkProps);
  const images = new ImageRepository(registry, 'Images');
  const codeDeploy = service.rollout !== undefined;
  const tls = { certificate: certificate(edge) };
  const loadBalancer = new SecureLoadBalancer(edge, 'Balancer', { network, ...tls });
  const cluster = new ServiceCluster(edge, 'Cluster', { network }).cluster;
  const props = {
    network,
    cluster,
    image: released ? ServiceImage.released(images) : ServiceImage.fromRepository(images, { tag: '1.4.2' }),
    ...(codeDeploy ? tls : { loadBalancer }),
    ...service,
  };
  more?.(new ProductionWebService(services, 'Web', props), props);
  if (!more) {
    new ProductionWebService(services, 'Web', props);
  }
  return new Map([below, registry, edge, services].map((stack) => [stack.stackName, templateOf(stack).toJSON() as Template]));
}

/** Account with all stacks of a shop. */
function deployed(of: Shop): Account {
  const account = new Account(ENV);
  shop(of).forEach((template, stack) => account.deploy(stack, template));
  return account;
}

/** Outcome of each stack that a change alters. */
function changed(account: Account, after: Shop): Outcome[] {
  return [...shop(after)]
    .map(([stack, template]) => account.update(stack, template))
    .filter(({ verdict }) => verdict !== 'nothing');
}

const rulesOf = ({ changes }: Outcome) => changes.flatMap(({ findings }) => findings.map(({ rule }) => rule));

describe('Another port of a service', () => {
  test.each([
    ['a declared', false],
    ['a released', true],
  ])('of %s image is one rollout, with load balancer and service in two stacks', (_, released) => {
    const [outcome, ...others] = changed(deployed({ released }), { released, service: { port: 3000 } });
    expect(others).toEqual([]);
    expect([outcome.verdict, outcome.state.status]).toEqual(['rollout', 'UPDATE_COMPLETE']);
    expect(rulesOf(outcome)).toEqual(expect.arrayContaining(['revision-registered', 'service-deployment']));
  });

  test('leaves the rules of the former port in place when the rollout fails', () => {
    const account = deployed({});
    const template = shop({ service: { port: 3000 } }).get('Services')!;
    const [service] = Object.entries(template.Resources!).find(([, { Type }]) => Type === 'AWS::ECS::Service')!;
    const outcome = account.update('Services', template, { failing: [service] });
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const deleted = outcome.steps.filter(({ does }) => does === 'delete').map(({ logicalId }) => logicalId);
    expect(deleted.filter((id) => id.includes('8080'))).toEqual([]);
  });
});

describe('Another protocol to the tasks', () => {
  const after = { tlsToTasks: true, protocolVersion: TargetProtocolVersion.GRPC };

  test('replaces target groups that serve', () => {
    const [outcome] = changed(deployed({}), { service: after });
    expect(outcome.verdict).toBe('interruption');
    expect(rulesOf(outcome)).toContain('target-group-replaced');
  });

  test('comes with a second service on a host of its own, which interrupts nobody', () => {
    const more = (web: ProductionWebService, props: ProductionWebServiceProps) => {
      const route = Route.path('/*').onHost('next.example.com');
      new ProductionWebService(web.node.scope!, 'WebOverTls', { ...props, ...after, route });
    };
    const [outcome, ...others] = changed(deployed({}), { more });
    expect(others).toEqual([]);
    expect([outcome.verdict, outcome.state.status]).toEqual(['in place', 'UPDATE_COMPLETE']);
  });

  test.each([
    ['without a host', Route.path('/*'), undefined],
    ['with a host, which takes a wider route first', OWN_HOST, Route.path('/*')],
    ['with a host beside a service without one', OWN_HOST, Route.path('/*').onHost('*.example.com')],
  ])('is had by a second service for one %s, and only edits of rules interrupt', (_, own, wider) => {
    const second = (route: Route) => (web: ProductionWebService, props: ProductionWebServiceProps) => {
      new ProductionWebService(web.node.scope!, 'WebOverTls', { ...props, ...after, route });
    };
    const account = deployed({ service: { route: own } });
    const next = Route.path('/*').onHost('next.example.com');
    const step = (route: Route, ofSecond: Route) => changed(account, { service: { route }, more: second(ofSecond) });
    expect(step(own, next).map(({ verdict }) => verdict)).toEqual(['in place']);
    const edits = [...(wider ? step(wider, next) : []), ...step(wider ?? own, OWN_HOST)];
    expect(edits.map(({ state }) => state.status)).toEqual(edits.map(() => 'UPDATE_COMPLETE'));
    expect(new Set(edits.flatMap(rulesOf))).toEqual(new Set(['shifted-rule-edited']));
  });
});

describe('An ingress from the internet to Cloudflare', () => {
  const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];

  function edge(ingress: Ingress, halves = false): Template {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network');
    const balancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), ingress });
    const [group] = balancer.loadBalancer.connections.securityGroups;
    (halves ? HALVES : []).forEach((cidrIp, index) => {
      const rule = { groupId: group.securityGroupId, ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp };
      new CfnSecurityGroupIngress(stack, `Meanwhile${index}`, rule);
    });
    return templateOf(stack).toJSON() as Template;
  }

  const of = (before: Template, ...after: Template[]) => {
    const account = new Account(ENV);
    account.deploy('Edge', before);
    return after.map((template) => account.update('Edge', template));
  };

  const created = ({ steps }: Outcome) => steps.map(({ does, logicalId }) => `${does} ${logicalId}`);

  test('admits nobody between the end of the former rules and the first of the new ones', () => {
    const [outcome] = of(edge(Ingress.internet()), edge(Ingress.cloudflare()));
    expect(rulesOf(outcome)).toContain('parts-of-a-path-changed');
    expect(created(outcome)).toEqual(expect.arrayContaining([
      expect.stringMatching(/^update BalancerSecurityGroup/),
      expect.stringMatching(/^create BalancerSecurityGroupfrom/),
    ]));
    expect(created(outcome).findIndex((step) => step.startsWith('update BalancerSecurityGroup')))
      .toBeLessThan(created(outcome).findIndex((step) => step.startsWith('create BalancerSecurityGroupfrom')));
  });

  test('admits everyone by two rules of the team that stand beside those of both', () => {
    const steps = [edge(Ingress.internet(), true), edge(Ingress.cloudflare(), true), edge(Ingress.cloudflare())];
    const outcomes = of(edge(Ingress.internet()), ...steps);
    expect(outcomes.map(({ state }) => state.status)).toEqual(steps.map(() => 'UPDATE_COMPLETE'));
    expect(outcomes.map((outcome) => created(outcome).filter((step) => step.includes('Meanwhile')))).toEqual([
      ['create Meanwhile0', 'create Meanwhile1'],
      [],
      expect.arrayContaining(['delete Meanwhile0', 'delete Meanwhile1']),
    ]);
  });
});

describe('A domain that moves to another load balancer', () => {
  const zone = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });

  /** Two load balancers, with the zone for those whose records the stack has. */
  function edge({ of, kept, second = true }: { of: string[]; kept?: boolean; second?: boolean }): Template {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network');
    const [hostedZone, tls] = [zone(stack), certificate(stack)];
    ['First', ...(second ? ['Second'] : [])].forEach((id) => {
      const domain = { certificate: tls, ...(of.includes(id) ? { hostedZone } : {}) };
      const domains = [Domain.of('shop.example.com', domain)];
      const balancer = new SecureLoadBalancer(stack, id, { network, domains });
      if (kept) {
        balancer.node.findAll().filter(CfnRecordSet.isCfnRecordSet).forEach((record) => record.applyRemovalPolicy(RemovalPolicy.RETAIN));
      }
    });
    return templateOf(stack).toJSON() as Template;
  }

  test('is refused by AWS where one deployment takes its record along', () => {
    const account = new Account(ENV);
    account.deploy('Edge', edge({ of: ['First'] }));
    expect(rulesOf(account.update('Edge', edge({ of: ['Second'] })))).toContain('unique-record-in-zone');
  });

  test('keeps its record in the zone where the record is retained first', () => {
    const account = new Account(ENV);
    account.deploy('Edge', edge({ of: ['First'], second: false }));
    const outcomes = [edge({ of: ['First'], kept: true }), edge({ of: [] })].map((template) => account.update('Edge', template));
    expect(outcomes.map(({ verdict, state }) => [verdict, state.status])).toEqual([
      ['in place', 'UPDATE_COMPLETE'],
      ['in place', 'UPDATE_COMPLETE'],
    ]);
    expect(outcomes[1].state.orphans.map(({ type }) => type)).toEqual(['AWS::Route53::RecordSet']);
  });
});

describe('Another name for other services', () => {
  const named = (discoveryName?: string): Shop => ({ service: { discoveryName } });

  test.each([
    ['interrupts callers', named('api'), named('orders'), 'interruption'],
    ['that goes interrupts callers', named('api'), named(), 'interruption'],
    ['that a service did not have is a rollout', named(), named('api'), 'rollout'],
  ])('%s', (_, before, after, verdict) => {
    // Without the recommended flags, the stack that exports a name is refused besides, until its callers have changed.
    expect(changed(deployed(before), after).map((outcome) => outcome.verdict)).toContain(verdict);
  });
});

describe('A health check', () => {
  test.each<[string, Partial<ProductionWebServiceProps>]>([
    ['path', { healthCheck: { path: '/live' } }],
    ['status', { healthCheck: { healthyHttpCodes: '204' } }],
  ])('of another %s checks the tasks in production at once', (_, service) => {
    const [outcome] = changed(deployed({}), { service });
    expect(outcome.verdict).toBe('interruption');
    expect(rulesOf(outcome)).toContain('health-check-changed');
  });

  test('that fails more often before a task is replaced changes in place', () => {
    const service = { healthCheck: { unhealthyThresholdCount: 5 } };
    expect(changed(deployed({}), { service }).map(({ verdict }) => verdict)).toEqual(['in place']);
  });
});

describe('More time to start and to drain', () => {
  test('interrupts nobody and starts no deployment', () => {
    const service = { startupTime: Duration.minutes(5), deregistrationDelay: Duration.minutes(2) };
    expect(changed(deployed({}), { service }).map(({ verdict }) => verdict)).toEqual(['in place']);
  });
});

describe('A further zone of a network whose service CodeDeploy deploys', () => {
  const before: Shop = { network: { availabilityZones: TWO_ZONES }, service: { rollout: Rollout.codeDeploy() } };

  test('is refused by AWS', () => {
    const outcomes = changed(deployed(before), { ...before, network: { availabilityZones: THREE_ZONES } });
    expect(outcomes.flatMap(rulesOf)).toContain('service-under-code-deploy');
  });

  test('leaves the service as it is where its rollout names the number of zones that it has', () => {
    const rollout = Rollout.codeDeploy({ availabilityZoneCount: 2 });
    const outcomes = changed(deployed(before), { network: { availabilityZones: THREE_ZONES }, service: { rollout } });
    expect(outcomes.map(({ state }) => state.status)).toEqual(outcomes.map(() => 'UPDATE_COMPLETE'));
    expect(outcomes.flatMap(({ changes }) => changes.filter(({ type }) => type === 'AWS::ECS::Service'))).toEqual([]);
  });
});
