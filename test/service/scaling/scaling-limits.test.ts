import { TimeZone } from 'aws-cdk-lib';
import { EnvironmentProfile, type NightPause, ServiceScaling, type ServiceScalingProps } from '../../../src';
import { expectRefusedCombination, expectRefusedValue } from '../../fixtures/refusals';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

const night: NightPause = { timeZone: TimeZone.EUROPE_BERLIN };
const withoutTasks = { reason: 'Only office hours' };

const between = (props: ServiceScalingProps) => ServiceScaling.targetTracking(props);
const refused = (scaling: ServiceScaling) => refusal(() => serviceFixture({ scaling }));

describe('The scaling of a service', () => {
  test.each<[string, ServiceScaling, string, string, string]>([
    ['fewer tasks at most than at least', between({ minTasks: 5, maxTasks: 2 }), 'maxTasks', '2', '5 to 5000 tasks'],
    ['no task in production without a reason (C-19)', between({ minTasks: 0 }), 'minTasks', '0', '1 to 5000 tasks, or 0 with withoutTasks and its reason'],
    ['no task for a reason that says nothing', between({ minTasks: 0, withoutTasks: { reason: 'cheap' } }), 'withoutTasks.reason', 'cheap', 'a sentence'],
    ['a night pause that begins at no time of day', between({ nightPause: { ...night, stopAt: '25:00' }, withoutTasks }), 'nightPause.stopAt', '25:00', 'HH:MM'],
    ['a night pause without end', between({ nightPause: { ...night, startAt: '19:00' }, withoutTasks }), 'nightPause.startAt', '19:00', 'another time'],
    ['the only task on Spot (B-13)', between({ minTasks: 1, maxTasks: 4, spot: { percent: 100, onDemandTasks: 0 } }), 'spot', '"onDemandTasks":0', 'the only task on demand'],
    ['a Spot share of a service that has one task (B-13)', between({ minTasks: 1, maxTasks: 1, spot: { percent: 50 } }), 'spot', '"percent":50', 'at most 1'],
    ['a Spot share of nothing (B-13)', between({ spot: { percent: 0 } }), 'spot.percent', '0', '1 to 100 percent'],
    ['a request count of nothing', between({ requestsPerMinute: 0 }), 'requestsPerMinute', '0', '1 to 1000000'],
    ['a CPU target without room', between({ cpuPercent: 95 }), 'cpuPercent', '95', '10 to 90'],
    ['to scale in where it scales out', ServiceScaling.stepScaling({ cpuPercent: 50, scaleInCpuPercent: 50 }), 'scaleInCpuPercent', '50', '1 to 49 percent'],
    ['steps of no task', ServiceScaling.stepScaling({ tasksPerStep: 0 }), 'tasksPerStep', '0', '1 to 100'],
  ])('refuses %s', (_, scaling, prop, value, expected) => expectRefusedValue(refused(scaling), `scaling.${prop}`, value, expected));

  test('refuses a night pause in production without a reason (C-19)', () => {
    expectRefusedCombination(refused(between({ nightPause: night })), 'scaling.nightPause', 'needs a reason in scaling.withoutTasks', 'Set withoutTasks');
  });

  test('refuses no night pause in development, which needs no reason (C-19)', () => {
    const quiet = { scaling: between({ minTasks: 0, nightPause: night }) };
    expect(() => serviceFixture(quiet, (app) => EnvironmentProfile.development().applyTo(app))).not.toThrow();
  });
});
