import { chart, CONTINUE, LABEL, MAX_STATE_NAME, part, put, stateNameFor } from '../../../src/delivery/asl/asl';
import { choice, equals, present } from '../../../src/delivery/asl/conditions';
import { format } from '../../../src/delivery/asl/intrinsics';
import { catchAll, findByName, forEach, iterate, oneByOne, refuse, unless } from '../../../src/delivery/asl/parts';

const PASS = { Type: 'Pass', Result: 1 };

describe('A chart', () => {
  test('links steps in their order and ends with the last one', () => {
    expect(chart(['A', PASS], part(['B', PASS], ['C', PASS]))).toEqual({
      StartAt: 'A', States: { A: { ...PASS, Next: 'B' }, B: { ...PASS, Next: 'C' }, C: { ...PASS, End: true } },
    });
  });

  test.each<[string, () => unknown]>([
    ['in one part', () => chart(['A', PASS], ['B', PASS], ['A', PASS])],
    ['in a part and in a map of it', () => chart(['A', PASS], ['M', forEach('$.list', part(['A', PASS]))])],
    ['in two maps', () => chart(['M', forEach('$.list', part(['A', PASS]))], ['N', forEach('$.list', part(['A', PASS]))])],
    ['in a branch below a map', () => chart(['A', PASS], ['M', forEach('$.list', part(['P', catchAll(part(['A', PASS]), { next: 'E' })], ['E', PASS]))])],
  ])('refuses a state name that is used twice %s', (_, make) => {
    expect(make).toThrow("Two states are named 'A'");
  });

  test.each<[string, () => unknown]>([
    ['a state', () => chart(['A', { Type: 'Pass', Next: 'Nowhere' }])],
    ['the default of a choice', () => chart(['A', choice([present('$.a')], 'B', 'Nowhere')], ['B', PASS])],
    ['a rule of a choice', () => chart(['A', choice([present('$.a')], 'Nowhere')], ['B', PASS])],
    ['a catcher', () => chart(['A', catchAll(part(['C', PASS]), { next: 'Nowhere' })], ['B', PASS])],
  ])('refuses %s that leads nowhere', (_, make) => {
    expect(make).toThrow("The state 'A' leads to 'Nowhere', which is not in this definition");
  });

  test('refuses a transition into another chart, which Step Functions would not find', () => {
    expect(() => chart(['A', forEach('$.list', part(['B', { Type: 'Pass', Next: 'C' }]))], ['C', PASS])).toThrow("'B' leads to 'C'");
  });

  test('refuses a choice that would have to end', () => {
    expect(() => chart(['A', PASS], ['B', choice([present('$.a')], 'A')])).toThrow(`The state 'B' leads to '${CONTINUE}'`);
  });

  test('refuses a state that nothing leads to', () => {
    expect(() => chart(['A', { Type: 'Pass', Next: 'C' }], ['B', PASS], ['C', PASS])).toThrow("Nothing leads to the state 'B'");
  });

  test('refuses a name that CloudFormation would refuse', () => {
    expect(chart(['x'.repeat(MAX_STATE_NAME), PASS]).StartAt).toHaveLength(80);
    expect(() => chart(['x'.repeat(MAX_STATE_NAME + 1), PASS])).toThrow('is longer than 80 characters');
  });

  test('leads what goes to a label on to the state behind it', () => {
    expect(chart(['A', choice([present('$.a')], 'L')], ['B', PASS], ['L', LABEL], ['M', LABEL], ['C', PASS])).toEqual({
      StartAt: 'A',
      States: {
        A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'C' }], Default: 'B' },
        B: { ...PASS, Next: 'C' },
        C: { ...PASS, End: true },
      },
    });
  });

  test('keeps a label that ends it', () => {
    expect(Object.keys(chart(['A', choice([present('$.a')], 'L')], ['B', PASS], ['L', LABEL]).States)).toEqual(['A', 'B', 'L']);
  });
});

describe('A part', () => {
  test('names its entry, and leaves its exit to whoever uses it', () => {
    const first = part(['A', choice([present('$.a')], 'B')], ['B', PASS]);
    expect(first.entry).toBe('A');
    expect(part(first, ['Z', PASS]).states[1]).toEqual(['B', { ...PASS, Next: 'Z' }]);
    expect(part(first, ['Y', PASS]).states[1]).toEqual(['B', { ...PASS, Next: 'Y' }]);
  });

  test.each([
    ['a refusal', refuse('A', 'Bad', 'because of {}', '$.a')],
    ['a part that may be skipped', unless('A', present('$.a'), part(['B', PASS]))],
    ['a part for each item', iterate('A', '$.list', part(['B', PASS]))],
    ['a part for one item after another', oneByOne('A', '$.list', part(['B', PASS]))],
    ['a search', findByName('A', '$.list', '$.name', 'Z')],
  ])('is complete with one way in: %s', (_, made) => {
    expect(made.states.map(([name]) => name)).toContain(made.entry);
    expect(() => chart(['Start', choice([present('$.x')], 'Z')], made, ['Z', PASS])).not.toThrow();
  });
});

describe('A refusal', () => {
  test('writes its arguments into the reason, and keeps quotes and the braces of JSON', () => {
    const [[, { Parameters }]] = refuse('A', 'Bad', 'it\'s {}, start {"cleanUpAfter":"{}"}', '$.a', '$.b').states;
    expect(Parameters).toEqual({ 'cause.$': 'States.Format(\'it\\\'s {}, start \\{"cleanUpAfter":"{}"\\}\', $.a, $.b)' });
  });
});

describe('The name of a state about a construct', () => {
  const nameOf = (path: string) => stateNameFor(path, (shown) => `Is no image of ${shown} named?`);

  test('has the whole path while it fits', () => {
    expect(nameOf('Production/Api')).toBe('Is no image of Production/Api named?');
  });

  test.each([57, 58, 59, 70, 200, 1000])('fits with a path of %d characters', (length) => {
    expect(nameOf('p'.repeat(length)).length).toBeLessThanOrEqual(80);
  });

  test('is the same each time, and another one for another path with the same end', () => {
    const [one, other] = ['a', 'b'].map((first) => `${first}${'/Service'.repeat(25)}`);
    expect(nameOf(one)).toBe(nameOf(one));
    expect(nameOf(one)).not.toBe(nameOf(other));
    expect(nameOf(one)).toMatch(/^Is no image of [0-9a-f]{8}\.\..*\/Service named\?$/);
  });
});

test('Conditions on a value at a path are those of the language', () => {
  expect(choice([equals('$.a', 'x'), present('$.b')], 'B')).toEqual({
    Type: 'Choice', Choices: [{ And: [{ Variable: '$.a', StringEquals: 'x' }, { Variable: '$.b', IsPresent: true }], Next: 'B' }],
  });
  expect(put('$.a', { b: 1 })).toEqual({ Type: 'Pass', Parameters: { b: 1 }, ResultPath: '$.a' });
});

test('A format escapes every brace but those of its values, and quotes', () => {
  expect(format('{"services":{},"of":"{}"} isn\'t {a}', '$.a', '$.b')).toBe("States.Format('\\{\"services\":{},\"of\":\"{}\"\\} isn\\'t \\{a\\}', $.a, $.b)");
});
