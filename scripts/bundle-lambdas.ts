import * as fs from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '..');

/**
 * Bundles each folder of `lambda/` into `assets/<name>/index.js`. The AWS SDK comes with the runtime. The bundle holds no absolute path
 * and no source map, so that its hash, and with it every template, is the same wherever it was built. Jest calls this before the tests.
 */
export default function bundleLambdas(): void {
  fs.readdirSync(path.join(ROOT, 'lambda')).forEach((name) => {
    const { outputFiles: [bundle] } = buildSync({
      absWorkingDir: ROOT,
      entryPoints: [`lambda/${name}/index.ts`],
      outfile: `assets/${name}/index.js`,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      external: ['@aws-sdk/*'],
      tsconfigRaw: {},
      charset: 'utf8',
      write: false,
    });
    writeIfChanged(bundle.path, bundle.contents);
  });
}

/** Two runs side by side never see half a file. */
function writeIfChanged(file: string, contents: Uint8Array): void {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(contents)) {
    return;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const written = `${file}.${process.pid}`;
  fs.writeFileSync(written, contents);
  fs.renameSync(written, file);
}

if (require.main === module) {
  bundleLambdas();
}
