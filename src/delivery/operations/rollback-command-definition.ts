import type { IConstruct } from 'constructs';
import { chart, output } from '../asl/asl';
import { refuse } from '../asl/parts';
import { PollingIntervals } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { ReleaseArns } from '../release/context/release-arns';
import type { Release } from '../release/release';
import { releasePreviousImages } from './release-previous-images';
import { stopDeployments } from './stop-deployments';
import { findReleases, stopReleases } from './stop-releases';

/** Definition of the rollback command's state machine. It finds out what runs, and rolls that back. */
export function rollbackCommandDefinition(scope: IConstruct, calls: AwsCalls, release: Release): object {
  const { _targets: targets, stageName } = release;
  const arns = new ReleaseArns(scope, targets);
  const [runsAlready, nothingBefore] = ['Rollback runs already', 'Nothing was released before'];
  return PollingIntervals.share(targets.length, (intervals) => {
    const tools = { calls, intervals, arns };
    return {
      Comment: `Rolls ${stageName} back`,
      ...chart(
        findReleases(tools, release, runsAlready),
        stopDeployments(tools, release, runsAlready),
        stopReleases(tools, release, runsAlready),
        releasePreviousImages(tools, release, nothingBefore),
        [
          runsAlready,
          output({ done: 'a rollback runs already: nothing was stopped. The release notifies of its end' }),
        ],
        refuse(nothingBefore, 'Rollback.NothingBefore', 'No version was released before the one that serves.'),
      ),
    };
  }).written;
}
