import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import type { Runbooks } from '../alerting/runbooks';
import { Severity } from '../alerting/severity';

/** What an alarm says of itself. */
export interface AlarmText {
  /** Its path is the sentence's subject, cut to its last 200 characters. */
  readonly source: IConstruct;
  /** A sentence without its subject and full stop. */
  readonly happened: string;
  /** What to do first, a sentence. */
  readonly first: string;
  /** Of its runbook's page. */
  readonly key: string;
  /** Says how soon it is answered (requirement A-22). */
  readonly severity: Severity;
  /** Where the page is; the address shares the 1024 characters of the description. */
  readonly runbooks: Runbooks;
}

/** Most characters of an alarm's description. */
const LONGEST_DESCRIPTION = 1024;
/** Most characters that a path takes of it: the end tells most. */
const LONGEST_PATH = 200;

const ANSWER: { [severity in Severity]: string } = {
  [Severity.WARNING]: 'Warning: answered within 30 minutes in business hours.',
  [Severity.ERROR]: 'Error: answered within 15 minutes.',
  [Severity.CRITICAL]: 'Critical: answered within 5 minutes, escalated after 15.',
};

/** What happened, to whom, what to do first, where to read on (requirement A-23), how soon. */
export function describeAlarm(
  alarm: IConstruct,
  { source, happened, first, key, severity, runbooks }: AlarmText,
): string {
  const { path } = source.node;
  const subject = path.length > LONGEST_PATH ? `..${path.slice(-LONGEST_PATH)}` : path;
  const description = [`${subject} ${happened}.`, first, `Runbook: ${runbooks.pageOf(key)}`, ANSWER[severity]].join(
    ' ',
  );
  if (!Token.isUnresolved(description) && description.length > LONGEST_DESCRIPTION) {
    throw new PropError(alarm, {
      prop: 'runbooks',
      value: runbooks.pageOf(key),
      expected: `an address that leaves room in the ${LONGEST_DESCRIPTION} characters of an alarm's description`,
      fix: 'give a shorter address',
    });
  }
  return description;
}
