import type { Waiver } from '../../compliance';
import type { Severity } from './severity';

/**
 * Accepted decision that alerts of one kind notify no channel, with its reason.
 *
 * An {@link AlertRouting} of production refuses a severity without a channel unless it is listed here.
 *
 * @example
 * new AlertRouting(this, 'Alerts', {
 *   onCritical: [AlertChannel.pagerDuty(integrationKey)],
 *   onError: [AlertChannel.email('ops@example.com')],
 *   onWarning: [AlertChannel.email('ops@example.com')],
 *   unnotified: [UnnotifiedAlerts.costs({ reason: 'The finance team watches the budget of this account' })],
 * });
 */
export class UnnotifiedAlerts {
  /**
   * Alerts of one severity that notify no channel.
   *
   * @param severity the severity that notifies no channel
   * @param waiver the reason, a sentence of at least 10 characters
   */
  public static severity(severity: Severity, waiver: Waiver): UnnotifiedAlerts {
    return new UnnotifiedAlerts(severity, waiver.reason);
  }

  /**
   * Messages about deployments that notify no channel.
   *
   * @param waiver the reason, a sentence of at least 10 characters
   */
  public static deployments(waiver: Waiver): UnnotifiedAlerts {
    return new UnnotifiedAlerts('deployment', waiver.reason);
  }

  /**
   * Messages about costs that notify no channel.
   *
   * @param waiver the reason, a sentence of at least 10 characters
   */
  public static costs(waiver: Waiver): UnnotifiedAlerts {
    return new UnnotifiedAlerts('cost', waiver.reason);
  }

  private constructor(
    /** @internal */
    public readonly _topic: string,
    /** Reason why no channel is notified. */
    public readonly reason: string,
  ) {}
}
