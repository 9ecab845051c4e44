import * as fs from 'fs';
import { type AlarmSet, alarmsOf } from '../simulators/cloudwatch/template-alarms';
import type { Shape, VersionFaults } from './model/counted-balancer';
import type { WorldNames } from './model/world';
import { ordinaryDays } from './ordinary';
import { isTicket, ordinaryReport } from './ordinary-report';
import { ourAlarms } from './our-alarms';
import { makeReleases } from './releases';

const PAGE = 'docs/observability.md';
/** What stands between them is written by `npm run simulate`. */
const [BEGIN, END] = ['<!-- ordinary life: npm run simulate -->\n', '<!-- end -->'];
/** The whole is for the page; the suite tries as many as it has time for. */
const WHOLE = process.env.UPDATE_SIMULATION !== undefined;
const RUNS = WHOLE ? Number(process.env.SIMULATION_RUNS ?? 1000) : 60;
const BAD_RUNS = WHOLE ? Math.ceil(RUNS / 4) : 20;
const DAYS = WHOLE ? { days: Number(process.env.SIMULATION_DAYS ?? 7), past: Number(process.env.SIMULATION_DAYS ?? 14) } : { days: 1, past: 1 };
const TRAFFIC = [1, 5, 60, 200, 600, 6000];
const SHAPES: Shape[] = WHOLE ? ['flat', 'daily', 'bursty'] : ['flat'];
const SEED = 17;
const LATE = 3;
const SLOW = 0.004;
/** 0.8 times what an objective of 99.9 % allows. */
const PROMISED: VersionFaults = { errors: 0.0008, slow: SLOW };
const BACKGROUNDS: { readonly [background: string]: number } = { '0.08 %': 0.0008, '0.2 %': 0.002, '0.4 %': 0.004 };
const FAULTS: { readonly [fault: string]: VersionFaults } = {
  'fails 1 %': { errors: 0.01 },
  'fails 5 %': { errors: 0.05 },
  'fails 20 %': { errors: 0.2 },
  'fails all': { errors: 1 },
  'never answers one in five': { hanging: 0.2 },
  'is slow for one in five': { slow: 0.2 },
  'is slow for all': { slow: 1 },
};

describe('In ordinary life', () => {
  let set: AlarmSet;
  let names: WorldNames;

  beforeAll(() => {
    const ours = ourAlarms();
    [set, names] = [alarmsOf(ours.template), ours.names];
  });

  const release = (requestsPerMinute: number, shape: Shape, former: VersionFaults, fresh: VersionFaults, runs: number, late: number) =>
    makeReleases(set, names, { requestsPerMinute, shape, former, fresh, runs, late, seed: SEED });

  test.each(TRAFFIC)('a good release at %d requests a minute goes on, with data three minutes late (A-13, B-08)', (requestsPerMinute) => {
    expect(release(requestsPerMinute, 'flat', PROMISED, PROMISED, RUNS, LATE).rolledBack).toBeLessThanOrEqual(RUNS * 0.005);
  });

  test.each([200, 600])('a fix at %d requests a minute goes on as a canary of a tenth while the old version fails, by the alarms of its own target group (A-13)', (requestsPerMinute) => {
    const ofFresh: AlarmSet = { ...set, rollback: set.rollback.filter((name) => !name.endsWith('-1')) };
    const { rolledBack } = makeReleases(ofFresh, names, {
      requestsPerMinute, former: { errors: 0.3 }, fresh: PROMISED, canary: { share: 0.1, minutes: 10 }, runs: BAD_RUNS, late: LATE, seed: SEED,
    });
    expect(rolledBack).toBe(0);
  });

  test.each([60, 200, 600, 6000])('a new version that fails a fifth of %d requests a minute is rolled back within five minutes (B-08)', (requestsPerMinute) => {
    const { minutes } = release(requestsPerMinute, 'flat', PROMISED, { errors: 0.2 }, BAD_RUNS, 0);
    expect(minutes).toHaveLength(BAD_RUNS);
    expect(minutes.at(-1)).toBeLessThanOrEqual(5);
  });

  test.each(TRAFFIC)('a service that meets its objective at %d requests a minute pages nobody and warns nobody, tickets aside (A-21, D-12)', (requestsPerMinute) => {
    const { critical, error, warning } = ordinaryDays(set, names, { requestsPerMinute, shape: 'flat', faults: PROMISED, late: LATE, seed: SEED, days: 1, past: 1 });
    expect([critical, error, warning.filter((alarm) => !isTicket(alarm))]).toEqual([[], [], []]);
  });

  test('the page has what the whole of it finds', () => {
    const [before, rest] = fs.readFileSync(PAGE, 'utf8').split(BEGIN);
    const [committed, after] = rest.split(END);
    if (WHOLE) {
      const found = ordinaryReport(
        TRAFFIC,
        TRAFFIC.flatMap((requestsPerMinute) => SHAPES.map((shape) => ({
          requestsPerMinute,
          shape,
          runs: RUNS,
          rolledBack: Object.fromEntries(Object.entries(BACKGROUNDS).map(([background, errors]) =>
            [background, release(requestsPerMinute, shape, { errors, slow: SLOW }, { errors, slow: SLOW }, RUNS, LATE).rolledBack])),
        }))),
        Object.entries(FAULTS).map(([fault, fresh]) => ({ fault, runs: BAD_RUNS, outcomes: TRAFFIC.map((requests) => release(requests, 'flat', PROMISED, fresh, BAD_RUNS, 0)) })),
        TRAFFIC.flatMap((requestsPerMinute) => SHAPES.map((shape) => ({
          requestsPerMinute, shape, days: DAYS.days, messages: ordinaryDays(set, names, { requestsPerMinute, shape, faults: PROMISED, late: LATE, seed: SEED, ...DAYS }),
        }))),
      );
      fs.writeFileSync(PAGE, `${before}${BEGIN}\n${found}\n${END}${after}`);
      return;
    }
    TRAFFIC.forEach((requests) => expect(committed).toMatch(new RegExp(`\\| ${requests} \\| flat \\| 0 \\|`)));
    Object.keys(FAULTS).forEach((fault) => expect(committed).toContain(`| ${fault} |`));
  }, 3_600_000);
});
