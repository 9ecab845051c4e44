import { type Content, sizeOf } from '../../bench/stack-size';
import { FLAGS } from '../fixtures/test-stack';

const FOUR: Content = { services: 4, database: true, signals: true };

describe('A production stack with four services, their database and their signals', () => {
  const { resources, indented, compact } = sizeOf(FOUR, FLAGS);

  test('stays below the 500 resources of CloudFormation, and 700 KB', () => {
    expect(resources).toBeLessThan(500);
    expect(compact).toBeLessThan(700_000);
  });

  test('is a third smaller without indentation', () => {
    expect(compact / indented).toBeLessThan(0.7);
  });

  test('has room in the megabyte of CloudFormation for the network, too', () => {
    expect(sizeOf({ ...FOUR, network: true }, FLAGS).compact).toBeLessThan(1_000_000);
  });
});
