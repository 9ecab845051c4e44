import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { stackPath } from '../../text/stack-path';
import { PropError } from '../../validation/prop-error';
import type { Runbooks } from '../alerting/runbooks';
import { Severity } from '../alerting/severity';

/** Content of an alarm's description. */
export interface AlarmText {
  /** Subject of the sentence. Its path is cut to the last 200 characters. */
  readonly source: IConstruct;
  /** Predicate of the sentence, without a full stop. */
  readonly happened: string;
  /** First step, an imperative sentence. */
  readonly firstAction: string;
  /** Key of the alarm, which names its runbook page. */
  readonly key: string;
  /** Severity, which decides how soon it is answered. Source: requirement A-22. */
  readonly severity: Severity;
  /** Location of the page. Its address shares the 1024 characters of the description. */
  readonly runbooks: Runbooks;
}

/** Characters that CloudWatch accepts in an alarm's description. */
const MAX_DESCRIPTION = 1024;
/** Characters of a path in it. The end of a path is the most specific. */
const MAX_PATH = 200;

const ANSWER: { [severity in Severity]: string } = {
  [Severity.WARNING]: 'Warning: answered within 30 minutes in business hours.',
  [Severity.ERROR]: 'Error: answered within 15 minutes.',
  [Severity.CRITICAL]: 'Critical: answered within 5 minutes, escalated after 15.',
};

/** Description with what happened, the first step, the runbook and the time to answer. Source: requirement A-23. */
export function describeAlarm(
  alarm: IConstruct,
  { source, happened, firstAction, key, severity, runbooks }: AlarmText,
): string {
  const path = stackPath(source);
  const subject = path.length > MAX_PATH ? `..${path.slice(-MAX_PATH)}` : path;
  const runbook = `Runbook: ${runbooks.pageOf(key)}`;
  const description = [`${subject} ${happened}.`, firstAction, runbook, ANSWER[severity]].join(' ');
  if (!Token.isUnresolved(description) && description.length > MAX_DESCRIPTION) {
    throw new PropError(alarm, {
      prop: 'runbooks',
      value: runbooks.pageOf(key),
      expected: `an address that fits into the ${MAX_DESCRIPTION} characters of an alarm's description`,
      fix: 'give a shorter address',
    });
  }
  return description;
}
