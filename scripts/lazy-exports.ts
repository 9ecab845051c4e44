/**
 * The last step of a compilation: lib/index.js and those of its folders load a file when a name of it is first asked for, as
 * aws-cdk-lib's do, so that an app loads what it uses. Paths stay literal for bundlers, names for Node's import of CommonJS.
 */
import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';

const LIB = path.join(__dirname, '..', 'lib');
const load = createRequire(__filename) as (file: string) => object;

const indexes = fs.readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((file) => path.basename(file) === 'index.js').map((file) => path.join(LIB, file));
// All are read before the first is written.
const exportsOf = indexes.map((index): [string, [string, string][]] => [index, exportedNames(index)]);
exportsOf.forEach(([index, names]) => fs.writeFileSync(index, lazyIndex(names)));

/** The names of an index, each with the file that it comes from. */
function exportedNames(index: string): [name: string, file: string][] {
  const files = [...fs.readFileSync(index, 'utf8').matchAll(/\brequire\("(\.[^"]+)"\)/g)].map(([, file]) => file);
  return Object.keys(load(index)).map((name) => {
    const file = files.find((candidate) => name in load(path.resolve(path.dirname(index), candidate)));
    if (file === undefined) {
      throw new Error(`${index} exports ${name}, which is none of ${files.join(', ')}.`);
    }
    return [name, file];
  });
}

/** Node takes the names of an import from CommonJS from assignments, and forgets those whose getter it sees to be more than a name. */
function lazyIndex(names: [name: string, file: string][]): string {
  return [
    '"use strict";',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    ...names.map(([name]) => `exports.${name} = void 0;`),
    'const later = (name, get) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get });',
    ...names.map(([name, file]) => `later("${name}", () => require("${file}").${name});`),
    '',
  ].join('\n');
}
