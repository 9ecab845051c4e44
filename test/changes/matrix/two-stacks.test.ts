import { Egress, PostgresCapacity } from '../../../src';
import { standsOnThePage } from '../page';
import { Cloud } from '../play';
import { ROOMS } from '../rooms';
import { holdsRows } from '../row-tests';
import { ANOTHER_USER, type AppOverDatabase, appOverDatabase } from '../rows/stacks-below';
import { appOver, appWithImagesOf } from '../rows/two-stacks';

describe('A running network below other stacks', () => {
  holdsRows(ROOMS['two-stacks']);
  standsOnThePage('two-stacks', ROOMS['two-stacks']);

  test.each([
    ['an egress', { egress: () => Egress.endpointsOnly() }, { egress: () => Egress.natGatewayPerZone() }, true],
    // Whether a database has been moved out of the zone is nothing that a template says.
    ['a zone', { availabilityZoneCount: 3 }, { availabilityZoneCount: 2 }, false],
  ])('exports that keep %s become weak references by the procedure, which AWS does not refuse', (...row) => {
    const [, before, after, database] = row;
    const app = (references: 'strong' | 'both' | 'weak', props: object) => appOver(references, { ...props }, database);
    const cloud = Cloud.with(app('strong', before));
    expect(statusesOf(cloud.copy().deploy(app('strong', after)))).toContain('UPDATE_ROLLBACK_COMPLETE');
    const steps = [app('both', before), app('weak', before), app('weak', after)];
    expect(steps.flatMap((step) => statusesOf(cloud.deploy(step)))).toEqual(Array(9).fill('UPDATE_COMPLETE'));
  });

  test('exports of a former repository are kept for one deployment by the procedure, which AWS does not refuse', () => {
    const cloud = Cloud.with(appWithImagesOf('Images', 'strong'));
    const steps = [appWithImagesOf('Second', 'strong', true), appWithImagesOf('Second', 'strong')];
    expect(statusesOf(cloud.copy().deploy(steps[1]))).toContain('UPDATE_ROLLBACK_COMPLETE');
    expect(new Set(steps.flatMap((step) => statusesOf(cloud.deploy(step))))).toEqual(new Set(['UPDATE_COMPLETE']));
  });

  test.each([
    ['a database that a service uses no more', {}, { use: () => undefined }],
    ['a reader that a service uses no more', { database: withReplicas(1) }, { database: withReplicas(0) }],
  ])('%s: the service first, then all, which AWS does not refuse', (_, before, after) => {
    const cloud = Cloud.with(appOverDatabase(before));
    const app = appOverDatabase(after);
    expect(statusesOf(cloud.copy().deploy(app))).toContain('UPDATE_ROLLBACK_COMPLETE');
    const steps = [app.filter(({ stack }) => stack === 'Test'), app];
    expect(new Set(steps.flatMap((step) => statusesOf(cloud.deploy(step))))).toEqual(new Set(['UPDATE_COMPLETE']));
  });

  test('a service gets another user of a database in another stack by the procedure, which AWS does not refuse', () => {
    const cloud = Cloud.with(appOverDatabase({}));
    const steps = [appOverDatabase({ use: ANOTHER_USER, keepExports: true }), appOverDatabase({ use: ANOTHER_USER })];
    expect(statusesOf(cloud.copy().deploy(steps[1]))).toContain('UPDATE_ROLLBACK_COMPLETE');
    expect(new Set(steps.flatMap((step) => statusesOf(cloud.deploy(step))))).toEqual(new Set(['UPDATE_COMPLETE']));
  });
});

function withReplicas(readReplicas: number): AppOverDatabase['database'] {
  return () => ({ capacity: PostgresCapacity.instance({ readReplicas }) });
}

function statusesOf(outcomes: ReturnType<Cloud['deploy']>): string[] {
  return outcomes.map(({ state: { status } }) => status);
}
