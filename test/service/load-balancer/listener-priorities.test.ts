import { Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Route } from '../../../src';
import { ListenerPriorities } from '../../../src/service/load-balancer/listener-priorities';
import { testApp } from '../../fixtures/test-stack';

function priorityOf(route: Route, stack: Stack): number {
  return new ListenerPriorities(new Construct(stack, 'Balancer')).claim(new Construct(stack, 'Web'), route);
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
});
