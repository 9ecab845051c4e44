import * as fc from 'fast-check';
import { type AlarmRules, type AlarmState, DataPoint, judge } from '../simulators/cloudwatch/missing-data';

type Treatment = AlarmRules['treatMissingData'];

const SIGNS: { [sign: string]: DataPoint } = { '0': DataPoint.WITHIN, 'X': DataPoint.BREACHING, '-': DataPoint.MISSING };
const points = (signs: string): DataPoint[] => signs.split(' ').map((sign) => SIGNS[sign]);

/** What an alarm in the state INSUFFICIENT_DATA, OK or ALARM does: the state as it is must not matter but where it is kept. */
function outcome(signs: string, m: number, n: number, treatMissingData: Treatment): string {
  const rules = { evaluationPeriods: n, datapointsToAlarm: m, treatMissingData };
  const after = (['OK', 'ALARM', 'INSUFFICIENT_DATA'] as AlarmState[]).map((before) => judge(points(signs), rules, before));
  return after.join() === 'OK,ALARM,INSUFFICIENT_DATA' ? 'kept' : [...new Set(after)].join(' or ');
}

describe('Missing data, as the examples of CloudWatch\'s user guide have it', () => {
  const [I, kept] = ['INSUFFICIENT_DATA', 'kept'];

  // Oldest first; then missing, ignore, breaching, notBreaching.
  test.each([
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', I, kept, 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - - - X', I, kept, 'ALARM', 'OK'],
    ['X - - - -', 'ALARM', kept, 'ALARM', 'OK'],
    ['- - X - -', 'ALARM', kept, 'ALARM', 'OK'],
  ])('three of three: %s', (signs, missing, ignore, breaching, notBreaching) => {
    expect(['missing', 'ignore', 'breaching', 'notBreaching'].map((treatment) => outcome(signs, 3, 3, treatment as Treatment)))
      .toEqual([missing, ignore, breaching, notBreaching]);
  });

  test.each([
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - X', I, kept, 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', kept, 'ALARM', 'OK'],
  ])('two of three: %s', (signs, missing, ignore, breaching, notBreaching) => {
    expect(['missing', 'ignore', 'breaching', 'notBreaching'].map((treatment) => outcome(signs, 2, 3, treatment as Treatment)))
      .toEqual([missing, ignore, breaching, notBreaching]);
  });
});

describe('An alarm\'s judgement', () => {
  const rules = fc.record({
    evaluationPeriods: fc.integer({ min: 1, max: 6 }),
    datapointsToAlarm: fc.integer({ min: 1, max: 6 }),
    treatMissingData: fc.constantFrom<Treatment>('missing', 'ignore', 'breaching', 'notBreaching'),
  }).filter(({ evaluationPeriods, datapointsToAlarm }) => datapointsToAlarm <= evaluationPeriods);
  const states = fc.constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA');
  const known = fc.constantFrom(DataPoint.WITHIN, DataPoint.BREACHING);
  const any = fc.constantFrom(DataPoint.WITHIN, DataPoint.BREACHING, DataPoint.MISSING);
  const range = (point: fc.Arbitrary<DataPoint>) => fc.array(point, { minLength: 8, maxLength: 8 });

  test('is M of the last N where nothing is missing', () => {
    fc.assert(fc.property(range(known), rules, states, (seen, given, before) => {
      const breaching = seen.slice(-given.evaluationPeriods).filter((point) => point === DataPoint.BREACHING).length;
      return judge(seen, given, before) === (breaching >= given.datapointsToAlarm ? 'ALARM' : 'OK');
    }));
  });

  test('never calms down because one more data point breaches', () => {
    fc.assert(fc.property(range(any), rules, states, fc.nat({ max: 7 }), (seen, given, before, index) => {
      const worse = seen.map((point, position) => (position === index && point === DataPoint.WITHIN ? DataPoint.BREACHING : point));
      return judge(seen, given, before) !== 'ALARM' || judge(worse, given, before) === 'ALARM';
    }));
  });

  test('is never milder with missing data as breaching, and never stricter with them as within', () => {
    fc.assert(fc.property(range(any), rules, states, (seen, given, before) => {
      const as = (treatMissingData: Treatment) => judge(seen, { ...given, treatMissingData }, before);
      return (as('notBreaching') !== 'ALARM' || as('breaching') === 'ALARM') && (as('missing') !== 'ALARM' || as('breaching') === 'ALARM');
    }));
  });

  test('depends on the state before only where missing data are ignored', () => {
    fc.assert(fc.property(range(any), rules, (seen, given) =>
      given.treatMissingData === 'ignore' || new Set((['OK', 'ALARM', 'INSUFFICIENT_DATA'] as AlarmState[]).map((before) => judge(seen, given, before))).size === 1));
  });
});
