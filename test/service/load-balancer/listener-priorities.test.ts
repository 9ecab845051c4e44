import { Aws, SecretValue, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Route } from '../../../src';
import { ListenerPriorities } from '../../../src/service/load-balancer/listener-priorities';
import { refusal, testApp, testStack } from '../../fixtures/test-stack';

function priorityOf(route: Route, stack: Stack = testStack(), explicit?: number): number {
  return new ListenerPriorities(new Construct(stack, 'Balancer')).claim(new Construct(stack, 'Web'), route, explicit);
}

const API = Route.path('/api/*');

describe('The priority of a rule', () => {
  test('is the same within a Stage and within another construct', () => {
    const app = testApp();
    const plain = priorityOf(API, new Stack(testApp(), 'Shop'));
    expect(priorityOf(API, new Stack(new Stage(app, 'Production'), 'Shop', { stackName: 'Shop' }))).toBe(plain);
    expect(priorityOf(API, new Stack(new Construct(app, 'Estate'), 'Web', { stackName: 'Shop' }))).toBe(plain);
  });

  test('is another one for a service of another stack', () => {
    expect(priorityOf(API, new Stack(testApp(), 'Shop'))).not.toBe(priorityOf(API, new Stack(testApp(), 'Copy')));
  });

  test.each([
    ['host', Route.host(`${Aws.REGION}.example.com`)],
    ['path', Route.path(`/${Aws.STACK_NAME}/*`)],
    ['header', Route.header('X-Version', [Aws.REGION])],
  ])('does not follow from a token in a %s', (_, route) => {
    expect(refusal(() => priorityOf(route))).toMatch(/route has a token in it.*routePriority/);
    expect(priorityOf(route, testStack(), 7)).toBe(7);
  });

  test('of a route with a secret in it is refused, whoever sets it', () => {
    const secret = SecretValue.secretsManager('origin').unsafeUnwrap();
    expect(refusal(() => priorityOf(Route.header('X-Origin', [secret]), testStack(), 7))).toMatch(/route has a secret in it/);
  });
});
