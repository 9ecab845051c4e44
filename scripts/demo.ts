/*
 * npm run demo: synthesizes every compiled example (of examples/, or of the folder that is named), and shows what came of it. Ends
 * non-zero when an app fails or a rule finds something that nobody acknowledged. Needs no account, no credentials and no network.
 */
import * as fs from 'fs';
import * as path from 'path';
import { summary } from './demo/summary';
import { isGood, synthesize } from './demo/synthesize';

const EXAMPLES = path.resolve(process.argv[2] ?? path.join(__dirname, '..', 'examples'));

function demonstrate(folder: string): boolean {
  const synthesis = synthesize(folder);
  const good = isGood(synthesis);
  (good ? console.log : console.error)(summary(path.join(path.basename(EXAMPLES), path.basename(folder)), synthesis));
  return good;
}

const folders = fs.readdirSync(EXAMPLES).sort().map((name) => path.join(EXAMPLES, name)).filter((folder) => fs.existsSync(path.join(folder, 'cdk.json')));
const outcomes = folders.map(demonstrate);
process.exitCode = outcomes.length > 0 && outcomes.every(Boolean) ? 0 : 1;
