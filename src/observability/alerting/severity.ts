/**
 * Urgency of an alert.
 *
 * A warning can wait, a critical alert wakes somebody. Source: requirement A-22.
 */
export enum Severity {
  /** Answered within 30 minutes in business hours. */
  WARNING = 'warning',
  /** Answered within 15 minutes. */
  ERROR = 'error',
  /** Answered within 5 minutes at any hour, escalated after 15. Rolls back a running deployment. */
  CRITICAL = 'critical',
}

/** From the mildest to the most urgent. */
export const SEVERITIES = [Severity.WARNING, Severity.ERROR, Severity.CRITICAL];
