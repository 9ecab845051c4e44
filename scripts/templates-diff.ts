/**
 * npm run templates:diff -- <git revision>: compares the templates of a revision with those of the working tree.
 *
 * Takes all examples and the TypeScript apps of the language tests, and groups the differences by construct path. Ends
 * with 0 when all templates are the same bytes, with 1 when there are differences, and with 2 when it could not find
 * out.
 *
 * Each side runs its own apps against its own library with its own functions. The library is not compiled by jsii,
 * which takes half a minute on each side and gives the same templates. It is transpiled file by file into the layout
 * of the package, in one second. So types are not checked. CDK's own template validation is off, because it only reads
 * templates and takes more than ten times as long as everything else.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { build } from './templates-diff/build';
import { checkOut, commitOf, removeCheckout } from './templates-diff/checkout';
import { type Apps, report } from './templates-diff/report';
import { synthesize } from './templates-diff/synthesize';

const ROOT = path.join(__dirname, '..');
const IDENTICAL = 0;
const DIFFERENT = 1;
const FAILED = 2;

const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'templates-'));
const checkout = path.join(workspace, 'checkout');

(['SIGINT', 'SIGTERM'] as const).forEach((signal) => process.once(signal, () => {
  cleanUp();
  process.exit(FAILED);
}));

void main();

async function main(): Promise<void> {
  try {
    process.exitCode = await compare(process.argv[2]).finally(cleanUp);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = FAILED;
  }
}

async function compare(revision: string | undefined): Promise<number> {
  if (revision === undefined) {
    throw new Error('No revision to compare with. Name one: npm run templates:diff -- HEAD');
  }
  const start = performance.now();
  checkOut(ROOT, commitOf(ROOT, revision), checkout);
  const [before, after] = await Promise.all([templates(checkout, 'before'), templates(ROOT, 'after')]);
  const { lines, identical } = report(revision, before, after);
  console.log(`${lines.join('\n')} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  return identical ? IDENTICAL : DIFFERENT;
}

async function templates(root: string, name: string): Promise<Apps> {
  const built = path.join(workspace, name);
  await build(root, built);
  return synthesize(built, root);
}

function cleanUp(): void {
  try {
    removeCheckout(ROOT, checkout);
  } finally {
    // An app that was interrupted may still be writing.
    fs.rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}
