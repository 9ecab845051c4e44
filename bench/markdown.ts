import * as fs from 'fs';
import * as os from 'os';
import type { Figure } from './measure';

/** A table with one column for each of what is compared. */
export function comparison(title: string, columns: Map<string, string[]>, rows: string[]): string {
  return table([title, ...columns.keys()], rows.map((row, index) => [row, ...[...columns.values()].map((column) => column[index])]));
}

export function table(header: string[], rows: string[][]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function milliseconds({ median, min, max }: Figure): string {
  return `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
}

/** What the figures were measured on. */
export function conditions(rounds: number): string {
  const { version } = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/package.json'), 'utf8')) as { version: string };
  return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, Node ${process.versions.node}, aws-cdk-lib ${version}.\n`
    + `Median of ${rounds} runs (fastest–slowest), each in a process of its own, in turn, CDK_VALIDATION=false.\n`;
}
