/*
 * npm run demo: synthesizes every compiled example (of examples/, or of the folder that is named), and shows what came of it. Ends
 * non-zero when an app fails or a rule finds something that nobody acknowledged. Needs no account, no credentials and no network.
 * With --verbose, shows each acknowledgement and its reason.
 */
import * as fs from 'fs';
import * as path from 'path';
import { parseArgs } from 'util';
import { summary } from './demo/summary';
import { isGood, synthesize } from './demo/synthesize';

const { values: { verbose }, positionals: [examples = path.join(__dirname, '..', 'examples')] } = parseArgs({ options: { verbose: { type: 'boolean' } }, allowPositionals: true });
const EXAMPLES = path.resolve(examples);

function demonstrate(folder: string): boolean {
  const synthesis = synthesize(folder);
  const good = isGood(synthesis);
  (good ? console.log : console.error)(summary(path.join(path.basename(EXAMPLES), path.basename(folder)), synthesis, { verbose }));
  return good;
}

const folders = fs.readdirSync(EXAMPLES).sort().map((name) => path.join(EXAMPLES, name)).filter((folder) => fs.existsSync(path.join(folder, 'cdk.json')));
const outcomes = folders.map(demonstrate);
process.exitCode = outcomes.length > 0 && outcomes.every(Boolean) ? 0 : 1;
