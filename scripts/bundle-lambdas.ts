import * as fs from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '..');

/**
 * Bundles each folder of `lambda/` into `assets/<name>/index.js`. The AWS SDK comes with the runtime. The bundle holds no absolute path
 * and no source map, so that its hash, and with it every template, is the same wherever it was built. The licenses of packages in a
 * bundle stand at its end. Jest calls this before the tests.
 */
export default function bundleLambdas(): void {
  fs.readdirSync(path.join(ROOT, 'lambda')).forEach((name) => {
    const { outputFiles: [bundle], metafile } = buildSync({
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
      metafile: true,
      write: false,
    });
    writeIfChanged(bundle.path, Buffer.concat([bundle.contents, Buffer.from(licensesOf(Object.keys(metafile.inputs)))]));
  });
}

/** A comment with name, version and license of each package, empty for a bundle of our own code alone. */
function licensesOf(inputs: string[]): string {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as { [field: string]: string };
    const file = fs.readdirSync(path.join(ROOT, folder)).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? fs.readFileSync(path.join(ROOT, folder, file), 'utf8').trim().replaceAll('*/', '* /') : '';
    return `${name} ${version} (${license})\n${text}\n`;
  });
  return texts.length > 0 ? `/*!\nThird-party software in this file:\n\n${texts.join('\n')}*/\n` : '';
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
