import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { Assembly } from './assembly';

const ROOT = path.join(__dirname, '..', '..');

/** What jsii makes of the sources as they are now; it is compiled elsewhere, so that a test leaves nothing behind. */
export function compiledAssembly(): Assembly {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'assembly-'));
  try {
    ['package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'src'].forEach((file) => fs.cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true }));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'node_modules', 'jsii', 'bin', 'jsii')], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`jsii ended with ${status}:\n${stdout}${stderr}`);
    }
    return JSON.parse(fs.readFileSync(path.join(folder, '.jsii'), 'utf8')) as Assembly;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
