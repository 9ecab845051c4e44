import type { Scenario } from './scenarios';
import type { Notice, Outcome } from './simulation';

/** What became of an incident: with our alarms, with ours if data come late, and with those of the documents. */
export interface IncidentResult {
  readonly scenario: Scenario;
  readonly ours: Outcome;
  readonly oursLate: Outcome;
  readonly documents: Outcome;
}

/** False alarms, one entry for each. */
export interface QuietResult {
  readonly name: string;
  readonly what: string;
  readonly ours: string[];
  readonly oursLate: string[];
  /** Missing where the documents have no such thing. */
  readonly documents?: string[];
}

/** The page, as it is committed. */
export function report(incidents: IncidentResult[], quiet: QuietResult[], late: number): string {
  return [
    '## Alarms, simulated',
    '',
    'What the alarms of a service with a database and a cache do when something happens, compared with those of the five documents taken word by word. `npm run simulate` writes this',
    'page; a test holds it against the templates. The alarms are read from the synthesized template and evaluated as CloudWatch documents it: windows that move on every minute, M of',
    'N, treatment of missing data within a range of N + 2 data points, metric maths, composites.',
    '',
    'Minutes from the beginning of the incident (or from the limit that a document names, where it is crossed slowly) to the first alarm that tells somebody, and by which. In brackets',
    `its severity; "rolls back" is the first that rolls the running deployment back. "Late" is the same of ours if all data arrive ${late} minutes after their time, as is reported of load`,
    'balancers; AWS promises no number.',
    '',
    '| Incident | What happens | Noticed within | Ours | Pages | Rolls back | Late | Late, rolls back | The documents\' |',
    '|---|---|---|---|---|---|---|---|---|',
    ...incidents.map(({ scenario: { name, what, within }, ours, oursLate, documents }) => row([
      name, what, `${within!.minutes} min (${within!.because})`, notice(ours.first), minutes(ours.page), minutes(ours.rollback), minutes(oursLate.first), minutes(oursLate.rollback), notice(documents.first),
    ])),
    '',
    'Each incident has one severity, that of its most urgent message, and the runbook behind that message names the cause among its first three steps. A test holds both.',
    '',
    'Events tell what no metric does, each once: a backup job or its copy that failed, a rotation that failed, tasks that don\'t start or run out of memory. They are no',
    'part of the simulation. **Nothing tells** of a NAT gateway whose ports run out (`ErrorPortAllocation`) but what the service then fails at.',
    '',
    'False alarms, where nothing happens that anyone must know:',
    '',
    '| Time | What happens | Ours | Late | The documents\' |',
    '|---|---|---|---|---|',
    ...quiet.map(({ name, what, ours, oursLate, documents }) => row([name, what, counted(ours), counted(oursLate), documents === undefined ? 'not simulated' : counted(documents)])),
    '',
    `Without \`${OURS_FOR_THEM}\`, whose limit is no document's, theirs are ${quiet.flatMap(({ name, documents }) => documents === undefined ? [] : `${documents.filter((alarm) => alarm !== OURS_FOR_THEM).length} (${name})`).join(', ')}.`,
    '',
    ...MODEL,
    '',
  ].join('\n');
}

/** Of the alarms of the documents, the one whose limit they don't have. */
const OURS_FOR_THEM = 'A traffic';

const MODEL = [
  '### What is assumed',
  '',
  '- **Users**: 600 requests a minute at the height of a working day, 2 to 3 at night, 45 % of it at weekends; days differ by 6 % (standard deviation), ten minutes from the next by 3 %, and',
  '  arrivals are Poisson. 0.02 % of requests fail; answers are log-normal, half of them within 0.12 s, 99 % within 0.6 s.',
  '- **What two weeks have**: every other day a minute in which half a percent of requests fails, every other day a minute in which a tenth of the answers takes twenty times as long, every',
  '  tenth day a task that dies and is replaced; four blue/green deployments a week with 30 minutes of both versions.',
  '- **Tasks**: one for 150 requests a minute, 2 to 8 of a version, added after three minutes of load, removed after fifteen of less, none during a deployment. A target that is starting',
  '  counts as unhealthy for its first minute (AWS doesn\'t say; others report it). Idle tasks take 8 % of their CPU, loaded ones about 40 %, and 52 % of memory.',
  '- **Load balancer**: counts of nothing are not emitted, health only where targets are registered, 502 to 504 belong to no target group. Where the number of targets changes, the',
  '  minute has samples of both numbers. RequestCount holds what a target answered.',
  '- **Stores**: eight connections for each task, a nightly job of twenty minutes at half the CPU, 0.1 GB more a day; a cache that is never full.',
  '- **Anomaly bands** are a model, because CloudWatch\'s is not documented: the mean of the same hour in the two weeks before; the deviation is that within the hour, and how much the',
  '  same hours of the two weeks differ in general. What CloudWatch learns may be narrower or wider.',
  '- **The documents\' alarms**: one target group, an error rate over RequestCount of the whole load balancer, an average as "response time", missing data as CloudWatch treats them unless',
  '  told. They give no limit for traffic, which is one of document A\'s golden signals: `A traffic` is a fixed one (fewer than 100 in 5 minutes).',
  '- **Missing data** are looked for in N + 2 data points. AWS documents that an alarm asks for more than N, and has examples with two more; the number itself it does not document.',
  '- An alarm that a deployment raises without any incident doesn\'t count as having noticed one.',
  '- Numbers are random, but the same in every run: one month of one seed, not a proof.',
];

/** Requirement ids link to their rows, by the definitions at the end of the page. */
function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\b[A-E]-\d\d\b/g, '[$&]')).join(' | ')} |`;
}

function notice(first: Notice | undefined): string {
  return first === undefined ? '**not noticed**' : `${minutes(first)}: \`${first.alarm}\` (${first.severity})`;
}

function minutes(of: Notice | undefined): string {
  return of === undefined ? '' : of.minutes > 0 ? `${of.minutes} min` : `${-of.minutes} min before`;
}

function counted(alarms: string[]): string {
  const numbers = new Map<string, number>();
  alarms.forEach((alarm) => numbers.set(alarm, (numbers.get(alarm) ?? 0) + 1));
  const named = [...numbers].sort(([, a], [, b]) => b - a).map(([alarm, number]) => `${number} × \`${alarm}\``);
  return alarms.length === 0 ? 'none' : `${alarms.length}: ${named.join(', ')}`;
}
