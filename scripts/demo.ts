/*
 * npm run demo: synthesizes every example, and shows what came of it. Ends non-zero when an app fails or a rule finds something
 * that nobody acknowledged. Needs no account, no credentials and no network.
 */
import * as fs from 'fs';
import * as path from 'path';
import { summary } from './demo/summary';
import { isGood, synthesize } from './demo/synthesize';

const ROOT = path.join(__dirname, '..');
const EXAMPLES = path.join(ROOT, 'examples');

function examples(): string[] {
  return fs.readdirSync(EXAMPLES).sort().map((name) => path.join(EXAMPLES, name)).filter((folder) => fs.existsSync(path.join(folder, 'cdk.json')));
}

function demonstrate(folder: string): boolean {
  const synthesis = synthesize(folder);
  const good = isGood(synthesis);
  (good ? console.log : console.error)(summary(path.relative(ROOT, folder), synthesis));
  return good;
}

const outcomes = examples().map(demonstrate);
process.exitCode = outcomes.length > 0 && outcomes.every(Boolean) ? 0 : 1;
