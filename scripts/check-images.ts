import { type NamedImage, NAMED_IMAGES } from '../src/registry/named-images';

/** Days after which somebody compares an image with its registry again: agents and scanners are released monthly. */
const READ_EVERY_DAYS = 45;
const DAY = 24 * 60 * 60 * 1000;

/** Lines about images that are old or have no digest. Empty if there is nothing to do. */
export function due(now: Date, images: { readonly [name: string]: NamedImage } = NAMED_IMAGES): string[] {
  return Object.entries(images).flatMap(([name, { repository, version, digest, readOn, source, reason }]) => [
    ...(digest === undefined
      ? [`${name}: ${repository}:${version} has no digest: ${reason}. Look it up: docker buildx imagetools inspect ${repository}:${version}`]
      : []),
    ...((now.getTime() - new Date(`${readOn}T00:00:00Z`).getTime()) / DAY > READ_EVERY_DAYS
      ? [`${name}: ${version} was compared with the registry on ${readOn}. Compare it again, and set version, digest and readOn by: ${source}.`]
      : []),
  ]);
}

if (require.main === module) {
  const lines = due(new Date());
  console.log(lines.length === 0 ? 'No image is due.' : lines.join('\n'));
  process.exitCode = lines.length === 0 ? 0 : 1;
}
