import { Duration } from 'aws-cdk-lib';
import { type IBackingService, type ProductionWebServiceProps, Rollout, Route, SecureLoadBalancer, SmokeTest } from '../../../src';
import { refusal, testStack } from '../../fixtures/test-stack';
import { certificate, serviceFixture } from '../../fixtures/web-service';

/** The one line that every refusal is: what, where, prop, value, what would be right, and what to write. */
const LINE = /^(\w+) '([\w/-]+)': ([\w.]+) is (.+), expected (.+)\. ([A-Z].+\.)$/;
const HEALTH = SmokeTest.http('/health');
const ROTATING: IBackingService = { bind: () => ({ environment: {}, secrets: [], replaceTasksEvery: Duration.days(7) }) };

describe('ProductionWebService refuses, in one line that names path, prop, value, range and way out,', () => {
  test.each<[string, Partial<ProductionWebServiceProps>, string, string, string]>([
    ['rolling with a smoke test', { rollout: Rollout.rolling(), smokeTest: HEALTH }, 'smokeTest', 'a smoke test', 'none with Rollout.rolling()'],
    ['CodeDeploy with a smoke test, which is a hook', { rollout: Rollout.codeDeploy(), smokeTest: HEALTH }, 'smokeTest', 'a smoke test', 'with Rollout.codeDeploy()'],
    ['CodeDeploy with a route', { rollout: Rollout.codeDeploy(), route: Route.path('/api/*') }, 'route', '/api/*', "Route.path('/*')"],
    ['CodeDeploy with a secret that rotates: ECS refuses to force a deployment there, so that its tasks would keep the old one', { rollout: Rollout.codeDeploy(), backingServices: [ROTATING] }, 'backingServices', 'a secret that rotates', 'none that rotates'],
    ['a service name that ECS refuses', { serviceName: 'the shop' }, 'serviceName', 'the shop', 'letters, digits, - and _'],
    ['CodeDeploy that keeps old tasks for more than two days', { rollout: Rollout.codeDeploy({ terminationWaitTime: Duration.days(3) }) }, 'rollout.terminationWaitTime', '4320', '0 to 2880 minutes'],
    ['steps of more than 33 hours in all', { rollout: Rollout.steps([10, 20, 50, 70, 100], { stepBakeTime: Duration.hours(8), bakeTime: Duration.hours(2) }) }, 'rollout', '2040 minutes', 'at most 33 hours in all: 4 steps'],
    ['a held step that outlives its hook', { rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.hours(24) }) }, 'rollout.stepBakeTime', '1440', '0 to 1380 minutes'],
    ['a step of half minutes', { rollout: Rollout.steps([10, 50, 100], { stepBakeTime: Duration.seconds(90) }) }, 'rollout.stepBakeTime', '1.5', 'whole'],
    ['a bake of more than a day after steps', { rollout: Rollout.steps([10, 50, 100], { bakeTime: Duration.hours(25) }) }, 'rollout.bakeTime', '1500', '0 to 1440 minutes'],
    ['a smoke test of nothing', { smokeTest: SmokeTest.all([]) }, 'smokeTest', '[]', 'at least one request'],
    ['a command of nothing', { smokeTest: SmokeTest.command([]) }, 'smokeTest.command', '[]', 'a program and its arguments'],
    ['a command with an empty word', { smokeTest: SmokeTest.command(['npm', '']) }, 'smokeTest.command', '["npm",""]', 'none of them empty'],
    ['a command of half a minute', { smokeTest: SmokeTest.command(['npm', 'test'], { timeout: Duration.seconds(30) }) }, 'smokeTest.timeout', '30', '60 to 3600 seconds'],
    ['a command of hours', { smokeTest: SmokeTest.command(['npm', 'test'], { timeout: Duration.hours(2) }) }, 'smokeTest.timeout', '7200', '60 to 3600 seconds'],
    ['two commands', { smokeTest: SmokeTest.all([SmokeTest.command(['a']), SmokeTest.command(['b'])]) }, 'smokeTest', '2 commands', 'one command'],
    ['the address of the new version as a variable', { smokeTest: SmokeTest.command(['a'], { environment: { SMOKE_TEST_URL: 'http://blue' } }) }, 'smokeTest.environment.SMOKE_TEST_URL', 'http://blue', 'no value of yours'],
    ['a secret among the variables of a command', { smokeTest: SmokeTest.command(['a'], { environment: { API_TOKEN: 'x' } }) }, 'smokeTest.environment.API_TOKEN', '(not shown)', 'a value that everyone'],
    ['a test that a function has no room for', { smokeTest: SmokeTest.command(['sh', '-c', 'x'.repeat(4000)]) }, 'smokeTest', 'characters', '3500 characters'],
    ['rolling with a command', { rollout: Rollout.rolling(), smokeTest: SmokeTest.command(['a']) }, 'smokeTest', 'a smoke test', 'none with Rollout.rolling()'],
    ['CodeDeploy with a command', { rollout: Rollout.codeDeploy(), smokeTest: SmokeTest.command(['a']) }, 'smokeTest', 'a smoke test', 'with Rollout.codeDeploy()'],
    ['a path without a slash', { smokeTest: SmokeTest.http('health') }, 'smokeTest.path', 'health', 'begins with /'],
    ['a path that would end the request line', { smokeTest: SmokeTest.http('/health HTTP/1.1\r\nX: y') }, 'smokeTest.path', 'health', 'without spaces'],
    ['a status that is none', { smokeTest: SmokeTest.http('/', { expectedStatus: 999 }) }, 'smokeTest.expectedStatus', '999', '100 to 599'],
    ['an endless wait for an answer', { smokeTest: SmokeTest.http('/', { timeout: Duration.minutes(2) }) }, 'smokeTest.timeout', '120000', '1000 to 60000'],
    ['a host that is a URL', { smokeTest: SmokeTest.http('/', { host: 'https://www.example.com' }) }, 'smokeTest.host', 'https://', 'a host name'],
    ['verification for hours', { smokeTest: SmokeTest.http('/', { verifyFor: Duration.hours(2) }) }, 'smokeTest.verifyFor', '7200', '0 to 3600 seconds'],
    ['no attempt', { smokeTest: SmokeTest.http('/', { attempts: 0 }) }, 'smokeTest.attempts', '0', '1 to 10 rounds'],
    ['a round that outlives its function', { smokeTest: SmokeTest.all(Array.from({ length: 11 }, (_, index) => SmokeTest.http(`/${index}`, { timeout: Duration.seconds(60) }))) }, 'smokeTest', '660 s', '600 seconds in all'],
  ])('%s', (_, props, prop, value, allowed) => {
    const [, construct, path, refusedProp, refusedValue, range] = LINE.exec(refusal(() => serviceFixture(props)))!;
    expect([construct, path, refusedProp]).toEqual(['ProductionWebService', 'Test/Web', prop]);
    expect(refusedValue).toContain(value);
    expect(range).toContain(allowed);
  });

  test('no variable of a command that the service says is no secret', () => {
    const smokeTest = SmokeTest.command(['a'], { environment: { CSRF_TOKEN: 'test' } });
    expect(() => serviceFixture({ smokeTest, notSecret: { CSRF_TOKEN: 'a fixed value of the smoke test alone' } })).not.toThrow();
  });

  test('CodeDeploy behind a shared load balancer, whose default action it would move', () => {
    const message = refusal(() => serviceFixture(({ stack, network }) => ({
      rollout: Rollout.codeDeploy(), loadBalancer: new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) }),
    })));
    expect(message).toMatch(/^ProductionWebService 'Test\/Web': loadBalancer is "a shared load balancer", expected a certificate: CodeDeploy moves the default action of a listener.*Give the certificate instead/);
  });

  test('CodeDeploy with Service Connect', () => {
    const message = refusal(() => Rollout.codeDeploy()._check(testStack(), { sharedLoadBalancer: false, serviceConnect: true }));
    expect(message).toContain('no Service Connect: ECS offers it to its own rollouts alone');
    expect(() => Rollout.linear()._check(testStack(), { sharedLoadBalancer: true, serviceConnect: true, smokeTest: HEALTH })).not.toThrow();
  });
});
