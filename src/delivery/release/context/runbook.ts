import { type AlertRouting, Runbooks } from '../../../observability';

/** Address of a page for people who read a notification. */
export function runbookOf(page: 'release-failed' | 'release-drift', alertRouting?: AlertRouting): string {
  return (alertRouting?._runbooks ?? Runbooks.published()).pageOf(page);
}
