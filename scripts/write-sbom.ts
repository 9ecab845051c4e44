/** Writes dist/sbom.cdx.json: what the packages contain beside the library itself, which is what is bundled into assets/. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..');

/** Part of a bill of materials in CycloneDX. */
export interface Bill {
  readonly components: Array<{ readonly 'bom-ref': string; readonly 'name': string; readonly 'version': string; readonly 'scope'?: string }>;
  readonly dependencies: Array<{ readonly ref: string; readonly dependsOn: string[] }>;
  readonly [field: string]: unknown;
}

/** Of everything that is installed, what the comments at the ends of the bundles name. */
export function ofBundles(installed: Bill, bundles: string[]): Bill {
  const bundled = new Set(bundles.flatMap((text) => [...text.matchAll(/^(\S+) (\d\S*) \(.*\)$/gm)].map(([, name, version]) => `${name}@${version}`)));
  const components = installed.components.filter(({ name, version }) => bundled.has(`${name}@${version}`));
  const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = [...bundled].filter((each) => !known.has(each));
  if (missing.length > 0) {
    throw new Error(`npm does not know ${missing.join(', ')}, which a bundle contains.`);
  }
  const refs = new Set(components.map((component) => component['bom-ref']));
  const [root, ...others] = installed.dependencies;
  return {
    ...installed,
    // They come with the package, whatever they are to its development.
    components: components.map((component) => ({ ...component, scope: 'required', properties: [] })),
    dependencies: [
      { ref: root.ref, dependsOn: [...refs] },
      ...others.filter(({ ref }) => refs.has(ref)).map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
    ],
  };
}

function main(): void {
  const installed = JSON.parse(execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 })) as Bill;
  const assets = path.join(ROOT, 'assets');
  const bundles = fs.readdirSync(assets).map((name) => fs.readFileSync(path.join(assets, name, 'index.js'), 'utf8'));
  const bill = ofBundles(installed, bundles);
  fs.mkdirSync(path.join(ROOT, 'dist'), { recursive: true });
  fs.writeFileSync(path.join(ROOT, 'dist', 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);
  console.log(`${bill.components.length} packages are part of the bundles.`);
}

if (require.main === module) {
  main();
}
