/** Verdicts, from harmless to impossible. */
export const VERDICTS = [
  'nothing',
  'in place',
  'rollout',
  'some affected',
  'interruption',
  'data at risk',
  'unknown',
  'refused by AWS',
] as const;

/**
 * Effect of a change on a running system.
 * A rollout is a deployment of a service; some are affected where most notice nothing, and the finding says who is; `unknown` is a change that no rule classifies.
 */
export type Verdict = (typeof VERDICTS)[number];

/** Statement of one rule about one change. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly verdict: Verdict;
  /** Sentence that says what happens, to what, and how long where that is known. */
  readonly says: string;
}

/** Worst of some verdicts; none is `nothing`. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))];
}
