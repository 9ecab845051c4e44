import * as fs from 'fs';
import * as path from 'path';
import { synthesizedProgram, type SynthesizedProgram } from '../fixtures/synthesized-program';
import { FLAGS } from '../fixtures/test-stack';

export const README = fs.readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');

/**
 * Runs one of the programs of the README that stand alone, counted from 0.
 * `edit` is what a team changes in it.
 */
export function readmeProgram(index: number, edit: (program: string) => string = (program) => program): SynthesizedProgram {
  const [, program] = [...README.matchAll(/```ts nofixture\n([^]*?)\n```/g)][index];
  return synthesizedProgram(edit(program), FLAGS);
}
