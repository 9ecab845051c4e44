import type { Acknowledgement, Finding, SynthesizedStack, Synthesis } from './synthesize';

/** What a run of an example came to, for people to read. */
export function summary(example: string, synthesis: Synthesis): string {
  const { stacks, findings, failure, seconds } = synthesis;
  const lines = [
    `${example}: ${stacks.length > 0 ? 'synthesized and validated in' : 'failed after'} ${seconds.toFixed(1)} s`,
    ...stacks.flatMap((stack) => [stackLine(stack), ...stack.acknowledgements.map(acknowledgementLine)]),
    ...findings.map(findingLine),
    ...failure ? [failure.replace(/^/gm, '  ')] : [`  assembly in ${example}/cdk.out`],
  ];
  return lines.join('\n');
}

function stackLine({ name, resources, templateBytes, findings, acknowledgements }: SynthesizedStack): string {
  return `  ${name}: ${resources} resources, ${templateBytes.toLocaleString('en')} bytes, ${findings} unacknowledged findings, ${acknowledgements.length} acknowledgements`;
}

function acknowledgementLine({ rules, reason, constructPaths }: Acknowledgement): string {
  const where = constructPaths.length === 1 ? constructPaths[0] : `${constructPaths.length} constructs`;
  return `    acknowledged: ${rules.join(', ')} at ${where}: ${reason}`;
}

function findingLine({ rule, constructPath, description }: Finding): string {
  return `    finding: ${rule} at ${constructPath}: ${description}`;
}
