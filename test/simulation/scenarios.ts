import type { Conditions, Story } from './model/conditions';
import { type Deployment, shiftOf } from './model/deployments';
import { DAY, HOUR, isPause, on } from './model/time';

/** Something that happens to the service, and how soon it has to be noticed. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** When it begins. */
  readonly begins: number;
  /** Minutes that it lasts. */
  readonly lasts: number;
  readonly story: Story;
  /** Deployments beside those of the two weeks before. */
  readonly deployments?: Deployment[];
  /** Whether the load balancer counts refused connections as requests: its user guide can be read either way. */
  readonly refusedCount?: boolean;
  /** Whether nobody came at night in the two weeks before, either. */
  readonly emptyNights?: boolean;
  /** Percent of a task's CPU that a request a minute takes. */
  readonly cpuPerRequest?: number;
  /** Requests in proportion to those of production, in the two weeks before as well. */
  readonly demand?: number;
  /** Whether nothing has been released. */
  readonly unreleased?: boolean;
  /** Whether nothing is behind it: it begins with the first minute of all. */
  readonly young?: boolean;
  /** Whether the service rests at night, in the two weeks before as well. */
  readonly nightPause?: boolean;
  /** How often it may page: once, unless it stays around the limit for an hour. */
  readonly pages?: number;
  /** Minutes from the beginning to the moment at which the documents' limit is crossed, from which time is counted. */
  readonly crosses?: number;
  /** How urgent the most urgent message of it is. */
  readonly severity?: 'critical' | 'error' | 'warning';
  /** Words for its cause, which are among the first three steps of the runbook that its message leads to. */
  readonly cause?: string;
  /** Minutes within which it must be noticed, and where that stands. Nothing: no alarm may come. */
  readonly within?: { readonly minutes: number; readonly because: string };
}

/** The Tuesday after two weeks, at two in the afternoon. */
const AFTERNOON = on(15, 14);
const BAKE = 30;
const always = (conditions: Conditions): Story => () => conditions;

/** A deployment whose traffic moves in a minute. */
function shifting(minute: number, canary?: Deployment['canary']): Deployment {
  return { at: minute - shiftOf({ at: 0, bake: 0 }), bake: BAKE, canary };
}

/** All incidents of the table. Each begins where the quiet month stands, with two weeks behind it. */
export const INCIDENTS: Scenario[] = [
  {
    name: '1 % errors',
    what: '1.5 % of all requests are answered with a 500',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { errors: 0.015 } }),
    severity: 'critical',
    cause: 'errors in the log',
    within: { minutes: 5, because: 'A-13: more than 1 % for 5 min' },
  },
  {
    name: '1 % errors in the evening',
    what: 'the same at 21:00, with a quarter of the traffic and less',
    begins: on(15, 21),
    lasts: HOUR,
    story: always({ all: { errors: 0.015 } }),
    pages: 3,
    severity: 'critical',
    cause: 'errors in the log',
    within: { minutes: 30, because: 'ours: of two errors a minute A-13\'s 5 min can\'t tell a rate' },
  },
  {
    name: '10 % canary errors',
    what: 'a new version that gets a tenth of the traffic fails a tenth of its requests',
    begins: AFTERNOON,
    lasts: 10,
    deployments: [shifting(AFTERNOON, { share: 0.1, minutes: 10 })],
    story: always({ fresh: { errors: 0.1 } }),
    severity: 'critical',
    cause: 'a release was made',
    within: { minutes: 3, because: 'B-08: two datapoints' },
  },
  {
    name: 'outage',
    what: 'every request is answered with a 500',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { errors: 1 } }),
    severity: 'critical',
    cause: 'errors in the log',
    within: { minutes: 5, because: 'A-13, A-21: 5 min' },
  },
  {
    name: 'outage after a swap',
    what: 'the same, a day after production has moved to the other target group',
    begins: AFTERNOON + DAY,
    lasts: HOUR,
    deployments: [shifting(AFTERNOON)],
    story: always({ all: { errors: 1 } }),
    severity: 'critical',
    cause: 'errors in the log',
    within: { minutes: 5, because: 'A-13, A-21: 5 min' },
  },
  {
    name: 'nobody answers',
    what: 'tasks take connections and answer nothing: only 504s of the load balancer',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { hanging: 1, unhealthy: 1 } }),
    severity: 'critical',
    cause: '504',
    within: { minutes: 5, because: 'A-13, A-21: 5 min' },
  },
  {
    name: 'nobody answers, after a swap',
    what: 'the same, a day after production has moved to the other target group',
    begins: AFTERNOON + DAY,
    lasts: HOUR,
    deployments: [shifting(AFTERNOON)],
    story: always({ all: { hanging: 1, unhealthy: 1 } }),
    severity: 'critical',
    cause: '504',
    within: { minutes: 5, because: 'A-13, A-21: 5 min' },
  },
  {
    name: 'no targets at all',
    what: 'no task is registered any more: only 503s of the load balancer',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ noTargets: true }),
    severity: 'critical',
    cause: '503',
    within: { minutes: 5, because: 'A-21, D-08: no healthy target, 5 min' },
  },
  {
    name: 'no targets at all, after a swap',
    what: 'the same, a day after production has moved to the other target group',
    begins: AFTERNOON + DAY,
    lasts: HOUR,
    deployments: [shifting(AFTERNOON)],
    story: always({ noTargets: true }),
    severity: 'critical',
    cause: '503',
    within: { minutes: 5, because: 'A-21, D-08: no healthy target, 5 min' },
  },
  {
    name: 'no targets at night',
    what: 'the same at 03:00, with two requests a minute',
    begins: on(16, 3),
    lasts: HOUR,
    story: always({ noTargets: true }),
    severity: 'critical',
    cause: 'why its last tasks stopped',
    within: { minutes: 6, because: 'A-21, D-08: no healthy target, 5 min' },
  },
  {
    name: 'green refuses connections',
    what: 'a new version is healthy, gets all traffic and refuses every second connection: 502s of the load balancer',
    begins: AFTERNOON,
    lasts: BAKE,
    deployments: [shifting(AFTERNOON)],
    story: always({ fresh: { refused: 0.5 } }),
    severity: 'critical',
    cause: 'a release was made',
    within: { minutes: 3, because: 'B-08: two datapoints' },
  },
  {
    name: 'green refuses connections, counted',
    what: 'the same, if RequestCount holds refused connections: AWS\'s guide can be read either way',
    begins: AFTERNOON,
    lasts: BAKE,
    deployments: [shifting(AFTERNOON)],
    refusedCount: true,
    story: always({ fresh: { refused: 0.5 } }),
    severity: 'critical',
    cause: 'a release was made',
    within: { minutes: 3, because: 'B-08: two datapoints' },
  },
  {
    name: 'latency step',
    what: 'every answer takes thirty times as long',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { slower: 30 } }),
    severity: 'warning',
    cause: 'a slow trace tells which call takes it',
    within: { minutes: 5, because: 'A-21: more than 2 s in 5 min' },
  },
  {
    name: 'latency step for one in five',
    what: 'a fifth of the answers takes thirty times as long',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { slower: 30, slowShare: 0.2 } }),
    severity: 'warning',
    cause: 'a slow trace tells which call takes it',
    within: { minutes: 5, because: 'A-21: more than 2 s in 5 min' },
  },
  {
    name: 'latency step of a new version',
    what: 'every answer of a new version takes thirty times as long',
    begins: AFTERNOON,
    lasts: BAKE,
    deployments: [shifting(AFTERNOON)],
    story: always({ fresh: { slower: 30 } }),
    severity: 'warning',
    cause: 'begin with a release',
    within: { minutes: 3, because: 'A-13: more than 2 s for 3 min' },
  },
  {
    name: 'unhealthy new version',
    what: 'six of ten tasks of a new version fail their health checks, the others take its requests',
    begins: AFTERNOON,
    lasts: BAKE,
    deployments: [shifting(AFTERNOON)],
    story: always({ fresh: { unhealthy: 0.6 } }),
    severity: 'error',
    cause: 'a new version',
    within: { minutes: 3, because: 'A-13: more than half of the targets' },
  },
  {
    name: 'unhealthy tasks',
    what: 'three of four tasks fail their health checks, the last takes all requests',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { unhealthy: 0.75 } }),
    severity: 'error',
    cause: 'one task or all',
    within: { minutes: 5, because: 'C-14: more than 2 failures in 5 min' },
  },
  {
    name: 'slow leak of memory',
    what: 'memory rises by 4 % an hour; counted from 95 %, 15 above the target of scaling',
    begins: on(15, 8),
    lasts: 13 * HOUR,
    story: (minute) => ({ memory: minute * 4 / HOUR }),
    // From 52 %.
    crosses: 43 / 4 * HOUR,
    severity: 'warning',
    cause: 'leak',
    within: { minutes: 25, because: 'ours: scaling holds 80 %, so 95 % for 15 min' },
  },
  {
    name: 'slow leak of connections',
    what: 'connections to the database rise by 60 an hour; counted from 80 % of what it takes',
    begins: on(15, 9),
    lasts: 8 * HOUR,
    story: (minute) => ({ connections: minute }),
    // From 38 and a few; it takes 396.
    crosses: 277,
    severity: 'error',
    cause: 'who holds them',
    within: { minutes: 6, because: 'C-26: more than 80 %; D-08: over 5 min' },
  },
  {
    name: 'disk fills up',
    what: '1 GB a minute; counted from 10 GB left',
    begins: AFTERNOON,
    lasts: HOUR,
    story: (minute) => ({ stored: minute }),
    crosses: 49,
    severity: 'warning',
    cause: 'what grows',
    within: { minutes: 6, because: 'A-21: less than 10 GB, no window' },
  },
  {
    name: 'traffic drop',
    what: 'nine of ten requests don\'t arrive any more',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ demand: 0.1 }),
    severity: 'warning',
    cause: 'name, certificate, CDN and firewall',
    within: { minutes: 20, because: 'A-17 names traffic without a limit; ours' },
  },
  {
    name: 'traffic stops at night',
    what: 'nobody comes any more from 01:00, when five to two requests a minute are usual',
    begins: on(15, 1),
    lasts: 7 * HOUR,
    story: always({ demand: 0 }),
    severity: 'critical',
    cause: 'name, certificate, CDN and firewall',
    within: { minutes: 6.5 * HOUR, because: 'ours: before a working day begins' },
  },
  {
    name: 'traffic stops on a Saturday',
    what: 'nobody comes any more from 14:00 of a Saturday',
    begins: on(19, 14),
    lasts: HOUR,
    story: always({ demand: 0 }),
    severity: 'critical',
    cause: 'name, certificate, CDN and firewall',
    within: { minutes: 20, because: 'A-17 names traffic without a limit; ours' },
  },
  {
    name: 'slow for one in twelve',
    what: '8 % of the answers take thirty times as long',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { slower: 30, slowShare: 0.08 } }),
    severity: 'warning',
    cause: 'share a route',
    within: { minutes: 15, because: 'ours: the documents judge p90' },
  },
  {
    name: 'gateway timeouts',
    what: 'one request in twenty is never answered, tasks are healthy: only 504s of the load balancer',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { hanging: 0.05 } }),
    severity: 'critical',
    cause: '504',
    within: { minutes: 5, because: 'A-21: 5 min' },
  },
  {
    name: 'all logins are refused',
    what: 'a third of all requests is answered with a 401',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { unauthorized: 0.33 } }),
    severity: 'warning',
    cause: '401',
    within: { minutes: 10, because: 'ours' },
  },
  {
    name: 'one task fewer',
    what: 'a task that should run does not, for hours',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ lacking: 1 }),
    severity: 'warning',
    cause: 'why its last tasks stopped',
    within: { minutes: 20, because: 'ours: 15 of 19 minutes' },
  },
  {
    name: 'crash loop of one task',
    what: 'a task ends again and again, and runs for a third of the time',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ lacking: 0.7 }),
    severity: 'warning',
    cause: 'why its last tasks stopped',
    within: { minutes: 20, because: 'ours: 15 of 19 minutes' },
  },
  {
    name: 'database down',
    what: 'the database is gone, and every request is answered with a 500',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ all: { errors: 1 }, databaseDown: true }),
    severity: 'critical',
    cause: 'database',
    within: { minutes: 5, because: 'A-13, A-21: 5 min' },
  },
  {
    name: 'outage at night',
    what: 'every request is answered with a 500 from 02:00, for four hours of two requests a minute',
    begins: on(16, 2),
    lasts: 4 * HOUR,
    story: always({ all: { errors: 1 } }),
    severity: 'critical',
    cause: 'errors in the log',
    within: { minutes: 12, because: 'D-12: ten failures' },
  },
  {
    name: 'traffic surge',
    what: 'three times as many requests as usual',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ demand: 3 }),
    severity: 'warning',
    cause: 'more requests',
    within: { minutes: 20, because: 'A-17 names traffic without a limit; ours' },
  },
  {
    name: 'connection storm',
    what: 'clients open all connections that the database takes',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ connections: 1000 }),
    severity: 'error',
    cause: 'who holds them',
    within: { minutes: 6, because: 'A-21: fewer than 5 left; D-08: over 5 min' },
  },
  {
    name: 'EBS credits run out',
    what: 'a job spends 1 % of the burst balance a minute; counted from 20 % left',
    begins: AFTERNOON,
    lasts: 2 * HOUR,
    story: (minute) => ({ burst: minute }),
    // From 99 %.
    crosses: 80,
    severity: 'warning',
    cause: 'a job that reads or writes',
    within: { minutes: 15, because: 'ours' },
  },
  {
    name: 'replication slot without a reader',
    what: 'a slot keeps 0.1 GB of log a minute, which fills the disk; counted from 5 GB',
    begins: AFTERNOON,
    lasts: 2 * HOUR,
    story: (minute) => ({ slotLag: minute / 10, stored: minute / 10 }),
    crosses: 51,
    severity: 'warning',
    cause: 'the slot that is not active',
    within: { minutes: 6, because: 'ours' },
  },
  {
    name: 'small cache node is busy',
    what: 'connections and TLS take all processors of the cache\'s nodes, whose engine is not busy',
    begins: AFTERNOON,
    lasts: HOUR,
    story: always({ cacheCpu: 95 }),
    severity: 'warning',
    cause: 'connections and TLS',
    within: { minutes: 6, because: 'ours' },
  },
  {
    name: 'certificate ends soon',
    what: 'ACM has not renewed a certificate that ends in 29 days, and reports so at 12:00; counted from then',
    begins: on(15, 11),
    lasts: 3 * HOUR,
    story: always({ certificateDays: 29 }),
    crosses: HOUR,
    severity: 'warning',
    cause: 'why ACM did not renew',
    within: { minutes: 12 * HOUR, because: 'ours: ACM reports twice a day' },
  },
];

/** What is no incident. */
export const QUIET: Scenario[] = [
  {
    name: 'swap blue → green',
    what: 'a deployment in which nothing goes wrong, and the day after it',
    begins: AFTERNOON,
    lasts: DAY,
    deployments: [shifting(AFTERNOON)],
    story: always({}),
  },
  {
    name: 'zero traffic at night',
    what: 'three days of a service that nobody asks from 01:00 to 06:00',
    begins: on(15, 0),
    lasts: 3 * DAY,
    emptyNights: true,
    story: always({}),
  },
  {
    name: 'at the memory target of scaling',
    what: 'a day with memory at 80 %, where tasks are added',
    begins: on(15, 6),
    lasts: DAY,
    story: always({ memory: 28 }),
  },
  {
    name: 'failover with retries',
    what: 'two minutes in which half a percent fails, and a fifth of the answers takes ten times as long',
    begins: AFTERNOON,
    lasts: HOUR,
    story: (minute) => (minute < 2 ? { all: { errors: 0.005, slower: 10, slowShare: 0.2 } } : {}),
  },
];

/** The first days of a service, behind which nothing is. */
const YOUNG: Scenario[] = [
  {
    name: 'nothing released yet',
    what: 'two days of a service without an image, with 18 stray requests an hour',
    begins: 0,
    lasts: 2 * DAY,
    young: true,
    unreleased: true,
    story: always({}),
  },
  {
    name: 'new service',
    what: 'its first two days, of which no band has learned anything',
    begins: 0,
    lasts: 2 * DAY,
    young: true,
    story: always({}),
  },
];

/** With a serverless cluster that has no capacity while nobody asks. */
export const ASLEEP: Scenario = {
  name: 'Aurora that sleeps',
  what: 'two days of a new service that rests from 20:00 to 06:00, whose serverless cluster sleeps then and reports nothing',
  begins: 0,
  lasts: 2 * DAY,
  young: true,
  nightPause: true,
  story: (minute) => ({ databaseSleeps: isPause(minute) }),
};

/** Ordinary life that needs two weeks of its own behind it. */
export const OWN_HISTORY: Scenario[] = [
  ...YOUNG,
  {
    name: 'staging',
    what: 'two days with a hundredth of the traffic, and a deployment',
    begins: on(15, 6),
    lasts: 2 * DAY,
    demand: 0.01,
    deployments: [shifting(AFTERNOON)],
    story: always({}),
  },
  {
    name: 'at the target of scaling',
    what: 'five working days with CPU at 70 % by day',
    begins: on(14, 0),
    lasts: 5 * DAY,
    cpuPerRequest: 0.41,
    story: always({}),
  },
  {
    name: 'night pause',
    what: 'two days of a service that rests from 20:00 to 06:00, with 18 stray requests an hour',
    begins: on(15, 12),
    lasts: 2 * DAY,
    nightPause: true,
    story: always({}),
  },
];

/** Deployments of an ordinary month: Tuesday, Wednesday and Thursday at eleven, and a second one on Thursday at three. */
export function ordinaryDeployments(days: number): Deployment[] {
  return Array.from({ length: days }, (_, day) => day).flatMap((day) => {
    const weekday = day % 7;
    return [...[1, 2, 3].includes(weekday) ? [on(day, 11)] : [], ...weekday === 3 ? [on(day, 15)] : []].map((at) => ({ at, bake: BAKE }));
  });
}
