import type { Release } from '../release/release';
import type { PartTools } from '../release/release-settings';

/** Tools that the parts of the rollback command are written with. */
export interface CommandTools extends PartTools {
  /** Release to roll back. */
  readonly release: Release;
}
