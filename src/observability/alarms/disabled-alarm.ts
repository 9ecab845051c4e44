import type { Waiver } from '../../compliance';

/**
 * Alarm that is not created, with the reason.
 *
 * Synthesis shows the reason.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api],
 *   alertRouting,
 *   disabledAlarms: [DisabledAlarm.of('service-log-errors', { reason: 'The vendor logs every retry as an error' })],
 * });
 */
export class DisabledAlarm {
  /**
   * Disables the alarms with a key, of all sources or of one.
   *
   * @param key key of the alarm: `service-cpu` for all sources, `Api/service-cpu` for one by its id or path
   * @param waiver the reason, a sentence of at least 10 characters
   */
  public static of(key: string, waiver: Waiver): DisabledAlarm {
    return new DisabledAlarm(key, waiver.reason);
  }

  private constructor(
    /** Key of the alarm, with the source's id or path where it is for one source. */
    public readonly key: string,
    /** Reason why the alarm is not created. */
    public readonly reason: string,
  ) {}
}
