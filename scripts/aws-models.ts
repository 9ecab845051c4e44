import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { MODELS_FILE, MODELS_VERSION } from '../test/catalogues/aws-models/models';
import { callsOfTemplate } from '../test/catalogues/aws-models/templates';
import { templatesWithAllRequests } from '../test/fixtures/all-requests';

/**
 * Writes the service models of AWS for the calls that the library makes, from botocore of PyPI: the version that the
 * models have, or with `--newest` the newest one.
 */
function writeModels(newest: boolean): void {
  const python = path.join(__dirname, '..', 'tmp', 'python');
  if (!fs.existsSync(path.join(python, 'bin', 'python'))) {
    execFileSync('python3', ['-m', 'venv', python], { stdio: 'inherit' });
  }
  const run = (...parameters: string[]) =>
    execFileSync(path.join(python, 'bin', 'python'), parameters, { maxBuffer: 2 ** 26, encoding: 'utf8' });
  const requirement = newest ? ['--upgrade', 'botocore'] : [MODELS_VERSION.replace(' ', '==')];
  run('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirement);
  const calls = new Set(Object.values(templatesWithAllRequests()).flatMap(callsOfTemplate));
  const models = run(path.join(__dirname, 'aws-models.py'), ...calls);
  fs.writeFileSync(MODELS_FILE, models);
  console.log(`${calls.size} calls, ${(JSON.parse(models) as { version: string }).version}`);
}

writeModels(process.argv.includes('--newest'));
