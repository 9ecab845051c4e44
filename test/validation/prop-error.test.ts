import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkDuration, checkPort, checkReason, checkWholeNumber } from '../../src/validation/checks';
import { PropError } from '../../src/validation/prop-error';
import { refusal, testStack } from '../fixtures/test-stack';

class Thing extends Construct {}

const RANGE = { min: 1, max: 5, unit: 'tasks', fix: 'take fewer' };

describe('The message of a PropError', () => {
  test('is one line with path, prop, value, what is expected, and the fix', () => {
    const error = new PropError(new Thing(testStack(), 'Web'), { prop: 'tasks', value: [1, 'two'], expected: 'whole numbers', fix: 'count them' });
    expect(error.message).toBe('Thing \'Test/Web\': tasks is [1,"two"], expected whole numbers. Count them.');
    expect(error.name).toBe('PropError');
    expect(error).toBeInstanceOf(Error);
  });

  test('says when a prop was not given', () => {
    expect(new PropError(new Thing(testStack(), 'Web'), { prop: 'tasks', value: undefined, expected: 'a number', fix: 'give one' }).message).toContain('tasks is not given,');
  });

  test('names a class of CDK as its documentation does', () => {
    expect(new PropError(testStack(), { prop: 'env', value: 1, expected: 'x', fix: 'y' }).message).toMatch(/^Stack 'Test': /);
  });

  test('stays one line when value, expectation or fix have several', () => {
    const error = new PropError(new Thing(testStack(), 'Web'), { prop: 'name', value: 'a\nb', expected: 'one line (why:\n  because)', fix: 'join\nthem' });
    expect(error.message).not.toContain('\n');
  });

  test('shows constructs in a value by their paths', () => {
    const thing = new Thing(testStack(), 'Web');
    const error = new PropError(thing, { prop: 'selection', value: { subnets: [thing] }, expected: 'x', fix: 'y' });
    expect(error.message).toContain('selection is {"subnets":["Test/Web"]}');
  });
});

describe('A check', () => {
  const scope = new Thing(testStack(), 'Web');

  test.each([1, 3, 5, undefined])('accepts a whole number in range: %p', (value) => {
    expect(() => checkWholeNumber(scope, 'tasks', value, RANGE)).not.toThrow();
  });

  test.each([0, 6, 2.5, NaN, Infinity])('refuses a number that is out of range or not whole: %p', (value) => {
    expect(refusal(() => checkWholeNumber(scope, 'tasks', value, RANGE))).toContain('expected a whole number from 1 to 5 tasks. Take fewer');
  });

  test('accepts tokens, whose values are known only at deployment', () => {
    expect(() => checkWholeNumber(scope, 'tasks', Token.asNumber({ Ref: 'Tasks' }), RANGE)).not.toThrow();
    expect(() => checkReason(scope, 'reason', Token.asString({ Ref: 'Reason' }))).not.toThrow();
  });

  const LIMITS = { min: Duration.seconds(5), max: Duration.minutes(5), fix: 'wait for a shorter time' };

  test.each([
    [Duration.minutes(10), 'time is 10 minutes, expected 5 seconds to 5 minutes. Wait for a shorter time.'],
    [Duration.millis(40), 'time is 40 milliseconds, expected 5 seconds to 5 minutes. Wait for a shorter time.'],
  ])('refuses a duration that is out of range, in the units of both', (value, message) => {
    expect(refusal(() => checkDuration(scope, 'time', value, LIMITS))).toContain(message);
  });

  test('refuses a duration that is not whole in a unit, where it must be', () => {
    expect(refusal(() => checkDuration(scope, 'time', Duration.seconds(90), { ...LIMITS, whole: 'minutes' }))).toContain(
      'time is 1 minute 30 seconds, expected 5 seconds to 5 minutes, in whole minutes. ');
  });

  test.each([undefined, Duration.seconds(5), Duration.minutes(5), Duration.days(Token.asNumber({ Ref: 'Days' }))])(
    'accepts a duration in range, and one that is known only at deployment: %s', (value) => {
      expect(() => checkDuration(scope, 'time', value, LIMITS)).not.toThrow();
    });

  test.each([0, -1, 65536, 80.5])('refuses a port of %d', (port) => {
    expect(refusal(() => checkPort(scope, 'port', port))).toBe(
      `Thing 'Test/Web': port is ${port}, expected a whole number from 1 to 65535. Give the port that the process listens on.`);
  });

  test.each(['', '   ', 'because', '  todo     '])('refuses a reason that is too short: %j', (reason) => {
    expect(refusal(() => checkReason(scope, 'plainHttp.reason', reason))).toContain('plainHttp.reason is');
  });

  test('accepts a reason of 10 characters or more', () => {
    expect(() => checkReason(scope, 'plainHttp.reason', 'internal test network until May')).not.toThrow();
  });
});
