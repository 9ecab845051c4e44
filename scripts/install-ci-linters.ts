/**
 * Installs what test/examples/ci.test.ts checks the examples of CI with, into tmp/ci-linters, which git ignores: actionlint (a Go module) and
 * check-jsonschema (of PyPI, with the schemas of GitHub and Bitbucket in it). Where Go or Python is missing it says so, and the tests are skipped.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

const FOLDER = path.resolve(__dirname, '..', 'tmp', 'ci-linters');
const BIN = path.join(FOLDER, 'bin');
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const CHECK_JSONSCHEMA = 'check-jsonschema==0.34.0';

fs.mkdirSync(BIN, { recursive: true });
install('actionlint', 'Go', 'go', [['go', 'install', ACTIONLINT]]);
install('check-jsonschema', 'Python 3 with venv', 'python3', [
  ['python3', '-m', 'venv', FOLDER],
  [path.join(BIN, 'pip'), 'install', '--quiet', '--disable-pip-version-check', CHECK_JSONSCHEMA],
]);

function install(name: string, needs: string, probe: string, commands: string[][]): void {
  if (fs.existsSync(path.join(BIN, name))) {
    console.log(`${name}: installed`);
    return;
  }
  if (spawnSync(probe, ['--help']).error) {
    console.log(`${name}: left out, because ${needs} is not installed here`);
    return;
  }
  commands.forEach(([program, ...parameters]) => {
    const { status } = spawnSync(program, parameters, { stdio: 'inherit', env: { ...process.env, GOBIN: BIN } });
    if (status !== 0) {
      console.error(`${name}: ${[program, ...parameters].join(' ')} failed`);
      process.exitCode = 1;
    }
  });
}
