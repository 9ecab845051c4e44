import * as fs from 'fs';
import * as path from 'path';
import { Construct } from 'constructs';
import { BurnRateAlarms, DatabaseFamily, Runbooks, ServiceObjective } from '../../../src';
import type { AlarmDefinition } from '../../../src/observability/alarms/alarm-definition';
import { cacheAlarms } from '../../../src/observability/alarms/cache-alarms';
import { databaseAlarms } from '../../../src/observability/alarms/database-alarms';
import { loadBalancerAlarms } from '../../../src/observability/alarms/load-balancer-alarms';
import { serviceAlarms } from '../../../src/observability/alarms/service-alarms';
import { limit } from '../../../src/observability/alarms/threshold-alarm';
import { SEVERITIES } from '../../../src/observability/alerting/severity';
import { DatabaseLogMetrics } from '../../../src/observability/logs/database-log-metrics';
import { LogErrors } from '../../../src/observability/logs/log-errors';
import { SERVERLESS_MYSQL, watchedCache, watchedDatabase, watchedService } from '../../fixtures/monitored-sources';
import { mailRouting } from '../../fixtures/signals';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { type WindowAlarm, windowAlarm } from '../../simulators/alarm-window';

const MOST_TASKS = 8;

/** The first cells of the rows below a heading of docs/observability.md. */
function documented(heading: string): string[][] {
  const page = fs.readFileSync(path.join(__dirname, '../../../docs/observability.md'), 'utf8');
  const [, section] = page.split(`\n## ${heading}\n`);
  return section.split('\n## ')[0].split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, 6).map((cell) => cell.trim()));
}

function rows(definition: AlarmDefinition): string[][] {
  const severities = SEVERITIES.filter((severity) => definition.thresholds[severity] !== undefined);
  const row = (...cells: string[]) => [`\`${definition.key}\``, ...cells, definition.rollsBackWhenCritical ? 'yes' : '', definition.onlyWithAllAlarms ? '' : 'yes'];
  return severities.length === 0 ? [row('none', '')] : severities.map((severity) => row(limit(definition, severity).replace(` ${MOST_TASKS} tasks`, ' `maxTasks` tasks'), severity));
}

test('the table of a service\'s alarms is what the code makes [A-17, A-21, B-12, C-14, D-08, E-09]', () => {
  const stack = testStack();
  const signals = {
    source: new Construct(stack, 'Api'),
    clusterName: 'main',
    serviceName: 'api',
    loadBalancerFullName: 'app/a/1',
    targetGroupFullNames: ['targetgroup/a/1'],
    maxTasks: MOST_TASKS,
    logGroups: [],
    certificateArns: ['arn:aws:acm:eu-central-1:111111111111:certificate/1'],
  };
  const definitions = [...serviceAlarms(signals, { logErrors: new LogErrors(stack, 'LogErrors', { logGroups: [] }) }), ...loadBalancerAlarms([signals])];
  expect(documented('Alarms of a service')).toEqual(definitions.flatMap(rows));
});

/** The same for stores, which take nothing back. */
function storeRows(definitions: AlarmDefinition[]): string[] {
  const all = definitions.flatMap(rows).map(([key, limitInWords, severity, , small]) => [key, limitInWords, severity, small].join(' | '));
  return [...new Set(all)].sort();
}

function documentedStores(heading: string): string[] {
  return documented(heading).map((cells) => cells.slice(0, 4).join(' | ')).sort();
}

test('the table of a database\'s alarms is what the code makes [A-21, C-26, D-08, E-09]', () => {
  const stack = testStack();
  const definitions = [{ family: DatabaseFamily.POSTGRES }, { family: DatabaseFamily.MYSQL }, SERVERLESS_MYSQL].flatMap((changed, index) => {
    const { signals } = watchedDatabase(stack, `Database${index}`, changed);
    return databaseAlarms(signals, new DatabaseLogMetrics(stack, `Logs${index}`, signals));
  });
  expect(documentedStores('Alarms of a database')).toEqual(storeRows(definitions));
});

test('the table of a cache\'s alarms is what the code makes [C-28]', () => {
  expect(documentedStores('Alarms of a cache')).toEqual(storeRows(cacheAlarms(watchedCache(testStack(), 'Cache').signals)));
});

test('the table of objectives is what the code makes [D-12]', () => {
  const stack = testStack();
  new BurnRateAlarms(stack, 'Objective', { objective: ServiceObjective.availability(99.9), service: watchedService(stack, 'Web'), alertRouting: mailRouting(stack), runbooks: Runbooks.at('https://x.example.com') });
  const template = templateOf(stack);
  const inWords = (seconds: number) => (seconds >= 86_400 ? `${seconds / 86_400} days` : seconds >= 3600 ? `${seconds / 3600} hour${seconds > 3600 ? 's' : ''}` : `${seconds / 60} minutes`);
  const [, ...paces] = fs.readFileSync(path.join(__dirname, '../../../docs/observability.md'), 'utf8').split('\n## Objectives\n')[1].split('\n## ')[0].split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|').slice(1, 7).map((cell) => cell.trim()));
  expect(paces.map(([, , , long, short, factor]) => [long, short, factor])).toEqual(['Fast', 'Slow', 'Lasting'].map((pace) => {
    const [long, short] = ['Long', 'Short'].map((window) => windowAlarm(template, `${pace}${window}`));
    const period = ({ Metrics }: WindowAlarm) => inWords(Metrics.find(({ MetricStat }) => MetricStat)!.MetricStat!.Period);
    return [period(long), period(short), `${long.Threshold}`];
  }));
  paces.forEach(([, , spent, long, , factor]) => expect(`${Math.round(Number(factor) * hours(long) / (30 * 24) * 100)} %`).toBe(spent));
});

function hours(inWords: string): number {
  const [count, unit] = inWords.split(' ');
  return Number(count) * (unit.startsWith('day') ? 24 : 1);
}
