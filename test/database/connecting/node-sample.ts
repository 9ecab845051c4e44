import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { sampleOf } from './page';

const ROOT = path.join(__dirname, '..', '..', '..');

/** What became of a sample: the report of its probe, or an error. */
export interface Ended {
  readonly report?: object;
  readonly error: string;
}

/** A folder in the repository, so that samples find the packages. */
export function folderForSamples(): string {
  fs.mkdirSync(path.join(ROOT, 'tmp'), { recursive: true });
  return fs.mkdtempSync(path.join(ROOT, 'tmp', 'connecting-'));
}

/** Runs a sample of the page in a process of its own, then a probe of what it exports, which calls `report`. */
export function runSample(folder: string, heading: string, probe: string, variables: NodeJS.ProcessEnv, change = (sample: string) => sample): Ended {
  const file = path.join(folder, 'sample.mjs');
  fs.writeFileSync(file, `${change(sampleOf(heading))}\nconst report = (value) => console.log(JSON.stringify(value));\n${probe}\n`);
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env: { PATH, HOME, ...variables }, timeout: 30_000 });
  return { report: status === 0 ? JSON.parse(stdout) as object : undefined, error: stderr };
}
