import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { run } from '../languages/programs';

/** The commit that a revision names. */
export function commitOf(repository: string, revision: string): string {
  return git(repository, 'rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`).trim();
}

/**
 * Checks a commit out into a folder and gives it the packages that its lock file names. These are the repository's own
 * packages when both lock files are the same.
 */
export function checkOut(repository: string, commit: string, folder: string): void {
  git(repository, 'worktree', 'add', '--quiet', '--detach', folder, commit);
  const lockFile = (root: string): string => fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  if (lockFile(folder) === lockFile(repository)) {
    fs.symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  } else {
    run(folder, ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  }
}

/** Undoes {@link checkOut}, however far it came. */
export function removeCheckout(repository: string, folder: string): void {
  if (fs.existsSync(folder)) {
    git(repository, 'worktree', 'remove', '--force', folder);
  }
}

function git(repository: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
