/**
 * Writes src/database/certificates/rds-authorities.ts: npx ts-node --transpile-only --project tsconfig.dev.json scripts/rds-authorities.ts [FILE...]
 *
 * Files hold PEM text. Without any, it reads the bundles that AWS publishes for its three partitions. Only roots of regions are kept, each of which must have signed itself.
 */
import { X509Certificate } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';

const BUNDLES = [
  'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
  'https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem',
  'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem',
];
/** The server's own authority stands first. */
const KEYS = ['RSA2048', 'RSA4096', 'ECC384'];
const TARGET = path.join(__dirname, '..', 'src', 'database', 'certificates', 'rds-authorities.ts');

/** Certificates by region and key. */
type Authorities = Map<string, Map<string, X509Certificate>>;

async function main(files: string[]): Promise<void> {
  const texts = files.length > 0 ? files.map((file) => fs.readFileSync(file, 'utf8')) : await Promise.all(BUNDLES.map(download));
  fs.writeFileSync(TARGET, page(authorities(texts.join('\n'))));
}

async function download(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) {
    throw new Error(`${url} answers ${answer.status}`);
  }
  return answer.text();
}

function authorities(text: string): Authorities {
  const found: Authorities = new Map();
  for (const [pem] of text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)) {
    const certificate = new X509Certificate(pem);
    const [, region, key] = /CN=Amazon RDS ([a-z]+(?:-[a-z]+)+-\d) Root CA (\w+) G1/.exec(certificate.subject) ?? [];
    if (!region) {
      continue;
    }
    if (!KEYS.includes(key) || certificate.subject !== certificate.issuer || !certificate.ca || !certificate.verify(certificate.publicKey)) {
      throw new Error(`not a root that signed itself: ${certificate.subject}`);
    }
    const known = found.get(region) ?? new Map<string, X509Certificate>();
    if (known.has(key) && known.get(key)!.fingerprint256 !== certificate.fingerprint256) {
      throw new Error(`two different roots: ${certificate.subject}`);
    }
    found.set(region, known.set(key, certificate));
  }
  return found;
}

function page(found: Authorities): string {
  const regions = [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const incomplete = regions.filter(([, { size }]) => size !== KEYS.length).map(([region]) => region);
  if (regions.length === 0 || incomplete.length > 0) {
    throw new Error(`not all of ${KEYS.join(', ')}: ${incomplete.join(', ') || 'no region'}`);
  }
  return [
    '/* eslint-disable @stylistic/max-len */',
    '/**',
    ` * Root certificates of RDS by region, as base64 of their DER form: ${KEYS.join(', ')}.`,
    ' *',
    ` * scripts/rds-authorities.ts writes them from the bundles that AWS publishes. Date: ${new Date().toISOString().slice(0, 10)}.`,
    ' * The table holds regions whose roots two independent sources confirm.',
    ' */',
    'export const RDS_AUTHORITIES: { readonly [region: string]: readonly string[] } = {',
    ...regions.flatMap(([region, roots]) => [
      `  '${region}': [`,
      ...KEYS.map((key) => `    '${roots.get(key)!.raw.toString('base64')}',`),
      '  ],',
    ]),
    '};',
    '',
  ].join('\n');
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
