import { Aws, Stack } from 'aws-cdk-lib';
import { regionalHost, viaService, viaServices } from '../../src/iam/service-host';
import { rareParts } from '../fixtures/rare-parts';
import { testApp } from '../fixtures/test-stack';
import { wholeLibrary } from '../fixtures/whole-library';

function stackIn(region?: string): Stack {
  return new Stack(testApp(), 'Test', { env: { region } });
}

describe('The name of a service in a region', () => {
  test.each([
    ['eu-central-1', 'logs.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
  ])('has the suffix of %s', (region, host) => {
    expect(regionalHost(stackIn(region), 'logs')).toBe(host);
  });

  test('waits for the deployment where the region is unknown', () => {
    expect(regionalHost(stackIn(), 'logs')).toBe(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`);
  });

  test('is both names in a condition of China, and one elsewhere', () => {
    expect(viaService(stackIn('cn-north-1'), 'sns')).toEqual(['sns.cn-north-1.amazonaws.com', 'sns.cn-north-1.amazonaws.com.cn']);
    expect(viaService(stackIn('eu-central-1'), 'sns')).toBe('sns.eu-central-1.amazonaws.com');
    expect(viaServices(stackIn('eu-central-1'), ['rds', 'backup'], '*')).toEqual(['rds.*.amazonaws.com', 'backup.*.amazonaws.com']);
  });
});

describe.each([['cn-north-1', /\.amazonaws\.com\.cn$/], ['us-gov-west-1', /\.amazonaws\.com$/]])('Templates for %s', (region, suffix) => {
  const templates = [wholeLibrary, rareParts].flatMap((appIn) => appIn({ region }).synth().stacks.map(({ template }): unknown => template));

  test('have no ARN of the commercial partition', () => {
    expect(stringsOf(templates).filter((text) => text.includes('arn:aws:'))).toEqual([]);
  });

  test('have no name of another region', () => {
    expect(stringsOf(templates).filter((text) => /\b(eu|us)-(central|east|west)-\d/.test(text.replace(/us-gov-/g, '')))).toEqual([]);
  });

  test('name principals and hosts of their region with its suffix', () => {
    const hosts = [...new Set(stringsOf(templates).filter((text) => text.includes(`.${region}.amazonaws`)))];
    expect(hosts).toContain(`logs.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
    // A condition has both names, and each of them a partner with the suffix.
    hosts.filter((host) => !suffix.test(host)).forEach((host) => {
      expect(host).toMatch(/^(sns|ssm|secretsmanager)\./);
      expect(hosts).toContain(`${host}.cn`);
    });
  });
});

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(stringsOf);
}
