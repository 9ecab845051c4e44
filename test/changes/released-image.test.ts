import { Stack } from 'aws-cdk-lib';
import { ImageRepository, ProductionWebService, SecureLoadBalancer, SecureVpc, ServiceImage } from '../../src';
import { ENV, templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import { described, type Outcome } from '../simulators/cloudformation/outcome';
import type { Resource } from '../simulators/cloudformation/resource';
import type { Template } from '../simulators/cloudformation/template';

/** What a service reads. */
interface Choice {
  readonly track?: string;
  readonly repository?: 'Images' | 'Second';
  /** Context for references between stacks: exports are strong. The flags decide without it. */
  readonly references?: 'strong' | 'weak';
  /** Exports the first repository although no stack imports it any more. */
  readonly keepExports?: boolean;
}

const app = memoized(({ track = 'production', repository = 'Images', references, keepExports = false }: Choice) => {
  const parent = testApp();
  if (references) {
    parent.node.setContext('@aws-cdk/core:defaultCrossStackReferences', references);
  }
  const registry = new Stack(parent, 'Registry', { env: ENV });
  const images = { Images: new ImageRepository(registry, 'Images'), Second: new ImageRepository(registry, 'Second') };
  const stack = testStack({ app: parent });
  const network = new SecureVpc(stack, 'Network');
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  const released = ServiceImage.released(images[repository], track);
  new ProductionWebService(stack, 'Web', { network, loadBalancer, image: released });
  if (keepExports) {
    registry.exportValue(images.Images.repository.repositoryArn);
    registry.exportValue(images.Images.repository.repositoryName);
  }
  return {
    parameter: images[repository].releasedImageParameterName(track),
    registry: templateOf(registry).toJSON() as Template,
    stack: templateOf(stack).toJSON() as Template,
  };
});

describe('A service with a released image', () => {
  const before = app({});

  test('runs the image of its track after a release and the next deployment', () => {
    expect(image(running())).toMatch(/:live-production-41$/);
    expect(service(running()).properties.DesiredCount).toBeUndefined();
  });

  test('reads the same parameter when the stack is deployed again, whatever its value is by then', () => {
    const account = running();
    account.putParameter(before.parameter, 'live-production-42');
    account.update('Test', before.stack);
    expect(image(account)).toMatch(/:live-production-42$/);
  });

  // cdk deploy keeps the value of a parameter that the stack has, so the default of the same parameter never arrives.
  test.each<[string, Choice]>([
    ['another track', { track: 'staging' }],
    ['another repository', { repository: 'Second', keepExports: true }],
    ['another repository by exports', { repository: 'Second', references: 'strong', keepExports: true }],
    ['another repository by weak references', { repository: 'Second', references: 'weak' }],
  ])('gets the image of %s, where the page seeds its parameter first, and keeps its tasks', (_, choice) => {
    const account = running(choice);
    const after = app(choice);
    account.putParameter(after.parameter, 'live-production-41');
    expect(account.update('Registry', after.registry).state.status).toBe('UPDATE_COMPLETE');
    const outcome = account.update('Test', after.stack);
    expect(outcome.state.status).toBe('UPDATE_COMPLETE');
    expect(worstOf(outcome)).not.toContainEqual(expect.stringMatching(/^(interruption|rollout)/));
    expect(service(account).properties.DesiredCount).toBeUndefined();
    account.putParameter(after.parameter, 'live-staging-7');
    account.update('Test', after.stack);
    expect(image(account)).toMatch(/:live-staging-7$/);
    const last = app({ ...choice, keepExports: false });
    expect(account.update('Registry', last.registry).state.status).toBe('UPDATE_COMPLETE');
    expect(account.update('Test', last.stack).verdict).toBe('nothing');
  });

  test('of another repository is stuck where exports of the former one go in the same deployment', () => {
    const account = running({ references: 'strong' });
    const after = app({ references: 'strong', repository: 'Second' });
    expect(worstOf(account.update('Registry', after.registry))).toEqual([
      expect.stringMatching(/Export \S+Images\S+ cannot be changed as it is in use by Test/),
    ]);
    expect(worstOf(account.update('Test', after.stack))).toEqual([
      expect.stringMatching(/No export named \S+Second\S+ found/),
    ]);
  });

  test.each<[string, Choice]>([
    ['another track', { track: 'staging' }],
    ['another repository', { repository: 'Second', keepExports: true }],
  ])('has no tasks where %s has released nothing', (_, choice) => {
    const account = running();
    const after = app(choice);
    account.update('Registry', after.registry);
    const outcome = account.update('Test', after.stack);
    const stopped = /^interruption: update WebService\w+ .*all its tasks are stopped/;
    expect(worstOf(outcome)).toEqual([expect.stringMatching(stopped)]);
  });

  function running({ references }: Choice = {}): Account {
    const account = new Account(ENV);
    const first = app({ references });
    account.deploy('Registry', first.registry);
    account.deploy('Test', first.stack);
    account.putParameter(first.parameter, 'live-production-41');
    account.update('Test', first.stack);
    return account;
  }
});

function worstOf(outcome: Outcome): string[] {
  return described(outcome).filter((line) => line.startsWith(outcome.verdict));
}

function service({ existing }: Account): Resource {
  return existing.of('AWS::ECS::Service')[0];
}

/** Image of the newest revision of the service. */
function image({ existing }: Account): string {
  const [newest] = existing.of('AWS::ECS::TaskDefinition').slice(-1);
  const containers = newest.properties.ContainerDefinitions as Array<{ Name: string; Image: string }>;
  return containers.find(({ Name }) => Name === 'web')!.Image;
}

function memoized<T>(make: (choice: Choice) => T): (choice: Choice) => T {
  const made = new Map<string, T>();
  return (choice) => {
    const key = JSON.stringify(choice);
    made.set(key, made.get(key) ?? make(choice));
    return made.get(key)!;
  };
}
