/** How urgent an alert is (requirement A-22). The names order them: a warning can wait, a critical one wakes somebody. */
export enum Severity {
  /** Answered within 30 minutes in business hours. */
  WARNING = 'warning',
  /** Answered within 15 minutes. */
  ERROR = 'error',
  /** Answered within 5 minutes at any hour, escalated after 15. Takes a running deployment back. */
  CRITICAL = 'critical',
}

/** From the mildest to the most urgent. */
export const SEVERITIES = [Severity.WARNING, Severity.ERROR, Severity.CRITICAL];
