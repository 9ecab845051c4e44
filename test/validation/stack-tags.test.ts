import { Tags } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ImageRepository } from '../../src';
import { testStack } from '../fixtures/test-stack';

const WARNING = Match.stringLikeRegexp('writes "none" into the parameters of released images');

test('Stack-level tags cause a warning, because a changed tag resets the released images', () => {
  const stack = testStack({ tags: { Team: 'shop' } });
  new ImageRepository(stack, 'Images');
  Annotations.fromStack(stack).hasWarning('/Test/Images', WARNING);
});

test('Tags of resources cause no warning', () => {
  const stack = testStack();
  const images = new ImageRepository(stack, 'Images');
  Tags.of(images).add('Team', 'shop');
  Annotations.fromStack(stack).hasNoWarning('/Test/Images', WARNING);
});
