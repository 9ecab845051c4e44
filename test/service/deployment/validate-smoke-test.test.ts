import { Duration } from 'aws-cdk-lib';
import { SmokeTest } from '../../../src';
import { expectRefusedCombination, expectRefusedValue } from '../../fixtures/refusals';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const SLOW = Array.from({ length: 11 }, (_, index) => SmokeTest.http(`/${index}`, { timeout: Duration.seconds(60) }));

describe('A smoke test', () => {
  test.each<[string, SmokeTest, string, string, string]>([
    ['a command of nothing', SmokeTest.command([]), 'smokeTest.command', '[]', 'a program and its arguments'],
    ['a command with an empty word', SmokeTest.command(['npm', '']), 'smokeTest.command', '["npm",""]', 'none of them empty'],
    ['a command of half a minute', SmokeTest.command(['npm', 'test'], { timeout: Duration.seconds(30) }), 'smokeTest.timeout', '30 seconds', '1 minute to 1 hour'],
    ['a command of hours', SmokeTest.command(['npm', 'test'], { timeout: Duration.hours(2) }), 'smokeTest.timeout', '2 hours', '1 minute to 1 hour'],
    ['a secret among the variables of a command', SmokeTest.command(['a'], { environment: { API_TOKEN: 'x' } }), 'smokeTest.environment.API_TOKEN', '(not shown)', 'may know'],
    ['a path without a slash', SmokeTest.http('health'), 'smokeTest.path', 'health', 'begins with /'],
    ['a path that would end the request line', SmokeTest.http('/health HTTP/1.1\r\nX: y'), 'smokeTest.path', 'health', 'without spaces'],
    ['a status that HTTP lacks', SmokeTest.http('/', { expectedStatus: 999 }), 'smokeTest.expectedStatus', '999', '100 to 599'],
    ['an endless wait for an answer', SmokeTest.http('/', { timeout: Duration.minutes(2) }), 'smokeTest.timeout', '2 minutes', '1 second to 1 minute'],
    ['a host that is a URL', SmokeTest.http('/', { host: 'https://www.example.com' }), 'smokeTest.host', 'https://', 'a host name'],
    ['verification for hours', SmokeTest.http('/', { verifyFor: Duration.hours(2) }), 'smokeTest.verifyFor', '2 hours', '0 minutes to 1 hour'],
    ['no attempt', SmokeTest.http('/', { attempts: 0 }), 'smokeTest.attempts', '0', '1 to 10 rounds'],
  ])('refuses %s', (_, smokeTest, prop, value, expected) => {
    expectRefusedValue(refusal(() => serviceFixture({ smokeTest })), prop, value, expected);
  });

  test.each<[string, SmokeTest, string, string]>([
    ['nothing', SmokeTest.all([]), 'has no request and no command', "SmokeTest.http('/health')"],
    ['two commands', SmokeTest.all([SmokeTest.command(['a']), SmokeTest.command(['b'])]), 'has 2 commands', 'in one script'],
    ['more than a function has room for', SmokeTest.command(['sh', '-c', 'x'.repeat(4000)]), '3500 fit', 'a script of the image'],
    ['a round that outlives its function', SmokeTest.all(SLOW), 'has timeouts of 660 seconds in all', 'shorten the timeouts'],
  ])('refuses %s, without a value that nobody wrote', (_, smokeTest, problem, fix) =>
    expectRefusedCombination(refusal(() => serviceFixture({ smokeTest })), 'smokeTest', problem, fix));

  test('refuses a variable that holds the address of the new version', () => {
    const message = refusal(() => serviceFixture({ smokeTest: SmokeTest.command(['a'], { environment: { SMOKE_TEST_URL: 'http://blue' } }) }));
    expectRefusedCombination(message, 'smokeTest.environment.SMOKE_TEST_URL', 'is set for you', 'Use another name');
  });

  test('takes a variable that only sounds like a secret, where the service gives the reason', () => {
    const smokeTest = SmokeTest.command(['a'], { environment: { CSRF_TOKEN: 'test' } });
    expect(() => serviceFixture({ smokeTest, notSecret: { CSRF_TOKEN: 'a fixed value of the smoke test alone' } })).not.toThrow();
  });

  test('takes variables and paths that are named like members of Object.prototype', () => {
    const environment = { constructor: 'x', toString: 'y', hasOwnProperty: 'z' };
    const smokeTest = SmokeTest.all([SmokeTest.http('/toString'), SmokeTest.command(['a'], { environment })]);
    expect(() => serviceFixture({ smokeTest })).not.toThrow();
  });
});
