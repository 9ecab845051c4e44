import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkReason } from '../../../validation/checks';
import { checkRules } from '../../../validation/rules';

/** Properties of {@link AcceptedFinding.of}. Both are required. */
export interface AcceptedFindingProps {
  /** Justification for reviewers and auditors, a sentence of at least 10 characters. */
  readonly reason: string;
  /**
   * Last day of the acceptance in UTC, as `2027-03-31`.
   *
   * The day is judged when a build runs, and not at synthesis. After it the finding stops builds again.
   */
  readonly until: string;
}

/**
 * Accepted finding, as the scan reads it.
 * @internal
 */
export interface AcceptedFindingConfig extends AcceptedFindingProps {
  /** Id of the finding. */
  readonly id: string;
}

/**
 * Finding of the scan that is accepted until a day. Reports still show it.
 *
 * @example
 *
 * ImageBuild.docker({
 *   repository: apiImages,
 *   acceptedFindings: [
 *     AcceptedFinding.of('CVE-2026-12345', { reason: 'The vulnerable function is never called', until: '2027-03-31' }),
 *   ],
 * });
 */
export class AcceptedFinding {
  /**
   * Accepts one finding.
   *
   * @param id id of the finding in the report: `CVE-2026-12345`, or the rule of a secret
   * @param props reason and last day
   */
  public static of(id: string, props: AcceptedFindingProps): AcceptedFinding {
    return new AcceptedFinding(id, props);
  }

  private constructor(
    private readonly id: string,
    private readonly props: AcceptedFindingProps,
  ) {}

  /**
   * Checks the finding and returns it as the scan reads it.
   * @internal
   */
  public _bind(scope: IConstruct, prop: string): AcceptedFindingConfig {
    const { reason, until } = this.props;
    checkReason(scope, `${prop}.reason`, reason);
    checkRules(scope, [
      {
        condition: Token.isUnresolved(this.id) || !/^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(this.id),
        prop,
        value: this.id,
        expected: 'the id of a finding as the report shows it',
        fix: "write it as 'CVE-2026-12345'",
      },
      {
        condition: !isDay(until),
        prop: `${prop}.until`,
        value: until,
        expected: 'a day as 2027-03-31',
        fix: 'give the last day on which the finding is accepted',
      },
    ]);
    return { id: this.id, until, reason };
  }
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  // JavaScript takes the 30th of February for a day in March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
