import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

/** Where scripts/install-ci-linters.ts puts them; ignored by git. */
const FOLDER = path.join(__dirname, '..', '..', 'tmp', 'ci-linters');

/** actionlint, for the workflow that is an example; undefined where it is not installed. */
export const actionlint = program('actionlint', ['--version']);

/** check-jsonschema with its schemas of CI systems; undefined where it is not installed. */
export const checkJsonschema = program('check-jsonschema', ['--version']);

function program(name: string, probe: string[]): string | undefined {
  return [path.join(FOLDER, 'bin', name), name].find((candidate) => (path.isAbsolute(candidate) ? fs.existsSync(candidate) : spawnSync(candidate, probe).status === 0));
}
