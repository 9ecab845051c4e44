/*
 * npm run bench:size: resources and bytes of a production stack by what stands in it, and of each further part. Prints Markdown.
 */
import * as fs from 'fs';
import { table } from './markdown';
import { type Content, sizeOf, type Size } from './stack-size';

const FLAGS = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as { [flag: string]: unknown };
const measured = new Map<string, Size>();

function size(content: Content): Size {
  const key = JSON.stringify(content);
  measured.set(key, measured.get(key) ?? sizeOf(content, FLAGS));
  return measured.get(key)!;
}

function difference(more: Content, less: Content): Size {
  const [a, b] = [size(more), size(less)];
  return { resources: a.resources - b.resources, indented: a.indented - b.indented, compact: a.compact - b.compact };
}

function row(name: string, { resources, indented, compact }: Size): string[] {
  return [name, `${resources}`, ...[indented, compact].map((bytes) => bytes.toLocaleString('en'))];
}

const HEADER = ['Resources', 'Bytes by default', 'Bytes without indentation'];
const all = { database: true, signals: true };
console.log(table(['Production stack', ...HEADER], [
  row('load balancer with firewall, one service', size({ services: 1 })),
  row('the same, with a database', size({ services: 1, database: true })),
  ...[1, 2, 3, 4].map((services) => row(`load balancer, ${services} ${services === 1 ? 'service' : 'services'}, database, signals`, size({ services, ...all }))),
  row('the same, with the network', size({ services: 4, ...all, network: true })),
]));
console.log('');
console.log(table(['Each further', ...HEADER], [
  row('service with a database', difference({ services: 4, database: true }, { services: 3, database: true })),
  row('service with a database and signals', difference({ services: 4, ...all }, { services: 3, ...all })),
  row('database with signals', difference({ services: 1, ...all }, { services: 1, signals: true })),
  row('network', difference({ services: 4, ...all, network: true }, { services: 4, ...all })),
]));
