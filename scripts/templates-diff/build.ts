import * as fs from 'fs';
import * as path from 'path';
import { build as transpile } from 'esbuild';
import { run } from '../languages/programs';

/** What the functions of the package are bundled from, and what apps are described with. */
const COPIED = ['package.json', 'lambda', 'src', path.join('docs', 'languages.md')];
/** TypeScript that runs outside of the package: apps, and the scripts that bundle functions and find samples. */
const PROGRAMS = ['examples', path.join('test', 'languages', 'typescript'), 'scripts'];

/**
 * Makes the package of a source tree in an empty folder, together with its apps. Apps there import the library by its
 * name and get this one, because Node resolves a package's own name through its `exports`.
 */
export async function build(root: string, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  COPIED.filter((name) => fs.existsSync(path.join(root, name)))
    .forEach((name) => fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true }));

  const options = { platform: 'node', format: 'cjs', target: 'es2022', logLevel: 'silent' } as const;
  const src = path.join(root, 'src');
  const library = { entryPoints: sources(root, 'src'), outbase: src, outdir: path.join(folder, 'lib') };
  const programs = { entryPoints: PROGRAMS.flatMap((name) => sources(root, name)), outbase: root, outdir: folder };
  await Promise.all([library, programs].map((files) => transpile({ ...options, ...files })));

  const bundler = path.join(folder, 'scripts', 'bundle-lambdas.js');
  if (fs.existsSync(bundler)) {
    run(folder, ['node', bundler]);
  }
}

function sources(root: string, name: string): string[] {
  const folder = path.join(root, name);
  return !fs.existsSync(folder) ? [] : fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/(^|[\\/])(cdk\.out|node_modules)[\\/]/.test(file))
    // The applications of an example are no part of its app.
    .filter((file) => name !== 'examples' || file.split(path.sep).length === 2)
    .map((file) => path.join(folder, file));
}
