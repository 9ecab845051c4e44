import * as fs from 'fs';
import { Duration } from 'aws-cdk-lib';
import { PostgresCapacity } from '../../src';
import { naiveAlarms } from './naive-alarms';
import { ourAlarms } from './our-alarms';
import { type IncidentResult, type QuietResult, report } from './report';
import { ASLEEP, INCIDENTS, ordinaryDeployments, OWN_HISTORY, QUIET, type Scenario } from './scenarios';
import { Simulation } from './simulation';

const PAGE = 'docs/observability.md';
/** With this heading the last part of the page begins. */
const HEADING = '## Alarms, simulated\n';
/** Minutes that a load balancer's data are reported to be late. */
const LATE = 3;
/** The documents' alarms are simulated for the page alone: what they miss proves nothing of ours. */
const WITH_DOCUMENTS = process.env.UPDATE_SIMULATION !== undefined;

/** The first step of a runbook, and the first two of its investigation. */
function firstSteps(page: string): string {
  const [introduction, investigation] = fs.readFileSync(`docs/runbooks/${page}.md`, 'utf8').split('\n## Investigation\n');
  return `${/(?<=\*\*First:\*\* ).+/.exec(introduction)![0]} ${investigation.split(/^(?:3\. |## )/m)[0]}`;
}

/** The tables of a page without their last column, which is of the documents' alarms, and without the sentence about it. */
function withoutDocuments(page: string): string {
  return page.split('\n').filter((line) => !line.startsWith('Without `')).map((line) => (line.startsWith('| ') ? line.slice(0, line.lastIndexOf(' | ')) : line)).join('\n');
}

describe('The alarms of the library, compared with those of the documents', () => {
  let incidents: IncidentResult[];
  let quiet: QuietResult[];

  beforeAll(() => {
    const { template, names } = ourAlarms();
    const documents = () => naiveAlarms({ ...names, targetGroup: names.targetGroups[0], database: names.database.instance, maxConnections: names.database.maxConnections });
    const contenders = [{ template }, { template, late: LATE }, ...WITH_DOCUMENTS ? [{ template: documents() }] : []];
    const simulation = new Simulation(names);
    incidents = INCIDENTS.map((scenario) => {
      const [ours, oursLate, theirs] = simulation.incident(scenario, contenders);
      return { scenario, ours, oursLate, documents: theirs ?? { pages: 0 } };
    });
    const steady = simulation.steadyLoad(contenders);
    const others = [...QUIET, ...OWN_HISTORY];
    const asleep = ourAlarms(PostgresCapacity.serverless({ minAcu: 0, maxAcu: 4, autoPauseAfter: Duration.minutes(10) }));
    const [sleeping, sleepingLate] = new Simulation(asleep.names).quiet(ASLEEP, [{ template: asleep.template }, { template: asleep.template, late: LATE }]);
    quiet = [
      { name: 'steady load', what: `14 days with ${ordinaryDeployments(28).length - ordinaryDeployments(14).length} deployments` },
      ...others,
    ].map(({ name, what }, index) => {
      const [ours, oursLate, theirs] = index === 0 ? steady : simulation.quiet(others[index - 1], contenders);
      return { name, what, ours, oursLate, documents: theirs ?? [] };
    });
    quiet.push({ name: ASLEEP.name, what: ASLEEP.what, ours: sleeping, oursLate: sleepingLate });
  }, 600_000);

  test('the committed page holds what the simulation finds', () => {
    const found = report(incidents, quiet, LATE);
    const [before, committed] = fs.readFileSync(PAGE, 'utf8').split(HEADING);
    if (WITH_DOCUMENTS) {
      fs.writeFileSync(PAGE, `${before}${found}`);
      return;
    }
    expect(withoutDocuments(`${HEADING}${committed}`)).toBe(withoutDocuments(found));
  });

  const resultOf = (name: string) => incidents.find(({ scenario }) => scenario.name === name)!;
  const limits = (scenarios: Scenario[]) => scenarios.map(({ name, within }): [string, number] => [name, within!.minutes]);
  const ofNewVersions = INCIDENTS.filter(({ story }) => story(0).fresh);

  test.each(limits(INCIDENTS))('%s: noticed within %s minutes [A-13, A-21, B-08, C-14, C-26, D-08]', (name, most) => {
    expect(resultOf(name).ours.first?.minutes).toBeLessThanOrEqual(most);
  });

  test.each(limits(ofNewVersions))('%s: the new version is taken back within %s minutes [A-13, B-08]', (name, most) => {
    expect(resultOf(name).ours.rollback?.minutes).toBeLessThanOrEqual(most);
  });

  test.each(limits(ofNewVersions))('%s: if data arrive late, the new version is taken back as much later than %s minutes [A-13, B-08]', (name, most) => {
    expect(resultOf(name).oursLate.rollback?.minutes).toBeLessThanOrEqual(most + LATE);
  });

  test('every incident is noticed, though later, if data arrive late', () => {
    const tooLate = incidents.filter(({ scenario: { within }, oursLate: { first } }) => first === undefined || first.minutes > within!.minutes + LATE);
    expect(tooLate.map(({ scenario }) => scenario.name)).toEqual([]);
  });

  test('an incident pages once, with data in time or late', () => {
    const often = incidents.filter(({ scenario: { pages = 1 }, ours, oursLate }) => ours.pages > pages || oursLate.pages > pages);
    expect(often.map(({ scenario: { name } }) => name)).toEqual([]);
  });

  test.each(INCIDENTS.map(({ name, severity }) => [name, severity] as const))('%s: the most urgent message is of severity %s, with data in time or late [A-22]', (name, severity) => {
    const { ours, oursLate } = resultOf(name);
    expect([ours.gravest?.severity, oursLate.gravest?.severity]).toEqual([severity, severity]);
  });

  test.each(INCIDENTS.map(({ name, cause }) => [name, cause!] as const))('%s: the runbook that its message leads to has "%s" among its first three steps [A-23]', (name, cause) => {
    expect(firstSteps(resultOf(name).ours.gravest!.alarm).toLowerCase()).toContain(cause.toLowerCase());
  });

  test('notify nobody and roll nothing back in two weeks without incidents, with data in time or late', () => {
    expect(quiet.map(({ name, ours, oursLate }) => [name, ours, oursLate])).toEqual(quiet.map(({ name }) => [name, [], []]));
  });
});
