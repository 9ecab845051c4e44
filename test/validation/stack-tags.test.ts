import { Tags } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { EnvironmentProfile, ImageRepository, ProductionWebService, Release, SecureVpc, ServiceImage } from '../../src';
import { FLAGS, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

type Stack = ReturnType<typeof testStack>;

function serviceIn(stack: Stack, images: ImageRepository): ProductionWebService {
  return new ProductionWebService(stack, 'Web', {
    network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), image: ServiceImage.released(images, 'production'),
  });
}

/** Repository, service and release in one stack with these stack-level tags. */
function everything(profile: EnvironmentProfile, tags?: { [key: string]: string }): Stack {
  const app = testApp();
  const registry = testStack({ app, id: 'Registry', tags });
  const stack = testStack({ app, tags });
  [registry, stack].forEach((scope) => profile.applyTo(scope));
  const web = serviceIn(stack, new ImageRepository(registry, 'Images'));
  new Release(stack, 'Release', { stageName: 'production', services: [web] });
  return stack;
}

/** Errors of a stack. With the recommended flags they end the synthesis, without them the CLI ends. */
function errorsOf(stack: Stack): string {
  try {
    return Annotations.fromStack(stack).findError('*', Match.anyValue()).map(({ entry }) => String(entry.data)).join('\n');
  } catch (error) {
    return (error as Error).message;
  }
}

test('Stack-level tags are an error in production, because a changed tag resets released images', () => {
  const stack = testStack({ tags: { Team: 'shop' } });
  new ImageRepository(stack, 'Images');
  expect(errorsOf(stack)).toContain('writes "none" into the parameters of released images');
});

test('Stack-level tags are an error in production, because a changed tag resets listener rules and records of releases', () => {
  const errors = errorsOf(everything(EnvironmentProfile.production(), { Team: 'shop' }));
  expect(errors).toContain('writes the weights of the template into the listener rules');
  expect(errors).toContain('writes "none" into the records of releases');
});

test('Stack-level tags are a warning in staging', () => {
  const annotations = Annotations.fromStack(everything(EnvironmentProfile.staging(), { Team: 'shop' }));
  annotations.hasWarning('/Test/Web', Match.stringLikeRegexp('weights of the template'));
  annotations.hasWarning('/Test/Release', Match.stringLikeRegexp('records of releases'));
});

test('Tags of a whole app are an error in production where the feature flag makes them stack-level tags', () => {
  const stack = everything(EnvironmentProfile.production());
  Tags.of(stack.node.root).add('Team', 'shop');
  if (FLAGS['@aws-cdk/core:explicitStackTags'] === true) {
    expect(errorsOf(stack)).toBe('');
  } else {
    expect(errorsOf(stack)).toContain('Set the flag @aws-cdk/core:explicitStackTags');
  }
});

test('Tags of a construct below the stack are no finding', () => {
  const stack = testStack();
  Tags.of(new ImageRepository(stack, 'Images')).add('Team', 'shop');
  expect(errorsOf(stack)).toBe('');
});
