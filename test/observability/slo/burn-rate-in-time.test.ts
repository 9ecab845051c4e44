import { BurnRateAlarms, Runbooks, ServiceObjective } from '../../../src';
import { watchedService } from '../../fixtures/monitored-sources';
import { mailRouting } from '../../fixtures/signals';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { MetricStore } from '../../simulators/cloudwatch/metric-store';
import { Monitor } from '../../simulators/cloudwatch/monitor';
import { alarmsOf, type TemplateJson } from '../../simulators/cloudwatch/template-alarms';

/** Requests of a minute by the group that serves, and errors that the load balancer makes. */
interface Minute { readonly blue?: [answered: number, failed: number]; readonly green?: [answered: number, failed: number]; readonly made?: number }

const HOUR = 60;
const NAMESPACE = 'AWS/ApplicationELB';
const LoadBalancer = 'app/shop/1a2b3c';

function template(objective = ServiceObjective.availability(99.9)): TemplateJson {
  const stack = testStack();
  new BurnRateAlarms(stack, 'Objective', { objective, service: watchedService(stack, 'Web'), alertRouting: mailRouting(stack), runbooks: Runbooks.at('https://x.example.com') });
  return templateOf(stack).toJSON() as TemplateJson;
}

/** When composites begin to fire, as CloudWatch evaluates them minute by minute: `ObjectivePage@61`. Data arrive a minute late. */
function told(minutes: number, of: (minute: number) => Minute, from = template()): string[] {
  const store = new MetricStore(minutes);
  store.declare({ namespace: 'ECS/ContainerInsights', name: 'DesiredTaskCount', dimensions: { ClusterName: 'production', ServiceName: 'web' } });
  const made = store.declare({ namespace: NAMESPACE, name: 'HTTPCode_ELB_5XX_Count', dimensions: { LoadBalancer } });
  const groups = (['blue', 'green'] as const).map((colour, index) => {
    const dimensions = { LoadBalancer, TargetGroup: `targetgroup/web-${colour}/${index === 0 ? '1a' : '2b'}` };
    const [answered, failed] = ['RequestCount', 'HTTPCode_Target_5XX_Count'].map((name) => store.declare({ namespace: NAMESPACE, name, dimensions }));
    return { colour, answered, failed };
  });
  for (let minute = 0; minute < minutes; minute++) {
    const seen = of(minute);
    made.happened(minute, seen.made ?? 0);
    groups.forEach(({ colour, answered, failed }) => {
      answered.happened(minute, seen[colour]?.[0] ?? 0);
      failed.happened(minute, seen[colour]?.[1] ?? 0);
    });
  }
  const firings = new Monitor(alarmsOf(from), store, { late: 1 }).watch(0, minutes);
  return firings.filter(({ actions }) => actions.length > 0).map(({ alarm, minute }) => `${alarm.slice(0, -8).replace(/^Test/, '')}@${minute}`);
}

const BUSY: Minute = { blue: [600, 0] };

describe('An objective of 99.9 %, minute by minute [D-12]', () => {
  test('a total outage pages within two minutes, though nothing but the load balancer answers', () => {
    const [page] = told(7 * HOUR, (minute) => (minute < 6 * HOUR ? BUSY : { made: 600 }));
    expect(page).toMatch(/^ObjectivePage@36[12]$/);
  });

  test('a fault that errs twice in a hundred pages within the hour, on whichever side it runs', () => {
    const [page] = told(8 * HOUR, (minute) => (minute < 6 * HOUR ? BUSY : { green: [600, 12] }));
    const [, after] = page.split('@').map(Number);
    expect(after - 6 * HOUR).toBeLessThanOrEqual(HOUR);
  });

  test('a canary of a tenth, of which a tenth fails, pages within four hours', () => {
    const [page] = told(11 * HOUR, (minute) => (minute < 6 * HOUR ? BUSY : { blue: [540, 0], green: [60, 6] }));
    const [, after] = page.split('@').map(Number);
    expect(after - 6 * HOUR).toBeLessThanOrEqual(4 * HOUR);
  });

  test('a night of three requests, one of which fails, does not alarm', () => {
    expect(told(12 * HOUR, (minute) => (minute === 200 ? { blue: [1, 1] } : [100, 300].includes(minute) ? { blue: [1, 0] } : {}))).toEqual([]);
  });

  test('with a guard of 1 that night pages', () => {
    expect(told(12 * HOUR, (minute) => (minute === 200 ? { blue: [1, 1] } : {}), template(ServiceObjective.availability(99.9, { minFailures: 1 })))).not.toEqual([]);
  });

  test('an outage of a service with one request a minute alarms after ten minutes', () => {
    const [page] = told(8 * HOUR, (minute) => (minute < 6 * HOUR ? { blue: [1, 0] } : { made: 1 }));
    expect(page).toMatch(/^ObjectivePage@37[01]$/);
  });

  test('as few failures as the objective accepts, for a day, do not alarm', () => {
    expect(told(24 * HOUR, (minute) => ({ blue: [1000, minute % 2] }))).toEqual([]);
  });
});
