import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkPort, checkReason, checkWholeNumber } from '../../src/validation/checks';
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
    expect(refusal(() => checkWholeNumber(scope, 'tasks', value, RANGE))).toContain('expected 1 to 5 tasks, whole. Take fewer');
  });

  test('accepts tokens, whose values are known only at deployment', () => {
    expect(() => checkWholeNumber(scope, 'tasks', Token.asNumber({ Ref: 'Tasks' }), RANGE)).not.toThrow();
    expect(() => checkReason(scope, 'reason', Token.asString({ Ref: 'Reason' }))).not.toThrow();
  });

  test.each([0, -1, 65536, 80.5])('refuses a port of %d', (port) => {
    expect(refusal(() => checkPort(scope, 'port', port))).toBe(
      `Thing 'Test/Web': port is ${port}, expected 1 to 65535 as a TCP port, whole. Give the port that the process listens on.`);
  });

  test.each(['', '   ', 'because', '  todo     '])('refuses a reason that is too short: %j', (reason) => {
    expect(refusal(() => checkReason(scope, 'plainHttp.reason', reason))).toContain('plainHttp.reason is');
  });

  test('accepts a reason of 10 characters or more', () => {
    expect(() => checkReason(scope, 'plainHttp.reason', 'internal test network until May')).not.toThrow();
  });
});
