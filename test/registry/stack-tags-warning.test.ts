import { Tags } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ImageRepository } from '../../src';
import { testStack } from '../fixtures/test-stack';

const WARNING = Match.stringLikeRegexp('writes "none" into the parameters of released images');

test('a stack with tags of its own is warned about: a changed tag would put back that nothing is released', () => {
  const stack = testStack({ tags: { Team: 'shop' } });
  new ImageRepository(stack, 'Images');
  Annotations.fromStack(stack).hasWarning('/Test/Images', WARNING);
});

test('tags of resources are no reason to warn', () => {
  const stack = testStack();
  const images = new ImageRepository(stack, 'Images');
  Tags.of(images).add('Team', 'shop');
  Annotations.fromStack(stack).hasNoWarning('/Test/Images', WARNING);
});
