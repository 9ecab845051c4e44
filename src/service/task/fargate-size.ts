import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

const GIB = 1024;

/** Memory in MiB that Fargate has for each number of CPU units: from, to, in steps of. */
const SIZES: { [cpu: number]: [from: number, to: number, step: number] } = {
  512: [GIB, 4 * GIB, GIB],
  1024: [2 * GIB, 8 * GIB, GIB],
  2048: [4 * GIB, 16 * GIB, GIB],
  4096: [8 * GIB, 30 * GIB, GIB],
  8192: [16 * GIB, 60 * GIB, 4 * GIB],
  16384: [32 * GIB, 120 * GIB, 8 * GIB],
};

function memoriesFor(cpu: number): number[] {
  if (cpu === 256) {
    return [512, GIB, 2 * GIB];
  }
  const size = SIZES[cpu];
  return size ? Array.from({ length: (size[1] - size[0]) / size[2] + 1 }, (_, index) => size[0] + index * size[2]) : [];
}

/** Refuses a pair of CPU and memory that Fargate doesn't have: CloudFormation would only find out while it creates the task. */
export function checkFargateSize(scope: IConstruct, cpu: number, memoryMiB: number): void {
  if (Token.isUnresolved(cpu) || Token.isUnresolved(memoryMiB)) {
    return;
  }
  const memories = memoriesFor(cpu);
  if (memories.length === 0) {
    throw new PropError(scope, {
      prop: 'cpu',
      value: cpu,
      expected: `256, ${Object.keys(SIZES).join(', ')} CPU units`,
      fix: 'take the next larger size',
    });
  }
  if (!memories.includes(memoryMiB)) {
    const [first, last] = [memories[0], memories[memories.length - 1]];
    throw new PropError(scope, {
      prop: 'memoryMiB',
      value: memoryMiB,
      expected: `${first} to ${last} MiB for ${cpu} CPU units, in steps of ${memories[1] - first} (256 units: 512, 1024 or 2048)`,
      fix: 'round up to the next step',
    });
  }
}
