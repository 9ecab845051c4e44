import type { Resource } from './resource';
import type { Action } from './rules/rule';
import type { Finding, Verdict } from './verdict';

/** Status of a stack, in CloudFormation's words. */
export type Status =
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** Part of an operation. */
export type Phase = 'change' | 'cleanup' | 'rollback' | 'removal';

/** One thing that CloudFormation does to one resource. */
export interface Step {
  readonly phase: Phase;
  readonly does: Action | 'restore' | 'snapshot' | 'fail';
  readonly logicalId: string;
  /** Reason of a failure. */
  readonly reason?: string;
}

/** Change of one resource, and its meaning. */
export interface Change {
  readonly logicalId: string;
  readonly type: string;
  readonly action: Action;
  /** Names of changed properties. */
  readonly properties: readonly string[];
  readonly findings: readonly Finding[];
  /** Worst of the findings. */
  readonly verdict: Verdict;
}

/** State after an operation. */
export interface State {
  readonly status: Status;
  /** Resources that the stack knows. */
  readonly resources: readonly Resource[];
  /** Resources that exist although no stack knows them any more. */
  readonly orphans: readonly Resource[];
}

/** Result of one operation on a stack. */
export interface Outcome {
  readonly steps: readonly Step[];
  readonly changes: readonly Change[];
  /** Worst of the changes. */
  readonly verdict: Verdict;
  readonly state: State;
}

/** One line a finding, for messages of failing tests and for tables. */
export function described({ changes }: Outcome): string[] {
  return changes.flatMap(({ logicalId, type, action, findings }) =>
    findings.map(({ verdict, rule, says }) => `${verdict}: ${action} ${logicalId} (${type}): ${says} [${rule}]`),
  );
}
