import { CfnDynamicReference, CfnDynamicReferenceService, Duration, Lazy, SecretValue } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { Route, SecureLoadBalancer, SecureVpc, TargetProtocolVersion } from '../../../src';
import { EcsTraffic } from '../../../src/service/deployment/ecs-traffic';
import { ListenerPriorities } from '../../../src/service/load-balancer/listener-priorities';
import { documentC, templatesOf } from '../../fixtures/documented-apps';
import { refusal, templateOf, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

const rulesOf = (template: Template) => template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule');

/** Routes as teams write them: a path, a host, a header, and what they combine to. */
const word = fc.stringMatching(/^[a-z]{1,12}$/);
const path = fc.array(word, { minLength: 1, maxLength: 4 }).chain((words) => fc.constantFrom('', '/*').map((end) => `/${words.join('/')}${end}`));
const host = word.map((name) => `${name}.example.com`);
const header = fc.record({ name: word.map((name) => `x-${name}`), values: fc.array(word, { minLength: 1, maxLength: 2 }) });
const route = fc.oneof(
  path.map((pattern) => Route.path(pattern)),
  host.map((name) => Route.host(name)),
  fc.tuple(path, host).map(([pattern, name]) => Route.path(pattern).onHost(name)),
  fc.tuple(path, header).map(([pattern, { name, values }]) => Route.path(pattern).withHeader(name, values)),
);

/** The rules of a balancer whose services have these routes, by their logical ids. */
function rulesWith(services: Array<[string, Route]>): { [id: string]: unknown } {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  services.forEach(([id, of]) => {
    const owner = new Construct(stack, id);
    new EcsTraffic(owner, 'Traffic', {
      network,
      loadBalancer,
      route: of,
      priority: loadBalancer._claim(owner, of),
      port: 3000,
      protocol: { version: TargetProtocolVersion.HTTP1, tls: false },
      healthCheck: {},
      deregistrationDelay: Duration.seconds(30),
    });
  });
  return rulesOf(templateOf(stack));
}

describe('A route', () => {
  const conditions = (of: Route) => of._conditions().map((condition) => condition.renderRawCondition());

  test('has conditions on path, host and header, alone and together (A-01)', () => {
    expect(conditions(Route.path('/api/*'))).toEqual([{ field: 'path-pattern', pathPatternConfig: { values: ['/api/*'] } }]);
    expect(conditions(Route.host('api.example.com'))).toEqual([{ field: 'host-header', hostHeaderConfig: { values: ['api.example.com'] } }]);
    expect(conditions(Route.header('X-Zone', ['a', 'b']))).toEqual([{ field: 'http-header', httpHeaderConfig: { httpHeaderName: 'X-Zone', values: ['a', 'b'] } }]);
    expect(conditions(Route.path('/api/*').onHost('example.com').onHost('www.example.com').onPath('/v2/*').withHeader('X-Zone', ['a']))).toEqual([
      { field: 'host-header', hostHeaderConfig: { values: ['example.com', 'www.example.com'] } },
      { field: 'path-pattern', pathPatternConfig: { values: ['/api/*', '/v2/*'] } },
      { field: 'http-header', httpHeaderConfig: { httpHeaderName: 'X-Zone', values: ['a'] } },
    ]);
  });

  test('is not changed by routes that are derived from it', () => {
    const api = Route.path('/api/*');
    api.onHost('example.com');
    expect(conditions(api)).toHaveLength(1);
  });

  test('sends the paths and the host of document C to its three services (C-02)', () => {
    const [template] = templatesOf(documentC());
    const productionRules = Object.entries(rulesOf(template)).filter(([id]) => id.includes('ProductionRule')).map(([, { Properties }]) => Properties);
    const inOrder = productionRules.sort((a, b) => a.Priority - b.Priority)
      .map(({ Conditions: [condition] }) => (condition.PathPatternConfig ?? condition.HostHeaderConfig).Values);
    expect(inOrder).toEqual([['two.example.com'], ['/api/*'], ['/*']]);
  });
});

describe('A route\'s priority', () => {
  const priority = (of: Route, owner = 'App/Api') => of._priority(owner);

  test('puts specific routes before general ones (A-01)', () => {
    const inOrder = [
      Route.path('/api/*').onHost('api.example.com'), Route.host('api.example.com'), Route.path('/api/administration/of/users/*'), Route.path('/api/administration/*'),
      Route.path('/api/orders/*'), Route.path('/api/*').withHeader('X-Version', ['2']), Route.path('/api/'), Route.path('/api/*'), Route.path('/*'),
    ].map((of) => priority(of));
    expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
  });

  test('is a number that a load balancer accepts, for every route', () => {
    fc.assert(fc.property(route, fc.string({ minLength: 1 }), (of, owner) => {
      expect(priority(of, owner)).toBe(priority(of, owner));
      expect(priority(of, owner)).toBeGreaterThanOrEqual(1);
      expect(priority(of, owner)).toBeLessThanOrEqual(40000);
    }));
  });

  test('puts a route before each route that covers it, or one of the two is refused', () => {
    const nested = fc.array(fc.constantFrom('api', 'b', 'orders'), { maxLength: 3 }).map((words) => Route.path(`/${words.join('/')}*`));
    const claim = fc.record({ of: fc.oneof(route, nested), explicit: fc.option(fc.integer({ min: 1, max: 50000 }), { nil: undefined }) });
    fc.assert(fc.property(fc.uniqueArray(claim, { minLength: 2, maxLength: 8, selector: ({ of }) => of._name() }), (claims) => {
      const table = new ListenerPriorities(testStack());
      const claimed: Array<{ of: Route; at: number }> = [];
      claims.forEach(({ of, explicit }, index) => {
        try {
          claimed.push({ of, at: table.claim(testStack({ id: `Owner${index}` }), of, explicit) });
        } catch (error) {
          expect((error as Error).message).toContain('routePriority');
        }
      });
      claimed.forEach((one) => claimed.filter((other) => other !== one && one.of._covers(other.of))
        .forEach((narrower) => expect(narrower.at).toBeLessThan(one.at)));
    }), { numRuns: 60 });
  });

  test('stays the same when any other route is added to the load balancer (A-01, C-02)', () => {
    let compared = 0;
    fc.assert(fc.property(fc.uniqueArray(route, { minLength: 2, maxLength: 5, selector: (of) => of._name() }), fc.nat(), (routes, at) => {
      const services = routes.map((of, index): [string, Route] => [`Service${index}`, of]);
      const newest = at % services.length;
      let withAll: { [id: string]: unknown };
      try {
        withAll = rulesWith(services);
      } catch (error) {
        expect((error as Error).message).toContain('routePriority');
        return;
      }
      const before = rulesWith(services.filter((_, index) => index !== newest));
      expect(Object.fromEntries(Object.entries(withAll).filter(([id]) => !id.startsWith(`Service${newest}`)))).toEqual(before);
      expect(Object.keys(withAll)).toHaveLength(services.length * 2);
      compared += 1;
    }), { numRuns: 10 });
    expect(compared).toBeGreaterThan(3);
  }, 120_000);
});

describe('A route with values that are unknown at synthesis', () => {
  const claim = (of: Route, explicit?: number) => {
    const stack = testStack();
    const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack) });
    return loadBalancer._claim(new Construct(stack, 'Api'), of, explicit);
  };
  const unknown = Lazy.string({ produce: () => 'api.example.com' });

  test.each([
    ['a host', Route.host(unknown)],
    ['a part of a path', Route.path(`/${unknown}/*`)],
    ['a header', Route.header('X-Zone', [unknown])],
  ])('needs a priority, because none follows from %s', (_, of) => {
    expect(refusal(() => claim(of))).toMatch(/'Test\/Api': routePriority is not given, expected a priority, because none follows from a route with a value that is unknown/);
    expect(claim(of, 7)).toBe(7);
  });

  test.each([
    ['of Secrets Manager', SecretValue.secretsManager('origin-key').unsafeUnwrap()],
    ['of Secrets Manager, as a part', `Bearer ${SecretValue.secretsManager('origin-key', { jsonField: 'key' }).unsafeUnwrap()}`],
    ['of the Parameter Store', SecretValue.ssmSecure('/origin/key').unsafeUnwrap()],
    ['as text', '{{resolve:secretsmanager:origin-key:SecretString}}'],
    ['as a dynamic reference', new CfnDynamicReference(CfnDynamicReferenceService.SECRETS_MANAGER, 'origin-key').toString()],
  ])('is refused with a secret %s, with and without a priority', (_, secret) => {
    [undefined, 7].forEach((priority) =>
      expect(refusal(() => claim(Route.path('/*').withHeader('X-Origin-Key', [secret]), priority))).toMatch(/'Test\/Api': route has a secret: .* compare it in the firewall/i));
  });
});

test('A route converts hosts beyond ASCII, as browsers do, and keeps wildcards', () => {
  expect(Route.host('*.Bücher.example')._name()).toBe('*.xn--bcher-kva.example');
  expect(Route.path('/*').onHost('bücher.example')._name()).toBe('xn--bcher-kva.example /*');
});

describe('A rule that would receive no requests', () => {
  const claim = (first: [Route, number?], second: [Route, number?]) => {
    const table = new ListenerPriorities(testStack({ id: 'Balancer' }));
    table.claim(testStack({ id: 'First' }), ...first);
    return refusal(() => table.claim(testStack({ id: 'Second' }), ...second));
  };

  test('is refused behind a rule that receives all of its requests', () => {
    expect(claim([Route.path('/*'), 5], [Route.path('/api/*')])).toMatch(/'Second': route '\/api\/\*' is hidden by 'First' at priority 5\. Set a routePriority below 5, or raise that of 'First'\.$/);
    expect(claim([Route.host('*.example.com'), 5], [Route.host('api.example.com').onPath('/v1/*')])).toContain('below 5');
    expect(claim([Route.path('/api/*'), 5], [Route.path('/api/*').withHeader('X-Version', ['2'])])).toContain('below 5');
    expect(claim([Route.header('x-version', ['*']), 5], [Route.header('X-Version', ['2'])])).toContain('below 5');
  });

  test('is refused before a rule whose requests it would all receive', () => {
    expect(claim([Route.path('/api/*')], [Route.path('/*'), 1])).toMatch(/expected above \d+: '\/\*' would receive all requests of 'First' first\. Set a routePriority above \d+, or lower that of 'First'\.$/);
  });

  test('is accepted where some requests are left to it', () => {
    const table = new ListenerPriorities(testStack());
    table.claim(testStack(), Route.path('/api/*').onHost('a.example.com'), 1);
    table.claim(testStack(), Route.path('/api/v?'), 2);
    expect(table.claim(testStack(), Route.path('/api/v*').withHeader('X-Version', ['2']), 3)).toBe(3);
    expect(table.claim(testStack(), Route.path('/api/*'), 4)).toBe(4);
  });
});
