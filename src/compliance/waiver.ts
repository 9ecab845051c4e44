/** Why a safe default is given up. The reason is shown in the validation report. */
export interface Waiver {
  /** Why this is acceptable here: a sentence of at least 10 characters. */
  readonly reason: string;
}
