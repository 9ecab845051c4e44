import { type Line, observabilityCost, total, usdOf } from './estimate';
import { type Environment, type Part, partsOf, PROFILES } from './examples';
import { ENHANCED_METRICS_MEASURED, INSIGHTS_METRICS, type Price, type PriceKey, PRICES } from './price-list';

const PARTS: Part[] = ['service', 'shared cluster', 'service in a shared cluster', 'database'];
const NAMES: { [part in Part]: string } = {
  'service': 'one service in a cluster of its own',
  'shared cluster': 'a `ServiceCluster`',
  'service in a shared cluster': 'one service in it',
  'database': 'one database',
};
/** USD a month that one default service is meant to stay below. */
const AIM = 10;
const UNKNOWN = 'unknown';

/** Lines of each part of each environment, with the defaults. */
export type Figures = { readonly [environment in Environment]: { readonly [part in Part]: Line[] } };

export function figures(): Figures {
  const environments = Object.keys(PROFILES) as Environment[];
  return Object.fromEntries(environments.map((environment) => {
    const parts = partsOf(environment);
    return [environment, Object.fromEntries(PARTS.map((part) => [part, observabilityCost([parts[part]])]))];
  })) as unknown as Figures;
}

/** Markdown of docs/cost.md. */
export function costPage(of: Figures): string {
  const { cluster, service, taskDefinition } = INSIGHTS_METRICS;
  const plain = (cluster + service + taskDefinition) * PRICES.insights.usd;
  const { cluster: measured, serviceWithOneTask } = ENHANCED_METRICS_MEASURED;
  const enhanced = (measured + serviceWithOneTask) * PRICES.enhancedInsights.usd;
  const sum = (environment: Environment): number => total(of[environment].service) + total(of[environment].database);
  return [
    '# Costs',
    '',
    'See what the defaults cost a month to observe. `npm run cost` writes this page from synthesized templates, and a test fails while it is out of date.',
    'For your own app, give it the templates: `npm run cost -- cdk.out/*.template.json`.',
    '',
    'The figures are list prices of us-east-1 in USD, and other regions have others. The free tier of an account is not taken off. It covers ten metrics of alarms, ten',
    'custom metrics, and three dashboards of up to 50 metrics.',
    '',
    '## By environment',
    '',
    table(['', ...Object.keys(PROFILES)], PARTS.map((part) => [NAMES[part], ...(Object.keys(PROFILES) as Environment[]).map((environment) => money(total(of[environment][part])))])),
    '',
    `A service with its database costs ${money(sum('production'))} in production, ${money(sum('staging'))} in staging and ${money(sum('development'))} in development.`,
    '',
    '## By item',
    '',
    ...(Object.keys(PROFILES) as Environment[]).flatMap((environment) => [
      `### ${environment[0].toUpperCase()}${environment.slice(1)}`,
      '',
      table(['', 'item', 'units', 'USD'], PARTS.flatMap((part) => of[environment][part].map((line) => [NAMES[part], PRICES[line.price].item, units(line), usdText(line)]))),
      '',
    ]),
    '## Prices',
    '',
    table(['item', 'USD a month', 'for each', 'source', 'read on'], (Object.keys(PRICES) as PriceKey[]).map((key) => {
      const { item, usd, unit, source, readOn } = PRICES[key] as Price;
      return [item, usd === undefined ? UNKNOWN : String(usd), unit, source, readOn];
    })),
    '',
    '## Unknown and by use',
    '',
    '- **Logs** cost by their volume, which no template says. So do queries, requests for metrics and mails.',
    '- **Metrics with dimensions** cost by the number of values that occur.',
    '- **Objectives of Application Signals** cost by their signals.',
    '- **Database Insights** and enhanced monitoring of servers are part of the database, not of this page.',
    '',
    '## Container Insights',
    '',
    `Clusters have Container Insights without enhanced observability in every environment. Plain insights have ${cluster} metrics of a cluster, ${service} of each service and`,
    `${taskDefinition} of each task definition: ${money(plain)} for one service in a cluster of its own, whatever the number of its tasks. Each further service in a`,
    `\`ServiceCluster\` adds ${money((service + taskDefinition) * PRICES.insights.usd)}. Enhanced observability adds metrics of each task and container. No source of AWS says how many.`,
    `A team that published its own has ${measured} of a cluster and ${serviceWithOneTask} of a service with one task: ${money(enhanced)}, and more with each task.`,
    'Alarms, graphs and scaling read the numbers of running and desired tasks and the network traffic of a service. All of them are plain.',
    '',
    'To see each task and container during an investigation, switch it on for a while. Nothing restarts:',
    '',
    '```sh',
    'aws ecs update-cluster-settings --cluster CLUSTER --settings name=containerInsights,value=enhanced',
    '```',
    '',
    '## Staging',
    '',
    'Staging has every alarm of production, and with them every one that rolls a deployment back. So a release meets there what it will meet in production ([C-23]). The',
    'test of the profiles lists each value in which both differ. What costs less in staging is its size, not its alarms. Without staging\'s warnings and dashboard, set',
    '`allAlarms: false` in its profile: the alarms that report an outage stay, as in development.',
    '',
    '## What the rest would cost',
    '',
    `One service is meant to cost less than ${money(AIM)}, and staging a third of production. Both aims are missed: ${money(total(of.production.service))} in production and as much in staging.`,
    `Container Insights (${money(plain)}) and the dashboard (${money(PRICES.dashboard.usd)}) alone are more than the aim. The alarms are ${money(alarms(of.production.service))}, because an alarm costs by the metrics that it reads, and production moves`,
    'between two target groups. What can be given up, and what is lost with it:',
    '',
    table(['give up', 'saves', 'lost with it'], [
      ['the dashboard: `dashboard: false`', money(PRICES.dashboard.usd), 'the picture. The first three dashboards of an account are free'],
      ['a cluster of its own: `ServiceCluster`', money(cluster * PRICES.insights.usd), 'nothing; from the second service on'],
      ['all alarms: `allAlarms: false`', money(total(of.production.service) - total(of.development.service)), 'warnings, the dashboard, and the metrics of errors in logs. Outages still page'],
      ['Container Insights of a cluster', money(plain), 'tasks that are missing or lacking, and the maximum of tasks; a service that rests at night then pages'],
    ]),
    '',
    'None of it is a default: the [simulated incidents](observability.md#alarms-simulated) need the alarms and the numbers of tasks, and people the picture.',
    '',
    '[C-23]: architectures/c.md#c-23',
    '',
  ].join('\n');
}

/** Table of the lines of templates, for the terminal. */
export function printed(lines: Line[]): string {
  return [...lines.map((line) => `${PRICES[line.price].item}: ${units(line)} × ${(PRICES[line.price] as Price).usd ?? UNKNOWN} = ${usdText(line)}`), `known a month: ${money(total(lines))}`].join('\n');
}

function units({ units: number, price }: Line): string {
  return number === undefined ? (price === 'logs' ? 'by use' : UNKNOWN) : String(number);
}

function usdText(line: Line): string {
  return usdOf(line)?.toFixed(2) ?? (line.price === 'logs' ? 'by use' : UNKNOWN);
}

function alarms(lines: Line[]): number {
  return total(lines.filter(({ price }) => price === 'alarm'));
}

function money(usd: number): string {
  return `${usd.toFixed(2)} USD`;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
