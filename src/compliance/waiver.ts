/** Accepted exception to a safe default. Its reason is shown in the validation report. */
export interface Waiver {
  /** Justification for reviewers and auditors, a sentence of at least 10 characters. */
  readonly reason: string;
}
