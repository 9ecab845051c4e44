import type { Messages } from './ordinary';
import type { ReleaseOutcome } from './releases';

/** Good releases at a traffic. */
export interface GoodReleases { readonly requestsPerMinute: number; readonly shape: string; readonly runs: number; readonly rolledBack: { readonly [background: string]: number } }

/** Bad releases of one kind, by traffic. */
export interface BadReleases { readonly fault: string; readonly runs: number; readonly outcomes: ReleaseOutcome[] }

/** Ordinary days at a traffic. */
export interface OrdinaryDays { readonly requestsPerMinute: number; readonly shape: string; readonly days: number; readonly messages: Messages }

/** The tables, as they are committed. */
export function ordinaryReport(traffic: number[], good: GoodReleases[], bad: BadReleases[], days: OrdinaryDays[]): string {
  const backgrounds = Object.keys(good[0].rolledBack);
  return [
    '### Releases',
    '',
    `Good releases that were rolled back, of ${good[0].runs} each, with data three minutes late. The new version fails as many requests as the one before; four in a thousand take longer than the limit. 0.08 % are 0.8 times what`,
    'an objective of 99.9 % allows.',
    '',
    row(['Requests a minute', 'Spread', ...backgrounds.map((background) => `${background} fail`)]),
    row(['---', '---', ...backgrounds.map(() => '---')]),
    ...good.map(({ requestsPerMinute, shape, rolledBack }) => row([`${requestsPerMinute}`, shape, ...backgrounds.map((background) => `${rolledBack[background]}`)])),
    '',
    `Bad releases: minutes to the rollback in the median and at nine of ten, and how many of ${bad[0].runs} were found while they ran (34 minutes), with data in time. What is not found is found by the alarms that tell people.`,
    '',
    row(['New version', ...traffic.map((requests) => `${requests} a minute`)]),
    row(['---', ...traffic.map(() => '---')]),
    ...bad.map(({ fault, runs, outcomes }) => row([fault, ...outcomes.map((outcome) => found(outcome, runs))])),
    '',
    '### Ordinary days',
    '',
    `Messages in ${days[0].days} days of a service that fails 0.08 % of its requests, 0.8 times what its objective allows, with data three minutes late. Tickets of the objective are counted apart: a month at that rate spends 80 % of its budget.`,
    '',
    row(['Requests a minute', 'Spread', 'Pages', 'Errors', 'Warnings', 'Tickets']),
    row(['---', '---', '---', '---', '---', '---']),
    ...days.map(({ requestsPerMinute, shape, messages }) => row([
      `${requestsPerMinute}`, shape, counted(messages.critical), counted(messages.error), counted(messages.warning.filter((alarm) => !isTicket(alarm))), `${messages.warning.filter(isTicket).length}`,
    ])),
    '',
  ].join('\n');
}

/** Of the objective, which is for office hours. */
export function isTicket(alarm: string): boolean {
  return alarm === 'objective-burn-ticket';
}

function found({ minutes }: ReleaseOutcome, runs: number): string {
  const at = (share: number) => `${minutes[Math.ceil(share * runs) - 1] ?? '–'}`;
  return minutes.length === 0 ? 'blind' : `${at(0.5)}/${at(0.9)} (${Math.round(100 * minutes.length / runs)} %)`;
}

function counted(alarms: string[]): string {
  const numbers = [...new Set(alarms)].map((alarm) => `${alarms.filter((other) => other === alarm).length} × \`${alarm}\``);
  return alarms.length === 0 ? 'none' : numbers.join(', ');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
