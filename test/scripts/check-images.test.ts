import { due } from '../../scripts/check-images';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const image = { repository: 'public.ecr.aws/org/agent', version: '1.2.3', digest: DIGEST, readOn: '2026-12-01', source: 'its releases' };

describe('The scheduled check of images', () => {
  test('says nothing while an image has a digest and was compared with its registry lately', () => {
    expect(due(new Date('2027-01-10T00:00:00Z'), { agent: image })).toEqual([]);
  });

  test('names an image that was compared more than 45 days ago, with the page to read', () => {
    expect(due(new Date('2027-01-16T00:00:00Z'), { agent: image })).toEqual([
      'agent: 1.2.3 was compared with the registry on 2026-12-01. Compare it again, and set version, digest and readOn by: its releases.',
    ]);
  });

  test('names an image without a digest, with its reason and the command that looks it up', () => {
    expect(due(new Date('2026-12-02T00:00:00Z'), { agent: { ...image, digest: undefined, reason: 'none was found' } })).toEqual([
      'agent: public.ecr.aws/org/agent:1.2.3 has no digest: none was found. Look it up: docker buildx imagetools inspect public.ecr.aws/org/agent:1.2.3',
    ]);
  });
});
