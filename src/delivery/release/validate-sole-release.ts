import { Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IReleasedService, ReleaseTarget } from '../../contracts';
import { checkRules } from '../../validation/rules';

/** Release of each service and of each track, by app. */
const RELEASES = new WeakMap<IConstruct, Map<IConstruct | string, IConstruct>>();

/**
 * Checks that no other release of the app has one of the services, or one of their tracks. Throws a PropError.
 *
 * The lock of a release is its own state machine. Two releases of a service would deploy it at the same time, and two
 * with one track would overwrite the released image of each other.
 */
export function checkSoleRelease(release: IConstruct, services: IReleasedService[]): void {
  const known = releasesIn(release.node.root);
  services.forEach(({ releaseTarget }, index) => {
    const { path } = releaseTarget.source.node;
    const track = trackOf(releaseTarget);
    const [ofService, ofTrack] = [known.get(releaseTarget.source), known.get(track)];
    checkRules(release, [
      {
        condition: ofService !== undefined,
        prop: `services[${index}]`,
        problem: `(${path}) is released by ${ofService?.node.path}, which has a lock of its own`,
        fix: 'start that release instead, from a pipeline by DeployStage.elsewhere()',
      },
      {
        condition: ofTrack !== undefined,
        prop: `services[${index}]`,
        problem: `(${path}) has the release track of a service of ${ofTrack?.node.path}`,
        fix: 'release both services together, or name a track for each in ServiceImage.released(images, track)',
      },
    ]);
  });
}

/** Remembers a release that was created, and not one that was refused. */
export function rememberRelease(release: IConstruct, services: IReleasedService[]): void {
  const known = releasesIn(release.node.root);
  services.forEach(({ releaseTarget }) => {
    known.set(releaseTarget.source, release).set(trackOf(releaseTarget), release);
  });
}

function releasesIn(app: IConstruct): Map<IConstruct | string, IConstruct> {
  const known = RELEASES.get(app) ?? new Map<IConstruct | string, IConstruct>();
  RELEASES.set(app, known);
  return known;
}

/** Stacks of one CDK stage with one account and region see the same parameters. */
function trackOf({ source, releasedImageParameterName }: ReleaseTarget): string {
  const { account, region } = Stack.of(source);
  return [Stage.of(source)?.node.path, account, region, releasedImageParameterName].join(' ');
}
