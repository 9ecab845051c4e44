import { ImageRepository } from '../../src';
import { templateOf, testStack } from '../fixtures/test-stack';
import { expired, type Image } from '../simulators/ecr-lifecycle';

const TODAY = 100;

function policyOf(make: (repository: ImageRepository) => void = () => {}, props = {}): string {
  const stack = testStack();
  make(new ImageRepository(stack, 'Images', props));
  return Object.values(templateOf(stack).findResources('AWS::ECR::Repository'))[0].Properties.LifecyclePolicy.LifecyclePolicyText;
}

/** So many images, each pushed a day after the one before, none of them released. */
function builds(count: number, firstDay = 1): Image[] {
  return Array.from({ length: count }, (_, index) => ({ digest: `build-${index + 1}`, tags: [`${index + 1}f3c9e1`], pushedOn: firstDay + index }));
}

describe('The simulated lifecycle', () => {
  const images: Image[] = [
    { digest: 'A', tags: ['beta-1', 'prod-1'], pushedOn: 90 },
    { digest: 'B', tags: ['beta-2', 'prod-2'], pushedOn: 91 },
    { digest: 'C', tags: ['beta-3'], pushedOn: 92 },
  ];
  const policy = (...patterns: string[][]) => JSON.stringify({
    rules: patterns.map((tagPatternList, index) => ({ rulePriority: index + 1, selection: { tagStatus: 'tagged', tagPatternList, countType: 'imageCountMoreThan', countNumber: 1 } })),
  });

  test('hides the images of a rule from later rules, which still count them', () => {
    expect(expired(policy(['prod*'], ['beta*']), images, TODAY)).toEqual(['A']);
    expect(expired(policy(['beta*'], ['prod*']), images, TODAY)).toEqual(['A', 'B']);
  });

  test('requires that all patterns of a list match', () => {
    expect(expired(policy(['prod*', 'beta*']), images, TODAY)).toEqual(['A']);
    expect(expired(policy(['prod*', 'gamma*']), images, TODAY)).toEqual([]);
  });

  test('keeps a part as long as its manifest list', () => {
    const untagged = JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 30 } }] });
    const part = { digest: 'part', tags: [], pushedOn: 1, partOf: 'list' };
    expect(expired(untagged, [part], TODAY)).toEqual(['part']);
    expect(expired(untagged, [part, { digest: 'list', tags: ['1'], pushedOn: 1 }], TODAY)).toEqual([]);
  });
});

describe('A repository', () => {
  let policy: string;
  beforeAll(() => { policy = policyOf(); });

  test('expires the oldest of eleven unreleased images, and none of ten (B-06)', () => {
    expect(expired(policy, builds(11), TODAY)).toEqual(['build-1']);
    expect(expired(policy, builds(10), TODAY)).toEqual([]);
  });

  test.each(['live-production-3', 'live-staging-12', 'v1.2.0', '1.4.2', '2.0.0-rc.1'])('keeps an image tagged %s behind eleven newer ones (A-12)', (tag) => {
    const old: Image = { digest: 'old', tags: ['0a1b2c3', tag], pushedOn: 0 };
    expect(expired(policy, [old, ...builds(11)], TODAY)).toEqual(['build-1']);
  });

  test('expires no released image among hundreds (A-12)', () => {
    const released = Array.from({ length: 500 }, (_, index): Image => ({ digest: `live-${index}`, tags: [`live-production-${index}`], pushedOn: index / 10 }));
    expect(expired(policy, released, TODAY)).toEqual([]);
  });

  test('counts an image for two architectures once, and keeps its parts (C-12)', () => {
    const multi = builds(11).flatMap((list) => [
      { digest: `${list.digest}-arm64`, tags: [], pushedOn: list.pushedOn, partOf: list.digest },
      { digest: `${list.digest}-amd64`, tags: [], pushedOn: list.pushedOn, partOf: list.digest },
      list,
    ]);
    expect(expired(policy, multi, TODAY)).toEqual(['build-1']);
  });

  test('expires an untagged image after 30 days (A-12)', () => {
    const untagged = [69, 70].map((pushedOn) => ({ digest: `pushed on ${pushedOn}`, tags: [], pushedOn }));
    expect(expired(policy, untagged, TODAY)).toEqual(['pushed on 69']);
  });

  test('keeps as many images as keepImages says', () => {
    expect(expired(policyOf(undefined, { keepImages: 3 }), builds(5), TODAY)).toEqual(['build-1', 'build-2']);
  });

  test('keeps an image as long as an app names it', () => {
    const named = policyOf((repository) => repository.keepTag('1f3c9e1'));
    expect(expired(policy, builds(11), TODAY)).toEqual(['build-1']);
    expect(expired(named, builds(11), TODAY)).toEqual([]);
    expect(expired(named, builds(13), TODAY)).toEqual(['build-2', 'build-3']);
  });

  test('gets no further rule for a tag that is named twice or kept anyway', () => {
    const rules = (text: string) => (JSON.parse(text) as { rules: unknown[] }).rules.length;
    const twice = policyOf((repository) => ['1f3c9e1', '1f3c9e1', 'v1.2.0', 'live-production-3', '1.4.2'].forEach((tag) => repository.keepTag(tag)));
    expect(rules(twice)).toBe(rules(policy) + 1);
  });
});
