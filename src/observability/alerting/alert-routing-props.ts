import type { EnvironmentProfile } from '../../environment';
import type { AlertChannel } from './channels/alert-channel';
import type { Runbooks } from './runbooks';
import type { UnnotifiedAlerts } from './unnotified-alerts';

/** Properties of an {@link AlertRouting}. In production each severity needs a channel or a waiver. */
export interface AlertRoutingProps {
  /**
   * Channels of critical alerts, which are answered within 5 minutes at any hour. Source: requirement A-22.
   * @default - no channel; refused in production
   */
  readonly onCritical?: AlertChannel[];
  /**
   * Channels of error alerts, which are answered within 15 minutes. Source: requirement A-22.
   * @default - no channel; refused in production
   */
  readonly onError?: AlertChannel[];
  /**
   * Channels of warnings, which are answered within 30 minutes of business hours. Source: requirement A-22.
   * @default - no channel; refused in production
   */
  readonly onWarning?: AlertChannel[];
  /**
   * Channels of deployments: start, pending approval, end, rollback and failure. Source: requirement C-16.
   * @default - the topic and channels of warnings; refused in production where those have no channel
   */
  readonly onDeployment?: AlertChannel[];
  /**
   * Channels of budgets and cost anomalies. Source: requirement C-16.
   * @default - the topic and channels of warnings; refused in production where those have no channel
   */
  readonly onCost?: AlertChannel[];
  /**
   * Severities and kinds of messages that notify no channel, each once and with its reason.
   * @default - none; in production each severity then needs a channel
   */
  readonly unnotified?: UnnotifiedAlerts[];
  /**
   * Runbook pages for two alarms: failed alert forwarding, and post-release alarms.
   * @default Runbooks.published() - the pages that come with this library
   */
  readonly runbooks?: Runbooks;
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}
