import type { PartTools } from '../release/context/release-settings';
import type { Release } from '../release/release';

/** Tools that the parts of the rollback command are written with. */
export interface CommandTools extends PartTools {
  /** Release to roll back. */
  readonly release: Release;
}
