import type { Acknowledgement, Finding, SynthesizedStack, Synthesis } from './synthesize';

const HEAD = ['stack', 'resources', 'bytes', 'findings', 'acknowledged', 'alarms, USD a month'];

/** What a run of an example came to, for people to read. With `verbose`, each acknowledgement and its reason, too. */
export function summary(example: string, synthesis: Synthesis, { verbose = false } = {}): string {
  const { stacks, findings, failure, seconds } = synthesis;
  const lines = [
    `${example}: ${stacks.length > 0 ? 'synthesized and validated in' : 'failed after'} ${seconds.toFixed(1)} s`,
    ...stacks.length > 0 ? table([HEAD, ...stacks.map(cellsOf), totals(stacks)]) : [],
    ...verbose ? stacks.flatMap(({ acknowledgements }) => acknowledgements.map(acknowledgementLine)) : [],
    ...findings.map(findingLine),
    ...failure ? [failure.replace(/^/gm, '  ')] : [`  assembly in ${example}/cdk.out`],
  ];
  return lines.join('\n');
}

function cellsOf({ name, resources, templateBytes, findings, acknowledgements, observabilityUsd }: SynthesizedStack): string[] {
  return [name, ...[resources, templateBytes, findings, acknowledgements.length].map((number) => number.toLocaleString('en')), observabilityUsd.toFixed(2)];
}

function totals(stacks: SynthesizedStack[]): string[] {
  const sum = (of: (stack: SynthesizedStack) => number): number => stacks.reduce((all, stack) => all + of(stack), 0);
  return cellsOf({
    name: `${stacks.length} stacks`,
    resources: sum(({ resources }) => resources),
    templateBytes: sum(({ templateBytes }) => templateBytes),
    findings: sum(({ findings }) => findings),
    acknowledgements: stacks.flatMap(({ acknowledgements }) => acknowledgements),
    observabilityUsd: sum(({ observabilityUsd }) => observabilityUsd),
  });
}

/** Columns as wide as their widest cell; numbers stand on the right. */
function table(rows: string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) => `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')}`);
}

function acknowledgementLine({ rules, reason, constructPaths }: Acknowledgement): string {
  const where = constructPaths.length === 1 ? constructPaths[0] : `${constructPaths.length} constructs`;
  return `  acknowledged: ${rules.join(', ')} at ${where}: ${reason}`;
}

function findingLine({ rule, constructPath, description }: Finding): string {
  return `  finding: ${rule} at ${constructPath}: ${description}`;
}
