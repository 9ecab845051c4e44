import type { AlarmState } from './missing-data';

/** Minutes for which actions wait for a suppressor, and after it. */
export interface SuppressionTimes { readonly wait: number; readonly extension: number }

/**
 * Actions of one composite alarm with a suppressor: they wait for it to fire, are left out while it does, and wait once more when it has ended. An
 * alarm that ends meanwhile takes no action at all.
 */
export class Suppression {
  private since?: number;
  private waits = 0;
  private suppressed = false;
  private told = false;

  public constructor(private readonly times: SuppressionTimes) {}

  /** Whether the alarm acts at the end of this minute. */
  public acts(minute: number, state: AlarmState, suppressor: AlarmState): boolean {
    if (state !== 'ALARM') {
      [this.since, this.told, this.suppressed] = [undefined, false, false];
      return false;
    }
    if (this.since === undefined) {
      [this.since, this.waits] = [minute, this.times.wait];
    }
    if (this.told) {
      return false;
    }
    if (suppressor === 'ALARM') {
      this.suppressed = true;
      return false;
    }
    if (this.suppressed) {
      [this.suppressed, this.since, this.waits] = [false, minute, this.times.extension];
    }
    this.told = minute - this.since >= this.waits;
    return this.told;
  }
}
