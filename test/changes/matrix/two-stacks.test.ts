import { Egress } from '../../../src';
import { standsOnThePage } from '../page';
import { Cloud } from '../play';
import { holdsRows } from '../row-tests';
import { appOver, appWithImagesOf, TWO_STACK_ROWS } from '../rows/two-stacks';

describe('A running network below other stacks', () => {
  holdsRows(TWO_STACK_ROWS);
  standsOnThePage('two-stacks', TWO_STACK_ROWS);

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
});

function statusesOf(outcomes: ReturnType<Cloud['deploy']>): string[] {
  return outcomes.map(({ state: { status } }) => status);
}
