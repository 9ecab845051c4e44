import type { IConstruct } from 'constructs';
import { PropError } from '../validation/prop-error';
import { checkRules } from '../validation/rules';

/** A track is part of a parameter's name, and of the tags that releases add. */
const TRACK = /^[a-z][a-z0-9-]{0,30}$/;

/** Refuses tracks with other characters, and duplicates. */
export function checkTracks(scope: IConstruct, tracks: string[]): void {
  checkRules(
    scope,
    tracks.map((track, index) => ({
      condition: !TRACK.test(track) || tracks.indexOf(track) !== index,
      prop: 'tracks',
      value: track,
      expected: 'lower-case letters, digits and hyphens, at most 31, each track once',
      fix: "name tracks after stages, for example ['staging', 'production']",
    })),
  );
}

/** Error for a track that a repository does not have. */
export function unknownTrack(scope: IConstruct, track: string, known: string[]): PropError {
  return new PropError(scope, {
    prop: 'track',
    value: track,
    expected: `a track of this repository (${known.join(', ') || 'it has none'})`,
    fix: 'name an existing track in ServiceImage.released, or add this one to the repository',
  });
}
