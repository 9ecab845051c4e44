/**
 * npm run changes -- [--runs N] [--seed S]: makes N random changes of random apps and judges each one.
 *
 * The seed is printed. With the same seed and the same code, the same changes are made.
 */
import { spawnSync } from 'child_process';
import * as path from 'path';
import { parseArgs } from 'util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '500' }, seed: { type: 'string' } } });
const seed = values.seed ?? String(Date.now() % 1_000_000_000);
console.log(`${values.runs} random changes with --seed ${seed}`);

const jest = path.join(__dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, '--coverage=false', 'test/changes/random'], {
  stdio: 'inherit',
  env: { ...process.env, CHANGES_RUNS: values.runs, CHANGES_SEED: seed },
});
process.exitCode = status ?? 1;
